// Reads dates, times and lists as people write them; a mistake becomes a sentence.
import { dayMs, hourMs, minuteMs } from '../../market/basics/durations.ts'
import { koreanDate } from '../../market/calendar/korea-time.ts'
import type { Result } from '../../market/basics/result.ts'
import { plainNumber } from '../../market/basics/plain-number.ts'

/** `2026-09-14` or `20260914`. */
export function readDate(text: string): Result<number> {
  const digits = /^\d{4}-\d\d-\d\d$/.test(text) ? text.replaceAll('-', '') : text
  const date = /^\d{8}$/.test(digits) ? Number(digits) : Number.NaN
  return Number.isNaN(koreanDate(date))
    ? { problem: `'${text}' is no date; expected one as 2026-09-14` }
    : { value: date }
}

/**
 * `09:00`, `09:00:30` or `09:00:30.250` of Korea's clock on the trading date; `26:30` is half past two of the
 * night after it. Or an instant of any day, `2026-09-15T02:30:00+09:00`.
 */
export function readTime(text: string, date: number): Result<number> {
  const [, hours, minutes, seconds = '0'] = /^(\d\d):([0-5]\d)(?::([0-5]\d(?:\.\d{1,3})?))?$/.exec(text) ?? []
  if (hours !== undefined) {
    const time = Number(hours) * hourMs + Number(minutes) * minuteMs + Math.round(Number(seconds) * 1_000)
    if (time <= 2 * dayMs) return { value: koreanDate(date) + time }
  }
  const instant = readInstant(text)
  return 'problem' in instant
    ? { problem: `'${text}' is no time; expected Korea's as 09:00:30, or an instant as 2026-09-14T09:00:30+09:00` }
    : instant
}

/** `2026-09-15T02:30:00+09:00`, with its zone. `Date.parse` alone reads `5` as a day of 2001. */
export function readInstant(text: string): Result<number> {
  const [, date] = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  // It also accepts a 31st of February.
  const instant = date === undefined || 'problem' in readDate(date) ? Number.NaN : Date.parse(text)
  return Number.isNaN(instant)
    ? { problem: `'${text}' is no instant; expected one with its zone, as 2026-11-20T08:29:45+09:00` }
    : { value: instant }
}

/** `1`, `10`, `0.5` or `max`. */
export function readSpeed(text: string): Result<number> {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : (plainNumber(text) ?? 0)
  return speed > 0 ? { value: speed } : { problem: `'${text}' is no speed; expected a number above 0, or max` }
}

/** `a, b,` → ['a', 'b']. */
export function namesIn(list: string): string[] {
  return list
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}
