import { describe, expect, it } from 'vitest'
import { columnsFor, layoutOf } from '../../../kis/wire/layout.ts'
import { books, frame, recordsOf, story, trades } from './support.ts'
import { captured, connect, until } from '../support.ts'

const [a = '', b = '', c = '', d = '', e = '', f = ''] = trades

/** A value of a trade by KIS's name. */
function valueOf(record: string, name: string): number {
  const layout = layoutOf('H0STCNT0')
  const values = record.split('^')
  if (layout === undefined) throw new Error('no layout')
  return Number(values[columnsFor(layout, values.length).findIndex(([column]) => column === name)])
}

const received = (frames: readonly string[]) => frames.flatMap(recordsOf)

describe('a simulator without faults', () => {
  it('sends frames byte for byte, whether or not it keeps the truth', async () => {
    const odd = '0|H0STCNT0|2|005930^1^005930^2'
    for (const truth of [0, 100]) {
      const { frames, play } = await story({ memory: { truth } })
      play(frame([a, b]), odd, frame(books.slice(0, 1), 'H0STASP0'))
      expect(await frames()).toEqual([frame([a, b]), odd, frame(books.slice(0, 1), 'H0STASP0')])
    }
  })
})

describe('records that are lost', () => {
  it('are so many, from inside of frames, and the simulator knows which', async () => {
    const { frames, kis, play } = await story()
    const fault = kis.inject({ kind: 'lose', records: 3 })
    play(frame([a]), frame([b, c, d, e]), frame([f]))
    expect(await frames()).toEqual([frame([d, e]), frame([f])])
    expect(kis.withheld().map(({ record }) => record)).toEqual([a, b, c])
    expect(kis.withheld()[0]).toEqual({
      fault: fault.id,
      why: 'lose',
      session: 1,
      tr: 'H0STCNT0',
      key: '005930',
      record: a,
      time: Date.UTC(2026, 8, 14, 1),
      volume: valueOf(a, 'CNTG_VOL'),
      cumulativeVolume: valueOf(a, 'ACML_VOL'),
    })
    const volume = [a, b, c].reduce((sum, record) => sum + valueOf(record, 'CNTG_VOL'), 0)
    expect(volume).toBeGreaterThan(0)
    expect(fault.report()).toMatchObject({
      state: 'over',
      acted: 3,
      withheld: [{ tr: 'H0STCNT0', key: '005930', records: 3, volume }],
    })
  })

  it('break the chain of cumulative volumes by exactly what the simulator says', async () => {
    const { frames, kis, play } = await story()
    play(frame([a]))
    kis.inject({ kind: 'lose', records: 2 })
    play(frame([b, c, d]))
    const [first = '', next = ''] = received(await frames())
    const missing = valueOf(next, 'ACML_VOL') - valueOf(next, 'CNTG_VOL') - valueOf(first, 'ACML_VOL')
    expect(missing).toBe(kis.withheld().reduce((sum, { volume }) => sum + (volume ?? 0), 0))
  })

  it('are the same ones for the same seed, and others for another', async () => {
    const lost = async (faultSeed: number) => {
      const { kis, play } = await story({ faultSeed })
      kis.inject({ kind: 'lose', probability: 0.5 })
      for (const record of trades) play(frame([record]))
      return kis.withheld().map(({ record }) => trades.indexOf(record))
    }
    const once = await lost(1)
    expect(once.length).toBeGreaterThan(5)
    expect(once.length).toBeLessThan(trades.length - 5)
    expect(await lost(1)).toEqual(once)
    expect(await lost(2)).not.toEqual(once)
  })

  it('are trades, unless another transaction is named', async () => {
    const { frames, kis, play } = await story()
    const [book = ''] = books
    kis.inject({ kind: 'lose', probability: 1 })
    play(frame([book], 'H0STASP0'), frame([a]))
    expect(await frames()).toEqual([frame([book], 'H0STASP0')])
    kis.inject({ kind: 'lose', probability: 1, tr: 'H0STASP0' })
    play(frame([book], 'H0STASP0'))
    expect(kis.withheld().at(-1)).toMatchObject({ tr: 'H0STASP0', record: book, volume: undefined })
  })

  it('are those of one key, when one is named', async () => {
    const { client, frames, kis, play } = await story()
    await client.subscribe('H0STCNT0', '000660')
    const hynix = captured('H0STCNT0.txt').find(line => line.split('|')[3]?.startsWith('000660^')) ?? ''
    kis.inject({ kind: 'lose', probability: 1, key: '005930' })
    play(frame([a, b]), hynix)
    expect(await frames()).toEqual([hynix])
  })

  it('take a damaged frame along whole', async () => {
    const { frames, kis, play } = await story()
    const damaged = '0|H0STCNT0|002|005930^1^2'
    play(damaged)
    kis.inject({ kind: 'lose', records: 1 })
    play(damaged)
    expect(await frames()).toEqual([damaged])
    expect(kis.withheld()[0]).toMatchObject({ record: '005930^1^2', volume: undefined })
  })
})

