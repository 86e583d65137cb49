// The state of one instrument in continuity: how far its volume was followed on one business date, or on two,
// and what disturbs that.
import type { GapCause } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { addRange, type MissingRange } from './missing-ranges.ts'
import { type CountedTrade, isLater, volumeBefore } from './rules.ts'

export class InstrumentState {
  readonly instrument: Instrument
  count: Count | undefined
  /** The count before: of the last date, for late trades; or of this date, for a total that comes back. */
  other: Count | undefined
  /** Volume since the last counted trade that has no place in the count; NaN when it is unknown. */
  unplaced = 0
  /** Why volume that is missing next may be missing. */
  interruption: GapCause | undefined
  /** Unsubscribed: trades that still come are late ones. */
  isOff = false
  /** The last records without volume. */
  readonly still = new Set<string>()

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  /** The count that was current is kept beside it. */
  makeCurrent(count: Count): void {
    this.other = this.count
    this.count = count
    this.settle()
  }

  /** The trade follows all others. One of another date does not end an interruption. */
  follow(count: Count, trade: CountedTrade): void {
    if (count === this.count) this.settle()
    count.advance(trade)
  }

  settle(): void {
    this.unplaced = 0
    if (!this.isOff) this.interruption = undefined
  }
}

/** A count as the files name it. The last records are left out: total and time identify repeats then. */
export type SavedCount = Pick<Count, 'businessDate' | 'volume' | 'value' | 'eventTime'> & {
  readonly holes: readonly MissingRange[]
  /** Left out where nothing was given up. */
  readonly givenUpTo?: number | undefined
}

/** Repeats after a reconnection are few, and two connections with the same trades are seconds apart. */
const mostRecords = 126
const recordLength = 3

type Reached = Pick<CountedTrade, 'cumulativeVolume' | 'cumulativeValue' | 'eventTime'>

export class Count {
  readonly businessDate: number
  /** Lowest first. */
  readonly missing: MissingRange[]
  /** Too many ranges were missing: below this total it is unknown what was delivered. */
  givenUpTo = 0
  /** Up to this total, delivered trades are forgotten. Above it, all of them are in the records. */
  #forgottenUpTo = 0
  /** Total, value and time of the furthest trade, then of the last ones: unique in a date. NaN is null. */
  readonly #records = new Float64Array((1 + mostRecords) * recordLength).fill(Number.NaN)
  #next = recordLength

  constructor(businessDate: number, missing: MissingRange[], reached: Reached) {
    this.businessDate = businessDate
    this.missing = missing
    this.advance(reached)
  }

  /**
   * The first trade of a date shows what was traded before it: no gap, even for a line that was up. The 124
   * shares before the opening of 005930 on 2026-09-08 (H0STCNT0, line 16) cost 270,000 each, the close of the
   * day before: the trading at the closing price before nine.
   */
  static begin(trade: CountedTrade, from: number | null = null): Count {
    const toVolume = volumeBefore(trade)
    const before = { fromVolume: 0, toVolume, from, to: trade.eventTime, isGap: false }
    return new Count(trade.businessDate, toVolume > 0 ? [before] : [], trade)
  }

  static restore({ businessDate, volume, value, eventTime, holes, givenUpTo = 0 }: SavedCount): Count {
    const reached = { cumulativeVolume: volume, cumulativeValue: value, eventTime }
    const count = new Count(businessDate, [...holes], reached)
    count.givenUpTo = givenUpTo
    count.forgetUpTo(volume)
    return count
  }

  save(): SavedCount {
    const { businessDate, volume, value, eventTime, missing, givenUpTo } = this
    const saved = { businessDate, volume, value, eventTime, holes: missing.map(range => ({ ...range })) }
    return givenUpTo === 0 ? saved : { ...saved, givenUpTo }
  }

  get volume(): number {
    return this.#records[0] as number
  }

  get value(): number | null {
    return orNull(this.#records[1])
  }

  get eventTime(): number | null {
    return orNull(this.#records[2])
  }

  advance(trade: Reached): void {
    this.#write(0, trade)
    this.noteDelivered(trade)
  }

  /** In the place of the oldest record. */
  noteDelivered(trade: Reached): void {
    this.forgetUpTo(this.#records[this.#next] as number)
    this.#write(this.#next, trade)
    this.#next += recordLength
    if (this.#next === this.#records.length) this.#next = recordLength
  }

  #write(at: number, { cumulativeVolume, cumulativeValue, eventTime }: Reached): void {
    this.#records[at] = cumulativeVolume
    this.#records[at + 1] = cumulativeValue ?? Number.NaN
    this.#records[at + 2] = eventTime ?? Number.NaN
  }

  /** No volume came from the reached total to the total before `trade`. */
  skipTo(trade: CountedTrade, isGap: boolean): MissingRange {
    const span = { fromVolume: this.volume, toVolume: volumeBefore(trade) }
    const range = { ...span, from: this.eventTime, to: trade.eventTime, isGap }
    const givenUp = addRange(this.missing, range)
    this.givenUpTo = Math.max(this.givenUpTo, givenUp)
    this.forgetUpTo(givenUp)
    return range
  }

  forgetUpTo(volume: number): void {
    if (volume > this.#forgottenUpTo) this.#forgottenUpTo = volume
  }

  /** This very record was delivered before. */
  wasDelivered({ cumulativeVolume, cumulativeValue, eventTime }: CountedTrade): boolean {
    const records = this.#records
    const [money, time] = [cumulativeValue ?? Number.NaN, eventTime ?? Number.NaN]
    for (let at = 0; at < records.length; at += recordLength)
      if (records[at] === cumulativeVolume && Object.is(records[at + 1], money) && Object.is(records[at + 2], time))
        return true
    return false
  }

  /** Too old to be remembered, but all of its volume was delivered, so it is a repeat. */
  mustHaveBeenDelivered(trade: CountedTrade): boolean {
    const { cumulativeVolume } = trade
    if (cumulativeVolume > this.#forgottenUpTo || isLater(trade, this)) return false
    return !this.missing.some(range => range.fromVolume < cumulativeVolume && volumeBefore(trade) < range.toVolume)
  }
}

function orNull(value = Number.NaN): number | null {
  return Number.isNaN(value) ? null : value
}
