import { describe, expect, it } from 'vitest'
import type { FaultOf } from '../../../simulator/faults/faults.ts'
import { frame, story, trades } from './support.ts'
import { code, connect, until } from '../support.ts'

const [a = '', b = '', c = ''] = trades

/** A session was cut with trades and books of 005930 in it, and its client is back. */
async function haunted(more: Omit<FaultOf<'ghosts'>, 'kind'> = {}) {
  const started = await story()
  const fault = started.kis.inject({ kind: 'ghosts', rememberMs: 60_000, ...more })
  started.kis.cut()
  await until(() => started.kis.sessions().length === 0)
  const client = await connect(started.kis)
  return { ...started, client, fault, frames: () => started.frames(client) }
}

describe('a ghost that delivers', () => {
  it('is already subscribed, with data', async () => {
    const { client, frames, kis, play } = await haunted()
    expect(await client.subscribe('H0STCNT0', '005930')).toBe(
      '{"header":{"tr_id":"H0STCNT0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"1","msg_cd":"OPSP0002","msg1":"ALREADY IN SUBSCRIBE"}}',
    )
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
    expect(kis.sessions()).toEqual([{ registrations: [{ tr: 'H0STCNT0', key: '005930' }] }])
  })

  it('is forgotten after its time', async () => {
    const { client, clock } = await haunted({ rememberMs: 30_000 })
    clock.advance(29_999)
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
    clock.advance(1)
    expect(code(await client.subscribe('H0STASP0', '005930'))).toBe('OPSP0000')
  })
})

describe('a ghost that does not deliver', () => {
  it('is already subscribed, and mute until it is released and asked for again', async () => {
    const { client, frames, kis, play } = await haunted({ delivering: false })
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
    play(frame([a]))
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
    play(frame([b]))
    expect(code(await client.unsubscribe('H0STCNT0', '005930'))).toBe('OPSP0001')
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    play(frame([c]))
    expect(await frames()).toEqual([frame([c])])
    expect(kis.withheld().map(({ record, session, why }) => [record, session, why])).toEqual([
      [a, 2, 'ghosts'],
      [b, 2, 'ghosts'],
    ])
  })

  it('vanishes with its time: then the key can be asked for as if nothing had been', async () => {
    const { client, clock, frames, kis, play } = await haunted({ delivering: false, rememberMs: 30_000 })
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
    clock.advance(30_000)
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
    expect(kis.withheld()).toEqual([])
  })

  it('vanishes when the fault is cleared', async () => {
    const { client, fault, frames, play } = await haunted({ delivering: false })
    await client.subscribe('H0STCNT0', '005930')
    fault.clear()
    for (const tr of ['H0STCNT0', 'H0STASP0']) expect(code(await client.subscribe(tr, '005930'))).toBe('OPSP0000')
    play(frame([a]))
    expect(await frames()).toEqual([frame([a])])
  })
})

describe('ghosts', () => {
  it('can be released before they are asked for', async () => {
    const { client } = await haunted({ delivering: false })
    expect(code(await client.unsubscribe('H0STCNT0', '005930'))).toBe('OPSP0001')
    expect(code(await client.unsubscribe('H0STCNT0', '005930'))).toBe('OPSP0003')
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })

  it('belong to the app key that left them', async () => {
    const { kis } = await haunted()
    const other = await connect(kis, { appKey: 'other' })
    expect(code(await other.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })

  it('are not left by who lets go of everything first', async () => {
    const { client, kis } = await story()
    kis.inject({ kind: 'ghosts', occupiedMs: 60_000 })
    for (const tr of ['H0STCNT0', 'H0STASP0']) await client.unsubscribe(tr, '005930')
    client.socket.close()
    await until(() => kis.sessions().length === 0)
    const next = await connect(kis)
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })

  it('are left again by the next session that is cut', async () => {
    const { client, clock, kis } = await haunted({ delivering: false })
    await client.subscribe('H0STCNT0', '005930')
    clock.advance(50_000)
    kis.cut()
    await until(() => kis.sessions().length === 0)
    clock.advance(20_000)
    const third = await connect(kis)
    expect(code(await third.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
    // No session adopted this one, so its time began with the first cut.
    expect(code(await third.subscribe('H0STASP0', '005930'))).toBe('OPSP0000')
  })

  it('hold the app key itself for a while', async () => {
    const { client, clock, fault } = await haunted({ occupiedMs: 45_000 })
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP8996')
    clock.advance(45_000)
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0002')
    expect(fault.report().acted).toBe(3)
  })

  it('do not make room for a 42nd registration', async () => {
    const { client } = await haunted()
    for (let i = 0; i < 41; i++) expect(code(await client.subscribe('H0STMBC0', `${100_000 + i}`))).toBe('OPSP0000')
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0008')
  })
})
