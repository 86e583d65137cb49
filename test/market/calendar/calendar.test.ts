import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCalendar, standardCalendar } from '../../../market/calendar/calendar.ts'
import { type Venue, venues } from '../../../market/instrument.ts'
import { tries } from '../../support/property.ts'

const { isOpen, nextSession, sessionAt, sessionsOn } = standardCalendar
const everyVenue = Object.keys(venues) as Venue[]
const kst = (text: string) => Date.parse(`${text}+09:00`)

function next(...asked: Parameters<typeof nextSession>): string | undefined {
  const session = nextSession(...asked)
  return session && `${new Date(session.opensAt + 9 * 3_600_000).toISOString().slice(0, 19)} ${session.session}`
}

describe('the next session', () => {
  it('is the next one of the day', () => {
    expect(next('KRX', kst('2026-10-13T08:59:59'))).toBe('2026-10-13T09:00:00 regular')
    expect(next('KRX', kst('2026-10-13T09:00:00'))).toBe('2026-10-13T15:20:00 closing-auction')
    expect(next('NXT:005930', kst('2026-10-13T09:00:00'))).toBe('2026-10-13T09:00:30 regular')
  })

  it('is the first one of the next trading day, over weekends and holidays', () => {
    expect(next('KRX', kst('2026-10-08T20:00'))).toBe('2026-10-12T08:20:00 opening-auction')
    expect(next('NAS', kst('2026-11-26T12:00'))).toBe('2026-11-27T18:00:00 pre-market')
    expect(next('KRX', kst('2025-10-02T18:00'))).toBe('2025-10-10T08:30:00 opening-auction')
  })

  it('is the next one of that name', () => {
    expect(next('KRX', kst('2026-10-13T09:00'), 'regular')).toBe('2026-10-14T09:00:00 regular')
    expect(next('KRX', kst('2026-08-13T09:00'), 'after-market')).toBe('2026-09-14T16:00:00 after-market')
    expect(next('TSE', kst('2026-10-13T10:00'), 'regular')).toBe('2026-10-13T12:30:00 regular')
  })

  it('is none where there never is one, or not for a long time', () => {
    expect(next('NXT', kst('2026-10-13T09:00'), 'overtime-single-price')).toBeUndefined()
    expect(next('NXT', kst('2024-06-03T09:00'))).toBeUndefined()
    expect(next('KRX', Number.NaN)).toBeUndefined()
  })
})

describe('whether a venue is open', () => {
  it('is asked about any session, or about one', () => {
    expect(isOpen('KRX', kst('2026-10-13T18:00'))).toBe(true)
    expect(isOpen('KRX', kst('2026-10-13T18:00'), 'after-market')).toBe(true)
    expect(isOpen('KRX', kst('2026-10-13T18:00'), 'regular')).toBe(false)
    expect(isOpen('KRX', kst('2026-10-13T20:00'))).toBe(false)
    expect(isOpen('NYS', kst('2026-10-13T22:30'), 'regular')).toBe(true)
  })

  it('depends on the hours of its day: at seven in the evening of August and of October 2026', () => {
    expect(isOpen('KRX', kst('2026-08-13T19:00'))).toBe(false)
    expect(isOpen('KRX', kst('2026-10-13T19:00'))).toBe(true)
    expect(isOpen('NXT', kst('2026-08-13T19:00'))).toBe(true)
    expect(sessionAt('KRX', kst('2026-08-13T17:00'))?.session).toBe('overtime-single-price')
    expect(sessionAt('KRX', kst('2026-10-13T17:00'))?.session).toBe('after-market')
    expect(sessionAt('KRX', kst('2026-08-13T08:25'))).toBeUndefined()
    expect(sessionAt('KRX', kst('2026-10-13T08:25'))?.session).toBe('opening-auction')
  })
})

describe('a calendar', () => {
  it('answers about any instant and any date without throwing', () => {
    const instants = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(8.64e15, -8.64e15, Number.NaN, Infinity))
    fc.assert(
      fc.property(fc.constantFrom(...everyVenue), instants, (venue, time) => {
        const session = sessionAt(venue, time)
        expect(session === undefined || (session.opensAt <= time && time < session.closesAt)).toBe(true)
        nextSession(venue, time)
        expect(Array.isArray(sessionsOn(venue, time))).toBe(true)
      }),
      tries(500),
    )
  })

  it('agrees with itself: what is on is the last to have opened, and the next comes later', () => {
    const instants = fc.integer({ min: kst('2019-05-01T00:00'), max: kst('2030-01-01T00:00') })
    fc.assert(
      fc.property(fc.constantFrom(...everyVenue), instants, (venue, time) => {
        const now = sessionAt(venue, time)
        const following = nextSession(venue, time)
        if (now !== undefined) {
          expect(sessionsOn(venue, now.date)).toContainEqual(now)
          expect(nextSession(venue, now.opensAt - 1)).toEqual(now)
        }
        if (following !== undefined) {
          expect(following.opensAt).toBeGreaterThanOrEqual(now?.closesAt ?? time)
          expect(sessionAt(venue, following.opensAt)).toEqual(following)
        }
      }),
      tries(1_000),
    )
  })

  it('gives the same answers after it forgot: more days than it keeps, back and forth', () => {
    const calendar = createCalendar()
    const dates = Array.from({ length: 1_500 }, (_, index) => kst('2022-01-01T09:00') + index * 86_400_000)
    const ask = () => dates.map(time => calendar.sessionAt('KRX', time)?.session)
    expect(ask()).toEqual(ask())
    expect(calendar.sessionAt('KRX', kst('2022-01-04T09:00'))?.session).toBe('regular')
  })

  it('takes no list and no country that it does not know', () => {
    const changes = (of: object) => () => createCalendar(of)
    expect(changes({ holiday: { KR: [20261013] } })).toThrow('holiday is no option here; did you mean holidays?')
    expect(changes({ holidays: { kr: [20261013] } })).toThrow('holidays.kr is no option here; did you mean KR?')
    expect(changes({ halfDays: { KR: [20261013] } })).toThrow('halfDays.KR is no option here')
  })
})
