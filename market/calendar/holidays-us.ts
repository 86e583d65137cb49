// The days on which NYSE and Nasdaq are closed or close at 13:00; both have the same. NYSE rule 7.2; no
// maintained package has it with its half days. Checked against the calendars that NYSE published for 2024 to
// 2028.
import type { DayKind } from './timetable.ts'
import { addDays, weekdayOf, yearOf } from './wall-clock.ts'

/** The last year of the calendar NYSE published (2025-12-23). Later ones follow from the rule. */
export const usHolidaysKnownThrough = 20281231

/** Closed by decision, not by rule: not predictable. */
const specialClosures: ReadonlySet<number> = new Set([
  20070102, // mourning for President Ford
  20121029, // Hurricane Sandy
  20121030,
  20181205, // mourning for President Bush
  20250109, // mourning for President Carter
])

const [sunday, monday, tuesday, thursday, friday, saturday] = [0, 1, 2, 4, 5, 6] as const

/** NYSE's kind of day for a weekday. Columbus Day and Veterans Day are ordinary trading days. */
export function usDay(date: number): DayKind | 'closed' {
  const year = yearOf(date)
  if (specialClosures.has(date) || holidaysOf(year).includes(date)) return 'closed'
  return halfDaysOf(year).includes(date) ? 'half-day' : 'ordinary'
}

function holidaysOf(year: number): readonly number[] {
  const at = (monthAndDay: number) => year * 10_000 + monthAndDay
  return [
    // On a Saturday it is not made up for: the Friday before ends the accounting year (NYSE rule 7.2, 2028).
    weekdayOf(at(101)) === saturday ? at(101) : observed(at(101)),
    nth(3, monday, at(101)), // Martin Luther King Jr. Day
    nth(3, monday, at(201)), // Washington's Birthday
    addDays(easterSunday(year), -2), // Good Friday
    addDays(nth(1, monday, at(601)), -7), // Memorial Day: the last Monday of May
    ...(year >= 2022 ? [observed(at(619))] : []), // Juneteenth
    observed(at(704)),
    nth(1, monday, at(901)), // Labor Day
    thanksgiving(year),
    observed(at(1225)),
  ]
}

/**
 * The eves of Independence Day and Christmas, where they are trading days before a weekday, and the day after
 * Thanksgiving.
 */
function halfDaysOf(year: number): readonly number[] {
  const eves = [704, 1225].map(monthAndDay => year * 10_000 + monthAndDay)
  return [
    ...eves
      .filter(holiday => weekdayOf(holiday) >= tuesday && weekdayOf(holiday) <= friday)
      .map(holiday => addDays(holiday, -1)),
    addDays(thanksgiving(year), 1),
  ]
}

function thanksgiving(year: number): number {
  return nth(4, thursday, year * 10_000 + 1101)
}

/** A Saturday's holiday is observed on the Friday before, a Sunday's on the Monday after. */
function observed(date: number): number {
  const weekday = weekdayOf(date)
  if (weekday === saturday) return addDays(date, -1)
  return weekday === sunday ? addDays(date, 1) : date
}

/** The n-th such weekday of the month that begins on `first`. */
function nth(n: number, weekday: number, first: number): number {
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7)
}

/** Gregorian Easter, by the algorithm of Meeus, Jones and Butcher. */
function easterSunday(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const monthAndDay = h + l - 7 * m + 114
  return year * 10_000 + Math.floor(monthAndDay / 31) * 100 + (monthAndDay % 31) + 1
}
