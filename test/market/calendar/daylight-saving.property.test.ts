// New York changes its clock twice a year; Korea never does. What the calendar says is held against the
// JavaScript engine's own time-zone data (Intl), which it does not use itself.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { koreanTimeOfDay } from '../../../market/calendar/korea-time.ts'
import { addDays, isWeekend, weekdayOf } from '../../../market/calendar/wall-clock.ts'
import { tries } from '../../support/property.ts'
import { newYork } from './timeline.ts'

const { sessionAt, sessionsOn } = standardCalendar
const newYorkDate = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' })

/** Noon UTC of a date: the same date in New York and in Korea. */
const noonOf = (date: number) => Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100, 12)

/** New York's distance from UTC at noon of a date, in hours. */
const offsetOn = (date: number) => Number(newYork(noonOf(date)).slice(0, 2)) - 12

function allDates(from: number, to: number): number[] {
  const dates: number[] = []
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date)
  return dates
}

const dates = allDates(20070101, 20371231)
const changes = dates.filter(date => offsetOn(date) !== offsetOn(addDays(date, -1)))

describe('every change of the clock from 2007 to 2037', () => {
  it('is there: two a year, on Sundays in March and November', () => {
    expect(changes).toHaveLength(62)
    expect(changes.every(date => weekdayOf(date) === 0)).toBe(true)
  })

  it.each(changes)(
    'on %d leaves the sessions where they are in New York and moves them by an hour in Korea',
    sunday => {
      const [friday, monday] = [sessionsOn('NYS', addDays(sunday, -2)), sessionsOn('NYS', addDays(sunday, 1))]
      const expected = ['04:00:00–09:30:00', '09:30:00–16:00:00', '16:00:00–20:00:00']
      const wallTimes = [friday, monday].map(day =>
        day.map(({ opensAt, closesAt }) => `${newYork(opensAt)}–${newYork(closesAt)}`),
      )
      expect(wallTimes).toEqual([expected, expected])
      expect(sessionsOn('NYS', addDays(sunday, -1))).toEqual([])
      expect(sessionsOn('NYS', sunday)).toEqual([])

      const later = offsetOn(addDays(sunday, -2)) - offsetOn(addDays(sunday, 1))
      expect(Math.abs(later)).toBe(1)
      const inKorea = (day: typeof friday) => day.map(({ opensAt }) => koreanTimeOfDay(opensAt) / hourMs)
      expect(inKorea(monday)).toEqual(inKorea(friday).map(hour => (hour + later + 24) % 24))
    },
  )
})

describe('every trading day from 2007 to 2037', () => {
  it('has three sessions in New York, each beginning where the one before ends, and none at weekends', () => {
    const wrong = dates.filter(date => {
      const day = sessionsOn('NAS', date)
      if (isWeekend(date)) return day.length > 0
      if (day.length === 0) return false
      const closes = day.map(({ closesAt }) => closesAt)
      const hours = closes.map(time => newYork(time).slice(0, 5)).join(' ')
      const isGapless = day.slice(1).every(({ opensAt }, index) => opensAt === closes[index])
      const isKnown = hours === '09:30 16:00 20:00' || hours === '09:30 13:00 17:00'
      return !(isGapless && isKnown && newYork(day[0]?.opensAt ?? 0) === '04:00:00')
    })
    expect(wrong).toEqual([])
  })

  it('has sessions that do not overlap those of the next', () => {
    const all = dates.flatMap(date => sessionsOn('NYS', date))
    expect(all.every(({ opensAt }, index) => index === 0 || opensAt >= (all[index - 1]?.closesAt ?? 0))).toBe(true)
  })
})

describe('any instant from 2007 to 2037', () => {
  it('is in the session that the wall clock in New York says, by Intl', () => {
    const instants = fc.integer({ min: Date.UTC(2007, 0, 2), max: Date.UTC(2037, 11, 30) })
    fc.assert(
      fc.property(instants, time => {
        const date = Number(newYorkDate.format(time).replaceAll('-', ''))
        const clock = newYork(time)
        const isOpenDay = sessionsOn('NYS', date).length > 0
        const isHalf = sessionsOn('NYS', date).at(-1)?.closesAt === noonOf(date) + (5 - offsetOn(date)) * hourMs
        const [close, end] = isHalf ? ['13:00:00', '17:00:00'] : ['16:00:00', '20:00:00']
        const expected =
          !isOpenDay || clock < '04:00:00' || clock >= end
            ? undefined
            : clock < '09:30:00'
              ? 'pre-market'
              : clock < close
                ? 'regular'
                : 'after-market'
        expect(sessionAt('NYS', time)?.session).toBe(expected)
        expect(isWeekend(date) && isOpenDay).toBe(false)
      }),
      tries(5_000),
    )
  })
})
