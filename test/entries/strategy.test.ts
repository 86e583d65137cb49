// How a user tests a strategy: with events alone, on the simulator, and on a recording. docs/testing.md shows
// these tests.
import { createFeed, createReplay, type MarketEvent, toBars, type Trade } from 'kis-stream'
import { feedOptionsFor, sampleRecording, startSimulator } from 'kis-stream/simulator'
import { testEvents } from 'kis-stream/testing'
import { filter, firstValueFrom, lastValueFrom, type Observable, of, scan, toArray } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Simulator } from 'kis-stream/simulator'

/** The strategy under test: buys after three trades that rose, and holds its hands while data is missing. */
function risingThree(events$: Observable<MarketEvent>): Observable<'buy' | 'wait'> {
  type State = { last: number; rises: number; isMissing: boolean }
  return events$.pipe(
    scan(
      (state: State, event): State => {
        if (event.type === 'gap') return { ...state, rises: 0, isMissing: true }
        if (event.type === 'backfill') return { ...state, isMissing: false }
        if (event.type !== 'trade' || event.price === null) return state
        return { ...state, last: event.price, rises: event.price > state.last ? state.rises + 1 : 0 }
      },
      { last: Infinity, rises: 0, isMissing: false },
    ),
    scan((_, { rises, isMissing }) => (rises >= 3 && !isMissing ? 'buy' : 'wait'), 'wait' as 'buy' | 'wait'),
  )
}

describe('with events alone', () => {
  const { trade, gap, backfill } = testEvents('KRX:005930', { price: 70_000 })
  const rising = () => [70_000, 70_100, 70_200, 70_300].map(price => trade({ price }))

  it('buys after three rises', async () => {
    expect(await lastValueFrom(risingThree(of(...rising())))).toBe('buy')
  })

  it('waits while volume is missing, and goes on once it is repaired', async () => {
    const missing = gap(12)
    expect(await lastValueFrom(risingThree(of(missing, ...rising())))).toBe('wait')
    expect(await lastValueFrom(risingThree(of(missing, backfill(missing), ...rising())))).toBe('buy')
  })
})

describe('on the simulator', () => {
  let simulator: Simulator
  beforeAll(async () => void (simulator = await startSimulator()))
  afterAll(() => simulator.stop())

  it('sees an outage as events', async () => {
    const feed = createFeed({ ...feedOptionsFor(simulator), instruments: ['KRX:005930'] })
    const seen = firstValueFrom(feed.events$.pipe(filter(event => event.type === 'disconnect')))
    feed.start()
    await feed.confirmed('KRX:005930')
    simulator.inject({ kind: 'cut' })
    expect(await seen).toMatchObject({ type: 'disconnect', market: 'KR' })
    await feed.stop()
  })
})

describe('on the simulator, with trades that are lost', () => {
  it('sees a gap of what is missing', async () => {
    const simulator = await startSimulator()
    const feed = createFeed({ ...feedOptionsFor(simulator), instruments: ['KRX:005930'] })
    const gap = firstValueFrom(feed.events$.pipe(filter(event => event.type === 'gap')))
    const first = firstValueFrom(feed.trades$)
    feed.start()
    await first
    simulator.inject({ kind: 'lose', records: 2 })
    const { missingVolume, fromVolume, toVolume } = await gap
    expect(missingVolume).toBe(toVolume - fromVolume)
    const withheld = simulator.withheld().length
    expect(withheld).toBe(2)
    await feed.stop()
    await simulator.stop()
  })
})

describe('on a recording', () => {
  it('sees the same events at each run, as fast as they can be read', async () => {
    const run = async () => {
      const replay = createReplay({ ...sampleRecording, speed: Infinity })
      const bars = lastValueFrom(replay.events$.pipe(toBars('10s', replay), toArray()))
      await replay.play()
      return bars
    }
    const bars = await run()
    expect(bars.length).toBeGreaterThan(10)
    expect(await run()).toEqual(bars)
  })
})

describe('what the entry points promise', () => {
  it('makes events that a feed could have emitted: totals grow, times go on', () => {
    const { trade, gap, orderBook } = testEvents('NAS:AAPL', { price: 170, volumeBefore: 500 })
    const first = trade({ volume: 5 })
    const missing = gap(20)
    const second = trade({ volume: 2, price: 171 })
    expect([first.cumulativeVolume, missing.fromVolume, missing.toVolume, second.cumulativeVolume]).toEqual([
      505, 505, 525, 527,
    ])
    expect(second).toMatchObject({
      high: 171,
      low: 170,
      previousClose: 170,
      businessDate: 20261120,
    } satisfies Partial<Trade>)
    const book = orderBook()
    expect(book.receivedTime - second.receivedTime).toBe(1_000)
    expect(book.bids.map(({ price }) => price)).toEqual(
      book.bids.map(({ price }) => price).toSorted((a, b) => (b ?? 0) - (a ?? 0)),
    )
    expect(book.bids[0]?.price ?? 0).toBeLessThan(book.asks[0]?.price ?? 0)
  })
})
