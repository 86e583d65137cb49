import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minuteMs } from '../../../market/basics/durations.ts'
import { createCalendar } from '../../../market/calendar/calendar.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { type KeyValidationOptions, mayValidateKeys } from '../../../market/calendar/key-validation-windows.ts'
import { tries } from '../../support/property.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)
const open = 'Market is Open'
/** Nothing is open then, and the guide allows it all the same only in its two gaps. */
const outside = 'Outside the allowed windows'
const nextrade = { watched: ['NXT:005930'] } as const

/** 'allowed', or why not and, in Korean time, from when. */
function verdict(time: string, options?: KeyValidationOptions): string {
  const { reason, next } = mayValidateKeys(kst(time), options)
  return reason === undefined
    ? 'allowed'
    : `${reason} ${new Date(next + 9 * 3_600_000).toISOString().slice(5, 19).replace('T', ' ')}`
}

describe('checking keys on a trading day', () => {
  it('is allowed in summer from six to eight, and after the KRX after-market to ten', () => {
    expect(verdict('2026-10-13T05:59:59')).toBe(`${outside} 10-13 06:00:00`)
    expect(verdict('2026-10-13T06:00')).toBe('allowed')
    expect(verdict('2026-10-13T07:59:59.999')).toBe('allowed')
    expect(verdict('2026-10-13T08:00')).toBe(`${outside} 10-13 20:00:00`)
    expect(verdict('2026-10-13T08:30')).toBe(`${open} 10-13 20:00:00`)
    expect(verdict('2026-10-13T16:45')).toBe(`${open} 10-13 20:00:00`)
    expect(verdict('2026-10-13T19:59:59.999')).toBe(`${open} 10-13 20:00:00`)
    expect(verdict('2026-10-13T20:00')).toBe('allowed')
    expect(verdict('2026-10-13T21:59:59.999')).toBe('allowed')
    expect(verdict('2026-10-13T22:00')).toBe(`${outside} 10-14 06:00:00`)
    expect(verdict('2026-10-13T22:30')).toBe(`${open} 10-14 06:00:00`)
  })

  it('is allowed in winter at six sharp, when New York closes', () => {
    expect(verdict('2026-11-24T05:30')).toBe(`${open} 11-24 06:00:00`)
    expect(verdict('2026-11-24T05:59:59.999')).toBe(`${open} 11-24 06:00:00`)
    expect(verdict('2026-11-24T06:00')).toBe('allowed')
    expect(verdict('2026-11-24T23:15')).toBe(`${outside} 11-25 06:00:00`)
    expect(verdict('2026-11-24T23:30')).toBe(`${open} 11-25 06:00:00`)
  })

  it('was allowed from five in the evening until September 2026: the overtime single price did not count', () => {
    expect(verdict('2026-08-13T16:29:59')).toBe(`${open} 08-13 17:00:00`)
    expect(verdict('2026-08-13T16:30')).toBe(`${outside} 08-13 17:00:00`)
    expect(verdict('2026-08-13T17:00')).toBe('allowed')
    expect(verdict('2026-09-11T17:00')).toBe('allowed')
    expect(verdict('2026-09-14T17:00')).toBe(`${open} 09-14 20:00:00`)
  })

  it('counts Nextrade where it is watched', () => {
    expect(verdict('2026-08-13T17:00', nextrade)).toBe(`${open} 08-13 20:00:00`)
    expect(verdict('2026-08-13T20:00', nextrade)).toBe('allowed')
    expect(verdict('2026-08-13T17:00', { watched: ['NAS:AAPL', 'UN:005930'] })).toBe(`${open} 08-13 20:00:00`)
    expect(verdict('2026-08-13T17:00', { watched: ['KRX:005930', 'NAS:AAPL'] })).toBe('allowed')
    expect(verdict('2026-10-13T08:00', nextrade)).toBe(`${open} 10-13 20:00:00`)
  })

  it('heeds a half day in New York and the exam day in Korea', () => {
    expect(verdict('2026-11-28T02:59:59')).toBe(`${open} 11-28 06:00:00`)
    expect(verdict('2026-11-28T03:00')).toBe(`${outside} 11-28 06:00:00`)
    expect(verdict('2026-11-19T16:59')).toBe(`${open} 11-19 20:00:00`)
    expect(verdict('2025-11-13T16:45')).toBe(`${open} 11-13 17:00:00`)
  })
})

