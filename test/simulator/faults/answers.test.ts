import { describe, expect, it } from 'vitest'
import { frame, story, trades } from './support.ts'
import { approvalKey, code, connect, requestText, until } from '../support.ts'

const [a = ''] = trades

describe('a subscription that is refused', () => {
  it('is answered with the code, registers nothing, and works the next time', async () => {
    const { client, kis } = await story()
    kis.inject({ kind: 'refuse', code: 'OPSP0007', count: 1 })
    expect(await client.subscribe('H0STMBC0', '005930')).toBe(
      '{"header":{"tr_id":"H0STMBC0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"1","msg_cd":"OPSP0007","msg1":"SUBSCRIBE INTERNAL ERROR"}}',
    )
    expect(kis.sessions()[0]?.registrations).toHaveLength(2)
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    expect(
      kis
        .stats()
        .requests.map(request => request.code)
        .slice(2),
    ).toEqual(['OPSP0007', 'OPSP0000'])
  })

  it('names no subscription where KIS does not', async () => {
    const { client, kis } = await story()
    kis.inject({ kind: 'refuse', code: 'OPSP8993' })
    expect(await client.subscribe('H0STMBC0', '005930')).toBe(
      '{"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9","msg_cd":"OPSP8993","msg1":"JSON PARSING ERROR : invalid tr_key"}}',
    )
  })

  it('is one of a key and a transaction, for a while, and no release', async () => {
    const { client, clock, kis } = await story()
    kis.inject({ kind: 'refuse', code: 'OPSP0008', key: '000660', tr: 'H0STMBC0', forMs: 60_000 })
    const asked = () => client.subscribe('H0STMBC0', '000660').then(code)
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    expect(code(await client.subscribe('H0STCNT0', '000660'))).toBe('OPSP0000')
    expect(await asked()).toBe('OPSP0008')
    expect(code(await client.unsubscribe('H0STMBC0', '000660'))).toBe('OPSP0003')
    clock.advance(60_000)
    expect(await asked()).toBe('OPSP0000')
  })

  it('gives way to an approval key that is not valid', async () => {
    const { client, kis } = await story()
    kis.inject({ kind: 'refuse', code: 'OPSP0008' })
    expect(code(await client.ask(requestText('made-up', 'subscribe', 'H0STMBC0', '005930')))).toBe('OPSP0011')
  })
})

describe('an occupied app key', () => {
  it('keeps out new sessions until the fault is cleared, and disturbs no open one', async () => {
    const { client, frames, kis, play } = await story()
    const fault = kis.inject({ kind: 'occupied' })
    const next = await connect(kis, { appKey: 'next' })
    for (let i = 0; i < 2; i++) expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    fault.clear()
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    play(frame([a]))
    expect(await frames(next)).toEqual([frame([a])])
    expect(fault.report()).toMatchObject({ acted: 2, state: 'over' })
  })

  it('is free again when its time is up, by the clock of the simulator', async () => {
    const { clock, kis } = await story()
    kis.inject({ kind: 'occupied', forMs: 60_000 })
    const next = await connect(kis, { appKey: 'next' })
    clock.advance(59_999)
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    clock.advance(1)
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })
})

describe('an acknowledgement', () => {
  it('that is late comes behind data that is not', async () => {
    const { client, clock, kis, play } = await story()
    kis.inject({ kind: 'late-acks', byMs: 2_000, count: 1 })
    const acknowledged = client.subscribe('H0STPGM0', '005930')
    await until(() => kis.sessions()[0]?.registrations.length === 3)
    play(frame([a]))
    await client.received(text => text === frame([a]))
    clock.advance(1_999)
    // The next answer is in time, and overtakes it.
    client.send(requestText('made-up', 'subscribe', 'H0STPGM0', '005930'))
    expect(code(await acknowledged)).toBe('OPSP0011')
    clock.advance(1)
    const [late] = await client.received(text => text.includes('"H0STPGM0"') && text.includes('SUBSCRIBE SUCCESS'))
    expect(client.texts.at(-1)).toBe(late)
    expect(kis.faults()).toMatchObject([{ acted: 1, state: 'over' }])
  })

  it('that is late never comes when the session has ended meanwhile', async () => {
    const { client, clock, kis } = await story()
    kis.inject({ kind: 'late-acks', byMs: 1_000 })
    client.send(requestText(await approvalKey(kis), 'subscribe', 'H0STMBC0', '005930'))
    await until(() => kis.faults()[0]?.acted === 1)
    client.socket.terminate()
    await until(() => kis.sessions().length === 0)
    clock.advance(1_000)
    const next = await connect(kis, { appKey: 'next' })
    expect(next.texts).toEqual([])
  })

  it('that is lost leaves the registration in place, and its data', async () => {
    const { client, frames, kis, play } = await story()
    kis.inject({ kind: 'lost-acks', count: 2, tr: 'H0STCNT0' })
    const approval = await approvalKey(kis)
    client.send(requestText(approval, 'unsubscribe', 'H0STCNT0', '005930'))
    client.send(requestText(approval, 'subscribe', 'H0STCNT0', '005930'))
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    expect(client.texts).toHaveLength(3)
    expect(
      kis
        .stats()
        .requests.map(request => request.code)
        .slice(2),
    ).toEqual(['OPSP0001', 'OPSP0000', 'OPSP0000'])
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
  })

  it('that is lost is named in the log', async () => {
    const { client, kis, lines } = await story()
    kis.inject({ kind: 'lost-acks', count: 1 })
    client.send(requestText(await approvalKey(kis), 'subscribe', 'H0STMBC0', '005930'))
    await until(() => kis.faults()[0]?.state === 'over')
    expect(lines).toContain('fault 1 lost-acks: session 1: the answer to subscribe H0STMBC0 005930 withheld')
  })
})

describe('an acknowledgement that lacks a part', () => {
  it('has no code, or no header, so many times, and what was asked is done', async () => {
    const { client, kis } = await story()
    kis.inject({ kind: 'bare-acks', without: 'msg_cd', tr: 'H0STMBC0', count: 1 })
    const bare = JSON.parse(await client.subscribe('H0STMBC0', '005930')) as { body: object }
    expect(bare).toMatchObject({
      header: { tr_id: 'H0STMBC0', tr_key: '005930' },
      body: { rt_cd: '0', msg1: 'SUBSCRIBE SUCCESS' },
    })
    expect(bare.body).not.toHaveProperty('msg_cd')
    kis.inject({ kind: 'bare-acks', without: 'header', count: 1 })
    expect(Object.keys(JSON.parse(await client.unsubscribe('H0STMBC0', '005930')) as object)).toEqual(['body'])
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
  })
})

describe('approval keys that expire', () => {
  it('are unknown from then on, to open sessions and new ones, while new keys work', async () => {
    const { client, kis } = await story()
    const old = await approvalKey(kis, 'next')
    kis.inject({ kind: 'expire-approval-keys' })
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0011')
    const next = await connect(kis, { approval: old })
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0011')
    const fresh = await approvalKey(kis, 'next')
    expect(code(await next.ask(requestText(fresh, 'subscribe', 'H0STCNT0', '005930')))).toBe('OPSP0000')
    expect(kis.faults()).toMatchObject([{ acted: 1, state: 'over' }])
  })
})
