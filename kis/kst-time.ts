// KIS's clock times → epoch milliseconds. Every time here is Korean (KST), also in overseas records: they
// have the Korean date and time beside the local ones.
import { dayMs } from '../market/basics/durations.ts'
import { koreanDate, koreanMidnight } from '../market/calendar/korea-time.ts'

let lastDate = 0
let lastMidnight = Number.NaN

/**
 * Midnight KST of a date written 20260914; NaN for no date. A day's trades share one date, so the last one is
 * kept.
 */
function midnightOf(date: number): number {
  if (date !== lastDate) {
    lastDate = date
    lastMidnight = koreanDate(date)
  }
  return lastMidnight
}

/** Whether a time written 123929 is one. */
export function isTimeOfDay(hhmmss: number): boolean {
  return !Number.isNaN(timeOfDay(hhmmss))
}

/** Milliseconds since midnight of a time written 123929, or NaN when it is no time of day. */
function timeOfDay(hhmmss: number): number {
  const hours = (hhmmss / 10_000) | 0
  const minutes = ((hhmmss / 100) | 0) % 100
  const seconds = hhmmss % 100
  if (hhmmss < 0 || hours > 23 || minutes > 59 || seconds > 59) return Number.NaN
  return (hours * 3600 + minutes * 60 + seconds) * 1000
}

/** The instant of a Korean date and time, or null when either is unreadable. */
export function instantOf(date: number, hhmmss: number): number | null {
  const time = midnightOf(date) + timeOfDay(hhmmss)
  return time === time ? time : null
}

/** The instant of a Korean time without a date: on the Korean date that puts it nearest to `receivedTime`. */
export function instantNear(receivedTime: number, hhmmss: number): number | null {
  const time = koreanMidnight(receivedTime) + timeOfDay(hhmmss)
  if (time !== time) return null
  if (time - receivedTime > dayMs / 2) return time - dayMs
  return receivedTime - time > dayMs / 2 ? time + dayMs : time
}
