// Overseas conclusions, of which only the latest are told, and minute bars, which are paged by a key (protocol notes 6.8 and 6.9).
import { type Instrument, isVenue, marketOf } from '../market/instrument.ts'
import type { PastDay, PastMinute } from './past-market.ts'
import type { PastTrade } from './past-trade.ts'
import { type Quote, type Quoting, wrongInput } from './quoting.ts'

/** Not documented; as many as at home. */
const conclusionsPerCall = 30
const mostMinutesPerCall = 120

function daysOf(parameter: (name: string) => string, { past }: Quoting): readonly PastDay[] | undefined {
  const venue = parameter('EXCD')
  if (!isVenue(venue)) return undefined
  const instrument: Instrument = `${venue}:${parameter('SYMB')}`
  return marketOf(instrument) === 'US' ? past.days(instrument) : undefined
}

/** HHDFS76200300. */
export const overseasConclusions: Quote = (parameter, quoting) => {
  const days = daysOf(parameter, quoting)
  if (days === undefined) return wrongInput('EXCD')
  const trades = days[parameter('TDAY') === '0' ? 1 : 0]?.trades ?? []
  const output2 = trades
    .filter(trade => !quoting.skips(trade))
    .slice(-conclusionsPerCall)
    .reverse()
    .map(trade => ({
      khms: trade.koreanTime,
      last: trade.price,
      sign: '3',
      diff: '0.0000',
      rate: '+0.00',
      evol: `${trade.volume}`,
      tvol: `${trade.cumulativeVolume}`,
      mtyp: '',
      pbid: trade.bid,
      pask: trade.ask,
      vpow: '100.00',
    }))
  const output1 = { rsym: `D${parameter('EXCD')}${parameter('SYMB')}`, ZDIV: '4', NREC: `${output2.length}` }
  return { outputs: { output1, output2 } }
}

/** HHDFS76950200, bars of one minute. The newest is still forming. Minutes without a trade are left out. */
export const overseasMinutes: Quote = (parameter, quoting) => {
  const days = daysOf(parameter, quoting)
  if (days === undefined) return wrongInput('EXCD')
  if (parameter('NMIN') !== '1') return wrongInput('NMIN')
  const count = Number(parameter('NREC'))
  if (!(Number.isInteger(count) && count >= 1 && count <= mostMinutesPerCall)) return wrongInput('NREC')
  const key = parameter('KEYB')
  const isFirstPage = parameter('NEXT') === ''
  if (!isFirstPage && !/^\d{14}$/.test(key)) return wrongInput('KEYB')
  const asked = parameter('PINC') === '1' ? days : days.slice(0, 1)
  const minutes = asked
    .flatMap(day => day.minutes.toReversed())
    .filter(({ first }) => isFirstPage || stampOf(first) <= key)
  const hasMore = minutes.length > count
  const rows = minutes.slice(0, count)
  const output1 = {
    rsym: `D${parameter('EXCD')}${parameter('SYMB')}`,
    zdiv: '4',
    stim: '040000',
    etim: '200000',
    sktm: '170000',
    ektm: '090000',
    next: hasMore ? '1' : '0',
    more: hasMore ? '1' : '0',
    nrec: `${rows.length}`,
  }
  return { outputs: { output1, output2: rows.map(barRow) } }
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