describe('records that are doubled', () => {
  it('stand twice in their frame', async () => {
    const { frames, kis, play } = await story()
    const fault = kis.inject({ kind: 'duplicate', records: 2, where: 'inside' })
    play(frame([a, b, c]))
    expect(await frames()).toEqual([frame([a, a, b, b, c])])
    expect(fault.report()).toMatchObject({ acted: 2, state: 'over', withheld: [] })
  })

  it('come again in a frame of their own', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'duplicate', records: 2, where: 'between' })
    play(frame([a, b, c]))
    expect(await frames()).toEqual([frame([a, b, c]), frame([a]), frame([b])])
    expect(kis.truth('H0STCNT0', '005930').map(({ sentTo }) => sentTo)).toEqual([[1, 1], [1, 1], [1]])
  })

  it('do either when nothing is said', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'duplicate', probability: 1 })
    for (const record of trades) play(frame([record]))
    const sent = await frames()
    for (const count of ['|001|', '|002|']) expect(sent.filter(text => text.includes(count)).length).toBeGreaterThan(5)
    expect(received(sent)).toEqual(trades.flatMap(record => [record, record]))
  })
})

describe('records out of order', () => {
  it('change places with their successor inside a frame', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'reorder', records: 2, where: 'inside' })
    play(frame([a]), frame([b, c, d, e, f]))
    expect(await frames()).toEqual([frame([a]), frame([c, b, e, d, f])])
    expect(kis.withheld()).toEqual([])
  })

  it('come behind the next frame of their key', async () => {
    const { frames, kis, play } = await story()
    const fault = kis.inject({ kind: 'reorder', records: 1, where: 'between' })
    play(frame([a, b]))
    expect(await frames()).toEqual([frame([b])])
    expect(fault.report().state).toBe('in-force')
    play(frame([c, d]), frame([e]))
    expect(await frames()).toEqual([frame([b]), frame([c, d]), frame([a]), frame([e])])
    expect(fault.report()).toMatchObject({ acted: 1, state: 'over' })
  })

  it('are all there in the end, whatever the dice said', async () => {
    const { frames, kis, play } = await story()
    const fault = kis.inject({ kind: 'reorder', probability: 0.6 })
    for (let i = 0; i < trades.length; i += 3) play(frame(trades.slice(i, i + 3)))
    fault.clear()
    const got = received(await frames())
    expect(got).not.toEqual(trades)
    expect([...got].sort()).toEqual([...trades].sort())
    expect(kis.withheld()).toEqual([])
  })

  it('are withheld when their key is released before they could come', async () => {
    const { client, frames, kis, play } = await story()
    const fault = kis.inject({ kind: 'reorder', records: 1, where: 'between' })
    play(frame([a]))
    await client.unsubscribe('H0STCNT0', '005930')
    expect(kis.withheld()).toMatchObject([{ record: a, why: 'reorder' }])
    expect(fault.report().state).toBe('over')
    expect(await frames()).toEqual([])
  })

  it('are withheld when their session ends', async () => {
    const { kis, play } = await story()
    kis.inject({ kind: 'reorder', records: 1, where: 'between' })
    play(frame([a]))
    kis.cut()
    await until(() => kis.withheld().length === 1)
    expect(kis.truth('H0STCNT0', '005930')).toMatchObject([
      { sentTo: [], withheldFrom: [{ session: 1, why: 'reorder' }] },
    ])
  })
})

