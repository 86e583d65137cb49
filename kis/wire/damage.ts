// Whether the values of a trade or an order book are possible. KIS sends frames with broken bytes, and a
// broken number is still a number: one impossible value makes the whole record `malformed`. Every record of
// the market passes here, so only one with something odd is checked column by column.
import { dayMs } from '../../market/basics/durations.ts'
import type { OrderBook, Trade } from '../../market/events.ts'
import { koreanDate, koreanMidnight } from '../../market/calendar/korea-time.ts'
import { type Column, columnsFor, type Layout } from './layout.ts'
import {
  dateOf,
  digits,
  hasOddNumber,
  mostMoney,
  mostShares,
  number,
  plannedColumn,
  plannedCount,
  plannedText,
} from './scan/scan.ts'
import { isTimeOfDay } from '../kst-time.ts'

const mostDays = 7

const moneyColumns: ReadonlySet<string> = new Set(['ACML_TR_PBMN', 'TAMT'])
/** The change since the previous close: it has a sign. */
const changeColumns: ReadonlySet<string> = new Set(['PRDY_VRSS', 'DIFF'])
const lastPriceColumns: ReadonlySet<string> = new Set(['STCK_PRPR', 'LAST'])
/** More of a value than a sound one has, and short enough for a log line. */
const mostShown = 24

/** The current date of a live feed, for all of its transactions: a date over seven days away is damage. */
export type LiveDates = {
  /** How far our clock is ahead of KIS's; 0 while that is not known. */
  readonly clockAheadMs: () => number
  /** The time of the last sound record. Dates near it are sound too, even if our clock was changed. */
  lastTime: number
}

export function liveDates(clockAheadMs: () => number): LiveDates {
  return { clockAheadMs, lastTime: Number.NaN }
}

/** Called right after the record is read. */
export type DamageFinder = {
  /** Whether the record needs the check by column: true for every damaged record, and for some sound ones. */
  isOdd(event: Trade | OrderBook): boolean
  /** The damage, in a clause; undefined when there is none. */
  find(event: Trade | OrderBook, width: number): string | undefined
}

/** Without `live` any date will do, as for captures of any day. */
export function damageFinder(layout: Layout, isOdd: DamageFinder['isOdd'], live?: LiveDates): DamageFinder {
  let columns: readonly Column[] = []

  function find({ receivedTime }: Trade | OrderBook, width: number): string | undefined {
    if (columns.length !== width) columns = columnsFor(layout, width)
    return damageIn(columns, live && (date => isFarFrom(date, receivedTime, live)))
  }

  if (live === undefined) return { isOdd, find }
  return {
    isOdd(event) {
      const { eventTime, receivedTime } = event
      if (isOdd(event) || !(Math.abs(Number(eventTime) - receivedTime) <= mostDays * dayMs)) return true
      live.lastTime = Number(eventTime)
      return false
    },
    find(event, width) {
      const found = find(event, width)
      if (found === undefined && event.eventTime !== null) live.lastTime = event.eventTime
      return found
    },
  }
}

function isFarFrom(date: number, receivedTime: number, { clockAheadMs, lastTime }: LiveDates): boolean {
  if (daysBetween(date, receivedTime - clockAheadMs()) <= mostDays) return false
  return !(daysBetween(date, lastTime) <= mostDays)
}

/** Its time has its date in it. */
export function isOddDomesticTrade(trade: Trade): boolean {
  return hasOddNumber() || trade.eventTime === null || trade.price === 0
}

export function isOddOverseasTrade(trade: Trade): boolean {
  return isOddDomesticTrade(trade) || isOddDate(trade.businessDate, Number(trade.eventTime))
}

export function isOddBook(book: OrderBook): boolean {
  return hasOddNumber() || book.eventTime === null
}

let knownDate = 0
let knownMidnight = Number.NaN

/** The business date is the date of the record's own time, or the one before, or the one after it. */
function isOddDate(businessDate: number | null, eventTime: number): boolean {
  if (businessDate === null) return true
  if (businessDate !== knownDate) {
    knownDate = businessDate
    knownMidnight = koreanDate(businessDate)
  }
  return !(Math.abs(eventTime - knownMidnight) < 3 * dayMs)
}

/** `isFar`: whether a date is too far from the current one; undefined when any date will do. */
function damageIn(columns: readonly Column[], isFar: ((date: number) => boolean) | undefined): string | undefined {
  for (let i = 0; i < plannedCount(); i++) {
    const [name, type] = columns[plannedColumn(i)] ?? [`value ${plannedColumn(i) + 1}`, 'decimal']
    const expected = expectationOf(i, name, type, isFar)
    if (expected !== undefined) return `${name} is ${plannedText(i).slice(0, mostShown)}; expected ${expected}`
  }
  return undefined
}

/** What the i-th column should hold; undefined when it holds that, or nothing readable. */
function expectationOf(
  i: number,
  name: string,
  type: Column[1],
  isFar: ((date: number) => boolean) | undefined,
): string | undefined {
  const value = number(i)
  if (value === null) return undefined
  switch (type) {
    case 'time6':
      return isTimeOfDay(digits(i, 6)) ? undefined : 'a time of day, as 090001'
    case 'date8':
      if (Number.isNaN(koreanDate(dateOf(i)))) return 'a date, as 20260914'
      return isFar?.(dateOf(i)) ? `a date at most ${mostDays} days from its receipt` : undefined
    case 'int':
    case 'decimal': {
      if (changeColumns.has(name)) return undefined
      if (value < 0) return 'no negative number'
      if (value === 0 && lastPriceColumns.has(name)) return 'a price above 0'
      const most = moneyColumns.has(name) ? mostMoney : mostShares
      return value > most ? `at most ${most}` : undefined
    }
    default:
      return undefined
  }
}

/** NaN when either is none. */
function daysBetween(date: number, time: number): number {
  return Math.abs(koreanDate(date) - koreanMidnight(time)) / dayMs
}
