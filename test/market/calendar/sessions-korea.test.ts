import { describe, expect, it } from 'vitest'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { timeline } from './timeline.ts'

describe('KRX', () => {
  it('had an overtime single price until 11 September 2026', () => {
    const expected = [
      '08:30:00 opening-auction',
      '09:00:00 regular',
      '15:20:00 closing-auction',
      '15:30:00 -',
      '15:40:00 closing-price',
      '16:00:00 overtime-single-price',
      '18:00:00 -',
    ]
    expect(timeline('KRX', '2026-08-13T00:00+09:00')).toEqual(expected)
    expect(timeline('KRX:005930', '2026-09-11T00:00+09:00')).toEqual(expected)
    expect(timeline('KRX', '2019-04-29T00:00+09:00')).toEqual(expected)
  })

  it('has an after-market, and an opening auction ten minutes longer, since 14 September 2026', () => {
    const expected = [
      '08:20:00 opening-auction',
      '09:00:00 regular',
      '15:20:00 closing-auction',
      '15:30:00 -',
      '15:40:00 closing-price',
      '16:00:00 after-market',
      '20:00:00 -',
    ]
    expect(timeline('KRX', '2026-09-14T00:00+09:00')).toEqual(expected)
    expect(timeline('KRX', '2026-10-13T00:00+09:00')).toEqual(expected)
  })

  it('is not known before its hours are', () => {
    expect(timeline('KRX', '2019-04-26T00:00+09:00')).toEqual([])
  })

  it('opens an hour later on the first trading day of the year, and closes as usual', () => {
    expect(timeline('KRX', '2026-01-02T00:00+09:00')).toEqual([
      '09:30:00 opening-auction',
      '10:00:00 regular',
      '15:20:00 closing-auction',
      '15:30:00 -',
      '15:40:00 closing-price',
      '16:00:00 overtime-single-price',
      '18:00:00 -',
    ])
    expect(timeline('KRX', '2027-01-04T00:00+09:00')).toEqual([
      '09:20:00 opening-auction',
      '10:00:00 regular',
      '15:20:00 closing-auction',
      '15:30:00 -',
      '15:40:00 closing-price',
      '16:00:00 after-market',
      '20:00:00 -',
    ])
  })

  it.each(['2024-11-14', '2025-11-13'])(
    'runs an hour late on the exam day %s, but ends its last session as usual',
    day => {
      expect(timeline('KRX', `${day}T00:00+09:00`)).toEqual([
        '09:30:00 opening-auction',
        '10:00:00 regular',
        '16:20:00 closing-auction',
        '16:30:00 -',
        '16:40:00 closing-price',
        '17:00:00 overtime-single-price',
        '18:00:00 -',
      ])
    },
  )

  it.each(['2026-11-19', '2027-11-18'])('goes from the exam day %s into its after-market', day => {
    expect(timeline('KRX', `${day}T00:00+09:00`)).toEqual([
      '09:20:00 opening-auction',
      '10:00:00 regular',
      '16:20:00 closing-auction',
      '16:30:00 -',
      '16:40:00 closing-price',
      '17:00:00 after-market',
      '20:00:00 -',
    ])
  })
})

describe('Nextrade', () => {
  it('opened on 4 March 2025', () => {
    expect(timeline('NXT', '2025-02-28T00:00+09:00')).toEqual([])
    expect(standardCalendar.sessionsOn('NXT', 20250304)).toHaveLength(4)
  })

  it.each(['2025-03-05', '2026-08-13', '2026-09-14'])('trades from eight to eight on %s, with two pauses', day => {
    expect(timeline('NXT', `${day}T00:00+09:00`)).toEqual([
      '08:00:00 pre-market',
      '08:50:00 -',
      '09:00:30 regular',
      '15:20:00 -',
      '15:30:00 single-price',
      '15:40:00 after-market',
      '20:00:00 -',
    ])
  })

  it('has no pre-market on the first trading day of the year', () => {
    expect(timeline('NXT:005930', '2026-01-02T00:00+09:00')).toEqual([
      '10:00:30 regular',
      '15:20:00 -',
      '15:30:00 single-price',
      '15:40:00 after-market',
      '20:00:00 -',
    ])
  })

  it('has none on the exam day either, and runs an hour late until eight', () => {
    expect(timeline('NXT', '2025-11-13T00:00+09:00')).toEqual([
      '10:00:30 regular',
      '16:20:00 -',
      '16:30:00 single-price',
      '16:40:00 after-market',
      '20:00:00 -',
    ])
  })
})

describe('KRX and Nextrade, unified', () => {
  it('is whichever of the two trades more freely', () => {
    expect(timeline('UN', '2026-08-13T00:00+09:00')).toEqual([
      '08:00:00 pre-market',
      '08:50:00 opening-auction',
      '09:00:00 regular',
      '15:20:00 closing-auction',
      '15:30:00 single-price',
      '15:40:00 after-market',
      '20:00:00 -',
    ])
    expect(timeline('UN:005930', '2026-10-13T00:00+09:00')).toEqual(timeline('UN', '2026-08-13T00:00+09:00'))
  })

  it('follows the exam day', () => {
    expect(timeline('UN', '2026-11-19T00:00+09:00')).toEqual([
      '09:20:00 opening-auction',
      '10:00:00 regular',
      '16:20:00 closing-auction',
      '16:30:00 single-price',
      '16:40:00 after-market',
      '20:00:00 -',
    ])
  })

  it('was KRX alone before Nextrade', () => {
    expect(timeline('UN', '2024-08-13T00:00+09:00')).toEqual(timeline('KRX', '2024-08-13T00:00+09:00'))
  })

  it('joins what runs on from one venue to the other into one session', () => {
    expect(standardCalendar.sessionAt('UN', Date.parse('2026-10-13T18:00+09:00'))).toEqual({
      session: 'after-market',
      opensAt: Date.parse('2026-10-13T15:40+09:00'),
      closesAt: Date.parse('2026-10-13T20:00+09:00'),
      date: 20261013,
    })
  })
})

describe('a session', () => {
  it('includes its first millisecond and excludes its last', () => {
    const [opens, closes] = [Date.parse('2026-10-13T09:00+09:00'), Date.parse('2026-10-13T15:20+09:00')]
    const name = (time: number) => standardCalendar.sessionAt('KRX', time)?.session
    expect([opens - 1, opens, closes - 1, closes].map(name)).toEqual([
      'opening-auction',
      'regular',
      'regular',
      'closing-auction',
    ])
  })

  it.each(['KRX', 'NXT', 'UN'] as const)('does not take place at %s on Saturdays and Sundays', venue => {
    expect(timeline(venue, '2026-10-10T00:00+09:00')).toEqual([])
    expect(timeline(venue, '2026-10-11T00:00+09:00')).toEqual([])
  })
})
