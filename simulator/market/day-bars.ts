// The days of an instrument for the charts of REST, newest first: the running day as the stream has it, the
// days that were emitted, and for a generated market the days before it began, which follow from the seed and
// the date alone.
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Venue } from '../../market/instrument.ts'
import { addDays, isWeekend, weekdayOf } from '../../market/calendar/wall-clock.ts'
import type { Listing } from './listing.ts'
import type { PastDay } from './past-market.ts'
import { createRandom, seedFor } from '../tape/random.ts'
import type { Seen } from './seen.ts'

/**
 * Prices are whole numbers of the smallest decimal, as in listing.ts; the value is in whole units of the
 * currency.
 */
export type DayBar = {
  /**
   * 20260914; of a week, a month or a year the first day on which there was trading (captured of weeks,
   * 2024-06).
   */
  readonly date: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly value: number
  readonly previousClose: number
}

export type Period = 'D' | 'W' | 'M' | 'Y'

/** About four years of days; before that a generated share is not listed. */
const mostDays = 1_000
const longestHoliday = 40

export type DaysOptions = {
  readonly calendar: Calendar
  readonly seed: number
  /** Whether there were days before the tape began. A recorded day has only what was recorded. */
  readonly hasPast: boolean
}

export type Days = {
  /** All that there are. */
  of(seen: Seen): readonly DayBar[]
}

export function createDays({ calendar, seed, hasPast }: DaysOptions): Days {
  /** The days before the tape began do not change, and charts ask for them again and again. */
  const pasts = new BoundedMap<string, readonly DayBar[]>(64)
  /** By venue and date: every instrument of a venue walks the same days. */
  const openDays = new Map<string, boolean>()

  function isOpenOn(venue: Venue, date: number): boolean {
    const name = `${venue} ${date}`
    let isOpen = openDays.get(name)
    if (isOpen === undefined) {
      isOpen = !isWeekend(date) && calendar.sessionsOn(venue, date).length > 0
      openDays.set(name, isOpen)
    }
    return isOpen
  }

  function pastOf({ listing, symbol, venue }: Seen, before: number, close: number): readonly DayBar[] {
    const name = `${venue}:${symbol} ${before} ${close}`
    return pasts.getOrMake(name, () => makeUp(listing, date => isOpenOn(venue, date), seed, before, close))
  }

  return {
    of(seen) {
      const running = runningDay(seen)
      const earlier = seen.days.filter(day => Number(day.businessDate) !== running?.date)
      const emitted = [...(running === undefined ? [] : [running]), ...earlier.flatMap(day => emittedDay(day, seen))]
      const oldest = emitted.at(-1)
      if (!hasPast || oldest === undefined) return emitted
      return [...emitted, ...pastOf(seen, oldest.date, oldest.previousClose)]
    },
  }
}

export function scaleOf({ listing, trade }: Seen): number {
  return 10 ** Number(trade['zdiv'] ?? listing.grid.decimals)
}

/** None before its first trade: whether KIS has a row of it then is not known. */
function runningDay(seen: Seen): DayBar | undefined {
  const { trade } = seen
  const scale = scaleOf(seen)
  const price = (...names: string[]) => Math.round(Number(names.map(name => trade[name]).find(Boolean)) * scale)
  const close = price('stck_prpr', 'last')
  const volume = Number(trade['acml_vol'] ?? trade['tvol'])
  const open = price('stck_oprc', 'open')
  const date = Number(trade['bsop_date'] ?? trade['tymd'])
  if (!(open > 0 && date > 0)) return undefined
  const change = price('prdy_vrss', 'diff') || 0
  const isDown = ['4', '5'].includes(trade['prdy_vrss_sign'] ?? trade['sign'] ?? '')
  return {
    date,
    open,
    high: price('stck_hgpr', 'high'),
    low: price('stck_lwpr', 'low'),
    close,
    volume,
    value: Number(trade['acml_tr_pbmn'] ?? trade['tamt']),
    previousClose: close - (isDown ? -Math.abs(change) : Math.abs(change)),
  }
}