describe('checking keys on other days', () => {
  it('is allowed on Saturday morning as soon as Friday is over in New York', () => {
    expect(verdict('2026-11-28T06:00')).toBe('allowed')
    expect(verdict('2026-12-05T05:59:59')).toBe(`${open} 12-05 06:00:00`)
    expect(verdict('2026-12-05T06:00')).toBe('allowed')
    expect(verdict('2026-10-10T05:00')).toBe(`${outside} 10-10 06:00:00`)
    expect(verdict('2026-10-10T06:00')).toBe('allowed')
  })

  it('is allowed on weekends in both windows, and only there', () => {
    for (const day of ['2026-10-10', '2026-10-11', '2026-11-28', '2026-11-29']) {
      expect(verdict(`${day}T07:59`)).toBe('allowed')
      expect(verdict(`${day}T12:00`)).toContain(`${outside} ${day.slice(5)} 17:00:00`)
      expect(verdict(`${day}T17:00`)).toBe('allowed')
      expect(verdict(`${day}T21:59`, nextrade)).toBe('allowed')
      expect(verdict(`${day}T22:00`)).toContain(outside)
    }
  })

  it('is allowed on Lunar New Year from five in the evening, though not while New York trades', () => {
    expect(verdict('2026-02-17T10:00')).toBe(`${outside} 02-17 17:00:00`)
    expect(verdict('2026-02-17T17:00', nextrade)).toBe('allowed')
    expect(verdict('2026-02-17T23:30')).toBe(`${open} 02-18 06:00:00`)
    expect(verdict('2026-02-16T23:30')).toBe(`${outside} 02-17 06:00:00`) // Presidents' Day
  })

  it('is allowed on Thanksgiving outside Korean hours', () => {
    expect(verdict('2026-11-26T23:45')).toBe(`${outside} 11-27 06:00:00`)
    expect(verdict('2026-11-26T18:00')).toBe(`${open} 11-26 20:00:00`)
  })

  it('follows the calendar it is given', () => {
    const calendar = createCalendar({ holidays: { KR: [20261013] }, openDays: { KR: [20261010] } })
    expect(verdict('2026-10-13T17:00', { calendar })).toBe('allowed')
    expect(verdict('2026-10-10T17:00', { calendar })).toBe(`${open} 10-10 20:00:00`)
  })
})

describe('the next time keys may be checked', () => {
  it('is the first minute on which it is allowed, and none before it is', () => {
    const minutes = fc.integer({ min: kst('2026-01-01T00:00') / minuteMs, max: kst('2027-12-30T00:00') / minuteMs })
    const watched = fc.constantFrom<readonly Instrument[]>([], ['NXT:005930'], ['NAS:AAPL'])
    fc.assert(
      fc.property(minutes, watched, (minute, instruments) => {
        const time = minute * minuteMs
        const options = { watched: instruments }
        const { next } = mayValidateKeys(time, options)
        expect(next - time).toBeLessThan(86_400_000)
        expect(mayValidateKeys(next, options)).toEqual({ allowed: true, reason: undefined, next })
        for (let earlier = time; earlier < next; earlier += minuteMs) {
          if (mayValidateKeys(earlier, options).allowed)
            throw new Error(`allowed at ${new Date(earlier).toISOString()}`)
        }
      }),
      tries(100),
    )
  })

  it('is never, on an instant that is none', () => {
    expect(mayValidateKeys(Number.NaN)).toEqual({
      allowed: false,
      reason: outside,
      next: Number.POSITIVE_INFINITY,
    })
  })
})
