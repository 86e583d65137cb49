import { describe, expect, it } from 'vitest'
import { createCalendar, standardCalendar } from '../../../market/calendar/calendar.ts'
import { newYork, timeline } from './timeline.ts'

describe('what the user knows better', () => {
  it('closes a day that was not announced', () => {
    const calendar = createCalendar({ holidays: { KR: [20261013], HK: [20261019], US: [20261013] } })
    expect(calendar.sessionsOn('KRX', 20261013)).toEqual([])
    expect(calendar.sessionsOn('NXT', 20261013)).toEqual([])
    expect(calendar.sessionsOn('UN:005930', 20261013)).toEqual([])
    expect(calendar.sessionsOn('NAS:AAPL', 20261013)).toEqual([])
    expect(calendar.sessionsOn('BAQ', 20261013)).toEqual([])
    expect(calendar.sessionsOn('HKS', 20261019)).toEqual([])
    expect(calendar.sessionsOn('TSE', 20261013)).not.toEqual([])
    expect(standardCalendar.sessionsOn('KRX', 20261013)).not.toEqual([])
  })

  it('opens a holiday, and even a Saturday', () => {
    const calendar = createCalendar({ openDays: { KR: [20261009, 20261010], US: [20261226] } })
    expect(timeline('KRX', '2026-10-09T00:00+09:00', undefined, calendar)).toEqual(
      timeline('KRX', '2026-10-08T00:00+09:00'),
    )
    expect(calendar.sessionsOn('KRX', 20261010)).toHaveLength(5)
    expect(calendar.sessionsOn('NYS', 20261226)).toHaveLength(3)
  })

  it('gives a day that opens late or is half the ordinary hours again', () => {
    const calendar = createCalendar({ openDays: { KR: [20270104, 20271118], US: [20261127] } })
    const ordinary = timeline('KRX', '2026-10-08T00:00+09:00')
    expect(timeline('KRX', '2027-01-04T00:00+09:00', undefined, calendar)).toEqual(ordinary)
    expect(timeline('KRX', '2027-11-18T00:00+09:00', undefined, calendar)).toEqual(ordinary)
    expect(timeline('NYS', '2026-11-27T00:00-05:00', newYork, calendar)).toContain('16:00:00 after-market')
  })

  it('adds late opens, exam days and half days', () => {
    const calendar = createCalendar({
      lateOpens: { KR: [20261013] },
      examDays: { KR: [20281116] },
      halfDays: { US: [20261013] },
    })
    expect(timeline('KRX', '2026-10-13T00:00+09:00', undefined, calendar)).toContain('10:00:00 regular')
    expect(timeline('KRX', '2026-10-13T00:00+09:00', undefined, calendar)).toContain('15:30:00 -')
    expect(timeline('NXT', '2028-11-16T00:00+09:00', undefined, calendar)).toContain('16:40:00 after-market')
    expect(timeline('NYS', '2026-10-13T00:00-04:00', newYork, calendar)).toContain('13:00:00 after-market')
  })

  it('must name dates that exist, each of them once', () => {
    expect(() => createCalendar({ holidays: { KR: [20260230, 260101] }, openDays: { US: [20261301] } })).toThrow(
      /holidays\.KR: 20260230 is no date.*260101 is no date.*openDays\.US: 20261301 is no date/,
    )
    expect(() => createCalendar({ holidays: { KR: [20261013] }, openDays: { KR: [20261013] } })).toThrow(
      'openDays.KR: 20261013 is listed twice',
    )
    expect(() => createCalendar({ holidays: { KR: [20261013], US: [20261013] } })).not.toThrow()
  })
})
