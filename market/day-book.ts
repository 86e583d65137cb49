// What was received on a business date, as it is kept on disk line by line: what came in each minute, and
// what is known to be missing. From it and from REST comes the day's certificate.
import type { Backfill, Gap, GapFilled, GapVerdict, Resync } from './events.ts'
import type { Instrument } from './instrument.ts'

/** A part of a minute: several of them add up. */
export type MinuteEntry = {
  readonly type: 'minute'
  readonly instrument: Instrument
  readonly businessDate: number
  readonly startTime: number
  readonly trades: number
  readonly volume: number
  /** The day's total after the last of these trades. */
  readonly total: number
}

/** A process began to count. */
export type BeginEntry = {
  readonly type: 'begin'
  readonly instrument: Instrument
  readonly businessDate: number
  readonly eventTime: number
  readonly volumeBefore: number
}

export type DayBookEntry = MinuteEntry | BeginEntry | Gap | GapFilled | Backfill | GapVerdict | Resync

/** Where a data folder keeps them: `day-book/20260914.jsonl`, by business date. */
export const dayBookFolder = 'day-book'

export function dayBookFile(businessDate: number): string {
  return `${businessDate}.jsonl`
}
