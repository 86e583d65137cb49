// A fault of one app key, and another key that must not notice it.
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../simulator/faults/faults.ts'
import { faultKinds, fieldsOf } from '../../../simulator/faults/form.ts'
import { frame, story, trades } from './support.ts'
import { approvalKey, code, connect, post, requestText, until } from '../support.ts'

const [a = '', b = '', c = ''] = trades

/** Two keys with the trades of 005930 each. */
async function twoKeys() {
  const started = await story({ control: true })
  const other = await connect(started.kis, { appKey: 'other' })
  await other.subscribe('H0STCNT0', '005930')
  return { ...started, other }
}

const token = (appkey: string) => ({ grant_type: 'client_credentials', appkey, appsecret: 'x' })

it('every fault can be limited to one app key, but the one of the handshake, which has none', () => {
  expect(faultKinds.filter(kind => !Object.hasOwn(fieldsOf(kind), 'appKey'))).toEqual(['refuse-handshake'])
})

describe('a fault of frames that is limited to one key', () => {
  it.each<Fault>([
    { kind: 'mute-session', appKey: 'other' },
    { kind: 'mute-symbol', key: '005930', appKey: 'other' },
    { kind: 'lose', probability: 1, appKey: 'other' },
    { kind: 'lose', probability: 1, appKey: '#2' },
  ])('is $kind of $appKey alone', async fault => {
    const { frames, kis, other, play } = await twoKeys()
    kis.inject(fault)
    play(frame([a]), frame([b]))
    expect(await frames()).toEqual([frame([a]), frame([b])])
    expect(await frames(other)).toEqual([])
    expect(kis.withheld().map(({ session }) => session)).toEqual([2, 2])
    expect(kis.faults()).toMatchObject([{ fault: { appKey: '#2' } }])
  })

  it.each<Fault>([
    { kind: 'duplicate', probability: 1, where: 'inside', appKey: 'other' },
    { kind: 'reorder', probability: 1, where: 'inside', appKey: 'other' },
    { kind: 'new-column', appKey: 'other' },
  ])('is $kind, which changes the frames of that key alone', async fault => {
    const { frames, kis, other, play } = await twoKeys()
    kis.inject(fault)
    play(frame([a, b]))
    expect(await frames()).toEqual([frame([a, b])])
    expect(await frames(other)).not.toEqual([frame([a, b])])
  })

  it('waits for the session of the key, when none is open', async () => {
    const { frames, kis, other, play } = await twoKeys()
    kis.inject({ kind: 'mute-session', appKey: 'third' })
    const third = await connect(kis, { appKey: 'third' })
    await third.subscribe('H0STCNT0', '005930')
    play(frame([c]))
    for (const client of [undefined, other]) expect(await frames(client)).toEqual([frame([c])])
    expect(await frames(third)).toEqual([])
  })
})

describe('a fault of sessions that is limited to one key', () => {
  it.each<Fault>([
    { kind: 'cut', appKey: 'other' },
    { kind: 'cut', appKey: '#2' },
  ])('cuts the session of that key ($appKey)', async fault => {
    const { frames, kis, other, play } = await twoKeys()
    expect(kis.inject(fault).report()).toMatchObject({ state: 'over', acted: 1 })
    expect(await other.closed).toBe(1006)
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
  })

  it('leaves the connection of that key half open', async () => {
    const { client, frames, kis, other, play } = await twoKeys()
    const fault = kis.inject({ kind: 'half-open', appKey: 'other' })
    other.send(requestText('x', 'subscribe', 'H0STCNT0', '000660'))
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
    expect(code(await client.subscribe('H0STCNT0', '000660'))).toBe('OPSP0000')
    fault.clear()
    expect(await other.closed).toBe(1006)
    expect(other.texts.filter(text => text.startsWith('0|'))).toEqual([])
    expect(kis.sessions('app-key-1')).toHaveLength(1)
  })

  it('sends malformed texts to that key', async () => {
    const { client, frames, kis, other } = await twoKeys()
    kis.inject({ kind: 'rubbish', texts: ['hello'], appKey: 'other' })
    await frames()
    await frames(other)
    expect([client, other].map(({ texts }) => texts.includes('hello'))).toEqual([false, true])
  })

  it('answers neither the ping nor, in time, the close of that key', async () => {
    const { client, clock, kis, other } = await twoKeys()
    kis.inject({ kind: 'no-pongs', appKey: 'other' })
    kis.inject({ kind: 'slow-close', byMs: 1_000, appKey: 'other' })
    const pongs: string[] = []
    for (const [name, { socket }] of Object.entries({ client, other })) {
      socket.on('pong', () => pongs.push(name))
      socket.ping()
    }
    await until(() => kis.stats().protocolPings === 2 && pongs.length > 0)
    other.socket.close()
    client.socket.close()
    await client.closed
    expect(kis.sessions('other')).toHaveLength(1)
    clock.advance(1_000)
    await other.closed
    expect(pongs).toEqual(['client'])
  })
})

