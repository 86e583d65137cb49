// KIS's Korean times → instants.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantNear, instantOf } from '../../kis/kst-time.ts'
import { dateDigits, koreanTimeOfDay } from '../../market/calendar/korea-time.ts'
import { kst } from '../support/wire/frames.ts'
import { tries } from '../support/property.ts'

const halfDayMs = 12 * 3_600_000
const second = fc.integer({ min: kst('1990-01-01T00:00:00') / 1000, max: kst('2099-12-31T23:59:59') / 1000 })

/** An instant's time of day as KIS writes it, 90001 for nine o'clock and a second. */
function clockDigits(time: number): number {
  const seconds = Math.floor(koreanTimeOfDay(time) / 1000)
  return Math.floor(seconds / 3600) * 10_000 + (Math.floor(seconds / 60) % 60) * 100 + (seconds % 60)
}

describe('the instant of a Korean date and time', () => {
  it.each([
    [20260914, 90001, '2026-09-14T09:00:01'],
    [20260914, 0, '2026-09-14T00:00:00'],
    [20260914, 235959, '2026-09-14T23:59:59'],
    [20240229, 120000, '2024-02-29T12:00:00'],
  ])('%d %d', (date, time, expected) => {
    expect(instantOf(date, time)).toBe(kst(expected))
  })

  it('is the one that reads so on a Korean clock', () => {
    fc.assert(
      fc.property(second, seconds => {
        const time = seconds * 1000
        expect(instantOf(dateDigits(time), clockDigits(time))).toBe(time)
      }),
      tries(2_000),
    )
  })

  it.each([
    [-1, 90000],
    [0, 90000],
    [20260931, 90000],
    [20261301, 90000],
    [20270229, 90000],
    [20260914, -1],
    [20260914, 240000],
    [20260914, 96000],
    [20260914, 90060],
    [Number.NaN, 90000],
    [20260914, Number.NaN],
  ])('%d %d does not exist', (date, time) => {
    expect(instantOf(date, time)).toBeNull()
    expect(instantOf(20260914, 90000)).toBe(kst('2026-09-14T09:00:00'))
    expect(instantOf(date, time)).toBeNull()
  })
})

describe('the instant of a Korean time without a date', () => {
  it('is within half a day of when it was received, and reads so on a Korean clock', () => {
    fc.assert(
      fc.property(second, fc.nat({ max: 86_399 }), fc.nat({ max: 999 }), (seconds, secondOfDay, ms) => {
        const receivedTime = seconds * 1000 + ms
        const digits = clockDigits(secondOfDay * 1000 - 9 * 3_600_000)
        const time = instantNear(receivedTime, digits)
        expect(Math.abs((time ?? Number.NaN) - receivedTime)).toBeLessThanOrEqual(halfDayMs)
        expect(clockDigits(time ?? 0)).toBe(digits)
      }),
      tries(2_000),
    )
  })

  it.each([-1, 240000, 126000, 120060, 999999, Number.NaN])('does not exist for %d', digits => {
    expect(instantNear(kst('2026-09-14T12:00:00'), digits)).toBeNull()
  })
})
