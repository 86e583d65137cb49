// Which trading date something belongs to, by when it came and from which market. Asked for every frame, so the answer is kept
// until it ends.
import type { Market } from '../market/instrument.ts'
import { dateIn, dayIn } from '../market/zone.ts'

/**
 * Korea's date begins at its midnight. A US date begins at 20:00 in New York the evening before, when its after-market has ended and
 * the day market of the next date begins; so one night's trading is one date, although Korea's midnight lies in the middle of it.
 */
const homes: Readonly<Record<Market, { readonly zone: string; readonly earlyMs: number }>> = {
  KR: { zone: 'Asia/Seoul', earlyMs: 0 },
  US: { zone: 'America/New_York', earlyMs: 4 * 3_600_000 },
}

export type TradingDates = {
  /** Written 20260914. */
  of(market: Market, time: number): number
}

export function tradingDates(): TradingDates {
  const known = { KR: { date: Number.NaN, from: 0, to: 0 }, US: { date: Number.NaN, from: 0, to: 0 } }
  return {
    of(market, time) {
      const last = known[market]
      if (time >= last.from && time < last.to) return last.date
      const { zone, earlyMs } = homes[market]
      const date = dateIn(zone, time + earlyMs)
      const day = dayIn(zone, date)
      if (day === undefined) return date
      known[market] = { date, from: day.startTime - earlyMs, to: day.endTime - earlyMs }
      return date
    },
  }
}
