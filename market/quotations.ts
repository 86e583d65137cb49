// What can be asked about a market afterwards: the trades of a day one by one, and its minutes. Says nothing
// of how KIS is asked.
import type { Instrument } from './instrument.ts'

/** A trade as REST lists it (시간별 체결). Less than the stream has: neither side nor value of the day. */
export type Execution = {
  readonly price: number
  readonly volume: number
  /** Shares traded that day, these included: the only difference between two executions of one second. */
  readonly cumulativeVolume: number
  readonly bidPrice: number | null
  readonly askPrice: number | null
  /** One-second resolution. */
  readonly eventTime: number
}

export type ExecutionPage = {
  /** Newest first. Not to be trusted to be complete: KIS skips some now and then. */
  readonly executions: readonly Execution[]
  /** Rows that happened after the instant asked for, and are left out; absent for none. */
  readonly later?: number
  /** The day's total as REST knows it by now, whatever was asked for; undefined when it does not say. */
  readonly total: number | undefined
  /** Until when to ask for older ones; undefined when there are none that can be asked for. */
  readonly older: number | undefined
  /**
   * Why there are none: `day-begins`: the day's first was reached · `latest-only`: only the latest are
   * returned, as overseas · `today-only`: the day is over, and its executions are not returned any more ·
   * `closed`: neither the calendar nor the minute bars have trading on the day · `other-day`: by the minute
   * bars, the rows are of another day.
   */
  readonly end?: 'day-begins' | 'latest-only' | 'today-only' | 'closed' | 'other-day'
  /**
   * The rows carry no date. Why only the calendar dates them; absent where the minute bars confirm the date.
   */
  readonly undated?: string
}

/** A minute that is over. */
export type MinuteBar = {
  readonly startTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Every call rejects with an error that says whether trying again is worth it (`retryable`). */
export interface Quotations {
  /** Those at or before an instant, a page of them. */
  executions(instrument: Instrument, until: number): Promise<ExecutionPage>
  /**
   * The bars of the minutes that begin in [from, to) and are over, oldest first; those without a trade are
   * left out. The whole span lies on one date of the venue.
   */
  minuteBars(instrument: Instrument, from: number, to: number): Promise<readonly MinuteBar[]>
}
