import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, isDate, isWeekend, timeOfDay, weekdayOf, yearOf } from '../../../market/calendar/wall-clock.ts'
import { dateIn, dayIn, instantIn } from '../../../market/calendar/zone.ts'
import { tries } from '../../support/property.ts'

describe('a date without a zone', () => {
  it('goes over months, years and leap days', () => {
    expect(addDays(20260930, 1)).toBe(20261001)
    expect(addDays(20270101, -1)).toBe(20261231)
    expect(addDays(20280228, 1)).toBe(20280229)
    expect(addDays(20270228, 1)).toBe(20270301)
  })

  it('knows its weekday and its year', () => {
    expect([20261122, 20261123, 20261128].map(weekdayOf)).toEqual([0, 1, 6])
    expect([20261122, 20261123, 20261128].map(isWeekend)).toEqual([true, false, true])
    expect(yearOf(20261122)).toBe(2026)
  })

  it('must exist', () => {
    expect([20260228, 20280229].map(isDate)).toEqual([true, true])
    expect([20260229, 20261301, 20260100, 260101, 20260101.5, -20260101, Number.NaN].some(isDate)).toBe(false)
  })
})

describe('a time of day', () => {
  it('has hours and minutes, and seconds if need be', () => {
    expect(timeOfDay('00:00')).toBe(0)
    expect(timeOfDay('09:00:30')).toBe(32_430_000)
    expect(timeOfDay('24:00')).toBe(86_400_000)
  })

  it.each(['', '9:00', '24:01', '25:00', '12:60', '12:00:60', 'noon'])('is not "%s"', text => {
    expect(timeOfDay(text)).toBeNaN()
  })
})

describe('a wall clock in a zone', () => {
  it('shows the date of the place', () => {
    const newYearInSeoul = Date.parse('2027-01-01T00:00+09:00')
    expect(dateIn('Asia/Seoul', newYearInSeoul)).toBe(20270101)
    expect(dateIn('Asia/Seoul', newYearInSeoul - 1)).toBe(20261231)
    expect(dateIn('America/New_York', newYearInSeoul)).toBe(20261231)
  })

  it('shows an hour of the morning by the offset of that hour, on the days it is changed', () => {
    const at = (date: number, time: string) =>
      new Date(instantIn('America/New_York', date, timeOfDay(time))).toISOString()
    expect(at(20260308, '00:00')).toBe('2026-03-08T05:00:00.000Z')
    expect(at(20260308, '04:00')).toBe('2026-03-08T08:00:00.000Z')
    expect(at(20261101, '00:00')).toBe('2026-11-01T04:00:00.000Z')
    expect(at(20261101, '04:00')).toBe('2026-11-01T09:00:00.000Z')
  })

  it('shows on any instant the date of the day the instant is in', () => {
    const zones = fc.constantFrom('Asia/Seoul', 'America/New_York', 'Asia/Ho_Chi_Minh')
    fc.assert(
      fc.property(zones, fc.integer({ min: Date.UTC(1900, 0, 2), max: Date.UTC(9998, 0) }), (zone, time) => {
        const day = dayIn(zone, dateIn(zone, time))
        expect(day !== undefined && day.startTime <= time && time < day.endTime).toBe(true)
      }),
      tries(500),
    )
  })

  it('is not read outside the calendar', () => {
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15, -8.64e15, 1e300]) {
      expect(dateIn('Asia/Seoul', time)).toBeNaN()
    }
  })
})
