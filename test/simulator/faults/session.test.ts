import { WebSocket } from 'ws'
import { describe, expect, it } from 'vitest'
import { defaultMalformedTexts } from '../../../simulator/faults/session.ts'
import { books, frame, story, trades } from './support.ts'
import { approvalKey, code, connect, requestText, until } from '../support.ts'

const [a = '', b = '', c = ''] = trades
const isPing = (text: string) => text.includes('PINGPONG')

describe('a cut', () => {
  it('ends every session without a handshake, and is over at once', async () => {
    const { client, kis } = await story()
    const other = await connect(kis, { appKey: 'other' })
    const fault = kis.inject({ kind: 'cut' })
    expect(fault.report()).toMatchObject({ state: 'over', acted: 2 })
    expect(await Promise.all([client.closed, other.closed])).toEqual([1006, 1006])
  })

  it('ends one session by its number', async () => {
    const { client, frames, kis, play } = await story()
    const other = await connect(kis, { appKey: 'other' })
    kis.inject({ kind: 'cut', session: 2 })
    expect(await other.closed).toBe(1006)
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
    expect(client.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('without a session is over as well, and says so', async () => {
    const { kis, lines } = await story()
    kis.inject({ kind: 'cut', session: 7 })
    expect(lines.at(-2)).toBe('fault 1 cut: no session to cut')
    expect(kis.faults()).toMatchObject([{ state: 'over' }])
  })

  it('loses what is emitted before the simulator has noticed', async () => {
    const { client, kis, play } = await story()
    play(frame([a]))
    kis.inject({ kind: 'cut' })
    play(frame([b]))
    await client.closed
    expect(kis.truth('H0STCNT0', '005930').map(({ sentTo, withheldFrom }) => [sentTo, withheldFrom])).toEqual([
      [[1], []],
      [[], []],
    ])
  })
})

describe('a half-open session', () => {
  it('is sent nothing: no data, no answers, no PINGPONG, no text', async () => {
    const { client, kis, play } = await story({ pingIntervalMs: 5, pingTimeoutMs: 200 })
    client.hear(text => isPing(text) && client.send(text))
    await until(() => kis.stats().echoes.total > 0)
    const fault = kis.inject({ kind: 'half-open' })
    const { pings } = kis.stats()
    await client.received(isPing, pings)
    play(frame([a, b]), frame(books.slice(0, 1), 'H0STASP0'))
    kis.send('hello')
    client.send('{"header":{"tr_id":"PINGPONG"}}')
    client.send('anything')
    // A neighbour that does not echo is cut meanwhile.
    const other = await connect(kis, { appKey: 'other' })
    await other.closed
    expect(client.texts.filter(isPing)).toHaveLength(pings)
    expect(client.texts.some(text => text === 'hello' || text.startsWith('0|'))).toBe(false)
    expect(client.socket.readyState).toBe(WebSocket.OPEN)
    expect(kis.stats()).toMatchObject({ heartbeats: 0 })
    expect(kis.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'subscribe'])
    expect(kis.withheld().map(({ record, why }) => [record, why])).toEqual([
      [a, 'half-open'],
      [b, 'half-open'],
      [books[0], 'half-open'],
    ])
    expect(fault.report().withheld.map(({ records, tr }) => [tr, records])).toEqual([
      ['H0STCNT0', 2],
      ['H0STASP0', 1],
    ])
  })

  it('does not answer a close frame, and is over when the client hangs up', async () => {
    const { client, kis } = await story()
    const fault = kis.inject({ kind: 'half-open' })
    client.socket.close()
    const other = await connect(kis, { appKey: 'other' })
    await other.subscribe('H0STCNT0', '005930')
    expect(client.socket.readyState).toBe(WebSocket.CLOSING)
    expect(kis.sessions()).toHaveLength(2)
    client.socket.terminate()
    await until(() => kis.sessions().length === 1)
    expect(fault.report().state).toBe('over')
  })

  it.each(['cleared', 'over by itself'])('is cut when the fault is %s', async how => {
    const { client, clock, kis } = await story()
    const fault = kis.inject(how === 'cleared' ? { kind: 'half-open' } : { kind: 'half-open', forMs: 1_000 })
    if (how === 'cleared') fault.clear()
    else clock.advance(1_000)
    expect(await client.closed).toBe(1006)
    expect(fault.report().state).toBe('over')
  })

  it('still holds its app key, and lets a new session of another one work', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'half-open' })
    const same = await connect(kis)
    expect(code(await same.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    const other = await connect(kis, { appKey: 'other' })
    expect(code(await other.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    play(frame([a]))
    expect(await frames(other)).toEqual([frame([a])])
  })

  it('is the next one to open when none is', async () => {
    const { client, kis } = await story()
    client.socket.terminate()
    await until(() => kis.sessions().length === 0)
    kis.inject({ kind: 'half-open' })
    const [next, later] = [await connect(kis, { appKey: 'next' }), await connect(kis, { appKey: 'later' })]
    next.send('anything')
    expect(code(await later.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    expect(next.texts).toEqual([])
  })
})

describe('a mute session', () => {
  it('gets answers and PINGPONG, but no data, and a session that comes later gets everything', async () => {
    const { client, frames, kis, play } = await story({ pingIntervalMs: 5 })
    const fault = kis.inject({ kind: 'mute-session' })
    play(frame([a]))
    await client.received(isPing)
    expect(code(await client.subscribe('H0STCNT0', '000660'))).toBe('OPSP0000')
    client.socket.close()
    await until(() => fault.report().state === 'over')
    const next = await connect(kis)
    await next.subscribe('H0STCNT0', '005930')
    play(frame([b]))
    expect(await frames(next)).toEqual([frame([b])])
    expect(client.texts.filter(text => text.startsWith('0|'))).toEqual([])
    expect(kis.withheld().map(({ record }) => record)).toEqual([a])
  })

  it('withholds notices too, and hides whose they are', async () => {
    const { client, frames, kis, lines } = await story()
    await client.subscribe('H0STCNI0', 'login-id')
    kis.inject({ kind: 'mute-session', forMs: 1_000 })
    expect(kis.sendNotice('H0STCNI0', 'a^notice')).toBe(1)
    expect(await frames()).toEqual([])
    expect(kis.withheld()).toMatchObject([{ tr: 'H0STCNI0', key: '[redacted]', volume: undefined }])
    expect(JSON.stringify([lines, kis.withheld(), kis.faults()])).not.toContain('login-id')
  })

  it('is mute for a while, and one of several when a number says which', async () => {
    const { clock, frames, kis, play } = await story()
    const other = await connect(kis, { appKey: 'other' })
    await other.subscribe('H0STCNT0', '005930')
    kis.inject({ kind: 'mute-session', session: 2, forMs: 1_000 })
    play(frame([a]))
    clock.advance(1_000)
    play(frame([b]))
    expect(await frames()).toEqual([frame([a]), frame([b])])
    expect(await frames(other)).toEqual([frame([b])])
  })
})

describe('rubbish', () => {
  it('is sent to every session as it is', async () => {
    const { client, kis } = await story()
    const other = await connect(kis, { appKey: 'other' })
    kis.inject({ kind: 'rubbish', texts: ['0|oops', 'Ω'] })
    for (const { received } of [client, other]) {
      await received(text => text === '0|oops')
      await received(text => text === 'Ω')
    }
    expect(kis.faults()).toMatchObject([{ acted: 2, state: 'over' }])
  })

  it('is a selection of texts when none is given', async () => {
    const { client, kis } = await story()
    kis.inject({ kind: 'rubbish', session: 1 })
    await client.received(text => defaultMalformedTexts.includes(text), defaultMalformedTexts.length)
    expect(client.texts.slice(2)).toEqual(defaultMalformedTexts)
  })
})

describe('a close that is answered slowly', () => {
  it('leaves the session open until then, with its app key and its data', async () => {
    const { client, clock, kis, play } = await story()
    kis.inject({ kind: 'slow-close', byMs: 5_000, count: 1 })
    client.socket.close(1000)
    await until(() => kis.faults()[0]?.state === 'over')
    play(frame([c]))
    await client.received(text => text === frame([c]))
    const next = await connect(kis)
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    clock.advance(5_000)
    expect(await client.closed).toBe(1000)
    await until(() => kis.sessions().length === 1)
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })
})

describe('a handshake that is refused', () => {
  it.each([
    [{}, 503],
    [{ status: 403 }, 403],
  ])('with %j answers HTTP %i, so many times', async (more, status) => {
    const { kis } = await story()
    kis.inject({ kind: 'refuse-handshake', count: 2, ...more })
    for (let i = 0; i < 2; i++) await expect(connect(kis, { appKey: 'next' })).rejects.toThrow(`${status}`)
    const next = await connect(kis, { appKey: 'next' })
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    expect(kis.stats().socketsOpened).toBe(2)
  })

  it('is counted like any other: the times of all that were asked for are what a connect budget is held against', async () => {
    const { clock, kis } = await story()
    const asked = clock.now()
    kis.inject({ kind: 'refuse-handshake', count: 1 })
    clock.advance(1_000)
    await expect(connect(kis, { appKey: 'other' })).rejects.toThrow('503')
    clock.advance(1_000)
    await connect(kis, { appKey: 'other' })
    expect(kis.stats()).toMatchObject({ handshakes: [asked, asked + 1_000, asked + 2_000], socketsOpened: 2 })
  })

  it('goes on until the fault is cleared when there is no number', async () => {
    const { kis } = await story()
    const fault = kis.inject({ kind: 'refuse-handshake' })
    for (let i = 0; i < 3; i++) await expect(connect(kis, { appKey: 'next' })).rejects.toThrow('503')
    fault.clear()
    const approval = await approvalKey(kis, 'next')
    const next = await connect(kis, { approval })
    expect(code(await next.ask(requestText(approval, 'subscribe', 'H0STCNT0', '005930')))).toBe('OPSP0000')
  })
})
