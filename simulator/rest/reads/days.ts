// The days of an issue: inquire-daily-price, inquire-daily-itemchartprice, inquire-investor, and dailyprice
// overseas.
import { isDate } from '../../../market/calendar/wall-clock.ts'
import { byPeriod, type DayBar, type Period, scaleOf } from '../../market/day-bars.ts'
import { koreanIssue, overseasIssue, type Quote, type Quoting, wrongInput } from '../quoting.ts'
import { createRandom, seedFor } from '../../tape/random.ts'
import { valuesOf } from './price.ts'
import { restShapes } from '../shapes.ts'
import type { Seen } from '../../market/seen.ts'
import { fill, fillUnknown, type Values } from '../shape.ts'
import { koreanZone, wallTime } from '../../market/wall-clock.ts'

/** Captured: 30 days, weeks or months. */
const dailyRows = 30
/** The newest 100 bars of any range (captured). Clients ask again for the day before the oldest. */
const chartRows = 100
const investorRows = 30

const koreanPeriods: Readonly<Record<string, Period>> = { D: 'D', W: 'W', M: 'M', Y: 'Y' }
const overseasPeriods: Readonly<Record<string, Period>> = { '0': 'D', '1': 'W', '2': 'M' }

function periodIn(periods: Readonly<Record<string, Period>>, text: string): Period | undefined {
  return Object.hasOwn(periods, text) ? periods[text] : undefined
}

/** The change from the previous bar, as a bar's row has it. */
function changeIn({ close, previousClose }: DayBar, scale = 1) {
  const change = close - previousClose
  return {
    change: change / scale,
    sign: change > 0 ? '2' : change < 0 ? '5' : '3',
    rate: previousClose === 0 ? 0 : (change / previousClose) * 100,
  }
}

/**
 * FHKST01010400. Adjusted prices are the raw ones here: nothing was ever split. An unknown symbol has no rows
 * (pykis).
 */
export const dailyPrice: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const period = periodIn(koreanPeriods, parameter('FID_PERIOD_DIV_CODE'))
  if (period === undefined || period === 'Y') return wrongInput('FID_PERIOD_DIV_CODE', parameter('FID_PERIOD_DIV_CODE'))
  const { seen } = asked
  const days = seen === undefined ? [] : quoting.days.of(seen)
  const bars = byPeriod(days, period)
  const block = restShapes['domestic/inquire-daily-price'].blocks.output
  const facts = seen === undefined ? {} : valuesOf(seen, quoting)
  const output = bars.slice(0, dailyRows).map((bar, i) => {
    const before = bars[i + 1]
    const { change, rate, sign } = changeIn(bar)
    return fill(block, {
      ...koreanBar(bar),
      prdy_vrss: change,
      prdy_vrss_sign: sign,
      prdy_ctrt: rate,
      // Here a change against the row before (captured).
      prdy_vrss_vol_rate: before === undefined ? 0 : (bar.volume / before.volume - 1) * 100,
      hts_frgn_ehrt: facts['hts_frgn_ehrt'],
      frgn_ntby_qty: seen === undefined || isRunning(bar, seen) ? 0 : investorsOf(seen, bar, quoting.seed).frgn.net,
      // 1.00 in 30 daily rows of 2024-12, 1.00 and then 0.00 in weekly ones.
      acml_prtt_rate: i === 0 || period === 'D' ? 1 : 0,
    })
  })
  return { outputs: { output } }
}

/** FHKST03010100. FID_ORG_ADJ_PRC has the opposite meaning here, and has as little effect. */
export const dailyChart: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const period = periodIn(koreanPeriods, parameter('FID_PERIOD_DIV_CODE'))
  if (period === undefined) return wrongInput('FID_PERIOD_DIV_CODE', parameter('FID_PERIOD_DIV_CODE'))
  // python-kis begins at 00000101, which is no date and means the first day.
  const from = parameter('FID_INPUT_DATE_1')
  const to = parameter('FID_INPUT_DATE_2')
  if (!/^\d{8}$/.test(from)) return wrongInput('FID_INPUT_DATE_1', from)
  if (!/^\d{8}$/.test(to)) return wrongInput('FID_INPUT_DATE_2', to)
  const { seen } = asked
  const { output1, output2 } = restShapes['domestic/inquire-daily-itemchartprice'].blocks
  if (seen === undefined) return { outputs: { output1: fillUnknown(output1, 'zeros'), output2: [] } }
  const days = quoting.days.of(seen).filter(({ date }) => date >= Number(from) && date <= Number(to))
  const rows = byPeriod(days, period)
    .slice(0, chartRows)
    .map(bar => {
      const { change, sign } = changeIn(bar)
      return fill(output2, {
        ...koreanBar(bar),
        acml_tr_pbmn: bar.value,
        prtt_rate: 0,
        prdy_vrss_sign: sign,
        prdy_vrss: change,
      })
    })
  return { outputs: { output1: fill(output1, valuesOf(seen, quoting)), output2: rows } }
}

function koreanBar({ date, open, high, low, close, volume }: DayBar): Values {
  return {
    stck_bsop_date: `${date}`,
    stck_oprc: open,
    stck_hgpr: high,
    stck_lwpr: low,
    stck_clpr: close,
    acml_vol: volume,
  }
}