/** An ended day, from its trades and minutes. */
function emittedDay({ businessDate, minutes, trades }: PastDay, seen: Seen): DayBar[] {
  const scale = scaleOf(seen)
  const price = (text: string | undefined) => Math.round(Number(text) * scale)
  const last = trades.at(-1)
  if (last === undefined || minutes.length === 0) return []
  const close = price(last.price)
  const change = Math.abs(price(last.change)) || 0
  return [
    {
      date: Number(businessDate),
      open: price(minutes[0]?.open),
      high: Math.max(...minutes.map(({ high }) => price(high))),
      low: Math.min(...minutes.map(({ low }) => price(low))),
      close,
      volume: last.cumulativeVolume,
      value: last.cumulativeValue,
      previousClose: close - (['4', '5'].includes(last.sign) ? -change : change),
    },
  ]
}

/** Backwards from the close before `before`: each day is within a few percent of the one before it. */
function makeUp(
  listing: Listing,
  isOpenOn: (date: number) => boolean,
  seed: number,
  before: number,
  lastClose: number,
): DayBar[] {
  const { grid, previousVolume, symbol, venue } = listing
  const scale = 10 ** grid.decimals
  const bars: DayBar[] = []
  let close = lastClose
  let closedDays = 0
  for (let date = addDays(before, -1); bars.length < mostDays; date = addDays(date, -1)) {
    // Nextrade opened on 2025-03-04: it has no days before that.
    if (closedDays > longestHoliday) break
    closedDays = isOpenOn(date) ? 0 : closedDays + 1
    if (closedDays > 0) continue
    const random = createRandom(seedFor(`day ${venue}:${symbol} ${date}`, seed))
    // KRX and Nextrade have the same base price, so the closes of a share are the same.
    const rises = createRandom(seedFor(`close ${symbol} ${date}`, seed))
    // The further a price is from its present one, the more the days pull it back, so that no share starts
    // near zero.
    const away = Math.max(-0.01, Math.min(0.01, (close - listing.previousClose) / listing.previousClose / 20))
    const rise = (rises.next() - 0.5) * 0.05 + away
    const previousClose = onGrid(close / (1 + rise), listing)
    const open = steps(previousClose, random.below(9) - 4, listing)
    const high = steps(Math.max(open, close), random.below(6), listing)
    const low = steps(Math.min(open, close), -random.below(6), listing)
    // The base of the stream's comparisons: the volume of the day before it began.
    const volume = bars.length === 0 ? previousVolume : Math.round(previousVolume * (0.6 + 0.9 * random.next()))
    const value = Math.round((volume * (high + low + 2 * close)) / 4 / scale)
    bars.push({ date, open, high, low, close, volume, value, previousClose })
    close = previousClose
  }
  return bars
}

function steps(price: number, count: number, { grid }: Listing): number {
  let stepped = price
  for (let i = 0; i < Math.abs(count); i++) stepped = count > 0 ? grid.up(stepped) : grid.down(stepped)
  return stepped
}

function onGrid(price: number, { grid }: Listing): number {
  const whole = Math.max(1, Math.round(price))
  return whole - (whole % (grid.up(whole) - whole))
}

/** Days combined; the running week, month or year ends with the running day. */
export function byPeriod(days: readonly DayBar[], period: Period): readonly DayBar[] {
  if (period === 'D') return days
  const bars: DayBar[] = []
  let running: number | undefined
  for (const day of days) {
    const key = periodOf(day.date, period)
    const last = bars.at(-1)
    if (last === undefined || key !== running) bars.push(day)
    else
      bars[bars.length - 1] = {
        ...last,
        date: day.date,
        open: day.open,
        high: Math.max(last.high, day.high),
        low: Math.min(last.low, day.low),
        volume: last.volume + day.volume,
        value: last.value + day.value,
        previousClose: day.previousClose,
      }
    running = key
  }
  return bars
}

/** Weeks begin on Monday. */
function periodOf(date: number, period: Period): number {
  if (period === 'W') return addDays(date, -((weekdayOf(date) + 6) % 7))
  return Math.floor(date / (period === 'M' ? 100 : 10_000))
}
