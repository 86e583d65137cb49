import { describe, expect, it } from 'vitest'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { newYork, seoul, timeline } from './timeline.ts'

const ordinaryDay = ['04:00:00 pre-market', '09:30:00 regular', '16:00:00 after-market', '20:00:00 -']
const halfDay = ['04:00:00 pre-market', '09:30:00 regular', '13:00:00 after-market', '17:00:00 -']

describe.each(['NAS', 'NYS', 'AMS'] as const)('%s', venue => {
  it('trades from four to eight in New York, summer and winter', () => {
    expect(timeline(venue, '2026-07-01T00:00-04:00', newYork)).toEqual(ordinaryDay)
    expect(timeline(venue, '2026-12-01T00:00-05:00', newYork)).toEqual(ordinaryDay)
  })

  it('trades across midnight in Korea, an hour later in winter', () => {
    expect(timeline(venue, '2026-07-01T12:00+09:00', seoul)).toEqual([
      '17:00:00 pre-market',
      '22:30:00 regular',
      '05:00:00 after-market',
      '09:00:00 -',
    ])
    expect(timeline(venue, '2026-12-01T12:00+09:00', seoul)).toEqual([
      '18:00:00 pre-market',
      '23:30:00 regular',
      '06:00:00 after-market',
      '10:00:00 -',
    ])
  })

  it('closes at one on half days, and its after-market at five', () => {
    expect(timeline(venue, '2026-11-27T00:00-05:00', newYork)).toEqual(halfDay)
    expect(timeline(venue, '2025-07-03T00:00-04:00', newYork)).toEqual(halfDay)
  })

  it('rests on weekends and holidays', () => {
    for (const day of ['2026-11-21', '2026-11-22', '2026-11-26']) {
      expect(timeline(venue, `${day}T00:00-05:00`, newYork)).toEqual([])
    }
  })
})

describe('the days on which New York changes its clock', () => {
  it('move the sessions by an hour in Korea from Friday to Monday, and not at all in New York', () => {
    for (const [friday, monday] of [
      ['2026-03-06T00:00-05:00', '2026-03-09T00:00-04:00'],
      ['2026-10-30T00:00-04:00', '2026-11-02T00:00-05:00'],
    ] as const) {
      expect(timeline('NAS', friday, newYork)).toEqual(ordinaryDay)
      expect(timeline('NAS', monday, newYork)).toEqual(ordinaryDay)
    }
    const regularInKorea = (date: number) =>
      standardCalendar
        .sessionsOn('NYS', date)
        .filter(({ session }) => session === 'regular')
        .map(({ opensAt, closesAt }) => `${seoul(opensAt)}–${seoul(closesAt)}`)
    expect(regularInKorea(20260306)).toEqual(['23:30:00–06:00:00'])
    expect(regularInKorea(20260309)).toEqual(['22:30:00–05:00:00'])
    expect(regularInKorea(20261030)).toEqual(['22:30:00–05:00:00'])
    expect(regularInKorea(20261102)).toEqual(['23:30:00–06:00:00'])
  })
})

describe.each(['BAQ', 'BAY', 'BAA'] as const)('the day market %s', venue => {
  it('is open from ten to six in Korea, summer and winter', () => {
    for (const day of ['2026-07-01', '2026-12-01']) {
      expect(timeline(venue, `${day}T00:00+09:00`)).toEqual(['10:00:00 day-market', '18:00:00 -'])
    }
  })

  it("belongs to New York's next business date, which is Korea's", () => {
    const monday = standardCalendar.sessionAt(venue, Date.parse('2026-11-30T10:00+09:00'))
    expect(monday?.date).toBe(20261130)
    expect(newYork(monday?.opensAt ?? 0)).toBe('20:00:00')
  })

  it("keeps New York's holidays, not Korea's", () => {
    expect(timeline(venue, '2026-11-26T00:00+09:00')).toEqual([]) // Thanksgiving
    expect(timeline(venue, '2026-11-27T00:00+09:00')).toEqual(['10:00:00 day-market', '18:00:00 -']) // half day
    expect(timeline(venue, '2026-02-17T00:00+09:00')).toEqual(['10:00:00 day-market', '18:00:00 -']) // Lunar New Year
    expect(timeline(venue, '2026-11-28T00:00+09:00')).toEqual([])
  })
})
