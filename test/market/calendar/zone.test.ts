import { describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import { dayIn } from '../../../market/calendar/zone.ts'

function hours(zone: string, date: number): number {
  const day = dayIn(zone, date)
  return day === undefined ? Number.NaN : (day.endTime - day.startTime) / hourMs
}

describe('a date in a zone', () => {
  it('lasts from midnight to midnight of that zone', () => {
    expect(dayIn('Asia/Seoul', 20260914)).toEqual({
      startTime: Date.parse('2026-09-14T00:00:00+09:00'),
      endTime: Date.parse('2026-09-15T00:00:00+09:00'),
    })
    expect(dayIn('America/New_York', 20260914)).toEqual({
      startTime: Date.parse('2026-09-14T00:00:00-04:00'),
      endTime: Date.parse('2026-09-15T00:00:00-04:00'),
    })
  })

  it('is 23 hours long when New York changes to summer time, and 25 when it changes back', () => {
    expect(hours('America/New_York', 20260307)).toBe(24)
    expect(hours('America/New_York', 20260308)).toBe(23)
    expect(hours('America/New_York', 20261101)).toBe(25)
    expect(hours('Asia/Seoul', 20260308)).toBe(24)
  })

  it('ends where the next one begins, over months, years and leap days', () => {
    for (const [date, next] of [
      [20260930, 20261001],
      [20261231, 20270101],
      [20280228, 20280229],
      [20280229, 20280301],
    ] as const) {
      expect(dayIn('America/New_York', date)?.endTime).toBe(dayIn('America/New_York', next)?.startTime)
    }
  })

  it.each([0, 20260230, 20261301, 20270229, 260914, -20260914, 20260914.5, Number.NaN])(
    'does not exist for %d',
    date => {
      expect(dayIn('Asia/Seoul', date)).toBeUndefined()
      expect(dayIn('Asia/Seoul', date)).toBeUndefined()
    },
  )

  it('is found once and then remembered, until there are too many to remember', () => {
    const first = dayIn('Asia/Tokyo', 20260914)
    expect(dayIn('Asia/Tokyo', 20260914)).toBe(first)
    for (let year = 2000; year < 2013; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 1; day <= 28; day++) dayIn('Asia/Tokyo', year * 10_000 + month * 100 + day)
      }
    }
    expect(dayIn('Asia/Tokyo', 20260914)).toEqual(first)
  })
})
