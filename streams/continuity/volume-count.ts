// How far the volume of an instrument was followed on one business date: the total reached, the holes in it, and what was
// delivered of late. Plain mutable state, because it changes with every trade.
import type { Trade } from '../../market/events.ts'
import { type CountedTrade, isLater, volumeBefore } from './rules.ts'
import { addHole, type Hole, touchesHole } from './missing-ranges.ts'

/**
 * The figures of all counts of a stream, in one piece of memory: with thousands of instruments, each thing that lies elsewhere is
 * something the processor has to wait for. `all` is replaced when it has to grow; what begins `at` a place belongs to one count.
 */
export type Figures = {
  all: Float64Array
  /** By the number of the place: records before the recent ones, once there were any. */
  readonly older: (Float64Array | undefined)[]
}

export function createFigures(places: number): Figures {
  return { all: new Float64Array(places * placeLength), older: [] }
}

export type Place = { readonly figures: Figures; readonly at: number }

/** The business date while nothing but the total decides whether a trade follows; 0 otherwise. */
const steadyAt = 0
/** The total of the trade that came furthest, with its cumulative value and its time. NaN is null. */
const volumeAt = 1
const valueAt = 2
const timeAt = 3
/** Totals up to here may have been delivered and forgotten; whatever is above and not among the last was never delivered. */
const forgottenAt = 4
/** When the count was last used: the memory's number of changes by then. */
export const usedAt = 5
/** Where the next record goes, and where among the older ones: in the place of the oldest. */
const nextAt = 6
const olderNextAt = 7
/** Holes below here were given up. */
const givenUpAt = 8
/** The last records that were delivered, by what sets one apart: total, money and time. */
const recentAt = 11
const recordLength = 3
/** How many numbers a count takes: four lines of a processor's cache. */
export const placeLength = 32

/**
 * A replay after a reconnection is short; two lines that carry the same trades are seconds apart at most. As
 * many as are moved at once, 17 times.
 */
const mostOlder = 119

export class Count {
  readonly businessDate: number
  /** Lowest first. */
  readonly holes: Hole[]
  readonly place: Place

  constructor(place: Place, businessDate: number, holes: Hole[], forgottenUpTo: number) {
    this.businessDate = businessDate
    this.holes = holes
    this.place = place
    const { figures, at } = place
    const { all } = figures
    figures.older[at / placeLength] = undefined
    all.fill(0, at, at + recentAt).fill(Number.NaN, at + recentAt, at + placeLength)
    all[at + forgottenAt] = forgottenUpTo
    all[at + nextAt] = recentAt
  }

  /** The total of the trade that came furthest, with its cumulative value and its time. */
  get volume(): number {
    return read(this, volumeAt)
  }

  get value(): number | null {
    return orNull(read(this, valueAt))
  }

  get eventTime(): number | null {
    return orNull(read(this, timeAt))
  }

  /** Holes below here were given up, there being too many: of what has none below here nobody can say whether it was delivered. */
  get givenUpTo(): number {
    return read(this, givenUpAt)
  }
}

/** What a count is on disk. The last records are not kept: after a restart, total and time tell repeats from news. */
export type SavedCount = Pick<Count, 'businessDate' | 'volume' | 'value' | 'eventTime'> & {
  readonly holes: readonly Hole[]
  /** Left out where nothing was given up. */
  readonly givenUpTo?: number | undefined
}

/**
 * Notes the trade if it simply follows the last one of a steady count, which nearly every one does. False when it has to be looked
 * at.
 */
export function followAt(figures: Figures, at: number, trade: Trade): boolean {
  const { all } = figures
  const { volume, cumulativeVolume } = trade
  if (trade.businessDate !== all[at + steadyAt] || volume === null || cumulativeVolume === null || volume <= 0)
    return false
  if (cumulativeVolume - volume !== all[at + volumeAt]) return false
  makeRoom(figures, at)
  reach(all, at, cumulativeVolume, trade.cumulativeValue, trade.eventTime)
  return true
}

/** Whether nothing but the total decides what follows. */
export function setSteady({ place: { figures, at }, businessDate }: Count, isSteady: boolean): void {
  figures.all[at + steadyAt] = isSteady ? businessDate : 0
}

/** Begins with a trade. What its total holds besides is not known, and not missing; it traded at `from` or later. */
export function beginCount(place: Place, trade: CountedTrade, from: number | null = null): Count {
  const { businessDate, cumulativeVolume, eventTime } = trade
  const before = volumeBefore(trade)
  const holes: Hole[] = before > 0 ? [{ fromVolume: 0, toVolume: before, from, to: eventTime, isGap: false }] : []
  const count = new Count(place, businessDate, holes, 0)
  reach(place.figures.all, place.at, cumulativeVolume, trade.cumulativeValue, eventTime)
  return count
}

