// The trading date of a time and a market. Asked for every frame, so the answer is kept until the date ends.
import { hourMs } from '../../market/basics/durations.ts'
import type { Market } from '../../market/instrument.ts'
import { dateIn, dayIn } from '../../market/calendar/zone.ts'

/**
 * Korea's date begins at its midnight. A US date begins at 20:00 in New York the evening before, when its
 * after-market has ended and the day market of the next date begins; so one night's trading is one date,
 * although Korea's midnight lies in the middle of it.
 */
const homes: Readonly<Record<Market, { readonly zone: string; readonly earlyMs: number }>> = {
  KR: { zone: 'Asia/Seoul', earlyMs: 0 },
  US: { zone: 'America/New_York', earlyMs: 4 * hourMs },
}

/**
 * A clock that goes back by more was set. What is late by less belongs to the date that is being recorded.
 */
const setBackMs = hourMs

export type FilingDate = {
  /** The date that begins with an entry of this time; undefined when the date stays the same. */
  next(market: Market, receivedTime: number): number | undefined
  /** The recording of the date has begun. */
  begin(date: number, receivedTime: number): void
}

/**
 * Dates do not go back, although two markets take turns in them, unless the clock does: otherwise a clock
 * that was ahead for a moment would have everything filed under the future date for as long as the process
 * runs.
 */
export function filingDate(): FilingDate {
  const dates = tradingDates()
  let date = Number.NEGATIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY

  return {
    next(market, receivedTime) {
      const next = dates.of(market, receivedTime)
      const isSetBack = latest - receivedTime > setBackMs
      if (receivedTime > latest || (isSetBack && next === date)) latest = receivedTime
      return next > date || (isSetBack && next < date) ? next : undefined
    },
    begin(begun, receivedTime) {
      date = begun
      latest = receivedTime
    },
  }
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
