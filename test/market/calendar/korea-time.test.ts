// Korea's wall clock against the time-zone database.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs } from '../../../market/basics/durations.ts'
import {
  dateDigits,
  formatKst,
  koreanDate,
  koreanMidnight,
  koreanTimeOfDay,
} from '../../../market/calendar/korea-time.ts'
import { kst } from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'

/** Korea had daylight saving time in 1987 and 1988, and not since. */
const instant = fc.integer({ min: kst('1989-01-01T00:00:00'), max: kst('2199-12-31T23:59:59.999') })

const seoul = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Seoul',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

/** What a clock in Seoul reads, by the time-zone database. */
function wallClock(time: number) {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of seoul.formatToParts(time)) parts[type] = value
  const { year, month, day, hour, minute, second, fractionalSecond } = parts
  return { date: `${year}-${month}-${day}`, time: `${hour}:${minute}:${second}.${fractionalSecond}` }
}

describe('an instant on a Korean clock', () => {
  it('is written as the time-zone database has it', () => {
    fc.assert(
      fc.property(instant, time => {
        const wall = wallClock(time)
        expect(formatKst(time)).toBe(`${wall.date} ${wall.time} KST`)
        expect(dateDigits(time)).toBe(Number(wall.date.replaceAll('-', '')))
      }),
      tries(2_000),
    )
  })

  it('is midnight plus the time of day', () => {
    fc.assert(
      fc.property(instant, time => {
        const midnight = koreanMidnight(time)
        expect(wallClock(midnight)).toEqual({ date: wallClock(time).date, time: '00:00:00.000' })
        expect(koreanTimeOfDay(time)).toBe(time - midnight)
        expect(koreanTimeOfDay(time)).toBeGreaterThanOrEqual(0)
        expect(koreanTimeOfDay(time)).toBeLessThan(dayMs)
      }),
      tries(1_000),
    )
  })

  it.each([
    ['2026-09-14T00:00:00.000', 20260914, '2026-09-14 00:00:00.000 KST'],
    ['2026-09-14T09:00:01.250', 20260914, '2026-09-14 09:00:01.250 KST'],
    ['2026-09-14T23:59:59.999', 20260914, '2026-09-14 23:59:59.999 KST'],
    ['2027-01-01T00:00:00.000', 20270101, '2027-01-01 00:00:00.000 KST'],
    ['2024-02-29T08:59:59.999', 20240229, '2024-02-29 08:59:59.999 KST'],
    ['1970-01-01T09:00:00.000', 19700101, '1970-01-01 09:00:00.000 KST'],
    ['1970-01-01T00:00:00.000', 19700101, '1970-01-01 00:00:00.000 KST'],
  ])('%s', (text, date, written) => {
    expect(dateDigits(kst(text))).toBe(date)
    expect(formatKst(kst(text))).toBe(written)
  })
})

describe('a Korean date', () => {
  it('there and back again is the same', () => {
    fc.assert(
      fc.property(instant, time => {
        expect(koreanDate(dateDigits(time))).toBe(koreanMidnight(time))
      }),
      tries(1_000),
    )
  })

  it.each([
    [20260914, '2026-09-14T00:00:00'],
    [20240229, '2024-02-29T00:00:00'],
    [20000229, '2000-02-29T00:00:00'],
    [19000101, '1900-01-01T00:00:00'],
    [99991231, '9999-12-31T00:00:00'],
  ])('%d starts at midnight', (date, midnight) => {
    expect(koreanDate(date)).toBe(kst(midnight))
  })

  it.each([
    0,
    1,
    -1,
    -20260914,
    20260900,
    20260931,
    20260832,
    20260014,
    20261314,
    20230229,
    19000229,
    18991231,
    260914,
    2026091,
    20260914.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('%d does not exist', date => {
    expect(koreanDate(date)).toBeNaN()
  })

  it('exists as often as the calendar has days', () => {
    const days = Array.from({ length: 1300 }, (_, i) => 20270000 + i).filter(date => !Number.isNaN(koreanDate(date)))
    expect(days).toHaveLength(365)
  })
})