function isRunning({ date }: DayBar, { trade }: Seen): boolean {
  return `${date}` === trade['bsop_date']
}

type Investor = { readonly bought: number; readonly sold: number; readonly net: number }

/**
 * Buyers and sellers of a day. The three do not add up to zero: other corporations are missing, as in
 * captures.
 */
function investorsOf({ symbol }: Seen, { date, volume }: DayBar, seed: number) {
  const random = createRandom(seedFor(`investors ${symbol} ${date}`, seed))
  const part = (share: number): Investor => {
    const bought = Math.round(volume * share * (0.8 + 0.4 * random.next()))
    const sold = Math.round(volume * share * (0.8 + 0.4 * random.next()))
    return { bought, sold, net: bought - sold }
  }
  return { prsn: part(0.45), frgn: part(0.25), orgn: part(0.27) }
}

/** FHKST01010900. Numbers of the running day are empty until after the close, with the sign 0 (captured). */
export const investors: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const { seen } = asked
  const block = restShapes['domestic/inquire-investor'].blocks.output
  const bars = seen === undefined ? [] : quoting.days.of(seen).slice(0, investorRows)
  const output = bars.map(bar => {
    const { change, sign } = changeIn(bar)
    const row = { stck_bsop_date: `${bar.date}`, stck_clpr: bar.close }
    if (seen === undefined || (isRunning(bar, seen) && isBeforeReport(quoting)))
      return fill(block, { ...row, prdy_vrss: 0, prdy_vrss_sign: '0' })
    return fill(block, { ...row, prdy_vrss: change, prdy_vrss_sign: sign, ...investorValues(seen, bar, quoting.seed) })
  })
  return { outputs: { output } }
}

/** KIS has the day's numbers some time after the close; here from 15:40 on. */
function isBeforeReport({ clock }: Quoting): boolean {
  return wallTime(koreanZone, clock.now()).time < '154000'
}

function investorValues(seen: Seen, bar: DayBar, seed: number): Values {
  const average = bar.volume === 0 ? 0 : bar.value / bar.volume
  // Amounts are in millions of won (captured: 4101492 shares at about 75900 are 311359).
  const millions = (shares: number) => Math.round((shares * average) / 1e6)
  return Object.fromEntries(
    Object.entries(investorsOf(seen, bar, seed)).flatMap(([who, { bought, net, sold }]) => [
      [`${who}_ntby_qty`, net],
      [`${who}_ntby_tr_pbmn`, millions(bought) - millions(sold)],
      [`${who}_shnu_vol`, bought],
      [`${who}_shnu_tr_pbmn`, millions(bought)],
      [`${who}_seln_vol`, sold],
      [`${who}_seln_tr_pbmn`, millions(sold)],
    ]),
  )
}

/**
 * HHDFS76240000. Unknown symbols: the keys of output1 without values, and no rows (captured, and python-kis).
 */
export const overseasDays: Quote = (parameter, quoting) => {
  const asked = overseasIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const period = periodIn(overseasPeriods, parameter('GUBN'))
  if (period === undefined) return wrongInput('GUBN', parameter('GUBN'))
  const base = parameter('BYMD')
  if (base !== '' && !isDate(Number(base))) return wrongInput('BYMD', base)
  const { seen } = asked
  const { output1, output2 } = restShapes['overseas/dailyprice'].blocks
  if (seen === undefined) return { outputs: { output1: fillUnknown(output1, 'empty'), output2: [] } }
  const { trade } = seen
  const scale = scaleOf(seen)
  const text = (price: number) => (price / scale).toFixed(Number(trade['zdiv']))
  const days = quoting.days.of(seen).filter(({ date }) => base === '' || date <= Number(base))
  const rows = byPeriod(days, period)
    .slice(0, chartRows)
    .map(bar => {
      const { change, rate, sign } = changeIn(bar, scale)
      const isLast = `${bar.date}` === trade['tymd']
      const tick = seen.listing.grid.up(bar.close) - bar.close
      return fill(output2, {
        xymd: `${bar.date}`,
        clos: text(bar.close),
        sign,
        diff: text(Math.abs(change) * scale),
        rate,
        open: text(bar.open),
        high: text(bar.high),
        low: text(bar.low),
        tvol: bar.volume,
        tamt: bar.value,
        pbid: isLast ? trade['pbid'] : text(bar.close),
        vbid: isLast ? (trade['vbid'] ?? 0) : seen.listing.depth,
        pask: isLast ? trade['pask'] : text(bar.close + tick),
        vask: isLast ? (trade['vask'] ?? 0) : seen.listing.depth,
      })
    })
  const head = { rsym: rsymOf(seen), zdiv: trade['zdiv'], nrec: rows.length }
  return { outputs: { output1: fill(output1, head), output2: rows } }
}

/**
 * `DNASAAPL`: as the stream repeats its key, and in the form of the free feed where only the past is known.
 */
export function rsymOf({ symbol, trade, venue }: Seen): string {
  return trade['rsym'] ?? `D${venue}${symbol}`
}
