// Korea's wall clock. Korea has had no daylight saving time since 1988, so its offset is a constant. Every
// other zone is in zone.ts.
import { dayMs, hourMs } from '../basics/durations.ts'

const kstOffsetMs = 9 * hourMs

/** Epoch milliseconds of 00:00 KST of the day that holds `time`. */
export function koreanMidnight(time: number): number {
  return Math.floor((time + kstOffsetMs) / dayMs) * dayMs - kstOffsetMs
}

/** Milliseconds since 00:00 KST. */
export function koreanTimeOfDay(time: number): number {
  return time - koreanMidnight(time)
}

/** Epoch milliseconds of 00:00 KST on a date written 20260914, or NaN when there is no such date. */
export function koreanDate(yyyymmdd: number): number {
  const year = Math.floor(yyyymmdd / 10_000)
  const month = Math.floor(yyyymmdd / 100) % 100
  const day = yyyymmdd % 100
  const midnight = Date.UTC(year, month - 1, day) - kstOffsetMs
  return year >= 1900 && dateDigits(midnight) === yyyymmdd ? midnight : Number.NaN
}

/** The KST date of an instant as a number, 20260914. */
export function dateDigits(time: number): number {
  const date = new Date(time + kstOffsetMs)
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
}

/** `2026-09-14 09:00:01.250 KST`, for people. */
export function formatKst(time: number): string {
  return `${new Date(time + kstOffsetMs).toISOString().replace('T', ' ').replace('Z', '')} KST`
}

/** `2026-09-14T09:00:01.250+09:00`, for programs. */
export function isoKst(time: number): string {
  return `${new Date(time + kstOffsetMs).toISOString().slice(0, -1)}+09:00`
}
