// The lists are the exchanges' own: KRX's closing days, and NYSE's calendars as announced on 2024-11-08 and
// 2025-12-23.
import { describe, expect, it } from 'vitest'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { holidaysKnownThrough } from '../../../market/calendar/holidays.ts'
import type { Venue } from '../../../market/instrument.ts'
import { addDays, isWeekend } from '../../../market/calendar/wall-clock.ts'
import { newYork } from './timeline.ts'

function weekdaysOf(year: number): number[] {
  const days: number[] = []
  for (let date = year * 10_000 + 101; date <= year * 10_000 + 1231; date = addDays(date, 1)) {
    if (!isWeekend(date)) days.push(date)
  }
  return days
}

/** The weekdays of a year without sessions, as month and day. */
function holidays(venue: Venue, year: number): number[] {
  return weekdaysOf(year)
    .filter(date => standardCalendar.sessionsOn(venue, date).length === 0)
    .map(date => date % 10_000)
}

/** The days of a year on which the regular session closes at 13:00 in New York. */
function halfDays(venue: Venue, year: number): number[] {
  return weekdaysOf(year)
    .filter(date =>
      standardCalendar
        .sessionsOn(venue, date)
        .some(({ session, closesAt }) => session === 'regular' && newYork(closesAt) === '13:00:00'),
    )
    .map(date => date % 10_000)
}

const krx = {
  2022: [131, 201, 202, 301, 309, 505, 601, 606, 815, 909, 912, 1003, 1010, 1230],
  2023: [123, 124, 301, 501, 505, 529, 606, 815, 928, 929, 1002, 1003, 1009, 1225, 1229],
  2024: [101, 209, 212, 301, 410, 501, 506, 515, 606, 815, 916, 917, 918, 1001, 1003, 1009, 1225, 1231],
  2025: [101, 127, 128, 129, 130, 303, 501, 505, 506, 603, 606, 815, 1003, 1006, 1007, 1008, 1009, 1225, 1231],
  2026: [101, 216, 217, 218, 302, 501, 505, 525, 603, 717, 817, 924, 925, 1005, 1009, 1225, 1231],
  2027: [101, 208, 209, 301, 503, 505, 513, 719, 816, 914, 915, 916, 1004, 1011, 1227, 1231],
} as const

const nyse = {
  2021: [101, 118, 215, 402, 531, 705, 906, 1125, 1224],
  2022: [117, 221, 415, 530, 620, 704, 905, 1124, 1226],
  2023: [102, 116, 220, 407, 529, 619, 704, 904, 1123, 1225],
  2024: [101, 115, 219, 329, 527, 619, 704, 902, 1128, 1225],
  2025: [101, 109, 120, 217, 418, 526, 619, 704, 901, 1127, 1225],
  2026: [101, 119, 216, 403, 525, 619, 703, 907, 1126, 1225],
  2027: [101, 118, 215, 326, 531, 618, 705, 906, 1125, 1224],
  2028: [117, 221, 414, 529, 619, 704, 904, 1123, 1225],
} as const

const nyseHalfDays = {
  2021: [1126],
  2022: [1125],
  2023: [703, 1124],
  2024: [703, 1129, 1224],
  2025: [703, 1128, 1224],
  2026: [1127, 1224],
  2027: [1126],
  2028: [703, 1124],
} as const

describe('the closing days', () => {
  it.each(Object.entries(krx))('of KRX in %s are those it announced, and Nextrade keeps them too', (year, days) => {
    expect(holidays('KRX', Number(year))).toEqual(days)
    if (Number(year) > 2025) expect(holidays('NXT', Number(year))).toEqual(days)
    expect(holidays('UN', Number(year))).toEqual(days)
  })

  it.each(Object.entries(nyse))('of NYSE and Nasdaq in %s are those NYSE announced', (year, days) => {
    for (const venue of ['NYS', 'NAS', 'AMS', 'BAQ'] as const) expect(holidays(venue, Number(year))).toEqual(days)
  })

  it.each(Object.entries(nyseHalfDays))('of %s come with these half days', (year, days) => {
    expect(halfDays('NYS', Number(year))).toEqual(days)
  })

  it('include the ones no rule foresees', () => {
    for (const date of [20070102, 20121029, 20121030, 20181205, 20250109]) {
      expect(standardCalendar.sessionsOn('NYS', date)).toEqual([])
    }
  })

  it("do not include Columbus Day, Veterans Day, or a New Year's Day that falls on a Saturday", () => {
    for (const date of [20261012, 20261111, 20211231, 20271231]) {
      expect(standardCalendar.sessionsOn('NYS', date)).toHaveLength(3)
    }
  })

  it('are known through the last announced year, and by fixed date or rule after that', () => {
    expect(holidaysKnownThrough('KR')).toBeGreaterThanOrEqual(20271231)
    expect(holidaysKnownThrough('US')).toBe(20281231)
    expect(holidaysKnownThrough('JP')).toBeUndefined()
    for (const date of [20400301, 20401003, 20401225]) expect(standardCalendar.sessionsOn('KRX', date)).toEqual([])
    expect(holidays('NYS', 2040)).toEqual([102, 116, 220, 330, 528, 619, 704, 903, 1122, 1225])
  })
})

describe('the days that begin late', () => {
  it('are the first trading day of each year and the college entrance exam', () => {
    const lateDays = [2024, 2025, 2026, 2027].flatMap(weekdaysOf).filter(date => {
      const regular = standardCalendar.sessionsOn('KRX', date).find(({ session }) => session === 'regular')
      return regular !== undefined && new Date(regular.opensAt).getUTCHours() === 1
    })
    expect(lateDays).toEqual([20240102, 20241114, 20250102, 20251113, 20260102, 20261119, 20270104, 20271118])
  })
})
