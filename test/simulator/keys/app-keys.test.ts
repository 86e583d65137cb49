import { describe, expect, it } from 'vitest'
import { approvalKey, code, connect, post, simulator, until } from '../support.ts'
import { frame, story, trades } from '../faults/support.ts'

const [a = ''] = trades

describe('the statistics of an app key', () => {
  it('have its sessions, requests and calls, each under its number', async () => {
    const kis = await simulator()
    const one = await connect(kis, { appKey: 'key-a' })
    const other = await connect(kis, { appKey: 'key-b' })
    await other.subscribe('H0STMBC0', '005930')
    await one.subscribe('H0STMBC0', '005930')
    await one.subscribe('H0STMBC0', '005930')
    await one.unsubscribe('H0STMBC0', '005930')
    await post(kis, '/oauth2/tokenP', { grant_type: 'client_credentials', appkey: 'key-b', appsecret: 'x' })
    await post(kis, '/oauth2/tokenP', { grant_type: 'client_credentials', appkey: 'key-b', appsecret: 'x' })
    await fetch(`${kis.restUrl}/uapi/domestic-stock/v1/quotations/inquire-price`, {
      headers: { appkey: 'key-a', appsecret: 'x' },
    })
    expect(kis.stats().appKeys).toEqual([
      {
        appKey: '#1',
        slots: 41,
        registrations: 0,
        sessions: [1],
        requests: 3,
        requestsRefused: 1,
        calls: 2,
        callsRefused: 1,
      },
      {
        appKey: '#2',
        slots: 41,
        registrations: 1,
        sessions: [2],
        requests: 1,
        requestsRefused: 0,
        calls: 3,
        callsRefused: 1,
      },
    ])
    expect([kis.shownAs('key-a'), kis.shownAs('key-b')]).toEqual(['#1', '#2'])
  })

  it('have a newcomer on an occupied key as a refused request, and no session of it', async () => {
    const kis = await simulator()
    const first = await connect(kis)
    await first.subscribe('H0STMBC0', '005930')
    const second = await connect(kis)
    await second.subscribe('H0STMBC0', '005930')
    await second.ask('junk')
    expect(kis.stats().appKeys).toMatchObject([{ sessions: [1], registrations: 1, requests: 2, requestsRefused: 1 }])
    expect(kis.stats().requests.map(({ session, appKey, code }) => [session, appKey, code])).toEqual([
      [1, '#1', 'OPSP0000'],
      [2, '#1', 'OPSP8996'],
      [2, undefined, 'OPSP9999'],
    ])
  })

  it('go on with the next session of the key', async () => {
    const kis = await simulator()
    const approval = await approvalKey(kis, 'key-a')
    for (const _ of [1, 2]) {
      const client = await connect(kis, { approval })
      expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
      kis.cut()
      await until(() => kis.sessions().length === 0)
    }
    expect(kis.sessions('key-a')).toEqual([])
    expect(kis.stats().appKeys).toMatchObject([{ sessions: [1, 2], registrations: 0 }])
  })
})

it('a planted app key or secret is in no log, report, answer or statistic', async () => {
  const planted = 'PSplanted0123456789abcdefghijklmnopqr'
  const { kis, lines, play } = await story({
    control: true,
    slotsOf: { [planted]: 2 },
    faults: [{ fault: { kind: 'lose', probability: 1, appKey: planted }, atMs: 0 }],
  })
  const client = await connect(kis, { appKey: planted })
  const texts: string[] = []
  const http = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    texts.push(await (await fetch(kis.restUrl + path, init)).text())
  }
  for (const key of ['005930', '000660', '035420']) await client.subscribe('H0STCNT0', key)
  play(frame([a]))
  await http('POST', '/simulator/faults', { kind: 'ghosts', occupiedMs: 45_000, appKey: planted })
  await http('POST', '/simulator/faults', { kind: 'lost-acks', appKey: planted })
  await http('POST', '/simulator/faults', { kind: 'cut', appKey: `${planted} ` })
  await http('POST', '/simulator/faults', { kind: 'mute-session', appKey: planted })
  await http('POST', '/simulator/faults', { kind: 'rest-500', appKey: planted, count: 1 })
  await http('POST', '/oauth2/Approval', { grant_type: 'client_credentials', appkey: planted, secretkey: planted })
  await http('POST', '/simulator/faults', { kind: 'cut', appKey: planted })
  await client.closed
  await until(() => kis.sessions().length === 1)
  await http('DELETE', '/simulator/faults/3')
  const next = await connect(kis, { appKey: planted })
  expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
  for (const path of ['faults', 'withheld', 'stats']) await http('GET', `/simulator/${path}`)
  await kis.stop()
  const everything = [
    ...texts,
    ...client.texts,
    ...lines,
    JSON.stringify([kis.faults(), kis.stats(), kis.withheld(), kis.truth('H0STCNT0', '005930')]),
  ].join('\n')
  expect(everything).toContain('"appKey":"#1"')
  expect(everything).not.toContain('planted')
  expect(kis.faults().filter(({ acted }) => acted > 0).length).toBeGreaterThanOrEqual(5)
})