describe('a fault of answers that is limited to one key', () => {
  it('refuses, rewords and loses those of that key', async () => {
    const { client, kis, other } = await twoKeys()
    kis.inject({ kind: 'refuse', code: 'OPSP0009', count: 1, appKey: 'other' })
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    expect(code(await other.subscribe('H0STMBC0', '005930'))).toBe('OPSP0009')
    kis.inject({ kind: 'bare-acks', without: 'header', count: 1, appKey: 'other' })
    expect(await client.subscribe('H0STMBC0', '000660')).toContain('"header"')
    expect(await other.subscribe('H0STMBC0', '000660')).not.toContain('"header"')
    kis.inject({ kind: 'lost-acks', count: 1, appKey: 'other' })
    const lost = other.subscribe('H0STMBC0', '035420')
    expect(await client.subscribe('H0STMBC0', '035420')).toContain('035420')
    expect(await other.subscribe('H0STMBC0', '005380')).toContain('005380')
    expect(await lost).toContain('005380')
  })

  it('makes those of that key late', async () => {
    const { client, clock, kis, other } = await twoKeys()
    kis.inject({ kind: 'late-acks', byMs: 1_000, appKey: 'other' })
    const late = other.subscribe('H0STMBC0', '005930')
    await until(() => kis.sessions('other')[0]?.registrations.length === 2)
    await client.subscribe('H0STMBC0', '005930')
    expect(other.texts.filter(text => text.includes('H0STMBC0'))).toEqual([])
    clock.advance(1_000)
    expect(code(await late)).toBe('OPSP0000')
  })

  it('has that key in use, and its approval keys unknown', async () => {
    const { kis } = await twoKeys()
    kis.inject({ kind: 'occupied', appKey: 'third' })
    const third = await connect(kis, { appKey: 'third' })
    const fourth = await connect(kis, { appKey: 'fourth' })
    expect(code(await third.subscribe('H0STMBC0', '005930'))).toBe('OPSP8996')
    expect(code(await fourth.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    const approvals = [await approvalKey(kis, 'fifth'), await approvalKey(kis, 'sixth')]
    kis.inject({ kind: 'expire-approval-keys', appKey: 'fifth' })
    const [fifth, sixth] = await Promise.all(approvals.map(approval => connect(kis, { approval })))
    expect(code((await fifth?.subscribe('H0STMBC0', '005930')) ?? '')).toBe('OPSP0011')
    expect(code((await sixth?.subscribe('H0STMBC0', '005930')) ?? '')).toBe('OPSP0000')
  })
})

describe('a fault of REST that is limited to one key', () => {
  it.each<[Fault, unknown]>([
    [{ kind: 'rest-500', appKey: 'other' }, { status: 500 }],
    [{ kind: 'rest-refuse', status: 429, appKey: 'other' }, { status: 429 }],
    [
      { kind: 'token-without', field: 'expires_in', appKey: 'other' },
      { status: 200, body: { token_type: 'Bearer' } },
    ],
  ])('is %j for the calls of that key', async (fault, answer) => {
    const { kis } = await twoKeys()
    kis.inject(fault)
    const mine = await post(kis, '/oauth2/tokenP', token('app-key-1'))
    const others = await post(kis, '/oauth2/tokenP', token('other'))
    expect([mine.status, mine.body['expires_in']]).toEqual([200, 86_400])
    expect(others).toMatchObject(answer as object)
    expect(others.body['expires_in']).toBeUndefined()
  })

  it('goes by the header of a read', async () => {
    const { kis } = await twoKeys()
    kis.inject({ kind: 'rest-500', appKey: 'other', code: 'EGW00001' })
    const read = async (appkey: string) => {
      const path = '/uapi/domestic-stock/v1/quotations/inquire-price'
      const response = await fetch(kis.restUrl + path, { headers: { appkey, appsecret: 'x' } })
      return ((await response.json()) as { msg_cd: string }).msg_cd
    }
    expect([await read('app-key-1'), await read('other')]).toEqual(['EGW00205', 'EGW00001'])
  })

  it('slows the calls of that key down', async () => {
    const { clock, kis } = await twoKeys()
    kis.inject({ kind: 'rest-slow', byMs: 1_000, appKey: 'other' })
    let isSlowOver = false
    const slow = post(kis, '/oauth2/tokenP', token('other')).then(() => (isSlowOver = true))
    await until(() => kis.faults()[0]?.acted === 1)
    expect((await post(kis, '/oauth2/tokenP', token('app-key-1'))).status).toBe(200)
    expect(isSlowOver).toBe(false)
    clock.advance(1_000)
    await slow
  })
})

describe('a session that lingers', () => {
  it('holds one app key for its time, and the other is free at once', async () => {
    const { clock, kis } = await twoKeys()
    kis.inject({ kind: 'ghosts', occupiedMs: 60_000, appKey: 'other' })
    kis.cut()
    await until(() => kis.sessions().length === 0)
    const [client, other] = [await connect(kis), await connect(kis, { appKey: 'other' })]
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    expect(code(await other.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    clock.advance(59_999)
    expect(code(await other.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    clock.advance(1)
    expect(code(await other.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })

  it('holds each of two keys for a time of its own', async () => {
    const { clock, kis } = await twoKeys()
    kis.inject({ kind: 'ghosts', occupiedMs: 45_000, rememberMs: 1, appKey: 'app-key-1' })
    kis.inject({ kind: 'ghosts', occupiedMs: 90_000, rememberMs: 1, appKey: 'other' })
    kis.cut()
    await until(() => kis.sessions().length === 0)
    const [client, other] = [await connect(kis), await connect(kis, { appKey: 'other' })]
    const ask = async () =>
      [await client.subscribe('H0STCNT0', '005930'), await other.subscribe('H0STCNT0', '005930')].map(code)
    expect(await ask()).toEqual(['OPSP8996', 'OPSP8996'])
    clock.advance(45_000)
    expect(await ask()).toEqual(['OPSP0000', 'OPSP8996'])
    clock.advance(45_000)
    expect(await ask()).toEqual(['OPSP0002', 'OPSP0000'])
  })

  it('stays for a time between two bounds, the same one for the same seed', async () => {
    const stays = async (faultSeed: number) => {
      const { kis, lines } = await story({ faultSeed })
      kis.inject({ kind: 'ghosts', occupiedMs: 45_000, occupiedUpToMs: 90_000 })
      kis.cut()
      await until(() => kis.sessions().length === 0)
      return Number(/its app key in use for (\d+) ms/.exec(lines.join('\n'))?.[1])
    }
    const drawn = [await stays(1), await stays(1), await stays(2)]
    expect(drawn[0]).toBe(drawn[1])
    expect(drawn[0]).not.toBe(drawn[2])
    for (const ms of drawn) expect(ms >= 45_000 && ms <= 90_000).toBe(true)
  })
})
