// What passed through a feed, as plain numbers that cost next to nothing while nobody asks: how late data is, what was missing and what
// came of it, which line went down and which sink could not keep up.
import type { GapCause, MarketEvent, ResyncReason } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import type { RecordCounts } from '../../kis/wire/decoder.ts'

/** `counts[i]` values were at most `bounds[i]`, and more than the bound before it; the last count has no bound. */
export type Buckets = {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum: number
  /** Where the last value went: mostly where the next one goes. */
  last: number
}

/**
 * Milliseconds from KIS's clock to ours. KIS's trades carry whole seconds, so up to one second of it is rounding, and a clock that is
 * behind makes it negative: that counts as the first bucket.
 */
const lagBoundsMs: readonly number[] = [250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000, 60_000, 900_000]

export type SinkTally = { dropped: number; errors: number }

export type Tally = {
  /** Records by transaction, counted by the decoder. */
  readonly records: RecordCounts
  readonly lag: Readonly<Record<Market, Buckets>>
  readonly gaps: Readonly<Partial<Record<GapCause, number>>>
  readonly resyncs: Readonly<Partial<Record<ResyncReason, number>>>
  readonly disconnects: Readonly<Record<Market, number>>
  /** Shares that were missing, and those of them that came late after all. */
  readonly missingVolume: number
  readonly lateVolume: number
  /** Gaps, or parts of one, that REST filled, and the shares in them. */
  readonly repairs: number
  readonly repairedVolume: number
  readonly sinks: ReadonlyMap<string, SinkTally>
}

export type TallyKeeper = {
  /** The data that follows is of this market. */
  frame(market: Market): void
  event(event: MarketEvent): void
  sinkDropped(sink: string, count: number): void
  sinkFailed(sink: string): void
  tally(): Tally
}

export function createTally(): TallyKeeper {
  const lag = { KR: newBuckets(lagBoundsMs), US: newBuckets(lagBoundsMs) }
  const records: RecordCounts = new Map()
  const gaps: Partial<Record<GapCause, number>> = {}
  const resyncs: Partial<Record<ResyncReason, number>> = {}
  const disconnects = { KR: 0, US: 0 }
  const sinks = new Map<string, SinkTally>()
  let current = lag.KR
  let missingVolume = 0
  let lateVolume = 0
  let repairs = 0
  let repairedVolume = 0

  function sinkOf(name: string): SinkTally {
    const known = sinks.get(name) ?? { dropped: 0, errors: 0 }
    sinks.set(name, known)
    return known
  }

  return {
    frame(market) {
      current = market === 'KR' ? lag.KR : lag.US
    },
    event(event) {
      switch (event.type) {
        case 'trade':
          if (event.eventTime !== null) observe(current, event.receivedTime - event.eventTime)
          return
        case 'gap':
          missingVolume += event.missingVolume
          gaps[event.cause] = (gaps[event.cause] ?? 0) + 1
          return
        case 'gap-filled':
          lateVolume += event.filledVolume
          return
        case 'backfill':
          repairs++
          repairedVolume += event.toVolume - event.fromVolume
          return
        case 'resync':
          resyncs[event.reason] = (resyncs[event.reason] ?? 0) + 1
          return
        case 'disconnect':
          disconnects[event.market]++
          return
      }
    },
    sinkDropped(sink, count) {
      sinkOf(sink).dropped += count
    },
    sinkFailed(sink) {
      sinkOf(sink).errors++
    },
    tally: () => ({
      records,
      lag,
      gaps,
      resyncs,
      disconnects,
      missingVolume,
      lateVolume,
      repairs,
      repairedVolume,
      sinks,
    }),
  }
}

export function newBuckets(bounds: readonly number[]): Buckets {
  return { bounds, counts: bounds.map(() => 0).concat(0), sum: 0, last: 0 }
}

export function observe(buckets: Buckets, value: number): void {
  const { bounds, counts } = buckets
  let bucket = buckets.last
  while (bucket > 0 && value <= (bounds[bucket - 1] as number)) bucket--
  while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
  buckets.last = bucket
  counts[bucket] = (counts[bucket] as number) + 1
  buckets.sum += value
}
