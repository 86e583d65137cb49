// How far the volume of an instrument was followed on one business date: the total reached, the holes in it, and what was
// delivered of late. Plain mutable state, because it changes with every trade.
import type { Trade } from '../market/events.ts'
import { type CountedTrade, isLater, volumeBefore } from './continuity-rules.ts'
import { addHole, type Hole, touchesHole } from './gaps.ts'

export type Count = {
  readonly businessDate: number
  /** The total of the trade that came furthest, with its cumulative value and its time. */
  volume: number
  value: number | null
  eventTime: number | null
  /** Lowest first. */
  readonly holes: Hole[]
  readonly recent: Recent
}

/** The last records that were delivered, by what sets one apart: two of a date never agree in total, money and second. */
type Recent = {
  /** Total, money and time of each, side by side: what is written together lies together. NaN stands for null. */
  readonly records: Float64Array
  /** Where the next one goes: in the place of the oldest. */
  next: number
  /** Totals up to here may have been delivered and forgotten; whatever is above and not here was never delivered. */
  forgottenUpTo: number
}

/** What a count is on disk. The last records are not kept: after a restart, total and time tell repeats from news. */
export type SavedCount = Pick<Count, 'businessDate' | 'volume' | 'value' | 'eventTime'> & {
  readonly holes: readonly Hole[]
}

/** A replay after a reconnection is short; two lines that carry the same trades are seconds apart at most. */
const mostRecent = 128
const recordLength = 3

/** Begins with a trade. What its total holds besides is not known, and not missing; it traded at `from` or later. */
export function beginCount(trade: CountedTrade, from: number | null = null): Count {
  const { businessDate, cumulativeVolume, cumulativeValue, eventTime } = trade
  const before = volumeBefore(trade)
  const holes: Hole[] = before > 0 ? [{ fromVolume: 0, toVolume: before, from, to: eventTime, isGap: false }] : []
  const recent = createRecent(0)
  remember(recent, cumulativeVolume, cumulativeValue, eventTime)
  return { businessDate, volume: cumulativeVolume, value: cumulativeValue, eventTime, holes, recent }
}

export function saveCount({ businessDate, volume, value, eventTime, holes }: Count): SavedCount {
  return { businessDate, volume, value, eventTime, holes: holes.map(hole => ({ ...hole })) }
}

export function restoreCount({ businessDate, volume, value, eventTime, holes }: SavedCount): Count {
  const recent = createRecent(volume)
  remember(recent, volume, value, eventTime)
  return { businessDate, volume, value, eventTime, holes: [...holes], recent }
}

/** The trade follows all others. */
export function advance(count: Count, trade: CountedTrade): void {
  count.volume = trade.cumulativeVolume
  count.value = trade.cumulativeValue
  count.eventTime = trade.eventTime
  remember(count.recent, trade.cumulativeVolume, trade.cumulativeValue, trade.eventTime)
}

/** Notes that nothing came of the volume from the total reached to that before `trade`. */
export function leaveHole(count: Count, trade: CountedTrade, isGap: boolean): Hole {
  const span = { fromVolume: count.volume, toVolume: volumeBefore(trade) }
  const hole = { ...span, from: count.eventTime, to: trade.eventTime, isGap }
  forgetUpTo(count, addHole(count.holes, hole))
  return hole
}

export function noteDelivered(count: Count, trade: CountedTrade): void {
  remember(count.recent, trade.cumulativeVolume, trade.cumulativeValue, trade.eventTime)
}

export function forgetUpTo(count: Count, volume: number): void {
  if (volume > count.recent.forgottenUpTo) count.recent.forgottenUpTo = volume
}

/** This very record was delivered before. */
export function wasDelivered(count: Count, trade: CountedTrade): boolean {
  const { records } = count.recent
  for (let at = 0; at < records.length; at += recordLength) {
    if (
      records[at] === trade.cumulativeVolume &&
      isSame(records[at + 1], trade.cumulativeValue) &&
      isSame(records[at + 2], trade.eventTime)
    )
      return true
  }
  return false
}

/** Too old to be remembered, but all of its volume was delivered, and nothing in it is news. */
export function mustHaveBeenDelivered(count: Count, trade: CountedTrade): boolean {
  if (trade.cumulativeVolume > count.recent.forgottenUpTo || isLater(trade, count)) return false
  return !touchesHole(count.holes, volumeBefore(trade), trade.cumulativeVolume)
}

/** Money that changed hands before this trade. */
export function valueBefore({ price, volume, cumulativeValue }: Trade): number | null {
  return price === null || volume === null || cumulativeValue === null ? null : cumulativeValue - price * volume
}

function createRecent(forgottenUpTo: number): Recent {
  return { records: new Float64Array(mostRecent * recordLength), next: 0, forgottenUpTo }
}

function remember(recent: Recent, volume: number, value: number | null, time: number | null): void {
  const { records, next } = recent
  const forgotten = records[next] as number
  if (forgotten > recent.forgottenUpTo) recent.forgottenUpTo = forgotten
  records[next] = volume
  records[next + 1] = value ?? Number.NaN
  records[next + 2] = time ?? Number.NaN
  recent.next = next + recordLength < records.length ? next + recordLength : 0
}

function isSame(kept: number | undefined, value: number | null): boolean {
  return value === null ? Number.isNaN(kept) : kept === value
}
