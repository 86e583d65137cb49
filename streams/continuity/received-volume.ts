// The received volume of each instrument and minute, for the certificate of the day. Every trade passes here,
// so it only adds up two numbers.
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import { minuteMs } from '../../market/basics/durations.ts'
import type { Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'

/** The part of a minute since it was last taken; a minute may be taken in several parts. */
export type ReceivedMinute = {
  readonly instrument: Instrument
  readonly businessDate: number
  readonly startTime: number
  readonly trades: number
  readonly volume: number
  /** The day's total after the last of these trades. */
  readonly total: number
}

/** The first trade of an instrument and date in this process: the volume before it was not received here. */
export type FirstReceived = {
  readonly instrument: Instrument
  readonly businessDate: number
  readonly eventTime: number
  readonly volumeBefore: number
}

export type Taken = {
  readonly minutes: readonly ReceivedMinute[]
  readonly first: readonly FirstReceived[]
  /** Entries without room since the last time: more than any real market makes in a few seconds. */
  readonly lost: number
}

export type ReceivedVolume = {
  /** A trade without a time, volume, total or date is not counted. */
  note(trade: Trade): void
  /** Everything since the last call. */
  take(): Taken
}

/**
 * Malformed input can name endlessly many instruments. Past this many, the minute of one that was silent for
 * long ends early: it is kept in parts, and nothing of it is lost.
 */
const mostInstruments = 4_096
/**
 * Of each kind, between two takes. A session of 41 names makes 41 in a minute; endless names must not fill
 * the memory.
 */
const mostEntries = 20_000

type Running = {
  readonly instrument: Instrument
  businessDate: number
  startTime: number
  trades: number
  volume: number
  total: number
}

export function createReceivedVolume(): ReceivedVolume {
  const running = new BoundedMap<Instrument, Running>(mostInstruments, end)
  let over: ReceivedMinute[] = []
  let first: FirstReceived[] = []
  let lost = 0

  function turn(instrument: Instrument, minute: Running | undefined, businessDate: number, eventTime: number): Running {
    if (minute !== undefined) end({ ...minute })
    const startTime = Math.floor(eventTime / minuteMs) * minuteMs
    const begun = { businessDate, startTime, trades: 0, volume: 0 }
    if (minute !== undefined) return Object.assign(minute, begun)
    const next = { instrument, ...begun, total: 0 }
    running.set(instrument, next)
    return next
  }

  function end(minute: Running): void {
    if (minute.trades > 0) keep(over, minute)
  }

  function keep<T>(list: T[], entry: T): void {
    if (list.length < mostEntries) list.push(entry)
    else lost++
  }

  return {
    note({ instrument, businessDate, eventTime, volume, cumulativeVolume }) {
      if (volume === null || eventTime === null || cumulativeVolume === null || businessDate === null) return
      let minute = running.get(instrument)
      const elapsed = minute === undefined ? -1 : eventTime - minute.startTime
      if (minute === undefined || elapsed < 0 || elapsed >= minuteMs || minute.businessDate !== businessDate) {
        if (minute?.businessDate !== businessDate)
          keep(first, { instrument, businessDate, eventTime, volumeBefore: cumulativeVolume - volume })
        minute = turn(instrument, minute, businessDate, eventTime)
      }
      minute.trades++
      minute.volume += volume
      minute.total = cumulativeVolume
    },
    take() {
      const taken = { minutes: over, first, lost }
      over = []
      first = []
      lost = 0
      for (const minute of running) {
        if (minute.trades === 0) continue
        taken.minutes.push({ ...minute })
        minute.trades = 0
        minute.volume = 0
      }
      return taken
    },
  }
}
