// The days on which KRX, and Nextrade with it, is closed or opens late. Public holidays, elections among
// them, come from the official gazette by way of a maintained package; the rest is KRX's own rule.
import * as gazette from '@hyunbinseo/holidays-kr/all'
import type { DayKind } from './timetable.ts'
import { addDays, isWeekend, yearOf } from './wall-clock.ts'

const publicHolidays: ReadonlySet<number> = new Set(
  Object.values(gazette)
    .flatMap(year => Object.keys(year))
    .map(date => Number(date.replaceAll('-', ''))),
)

/**
 * The last day whose public holidays have been gazetted. Temporary ones (임시공휴일) may still be added, weeks
 * ahead.
 */
export const koreanHolidaysKnownThrough = Math.max(...[...publicHolidays].map(yearOf)) * 10_000 + 1231

/**
 * Month and day of the holidays that need no announcement: the only ones known for a year not yet gazetted.
 */
const fixedHolidays: ReadonlySet<number> = new Set([101, 301, 501, 505, 606, 717, 815, 1003, 1009, 1225])

/** The college entrance exams (대학수학능력시험), as the ministry of education announces them years ahead. */
const examDays: ReadonlySet<number> = new Set([
  20191114, 20201203, 20211118, 20221117, 20231116, 20241114, 20251113, 20261119, 20271118,
])

/** KRX's kind of day for a weekday. */
export function koreanDay(date: number): DayKind | 'closed' {
  if (isHoliday(date) || date === yearEndHoliday(yearOf(date))) return 'closed'
  if (examDays.has(date)) return 'exam-day'
  return date === firstTradingDay(yearOf(date)) ? 'late-open' : 'ordinary'
}

/**
 * KOSPI market business regulation, article 5: public holidays and Labour Day, a public holiday itself since
 * 2026.
 */
function isHoliday(date: number): boolean {
  if (date > koreanHolidaysKnownThrough) return fixedHolidays.has(date % 10_000)
  return publicHolidays.has(date) || date % 10_000 === 501
}

/** Article 5 again: 31 December, or the last trading day before it when it is a Saturday or a holiday. */
function yearEndHoliday(year: number): number {
  let date = year * 10_000 + 1231
  while (isWeekend(date) || isHoliday(date)) date = addDays(date, -1)
  return date
}

/** It opens with a ceremony, and at 10:00 (KRX notices of each December). */
function firstTradingDay(year: number): number {
  let date = year * 10_000 + 101
  while (isWeekend(date) || isHoliday(date)) date = addDays(date, 1)
  return date
}
