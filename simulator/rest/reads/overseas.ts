// Overseas executions, of which KIS returns only the latest, and minute bars, which are paged by a key
// (protocol notes 6.8 and 6.9).
import type { PastDay, PastMinute } from '../../market/past-market.ts'
import type { PastTrade } from '../../market/past-trade.ts'
import { overseasIssue, type Parameter, type Quote, type Quoted, type Quoting, wrongInput } from '../quoting.ts'
import { rsymOf } from './days.ts'
import { restShapes } from '../shapes.ts'
import type { Seen } from '../../market/seen.ts'
import { fill, fillUnknown } from '../shape.ts'

/** Not documented; as many as for Korean issues. */
const executionsPerCall = 30
const mostMinutesPerCall = 120

type Asked = { readonly seen: Seen; readonly days: readonly PastDay[] }

function readAsked(parameter: Parameter, quoting: Quoting): Asked | { readonly wrong: Quoted } | undefined {
  const asked = overseasIssue(parameter, quoting)
  if ('wrong' in asked) return asked
  const { instrument, seen } = asked
  return seen === undefined ? undefined : { seen, days: quoting.past.days(instrument) }
}

/**
 * HHDFS76200300. `zdiv` and `nrec` are lower case, the rows in output2 (measured 2026-09-27; documents
 * differ).
 */
export const overseasExecutions: Quote = (parameter, quoting) => {
  const { output1, output2 } = restShapes['overseas/inquire-ccnl'].blocks
  const asked = readAsked(parameter, quoting)
  if (asked === undefined) return { outputs: { output1: [], output2: [] } }
  if ('wrong' in asked) return asked.wrong
  const { days, seen } = asked
  const trades = days[parameter('TDAY') === '0' ? 1 : 0]?.trades ?? []
  const rows = trades
    .filter(trade => !quoting.skips(trade))
    .slice(-executionsPerCall)
    .reverse()
    .map(trade =>
      fill(output2, {
        khms: trade.koreanTime,
        last: trade.price,
        sign: trade.sign,
        diff: trade.change,
        rate: trade.rate,
        evol: trade.volume,
        tvol: trade.cumulativeVolume,
        pbid: trade.bid,
        pask: trade.ask,
        vpow: trade.strength,
      }),
    )
  const head = { rsym: rsymOf(seen), zdiv: seen.trade['zdiv'], nrec: rows.length }
  return { outputs: { output1: fill(output1, head), output2: rows } }
}

/** HHDFS76950200, bars of one minute. The newest is still forming. Minutes without a trade are left out. */
export const overseasMinutes: Quote = (parameter, quoting) => {
  const { output1, output2 } = restShapes['overseas/inquire-time-itemchartprice'].blocks
  const asked = readAsked(parameter, quoting)
  // python-kis takes an empty `nrec` for an unknown symbol.
  if (asked === undefined) return { outputs: { output1: fillUnknown(output1, 'empty'), output2: [] } }
  if ('wrong' in asked) return asked.wrong
  const { days, seen } = asked
  const gap = Number(parameter('NMIN'))
  if (gap !== 1) return wrongInput('NMIN', parameter('NMIN'))
  const count = Number(parameter('NREC'))
  if (!(Number.isInteger(count) && count >= 1 && count <= mostMinutesPerCall))
    return wrongInput('NREC', parameter('NREC'))
  const key = parameter('KEYB')
  const isFirstPage = parameter('NEXT') === ''
  if (!isFirstPage && !/^\d{14}$/.test(key)) return wrongInput('KEYB', key)
  const wanted = parameter('PINC') === '1' ? days : days.slice(0, 1)
  const minutes = wanted
    .flatMap(day => day.minutes.toReversed())
    .filter(({ first }) => isFirstPage || stampOf(first) <= key)
  const hasMore = minutes.length > count
  const rows = minutes.slice(0, count)
  const head = {
    rsym: rsymOf(seen),
    zdiv: seen.trade['zdiv'],
    stim: '040000',
    etim: '200000',
    sktm: '170000',
    ektm: '090000',
    next: hasMore ? '1' : '0',
    more: hasMore ? '1' : '0',
    nrec: rows.length,
  }
  return { outputs: { output1: fill(output1, head), output2: rows.map(row => fill(output2, barRow(row))) } }
}

function barRow({ first, open, high, low, close, volume }: PastMinute): Record<string, string> {
  return {
    tymd: first.businessDate,
    xymd: first.localDate,
    xhms: minuteText(first.localTime),
    kymd: first.koreanDate,
    khms: minuteText(first.koreanTime),
    open,
    high,
    low,
    last: close,
    evol: `${volume}`,
    eamt: `${Math.round(Number(close) * volume)}`,
  }
}

/** `20260914093000`: the minute by the clock of the exchange. */
function stampOf(trade: PastTrade): string {
  return `${trade.localDate}${minuteText(trade.localTime)}`
}

function minuteText(hhmmss: string): string {
  return `${hhmmss.slice(0, 4)}00`
}
