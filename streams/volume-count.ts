// How far the volume of an instrument was followed on one business date: the total reached, the holes in it, and what was
// delivered of late. Plain mutable state, because it changes with every trade.
import type { Trade } from '../market/events.ts'
import { type CountedTrade, isLater, volumeBefore } from './continuity-rules.ts'
import { addHole, type Hole, touchesHole } from './gaps.ts'

/**
 * All figures of a count lie side by side in one piece of memory: with thousands of instruments, each thing that lies elsewhere is
 * something the processor has to wait for.
 */
export class Count {
  readonly businessDate: number
  /** Lowest first. */
  readonly holes: Hole[]
  /** The figures, and behind them the last records that were delivered, by what sets one apart: total, money and time. NaN is null. */
  readonly figures: Float64Array

  constructor(businessDate: number, holes: Hole[], forgottenUpTo: number) {
    this.businessDate = businessDate
    this.holes = holes
    this.figures = new Float64Array(recentAt + mostRecent * recordLength)
    this.figures[forgottenAt] = forgottenUpTo
    this.figures[nextAt] = recentAt
  }

  /** The total of the trade that came furthest, with its cumulative value and its time. */
  get volume(): number {
    return this.figures[volumeAt] as number
  }

  get value(): number | null {
    return orNull(this.figures[valueAt] as number)
  }

  get eventTime(): number | null {
    return orNull(this.figures[timeAt] as number)
  }

  /** Holes below here were given up, there being too many: of what has none below here nobody can say whether it was delivered. */
  get givenUpTo(): number {
    return this.figures[givenUpAt] as number
  }
}

const volumeAt = 0
const valueAt = 1
const timeAt = 2
/** Totals up to here may have been delivered and forgotten; whatever is above and not among the last was never delivered. */
const forgottenAt = 3
/** Where the next record goes: in the place of the oldest. */
const nextAt = 4
const givenUpAt = 5
const recentAt = 6

/** What a count is on disk. The last records are not kept: after a restart, total and time tell repeats from news. */
export type SavedCount = Omit<Count, 'figures' | 'holes' | 'givenUpTo'> & {
  readonly holes: readonly Hole[]
  /** Left out where nothing was given up. */
  readonly givenUpTo?: number | undefined
}

/** A replay after a reconnection is short; two lines that carry the same trades are seconds apart at most. */
const mostRecent = 128
const recordLength = 3

/** Begins with a trade. What its total holds besides is not known, and not missing; it traded at `from` or later. */
export function beginCount(trade: CountedTrade, from: number | null = null): Count {
  const { businessDate, cumulativeVolume, eventTime } = trade
  const before = volumeBefore(trade)
  const holes: Hole[] = before > 0 ? [{ fromVolume: 0, toVolume: before, from, to: eventTime, isGap: false }] : []
  const count = new Count(businessDate, holes, 0)
  reach(count, cumulativeVolume, trade.cumulativeValue, eventTime)
  return count
}

export function saveCount({ businessDate, volume, value, eventTime, holes, givenUpTo }: Count): SavedCount {
  const saved = { businessDate, volume, value, eventTime, holes: holes.map(hole => ({ ...hole })) }
  return givenUpTo === 0 ? saved : { ...saved, givenUpTo }
}

export function restoreCount({ businessDate, volume, value, eventTime, holes, givenUpTo = 0 }: SavedCount): Count {
  const count = new Count(businessDate, [...holes], volume)
  count.figures[givenUpAt] = givenUpTo
  reach(count, volume, value, eventTime)
  return count
}

/** The trade follows all others. */
export function advance(count: Count, { cumulativeVolume, cumulativeValue, eventTime }: CountedTrade): void {
  reach(count, cumulativeVolume, cumulativeValue, eventTime)
}

/** Notes that nothing came of the volume from the total reached to that before `trade`. */
export function leaveHole(count: Count, trade: CountedTrade, isGap: boolean): Hole {
  const span = { fromVolume: count.volume, toVolume: volumeBefore(trade) }
  const hole = { ...span, from: count.eventTime, to: trade.eventTime, isGap }
  const givenUp = addHole(count.holes, hole)
  if (givenUp > count.givenUpTo) count.figures[givenUpAt] = givenUp
  forgetUpTo(count, givenUp)
  return hole
}

export function noteDelivered(count: Count, trade: CountedTrade): void {
  remember(count.figures, trade.cumulativeVolume, orNaN(trade.cumulativeValue), orNaN(trade.eventTime))
}

export function forgetUpTo(count: Count, volume: number): void {
  const { figures } = count
  if (volume > (figures[forgottenAt] as number)) figures[forgottenAt] = volume
}

/** This very record was delivered before. */
export function wasDelivered(count: Count, trade: CountedTrade): boolean {
  const { figures } = count
  for (let at = recentAt; at < figures.length; at += recordLength) {
    if (
      figures[at] === trade.cumulativeVolume &&
      isSame(figures[at + 1], trade.cumulativeValue) &&
      isSame(figures[at + 2], trade.eventTime)
    )
      return true
  }
  return false
}

/** Too old to be remembered, but all of its volume was delivered, and nothing in it is news. */
export function mustHaveBeenDelivered(count: Count, trade: CountedTrade): boolean {
  if (trade.cumulativeVolume > (count.figures[forgottenAt] as number) || isLater(trade, count)) return false
  return !touchesHole(count.holes, volumeBefore(trade), trade.cumulativeVolume)
}

/** Money that changed hands before this trade. */
export function valueBefore({ price, volume, cumulativeValue }: Trade): number | null {
  return price === null || volume === null || cumulativeValue === null ? null : cumulativeValue - price * volume
}

function reach(count: Count, volume: number, value: number | null, time: number | null): void {
  const { figures } = count
  figures[volumeAt] = volume
  const money = (figures[valueAt] = orNaN(value))
  const instant = (figures[timeAt] = orNaN(time))
  remember(figures, volume, money, instant)
}

/** Two records of a date never agree in total, money and second. */
function remember(figures: Float64Array, volume: number, money: number, instant: number): void {
  const next = figures[nextAt] as number
  const forgotten = figures[next] as number
  if (forgotten > (figures[forgottenAt] as number)) figures[forgottenAt] = forgotten
  figures[next] = volume
  figures[next + 1] = money
  figures[next + 2] = instant
  figures[nextAt] = next + recordLength < figures.length ? next + recordLength : recentAt
}

function orNaN(value: number | null): number {
  return value ?? Number.NaN
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

function isSame(kept: number | undefined, value: number | null): boolean {
  return value === null ? Number.isNaN(kept) : kept === value
}
