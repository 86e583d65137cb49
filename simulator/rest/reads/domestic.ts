// Korean executions and minute bars, with KIS's peculiarities: a day in pages of 30, missing prints, minutes
// in the future (protocol notes 6.4 to 6.6).
import { minuteMs } from '../../../market/basics/durations.ts'
import { minuteOf, type PastDay, type PastMinute } from '../../market/past-market.ts'
import type { PastTrade } from '../../market/past-trade.ts'
import { koreanIssue, type Parameter, type Quote, type Quoted, type Quoting, wrongInput } from '../quoting.ts'
import { valuesOf } from './price.ts'
import { restShapes } from '../shapes.ts'
import type { Seen } from '../../market/seen.ts'
import { fill, fillUnknown, type Values } from '../shape.ts'
import { koreanZone, wallTime } from '../../market/wall-clock.ts'

const executionsPerCall = 30
const minutesPerCall = 30
const dailyMinutesPerCall = 120

type Asked = { readonly seen: Seen | undefined; readonly days: readonly PastDay[]; readonly hour: string }

function readAsked(parameter: Parameter, quoting: Quoting): Asked | { readonly wrong: Quoted } {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked
  const hour = parameter('FID_INPUT_HOUR_1')
  if (!isTime(hour)) return { wrong: wrongInput('FID_INPUT_HOUR_1', hour) }
  return { seen: asked.seen, days: quoting.past.days(asked.instrument), hour }
}

/** FHPST01060000: the latest day, newest first. */
export const domesticExecutions: Quote = (parameter, quoting) => {
  const asked = readAsked(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const { output1, output2 } = restShapes['domestic/inquire-time-itemconclusion'].blocks
  const { days, hour, seen } = asked
  const rows = newestTrades(days, quoting, hour).map(trade =>
    fill(output2, { ...tradeValues(trade), acml_vol: trade.cumulativeVolume, cnqn: trade.volume }),
  )
  const head = seen === undefined ? fillUnknown(output1, 'zeros') : fill(output1, valuesOf(seen, quoting))
  return { outputs: { output1: head, output2: rows } }
}

/** FHKST01010300: the same trades without a time to ask for, in 30 rows. */
export const latestTrades: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const block = restShapes['domestic/inquire-ccnl'].blocks.output
  const trades = newestTrades(quoting.past.days(asked.instrument), quoting)
  return {
    outputs: { output: trades.map(trade => fill(block, { ...tradeValues(trade), cntg_vol: trade.volume })) },
  }
}

/** Of the latest day, newest first, at or before a time. */
function newestTrades(days: readonly PastDay[], { skips }: Quoting, hour = '999999'): readonly PastTrade[] {
  const trades = days[0]?.trades ?? []
  const newest: PastTrade[] = []
  for (let i = trades.length - 1; i >= 0 && newest.length < executionsPerCall; i--) {
    const trade = trades[i] as PastTrade
    if (trade.koreanTime <= hour && !skips(trade)) newest.push(trade)
  }
  return newest
}

function tradeValues({ ask, bid, change, koreanTime, price, rate, sign, strength }: PastTrade): Values {
  return {
    stck_cntg_hour: koreanTime,
    // So in KIS's own example; its table of fields says stck_pbpr.
    stck_prpr: price,
    prdy_vrss: change,
    prdy_vrss_sign: sign,
    prdy_ctrt: rate,
    askp: ask,
    bidp: bid,
    tday_rltv: strength,
  }
}

/**
 * FHKST03010200. For a minute later than the running one, KIS stamps the running one with the requested
 * minute, and fills the others with volume 0 (captured 2026-05-27: 153000 requested at 15:08).
 */
