// The bars of the last hour by five seconds, and of the day by the minute, so that a page opened at noon
// shows the morning. Only whole bars come in; a minute without a part of them is marked until that part is
// repaired.
import { Subject } from 'rxjs'
import { BoundedMap } from '../market/basics/bounded-map.ts'
import type { Clock } from '../market/clock.ts'
import type { Bar, MarketEvent } from '../market/events.ts'
import { toBars } from '../streams/bars/bars.ts'
import type { ForgottenBar } from '../streams/bars/publishing.ts'
import { mostInstruments } from './latest-prices.ts'

/**
 * Start, in seconds as chart libraries count, then open, high, low, close and volume. Arrays, because there
 * are hundreds.
 */
export type BarRow = readonly [
  time: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  isWhole: boolean,
]

export type BarNews = {
  /** Five-second bars, as they came. A bar may replace an earlier one of the same time. */
  readonly bars: readonly BarRow[]
  /** Minutes that are over and were repaired. */
  readonly minutes: readonly BarRow[]
  readonly count: number
}

export type BarHistory = {
  /** Every event, as it passes. */
  note(event: MarketEvent): void
  seconds(instrument: string): readonly BarRow[]
  minutes(instrument: string): readonly BarRow[]
  /** What came after the `count`th five-second bar, and how many there were in all. */
  since(instrument: string, count: number): BarNews
  stop(): void
}

const mostSeconds = 720
const mostMinutes = 720
const minuteSeconds = 60
const barSeconds = 5

/** A minute, and the five-second bars it is made of, which need not come in order. */
type Minute = {
  readonly time: number
  /** False for a first minute that began before the feed. */
  readonly isWhole: boolean
  open: number
  high: number
  low: number
  close: number
  /** Starts of the bars that `open` and `close` are of. */
  openAt: number
  closeAt: number
  readonly volumes: Float64Array
  isRepaired: boolean
  /** The count of bars when it was repaired, or over after that. */
  changedAt: number
}

type Kept = {
  readonly seconds: BarRow[]
  readonly minutes: Minute[]
  /** The last rows, in the order in which they came. */
  readonly arrivals: BarRow[]
  count: number
  /** By minute, the five-second bars that are not there, because something of them is missing. */
  readonly lacking: BoundedMap<number, Set<number>>
}

export function createBarHistory(clock: Clock): BarHistory {
  const events = new Subject<MarketEvent>()
  const kept = new BoundedMap<string, Kept>(mostInstruments)

  function keptOf(instrument: string): Kept {
    return kept.getOrMake(instrument, () => {
      return { seconds: [], minutes: [], arrivals: [], count: 0, lacking: new BoundedMap(mostMinutes) }
    })
  }

  function keep(bar: Bar): void {
    const one = keptOf(bar.instrument)
    const time = bar.startTime / 1000
    arrive(one, [time, bar.open, bar.high, bar.low, bar.close, bar.volume, true])
    one.lacking.get(minuteOf(time))?.delete(time)
    const last = one.minutes.at(-1)
    const minute = minuteIn(one, time, bar)
    join(minute, time, bar)
    if (bar.isRepaired) minute.isRepaired = true
    // A page makes the minute that is not over itself, of trades.
    if (bar.isRepaired && one.minutes.at(-1) !== minute) minute.changedAt = one.count
    if (last?.isRepaired && one.minutes.at(-1) !== last) last.changedAt = one.count
  }

  /** The trades of this bar are in none, so far or for good: its minute is not whole. */
  function lack({ instrument, startTime }: ForgottenBar): void {
    const one = keptOf(instrument)
    const time = startTime / 1000
    one.lacking.getOrMake(minuteOf(time), () => new Set()).add(time)
    const published = one.seconds.findLast(row => row[0] === time)
    if (published !== undefined) arrive(one, [...firstSix(published), false])
  }

  events.pipe(toBars('5s', { clock, onCut: lack, onForgotten: lack })).subscribe(keep)

  return {
    note(event) {
      // Half of all events, and no part of a bar.
      if (event.type !== 'order-book') events.next(event)
    },
    seconds: instrument => kept.get(instrument)?.seconds ?? [],
    minutes(instrument) {
      const one = kept.get(instrument)
      return one === undefined ? [] : one.minutes.map(minute => rowOf(one, minute))
    },
    since(instrument, count) {
      const one = kept.get(instrument)
      if (one === undefined) return { bars: [], minutes: [], count: 0 }
      const fresh = Math.min(one.count - count, one.arrivals.length)
      if (fresh <= 0) return { bars: [], minutes: [], count: one.count }
      const changed = one.minutes.filter(({ changedAt }) => changedAt > count)
      return { bars: one.arrivals.slice(-fresh), minutes: changed.map(minute => rowOf(one, minute)), count: one.count }
    },
    stop: () => events.complete(),
  }
}

function arrive(one: Kept, row: BarRow): void {
  put(one.seconds, row, ([time]) => time, mostSeconds)
  one.arrivals.push(row)
  if (one.arrivals.length > mostSeconds) one.arrivals.shift()
  one.count++
}

function minuteIn(one: Kept, time: number, { open, high, low, close }: Bar): Minute {
  const start = minuteOf(time)
  const known = one.minutes.findLast(minute => minute.time === start)
  if (known !== undefined) return known
  const minute = {
    time: start,
    isWhole: one.count > 1 || time === start,
    open,
    high,
    low,
    close,
    openAt: time,
    closeAt: time,
    volumes: new Float64Array(minuteSeconds / barSeconds),
    isRepaired: false,
    changedAt: 0,
  }
  put(one.minutes, minute, ({ time: at }) => at, mostMinutes)
  return minute
}

function join(minute: Minute, time: number, { open, high, low, close, volume }: Bar): void {
  if (time <= minute.openAt) {
    minute.open = open
    minute.openAt = time
  }
  if (time >= minute.closeAt) {
    minute.close = close
    minute.closeAt = time
  }
  minute.high = Math.max(minute.high, high)
  minute.low = Math.min(minute.low, low)
  minute.volumes[(time - minute.time) / barSeconds] = volume
}

function rowOf({ lacking }: Kept, { time, open, high, low, close, volumes, isWhole }: Minute): BarRow {
  const volume = volumes.reduce((sum, part) => sum + part, 0)
  return [time, open, high, low, close, volume, isWhole && (lacking.get(time)?.size ?? 0) === 0]
}

function firstSix([time, open, high, low, close, volume]: BarRow) {
  return [time, open, high, low, close, volume] as const
}

function minuteOf(seconds: number): number {
  return Math.floor(seconds / minuteSeconds) * minuteSeconds
}

/** In order of time, in place of one of the same time. */
function put<T>(list: T[], item: T, timeOf: (item: T) => number, most: number): void {
  const time = timeOf(item)
  const at = list.findLastIndex(one => timeOf(one) <= time)
  const there = list[at]
  if (there !== undefined && timeOf(there) === time) list[at] = item
  else list.splice(at + 1, 0, item)
  if (list.length > most) list.shift()
}
