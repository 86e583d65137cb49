// Between wall clocks and instants: when a venue's business date begins and ends, by the venue's own clock.
// The days on which New York changes it are 23 or 25 hours long.
import { Temporal } from 'temporal-polyfill'
import { BoundedMap } from '../basics/bounded-map.ts'
import { koreanDate } from './korea-time.ts'

/** [startTime, endTime), epoch milliseconds. */
export type Day = { readonly startTime: number; readonly endTime: number }

/** Of each zone. Malformed input can name any date. */
const mostDays = 4_096
const firstTime = Date.UTC(1900, 0, 2)
const lastTime = Date.UTC(9999, 0)
const daysByZone = new Map<string, BoundedMap<number, Day | undefined>>()

/** The day written 20260914 in an IANA zone, midnight to midnight. Undefined when there is no such date. */
export function dayIn(zone: string, yyyymmdd: number): Day | undefined {
  const days = daysByZone.get(zone) ?? new BoundedMap<number, Day | undefined>(mostDays)
  daysByZone.set(zone, days)
  return days.getOrMake(yyyymmdd, () => findDay(zone, yyyymmdd))
}

/** The date that a zone's wall clocks show, written 20260914. NaN before 1900 and from 9999 on. */
export function dateIn(zone: string, time: number): number {
  if (!(time >= firstTime && time < lastTime)) return Number.NaN
  const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(Math.floor(time)).toZonedDateTimeISO(zone)
  return year * 10_000 + month * 100 + day
}

/**
 * Epoch milliseconds at which a zone's wall clocks show a time of day (in milliseconds since 00:00) on a
 * date.
 */
export function instantIn(zone: string, yyyymmdd: number, timeOfDay: number): number {
  const date = new Temporal.PlainDate(Math.floor(yyyymmdd / 10_000), Math.floor(yyyymmdd / 100) % 100, yyyymmdd % 100)
  const wallTime = date.toPlainDateTime().add({ milliseconds: timeOfDay })
  return wallTime.toZonedDateTime(zone).epochMilliseconds
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
