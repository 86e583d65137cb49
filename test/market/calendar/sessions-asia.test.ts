import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../../market/calendar/calendar.ts'
import type { Venue } from '../../../market/instrument.ts'
import { venues } from '../../../market/instrument.ts'
import { homeOf, sessionsByVenue } from '../../../market/calendar/sessions.ts'
import { timeOfDay } from '../../../market/calendar/wall-clock.ts'
import { timeline, wallClock } from './timeline.ts'

describe('the other Asian exchanges', () => {
  it('open Hong Kong with an auction and close it with another, lunch in between', () => {
    expect(timeline('HKS', '2026-10-13T00:00+08:00', wallClock('Asia/Hong_Kong'))).toEqual([
      '09:00:00 opening-auction',
      '09:30:00 regular',
      '12:00:00 -',
      '13:00:00 regular',
      '16:00:00 closing-auction',
      '16:10:00 -',
    ])
  })

  it('send Hong Kong home at noon on the half days one tells of', () => {
    const calendar = createCalendar({ halfDays: { HK: [20261224, 20261231] } })
    expect(timeline('HKS', '2026-12-24T00:00+08:00', wallClock('Asia/Hong_Kong'), calendar)).toEqual([
      '09:00:00 opening-auction',
      '09:30:00 regular',
      '12:00:00 closing-auction',
      '12:10:00 -',
    ])
  })

  it('close Tokyo at half past three since 5 November 2024', () => {
    const tokyo = wallClock('Asia/Tokyo')
    expect(timeline('TSE', '2024-11-01T00:00+09:00', tokyo)).toEqual([
      '09:00:00 regular',
      '11:30:00 -',
      '12:30:00 regular',
      '15:00:00 -',
    ])
    expect(timeline('TSE', '2024-11-05T00:00+09:00', tokyo)).toEqual([
      '09:00:00 regular',
      '11:30:00 -',
      '12:30:00 regular',
      '15:25:00 closing-auction',
      '15:30:00 -',
    ])
  })

  it.each(['SHS', 'SZS'] as const)('give %s two auctions and a long lunch', venue => {
    expect(timeline(venue, '2026-10-13T00:00+08:00', wallClock('Asia/Shanghai'))).toEqual([
      '09:15:00 opening-auction',
      '09:25:00 -',
      '09:30:00 regular',
      '11:30:00 -',
      '13:00:00 regular',
      '14:57:00 closing-auction',
      '15:00:00 -',
    ])
  })

  it('end the day in Vietnam at a quarter to three, and in Hanoi at the closing price', () => {
    const vietnam = wallClock('Asia/Ho_Chi_Minh')
    expect(timeline('HSX', '2026-10-13T00:00+07:00', vietnam)).toEqual([
      '09:00:00 opening-auction',
      '09:15:00 regular',
      '11:30:00 -',
      '13:00:00 regular',
      '14:30:00 closing-auction',
      '14:45:00 -',
    ])
    expect(timeline('HNX', '2026-10-13T00:00+07:00', vietnam)).toEqual([
      '09:00:00 regular',
      '11:30:00 -',
      '13:00:00 regular',
      '14:30:00 closing-auction',
      '14:45:00 closing-price',
      '15:00:00 -',
    ])
  })
})

describe('every timetable', () => {
  const tables = Object.entries(sessionsByVenue).flatMap(([venue, { timetables }]) =>
    timetables.flatMap(({ from, ...kinds }) =>
      Object.entries(kinds).map(([kind, hours]) => ({ name: `${venue} from ${from}, ${kind}`, hours })),
    ),
  )

  it.each(tables)('$name is in order and without overlaps', ({ hours }) => {
    const times = hours.flatMap(([, opens, closes]) => [timeOfDay(opens), timeOfDay(closes)])
    expect(times).not.toContain(Number.NaN)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    for (const [, opens, closes] of hours) expect(timeOfDay(opens)).toBeLessThan(timeOfDay(closes))
  })

  it.each(Object.keys(venues) as Venue[])('of %s comes in order of date, in a zone of its own', venue => {
    const dates = homeOf(venue).timetables.map(({ from }) => from)
    expect(dates).toEqual([...dates].sort((a, b) => a - b))
    // The day market goes by Korea's clock, though its business dates are New York's.
    const zone = venue.startsWith('BA') ? 'Asia/Seoul' : venues[venue].zone
    expect(homeOf(venue).zone).toBe(zone)
  })
})
