// The kind of day of a date in a country: by the exchanges' announcements, and by the user's changes.
import { koreanDay, koreanHolidaysKnownThrough } from './holidays-korea.ts'
import { usDay, usHolidaysKnownThrough } from './holidays-us.ts'
import { unknownOptions } from '../basics/did-you-mean.ts'
import type { Country, DayKind } from './timetable.ts'
import { isDate, isWeekend } from './wall-clock.ts'

/** Dates, written 20260914, by country. */
export type DaysByCountry = { readonly [country in Country]?: readonly number[] }

/** Days that a calendar lacks, or has wrong. They count more than any list or rule. */
export type CalendarChanges = {
  /** Closed all day. */
  readonly holidays?: DaysByCountry
  /** Open at the ordinary hours, whatever the lists say. */
  readonly openDays?: DaysByCountry
  /** Closing early: at 13:00 in New York, at 12:00 in Hong Kong. */
  readonly halfDays?: Pick<DaysByCountry, 'US' | 'HK'>
  /** Korea: opening at 10:00 and closing as usual, as on the first trading day of the year. */
  readonly lateOpens?: Pick<DaysByCountry, 'KR'>
  /** Korea: opening and closing an hour later, as on the day of the college entrance exam (수능). */
  readonly examDays?: Pick<DaysByCountry, 'KR'>
}

const kinds = {
  holidays: 'closed',
  openDays: 'ordinary',
  halfDays: 'half-day',
  lateOpens: 'late-open',
  examDays: 'exam-day',
} as const satisfies Record<keyof CalendarChanges, DayKind | 'closed'>

/** Every kind there is; the type checks that. */
const countries = Object.keys({ KR: 0, US: 0, HK: 0, JP: 0, CN: 0, VN: 0 } satisfies Record<Country, 0>)

/** The countries that have days of this kind. */
function countriesOf(list: string): readonly string[] {
  if (list === 'halfDays') return ['US', 'HK']
  return list === 'lateOpens' || list === 'examDays' ? ['KR'] : countries
}

/**
 * The last date up to which a country's holidays were announced. Undefined where only weekends are known:
 * `holidays` helps.
 */
export function holidaysKnownThrough(country: Country): number | undefined {
  if (country === 'KR') return koreanHolidaysKnownThrough
  return country === 'US' ? usHolidaysKnownThrough : undefined
}

/** Returns the kind of a day. Throws when the changes name a date that does not exist, or one date twice. */
export function dayKinds(changes: CalendarChanges): (country: Country, date: number) => DayKind | 'closed' {
  const changed = readChanges(changes)
  return (country, date) => changed.get(`${country} ${date}`) ?? announced(country, date)
}

/** No exchange known here trades on weekends; China's working weekends are no trading days either. */
function announced(country: Country, date: number): DayKind | 'closed' {
  if (isWeekend(date)) return 'closed'
  if (country === 'KR') return koreanDay(date)
  return country === 'US' ? usDay(date) : 'ordinary'
}

function readChanges(changes: CalendarChanges): ReadonlyMap<string, DayKind | 'closed'> {
  const changed = new Map<string, DayKind | 'closed'>()
  const problems = unknownOptions(changes, Object.keys(kinds))
  for (const [list, kind] of Object.entries(kinds)) {
    problems.push(...unknownOptions(changes[list as keyof CalendarChanges] ?? {}, countriesOf(list), `${list}.`))
    for (const [country, dates] of Object.entries(changes[list as keyof CalendarChanges] ?? {})) {
      for (const date of dates) {
        const key = `${country} ${date}`
        if (!isDate(date)) problems.push(`${list}.${country}: ${date} is no date; expected one like 20260914`)
        if (changed.has(key)) problems.push(`${list}.${country}: ${date} is listed twice`)
        changed.set(key, kind)
      }
    }
  }
  if (problems.length > 0) throw new Error(`Calendar: ${problems.join('; ')}`)
  return changed
}
