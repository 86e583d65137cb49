// When a venue's business date begins and ends, by the venue's own clock: the days on which New York changes it are 23 or 25
// hours long.
import { Temporal } from 'temporal-polyfill'
import { koreanDate } from './korea-time.ts'

/** [startTime, endTime), epoch milliseconds. */
export type Day = { readonly startTime: number; readonly endTime: number }

/** Rubbish can name every date there is. Past this many, forget them all and start over. */
const mostDays = 4_096
const daysByZone = new Map<string, Map<number, Day | undefined>>()

/** The day written 20260914 in an IANA zone, midnight to midnight. Undefined when there is no such date. */
export function dayIn(zone: string, yyyymmdd: number): Day | undefined {
  const days = daysByZone.get(zone) ?? new Map<number, Day | undefined>()
  daysByZone.set(zone, days)
  let day = days.get(yyyymmdd)
  if (day === undefined && !days.has(yyyymmdd)) {
    day = findDay(zone, yyyymmdd)
    if (days.size >= mostDays) days.clear()
    days.set(yyyymmdd, day)
  }
  return day
}

function findDay(zone: string, yyyymmdd: number): Day | undefined {
  if (Number.isNaN(koreanDate(yyyymmdd))) return undefined
  const year = Math.floor(yyyymmdd / 10_000)
  const month = Math.floor(yyyymmdd / 100) % 100
  const date = new Temporal.PlainDate(year, month, yyyymmdd % 100)
  return { startTime: midnight(date, zone), endTime: midnight(date.add({ days: 1 }), zone) }
}

function midnight(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds
}