export function saveCount({ businessDate, volume, value, eventTime, holes, givenUpTo }: Count): SavedCount {
  const saved = { businessDate, volume, value, eventTime, holes: holes.map(hole => ({ ...hole })) }
  return givenUpTo === 0 ? saved : { ...saved, givenUpTo }
}

export function restoreCount(place: Place, saved: SavedCount): Count {
  const { businessDate, volume, value, eventTime, holes, givenUpTo = 0 } = saved
  const count = new Count(place, businessDate, [...holes], volume)
  write(count, givenUpAt, givenUpTo)
  reach(place.figures.all, place.at, volume, value, eventTime)
  return count
}

/** The trade follows all others. */
export function advance(count: Count, { cumulativeVolume, cumulativeValue, eventTime }: CountedTrade): void {
  const { figures, at } = count.place
  makeRoom(figures, at)
  reach(figures.all, at, cumulativeVolume, cumulativeValue, eventTime)
}

/** Notes that nothing came of the volume from the total reached to that before `trade`. */
export function leaveHole(count: Count, trade: CountedTrade, isGap: boolean): Hole {
  const span = { fromVolume: count.volume, toVolume: volumeBefore(trade) }
  const hole = { ...span, from: count.eventTime, to: trade.eventTime, isGap }
  const givenUp = addHole(count.holes, hole)
  if (givenUp > count.givenUpTo) write(count, givenUpAt, givenUp)
  forgetUpTo(count, givenUp)
  return hole
}

export function noteDelivered(count: Count, trade: CountedTrade): void {
  const { figures, at } = count.place
  makeRoom(figures, at)
  remember(figures.all, at, trade.cumulativeVolume, orNaN(trade.cumulativeValue), orNaN(trade.eventTime))
}

export function forgetUpTo(count: Count, volume: number): void {
  if (volume > read(count, forgottenAt)) write(count, forgottenAt, volume)
}

/** This very record was delivered before. */
export function wasDelivered({ place: { figures, at } }: Count, trade: CountedTrade): boolean {
  const older = figures.older[at / placeLength]
  return (
    holds(figures.all, at + recentAt, at + placeLength, trade) ||
    (older !== undefined && holds(older, 0, older.length, trade))
  )
}

/** Too old to be remembered, but all of its volume was delivered, and nothing in it is news. */
export function mustHaveBeenDelivered(count: Count, trade: CountedTrade): boolean {
  if (trade.cumulativeVolume > read(count, forgottenAt) || isLater(trade, count)) return false
  return !touchesHole(count.holes, volumeBefore(trade), trade.cumulativeVolume)
}

/** Money that changed hands before this trade. */
export function valueBefore({ price, volume, cumulativeValue }: Trade): number | null {
  return price === null || volume === null || cumulativeValue === null ? null : cumulativeValue - price * volume
}

function read({ place: { figures, at } }: Count, which: number): number {
  return figures.all[at + which] as number
}

function write({ place: { figures, at } }: Count, which: number, value: number): void {
  figures.all[at + which] = value
}

function reach(all: Float64Array, at: number, volume: number, value: number | null, time: number | null): void {
  all[at + volumeAt] = volume
  const money = (all[at + valueAt] = orNaN(value))
  const instant = (all[at + timeAt] = orNaN(time))
  remember(all, at, volume, money, instant)
}

/** Two records of a date never agree in total, money and second. */
function remember(all: Float64Array, at: number, volume: number, money: number, instant: number): void {
  const next = all[at + nextAt] as number
  all[at + next] = volume
  all[at + next + 1] = money
  all[at + next + 2] = instant
  all[at + nextAt] = next + recordLength
}

/** Recent records, once there is no room for another, become older ones. */
function makeRoom({ all, older }: Figures, at: number): void {
  if (all[at + nextAt] !== placeLength) return
  const records = (older[at / placeLength] ??= new Float64Array(mostOlder * recordLength).fill(Number.NaN))
  let to = all[at + olderNextAt] as number
  for (let from = at + recentAt; from < at + placeLength; from += recordLength, to += recordLength) {
    const forgotten = records[to] as number
    if (forgotten > (all[at + forgottenAt] as number)) all[at + forgottenAt] = forgotten
    records[to] = all[from] as number
    records[to + 1] = all[from + 1] as number
    records[to + 2] = all[from + 2] as number
  }
  all[at + olderNextAt] = to % records.length
  all[at + nextAt] = recentAt
}

function holds(records: Float64Array, from: number, to: number, trade: CountedTrade): boolean {
  for (let at = from; at < to; at += recordLength) {
    if (
      records[at] === trade.cumulativeVolume &&
      isSame(records[at + 1], trade.cumulativeValue) &&
      isSame(records[at + 2], trade.eventTime)
    )
      return true
  }
  return false
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