export const domesticMinutes: Quote = (parameter, quoting) => {
  const asked = readAsked(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const [day] = asked.days
  if (day === undefined) return chart(asked.seen, quoting, [])
  const isToday = day.businessDate === wallTime(koreanZone, quoting.clock.now()).date
  const running = isToday ? Math.floor(quoting.clock.now() / minuteMs) : Number.POSITIVE_INFINITY
  const rows: ChartRow[] = []
  const newest = minuteAt(day, asked.hour)
  if (newest >= running) {
    const forming = day.minutes.find(({ first }) => minuteOf(first) === running)
    // Until the first trade of the running minute, the row still shows the one before it.
    rows.push({ ...rowAt(day, forming === undefined ? running - 1 : running), minute: newest })
    for (let minute = newest - 1; minute >= running && rows.length < minutesPerCall; minute--)
      rows.push({ ...stillRow(day, running), minute })
  }
  walkBack(day, Math.min(newest, running - 1), rows, minutesPerCall)
  if (parameter('FID_PW_DATA_INCU_YN') === 'Y')
    for (const earlier of asked.days.slice(1)) walkBack(earlier, Number.POSITIVE_INFINITY, rows, minutesPerCall)
  return chart(asked.seen, quoting, rows)
}

/** FHKST03010230. */
export const dailyMinutes: Quote = (parameter, quoting) => {
  const asked = readAsked(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const date = parameter('FID_INPUT_DATE_1')
  if (!/^\d{8}$/.test(date)) return wrongInput('FID_INPUT_DATE_1', date)
  const rows: ChartRow[] = []
  const days = asked.days.filter(({ businessDate }) => businessDate <= date)
  for (const day of days) {
    const newest = day.businessDate === date ? minuteAt(day, asked.hour) : Number.POSITIVE_INFINITY
    if (day.businessDate === date || parameter('FID_PW_DATA_INCU_YN') === 'Y')
      walkBack(day, newest, rows, dailyMinutesPerCall)
  }
  return chart(asked.seen, quoting, rows)
}

/** Prices and volume of a row, and the minute it is stamped with. */
type ChartRow = Pick<PastMinute, 'open' | 'high' | 'low' | 'close' | 'volume' | 'cumulativeValue'> & {
  readonly businessDate: string
  readonly minute: number
}

/**
 * Every minute from `newest` back to the day's first, minutes without trades included, until there are enough
 * rows.
 */
function walkBack(day: PastDay, newest: number, rows: ChartRow[], most: number): void {
  const last = day.minutes.at(-1)
  const first = day.minutes[0]
  if (first === undefined || last === undefined) return
  const begin = minuteOf(first.first)
  for (let minute = Math.min(newest, minuteOf(last.first)); minute >= begin && rows.length < most; minute--)
    rows.push(rowAt(day, minute))
}

function rowAt(day: PastDay, minute: number): ChartRow {
  const known = day.minutes.find(({ first }) => minuteOf(first) === minute)
  if (known === undefined) return { ...stillRow(day, minute), minute }
  const { open, high, low, close, volume, cumulativeValue } = known
  return { businessDate: day.businessDate, minute, open, high, low, close, volume, cumulativeValue }
}

/** A minute without a trade has the price and the total of the one before it. */
function stillRow(day: PastDay, before: number): Omit<ChartRow, 'minute'> {
  const known = day.minutes.findLast(({ first }) => minuteOf(first) < before)
  const price = known?.close ?? '0'
  const prices = { open: price, high: price, low: price, close: price }
  return { businessDate: day.businessDate, ...prices, volume: 0, cumulativeValue: known?.cumulativeValue ?? 0 }
}

function chart(seen: Seen | undefined, quoting: Quoting, rows: readonly ChartRow[]): Quoted {
  const blocks = restShapes['domestic/inquire-time-itemchartprice'].blocks
  const output1 =
    seen === undefined ? fillUnknown(blocks.output1, 'zeros') : fill(blocks.output1, valuesOf(seen, quoting))
  const output2 = rows.map(({ businessDate, minute, open, high, low, close, volume, cumulativeValue }) =>
    fill(blocks.output2, {
      stck_bsop_date: businessDate,
      stck_cntg_hour: wallTime(koreanZone, minute * minuteMs).time,
      stck_prpr: close,
      stck_oprc: open,
      stck_hgpr: high,
      stck_lwpr: low,
      cntg_vol: volume,
      acml_tr_pbmn: cumulativeValue,
    }),
  )
  return { outputs: { output1, output2 } }
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text)
}

/** The minute of a time of the day, counted from the first trade of the day, whose time is known. */
function minuteAt(day: PastDay, hour: string): number {
  const first = day.trades[0] ?? day.minutes[0]?.first
  if (first === undefined) return Number.NEGATIVE_INFINITY
  return minuteOf(first) + minuteOfDay(hour) - minuteOfDay(first.koreanTime)
}

function minuteOfDay(hhmmss: string): number {
  return Number(hhmmss.slice(0, 2)) * 60 + Number(hhmmss.slice(2, 4))
}
