import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import { dateIn, dayIn, instantIn } from '../../../market/calendar/zone.ts'
import { venues } from '../../../market/instrument.ts'
import { tries } from '../../support/property.ts'

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

describe('the wall clock of any zone of a venue, from 2007 to 2037', () => {
  const zones = [...new Set<string>(Object.values(venues).map(({ zone }) => zone))]
  const wallClocks = new Map(
    zones.map(zone => [
      zone,
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }),
    ]),
  )
  /** `2026-09-14 09:00:01` */
  const wallClock = (zone: string, time: number) => wallClocks.get(zone)?.format(time) ?? ''
  const anyZone = fc.constantFrom(...zones)
  const instants = fc.integer({ min: Date.UTC(2007, 0, 2), max: Date.UTC(2037, 11, 30) })

  it('shows the date that Intl says', () => {
    fc.assert(
      fc.property(anyZone, instants, (zone, time) => {
        expect(dateIn(zone, time)).toBe(Number(wallClock(zone, time).slice(0, 10).replaceAll('-', '')))
      }),
      tries(5_000),
    )
  })

  it('is met again by Intl at the instant of a time of day, except for the hour that is skipped', () => {
    const anyHour = fc.integer({ min: 0, max: 23 })
    fc.assert(
      fc.property(anyZone, instants, anyHour, (zone, time, hour) => {
        const date = dateIn(zone, time)
        const shown = wallClock(zone, instantIn(zone, date, hour * hourMs))
        const isSkipped = hour === 2 && hours(zone, date) === 23
        expect(shown.slice(11)).toBe(`${String(isSkipped ? 3 : hour).padStart(2, '0')}:00:00`)
      }),
      tries(5_000),
    )
  })

  it('changes in New York at 02:00: an hour is skipped in March, and one comes twice in November', () => {
    const inNewYork = (date: number, hour: number) => new Date(instantIn('America/New_York', date, hour * hourMs))
    expect(inNewYork(20260308, 1.5)).toEqual(new Date('2026-03-08T06:30:00Z'))
    expect(inNewYork(20260308, 2.5)).toEqual(new Date('2026-03-08T07:30:00Z'))
    expect(inNewYork(20260308, 3)).toEqual(new Date('2026-03-08T07:00:00Z'))
    expect(inNewYork(20261101, 1.5)).toEqual(new Date('2026-11-01T05:30:00Z'))
    expect(inNewYork(20261101, 2)).toEqual(new Date('2026-11-01T07:00:00Z'))
  })
})
