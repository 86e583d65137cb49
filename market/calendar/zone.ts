// Between wall clocks and instants: the beginning and end of a venue's business date, by the venue's own
// clock. The Asian zones here have a constant offset; New York's clock follows the rule of 2007, so that two
// of its days are 23 and 25 hours long. A test compares this with the time-zone data of Intl.
import { BoundedMap } from '../basics/bounded-map.ts'
import { dayMs, hourMs } from '../basics/durations.ts'
import { koreanDate } from './korea-time.ts'

/** [startTime, endTime), epoch milliseconds. */
export type Day = { readonly startTime: number; readonly endTime: number }

/** Hours from UTC, and whether the clocks of a summer are an hour ahead of them. */
type Zone = { readonly offsetMs: number; readonly hasSummerTime: boolean }

const zones: Readonly<Record<string, Zone>> = {
  'Asia/Seoul': { offsetMs: 9 * hourMs, hasSummerTime: false },
  'Asia/Tokyo': { offsetMs: 9 * hourMs, hasSummerTime: false },
  'Asia/Hong_Kong': { offsetMs: 8 * hourMs, hasSummerTime: false },
  'Asia/Shanghai': { offsetMs: 8 * hourMs, hasSummerTime: false },
  'Asia/Ho_Chi_Minh': { offsetMs: 7 * hourMs, hasSummerTime: false },
  'America/New_York': { offsetMs: -5 * hourMs, hasSummerTime: true },
}

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

/** The date of a zone's wall clocks, written 20260914. NaN before 1900 and from 9999 on. */
export function dateIn(zone: string, time: number): number {
  if (!(time >= firstTime && time < lastTime)) return Number.NaN
  const wall = new Date(time + offsetAt(zoneNamed(zone), time))
  return wall.getUTCFullYear() * 10_000 + (wall.getUTCMonth() + 1) * 100 + wall.getUTCDate()
}

/**
 * Epoch milliseconds at which a zone's wall clocks show a time of day (in milliseconds since 00:00) on a
 * date. Of a time that comes twice, the first; one that is skipped is an hour later.
 */
export function instantIn(zone: string, yyyymmdd: number, timeOfDay: number): number {
  return instantOf(zoneNamed(zone), wallTime(yyyymmdd) + timeOfDay)
}

function findDay(zone: string, yyyymmdd: number): Day | undefined {
  if (Number.isNaN(koreanDate(yyyymmdd))) return undefined
  const known = zoneNamed(zone)
  const midnight = wallTime(yyyymmdd)
  return { startTime: instantOf(known, midnight), endTime: instantOf(known, midnight + dayMs) }
}

function zoneNamed(name: string): Zone {
  const zone = zones[name]
  if (zone === undefined)
    throw new Error(`${name} is not one of the zones known here: ${Object.keys(zones).join(', ')}`)
  return zone
}

/** Midnight of a date as if it were in UTC. */
function wallTime(yyyymmdd: number): number {
  return Date.UTC(Math.floor(yyyymmdd / 10_000), (Math.floor(yyyymmdd / 100) % 100) - 1, yyyymmdd % 100)
}

function instantOf(zone: Zone, wall: number): number {
  const standard = wall - zone.offsetMs
  const summer = standard - hourMs
  return zone.hasSummerTime && isSummer(zone, summer) ? summer : standard
}

function offsetAt(zone: Zone, time: number): number {
  return zone.offsetMs + (zone.hasSummerTime && isSummer(zone, time) ? hourMs : 0)
}

/** From 02:00 on the second Sunday of March to 02:00, summer time, on the first Sunday of November. */
function isSummer({ offsetMs }: Zone, time: number): boolean {
  const year = new Date(time + offsetMs).getUTCFullYear()
  const begin = firstSunday(year, 2) + 7 * dayMs + 2 * hourMs - offsetMs
  const end = firstSunday(year, 10) + hourMs - offsetMs
  return time >= begin && time < end
}

/** Its midnight as if it were in UTC. `month` from 0. */
function firstSunday(year: number, month: number): number {
  const first = Date.UTC(year, month, 1)
  return first + ((7 - new Date(first).getUTCDay()) % 7) * dayMs
}