describe('a new column in mid-stream', () => {
  it('stands at the end of every record of trades and books', async () => {
    const { frames, kis, play } = await story()
    const [book = ''] = books
    play(frame([a]))
    kis.inject({ kind: 'new-column', extra: 2 })
    play(frame([b, c]), frame([book], 'H0STASP0'))
    expect(await frames()).toEqual([
      frame([a]),
      frame([`${b}^new1^new2`, `${c}^new1^new2`]),
      frame([`${book}^new1^new2`], 'H0STASP0'),
    ])
    expect(kis.truth('H0STCNT0', '005930').map(({ record }) => record)).toEqual([a, b, c])
  })

  it('is one, of one transaction, until the fault is cleared', async () => {
    const { frames, kis, play } = await story()
    const [book = ''] = books
    const fault = kis.inject({ kind: 'new-column', tr: 'H0STCNT0' })
    play(frame([a]), frame([book], 'H0STASP0'))
    fault.clear()
    play(frame([b]))
    expect(await frames()).toEqual([frame([`${a}^new1`]), frame([book], 'H0STASP0'), frame([b])])
  })

  it('is not put into what has no records', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'new-column' })
    const damaged = '0|H0STCNT0|002|005930^1^2'
    play(damaged)
    expect(await frames()).toEqual([damaged])
  })
})

describe('a mute symbol', () => {
  it('is withheld from every session, in all its transactions, while others go on', async () => {
    const { client, clock, frames, kis, play } = await story()
    const other = await connect(kis, { appKey: 'other' })
    await other.subscribe('H0STCNT0', '005930')
    await client.subscribe('H0STCNT0', '000660')
    const hynix = captured('H0STCNT0.txt').find(line => line.split('|')[3]?.startsWith('000660^')) ?? ''
    const fault = kis.inject({ kind: 'mute-symbol', key: '005930', forMs: 30_000 })
    play(frame([a, b]), frame(books.slice(0, 1), 'H0STASP0'), hynix)
    clock.advance(30_000)
    play(frame([c]))
    expect(await frames()).toEqual([hynix, frame([c])])
    expect(await frames(other)).toEqual([frame([c])])
    await until(() => fault.report().state === 'over')
    expect(kis.withheld().map(({ session, tr }) => `${session} ${tr}`)).toEqual([
      '1 H0STCNT0',
      '1 H0STCNT0',
      '2 H0STCNT0',
      '2 H0STCNT0',
      '1 H0STASP0',
    ])
  })

  it('may be mute in one transaction only', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'mute-symbol', key: '005930', tr: 'H0STASP0' })
    play(frame([a]), frame(books.slice(0, 1), 'H0STASP0'))
    expect(await frames()).toEqual([frame([a])])
  })
})

describe('faults together', () => {
  it('act in the order they were injected', async () => {
    const { frames, kis, play } = await story()
    kis.inject({ kind: 'duplicate', records: 1, where: 'between' })
    kis.inject({ kind: 'new-column' })
    kis.inject({ kind: 'lose', records: 1 })
    play(frame([a, b]))
    expect(await frames()).toEqual([frame([`${b}^new1`]), frame([`${a}^new1`])])
    expect(kis.truth('H0STCNT0', '005930')[0]).toMatchObject({ sentTo: [1], withheldFrom: [{ why: 'lose' }] })
  })

  it('withhold a record once', async () => {
    const { kis, play } = await story()
    kis.inject({ kind: 'mute-symbol', key: '005930' })
    kis.inject({ kind: 'lose', probability: 1 })
    play(frame([a]))
    expect(kis.withheld()).toMatchObject([{ record: a, why: 'mute-symbol' }])
  })
})
