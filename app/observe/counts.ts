// What passed through a feed, as plain numbers: the one place that counts. `status()`, the metrics and the
// log read them here.
import type { RecordCounts } from '../../kis/wire/decoder.ts'
import type { Dropped, GapCause, MarketEvent, ResyncReason } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'

export type Counts = {
  /** Data frames from the sockets. */
  readonly frames: number
  /** Events that were delivered, by type. A type that never came may be missing. */
  readonly events: Readonly<Partial<Record<MarketEvent['type'], number>>>
  /** Records that were read, repeats included, by KIS transaction. */
  readonly records: Readonly<Record<string, number>>
  /** Records that were dropped because they had been delivered before. */
  readonly duplicates: number
  readonly lag: Readonly<Record<Market, Buckets>>
  readonly gaps: Readonly<Partial<Record<GapCause, number>>>
  /** Shares that were missing, and those of them that came late after all. */
  readonly missingVolume: number
  readonly lateVolume: number
  /** Gaps, or parts of one, that REST filled, and the shares in them. */
  readonly repairs: number
  readonly repairedVolume: number
  /** Gaps with volume that remains unknown after their validation. */
  readonly unfillable: number
  readonly resyncs: Readonly<Partial<Record<ResyncReason, number>>>
  readonly disconnects: Readonly<Record<Market, number>>
  /** Times a subscription was asked for again because it was stale. */
  readonly mute: number
  /** Times a connection was left because its market was silent in trading hours. */
  readonly silences: number
  /** By the name of the sink. */
  readonly sinks: Readonly<Record<string, SinkCounts>>
}

export type SinkCounts = {
  readonly dropped: number
  /** Events that a newer one of the same instrument replaced, as its policy asks. */
  readonly conflated: number
  readonly errors: number
}

/** `counts[i]`: values above the bound before, up to `bounds[i]`. The last count has no bound. */
export type Buckets = {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly sum: number
}

/** Calls that return a number return the total so far, of all sinks. */
export type Counter = {
  /** The data that follows is of this market. */
  frame(market: Market): void
  event(event: MarketEvent): void
  duplicate(): void
  mute(): void
  silence(): void
  sinkFailed(sink: string): number
  sinkDropped(sink: string, dropped: Pick<Dropped, 'count' | 'conflated'>): number
  /** The decoder counts records here. */
  readonly records: RecordCounts
  /** Of a type that is rare. */
  eventsOf(type: MarketEvent['type']): number
  unfillable(): number
  counts(): Counts
}

/**
 * Milliseconds from KIS's clock to ours. KIS's trades carry whole seconds, so up to one second of it is
 * rounding, and a clock that is behind makes it negative: that counts as the first bucket.
 */
const lagBoundsMs: readonly number[] = [250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000, 60_000, 900_000]

export function createCounter(): Counter {
  const lag = { KR: createHistogram(lagBoundsMs), US: createHistogram(lagBoundsMs) }
  const records: RecordCounts = new Map()
  const rare: Partial<Record<MarketEvent['type'], number>> = {}
  const gaps: Partial<Record<GapCause, number>> = {}
  const resyncs: Partial<Record<ResyncReason, number>> = {}
  const disconnects = { KR: 0, US: 0 }
  const sinks = new Map<string, { -readonly [Name in keyof SinkCounts]: number }>()
  let current = lag.KR
  let frames = 0
  let trades = 0
  let orderBooks = 0
  let duplicates = 0
  let missingVolume = 0
  let lateVolume = 0
  let repairs = 0
  let repairedVolume = 0
  let unfillable = 0
  let mute = 0
  let silences = 0

  function sinkOf(name: string) {
    const known = sinks.get(name) ?? { dropped: 0, conflated: 0, errors: 0 }
    sinks.set(name, known)
    return known
  }

  function ofAllSinks(what: keyof SinkCounts): number {
    return [...sinks.values()].reduce((sum, one) => sum + one[what], 0)
  }

  return {
    frame(market) {
      frames++
      current = market === 'KR' ? lag.KR : lag.US
    },
    event(event) {
      // Nothing else happens as often, so data is counted without a look-up.
      if (event.type === 'trade') {
        trades++
        if (event.eventTime !== null) current.add(event.receivedTime - event.eventTime)
        return
      }
      if (event.type === 'order-book') {
        orderBooks++
        return
      }
      rare[event.type] = (rare[event.type] ?? 0) + 1
      switch (event.type) {
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
        case 'gap-verdict':
          if (event.verdict === 'unfillable') unfillable++
          return
        case 'resync':
          resyncs[event.reason] = (resyncs[event.reason] ?? 0) + 1
          return
        case 'disconnect':
          disconnects[event.market]++
          return
      }
    },
    duplicate: () => void duplicates++,
    mute: () => void mute++,
    silence: () => void silences++,
    sinkFailed(sink) {
      sinkOf(sink).errors++
      return ofAllSinks('errors')
    },
    sinkDropped(sink, { count, conflated }) {
      const what = conflated === undefined ? 'dropped' : 'conflated'
      sinkOf(sink)[what] += count
      return ofAllSinks(what)
    },
    records,
    eventsOf: type => rare[type] ?? 0,
    unfillable: () => unfillable,
    counts: () => ({
      frames,
      events: { trade: trades, 'order-book': orderBooks, ...rare },
      records: Object.fromEntries([...records].map(([tr, { records: count }]) => [tr, count])),
      duplicates,
      lag: { KR: lag.KR.read(), US: lag.US.read() },
      gaps: { ...gaps },
      missingVolume,
      lateVolume,
      repairs,
      repairedVolume,
      unfillable,
      resyncs: { ...resyncs },
      disconnects: { ...disconnects },
      mute,
      silences,
      sinks: Object.fromEntries([...sinks].map(([name, one]) => [name, { ...one }])),
    }),
  }
}

type Histogram = { add(value: number): void; read(): Buckets }

function createHistogram(bounds: readonly number[]): Histogram {
  const counts = bounds.map(() => 0).concat(0)
  // An array, because the engine makes an object of each new value of a variable that a function keeps.
  const total = new Float64Array(1)
  /** Where the last value went: mostly where the next one goes. */
  let bucket = 0
  return {
    add(value) {
      while (bucket > 0 && value <= (bounds[bucket - 1] as number)) bucket--
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
      counts[bucket] = (counts[bucket] as number) + 1
      total[0] = (total[0] as number) + value
    },
    read: () => ({ bounds, counts: [...counts], sum: total[0] as number }),
  }
}
