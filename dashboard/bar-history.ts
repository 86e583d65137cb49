// The bars of the last hour by five seconds, and of the day by the minute, so that a page that is opened at noon has a morning to show.
// Only whole bars come in; a minute that lacks a part of itself says so.
import { Subject } from 'rxjs'
import type { Clock } from '../market/clock.ts'
import type { Bar, MarketEvent } from '../market/events.ts'
import { type ForgottenBar, toBars } from '../streams/bars.ts'

/** Start, in seconds as chart libraries count, then open, high, low, close and volume. Arrays, because there are hundreds. */
export type BarRow = readonly [
  time: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  isWhole: boolean,
]

export type BarHistory = {
  /** Every event, as it passes. */
  note(event: MarketEvent): void
  seconds(instrument: string): readonly BarRow[]
  minutes(instrument: string): readonly BarRow[]
  /** Five-second bars that were published after the `count`th, and how many there were in all. */
  since(instrument: string, count: number): { readonly bars: readonly BarRow[]; readonly count: number }
  stop(): void
}

const mostSeconds = 720
const mostMinutes = 720
const minuteSeconds = 60

type Kept = { readonly seconds: BarRow[]; readonly minutes: BarRow[]; count: number; flawedMinute: number }

export function createBarHistory(clock: Clock): BarHistory {
  const events = new Subject<MarketEvent>()
  const kept = new Map<string, Kept>()

  function keptOf(instrument: string): Kept {
    let one = kept.get(instrument)
    if (one === undefined) {
      one = { seconds: [], minutes: [], count: 0, flawedMinute: -1 }
      kept.set(instrument, one)
    }
    return one
  }

  function keep(bar: Bar): void {
    const one = keptOf(bar.instrument)
    const time = bar.startTime / 1000
    push(one.seconds, [time, bar.open, bar.high, bar.low, bar.close, bar.volume, true], mostSeconds)
    one.count++
    const minute = minuteOf(time)
    const last = one.minutes.at(-1)
    if (last !== undefined && last[0] === minute) one.minutes[one.minutes.length - 1] = joined(last, bar)
    else {
      // The first one may have begun before we listened.
      const isWhole = one.flawedMinute !== minute && (one.count > 1 || time === minute)
      push(one.minutes, [minute, bar.open, bar.high, bar.low, bar.close, bar.volume, isWhole], mostMinutes)
    }
  }

  /** Its trades are in no bar, so the minute it belongs to is not whole. */
  function forget(bar: ForgottenBar): void {
    const one = keptOf(bar.instrument)
    const minute = minuteOf(bar.startTime / 1000)
    one.flawedMinute = minute
    const last = one.minutes.at(-1)
    if (last?.[0] === minute) one.minutes[one.minutes.length - 1] = [...firstSix(last), false]
  }

  events.pipe(toBars('5s', { clock, onForgotten: forget })).subscribe(keep)

  return {
    note(event) {
      // Half of what comes, and nothing that a bar is made of.
      if (event.type !== 'order-book') events.next(event)
    },
    seconds: instrument => kept.get(instrument)?.seconds ?? [],
    minutes: instrument => kept.get(instrument)?.minutes ?? [],
    since(instrument, count) {
      const one = kept.get(instrument)
      if (one === undefined) return { bars: [], count: 0 }
      const fresh = Math.min(one.count - count, one.seconds.length)
      return { bars: fresh > 0 ? one.seconds.slice(-fresh) : [], count: one.count }
    },
    stop: () => events.complete(),
  }
}

function joined(minute: BarRow, bar: Bar): BarRow {
  const [time, open, high, low, , volume, isWhole] = minute
  return [time, open, Math.max(high, bar.high), Math.min(low, bar.low), bar.close, volume + bar.volume, isWhole]
}

function firstSix([time, open, high, low, close, volume]: BarRow) {
  return [time, open, high, low, close, volume] as const
}

function minuteOf(seconds: number): number {
  return Math.floor(seconds / minuteSeconds) * minuteSeconds
}

function push<T>(list: T[], item: T, most: number): void {
  list.push(item)
  if (list.length > most) list.shift()
}
