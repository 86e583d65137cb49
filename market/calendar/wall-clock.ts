// Dates and times without a zone: 20260914 and '09:00:30'. Plain arithmetic; zone.ts converts them to
// instants.
import { dayMs, hourMs, minuteMs } from '../basics/durations.ts'

function toUtc(date: number): number {
  return Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100)
}

function fromUtc(time: number): number {
  const date = new Date(time)
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
}

/** Whether there is such a day. 20260230 does not exist. */
export function isDate(date: number): boolean {
  return date >= 19000101 && date <= 99991231 && fromUtc(toUtc(date)) === date
}

export function yearOf(date: number): number {
  return Math.floor(date / 10_000)
}

/** The date so many days later, or earlier. */
export function addDays(date: number, days: number): number {
  return fromUtc(toUtc(date) + days * dayMs)
}

/** 0 is Sunday, 6 is Saturday. */
export function weekdayOf(date: number): number {
  return new Date(toUtc(date)).getUTCDay()
}

export function isWeekend(date: number): boolean {
  const weekday = weekdayOf(date)
  return weekday === 0 || weekday === 6
}

/**
 * Milliseconds since midnight of '09:00' or '09:00:30'; NaN when it is no time of day. '24:00' is the end of
 * the day.
 */
export function timeOfDay(text: string): number {
  const [, hours, minutes, seconds = '0'] = /^(\d\d):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? []
  const time = Number(hours) * hourMs + Number(minutes) * minuteMs + Number(seconds) * 1_000
  return time <= dayMs ? time : Number.NaN
}
