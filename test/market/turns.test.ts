// Whose turn it is, to the millisecond.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { koreanTurn, turnAt } from '../../market/calendar.ts'
import { formatKst } from '../../market/korea-time.ts'
import { kst } from '../support/frames.ts'
import { tries } from '../support/property.ts'

describe('the turn', () => {
  it.each([
    ['00:00:00.000', 'US'],
    ['08:29:59.999', 'US'],
    ['08:30:00.000', 'KR'],
    ['08:30:00.001', 'KR'],
    ['12:00:00.000', 'KR'],
    ['16:29:59.999', 'KR'],
    ['16:30:00.000', 'US'],
    ['16:30:00.001', 'US'],
    ['23:59:59.999', 'US'],
  ])('at %s KST is that of %s', (time, market) => {
    expect(turnAt(kst(`2026-09-14T${time}`))).toBe(market)
  })

  it('is the same every day of the year, weekends and New York’s summer time included', () => {
    for (const date of ['2026-01-01', '2026-03-08', '2026-09-13', '2026-11-01', '2028-02-29']) {
      expect(turnAt(kst(`${date}T08:29:59.999`))).toBe('US')
      expect(turnAt(kst(`${date}T08:30:00.000`))).toBe('KR')
      expect(turnAt(kst(`${date}T16:30:00.000`))).toBe('US')
    }
  })

  it('is Korea’s from 08:30 to 16:30 as a clock in Seoul reads it', () => {
    fc.assert(
      fc.property(fc.integer({ min: kst('1990-01-01T00:00:00'), max: kst('2100-01-01T00:00:00') }), time => {
        const clock = formatKst(time).slice(11, 23)
        expect(turnAt(time)).toBe(clock >= '08:30:00.000' && clock < '16:30:00.000' ? 'KR' : 'US')
      }),
      tries(2_000),
    )
  })

  it('changes at the times the schedule says', () => {
    const midnight = kst('2026-09-14T00:00:00')
    expect(turnAt(midnight + koreanTurn.startsAt - 1)).not.toBe(turnAt(midnight + koreanTurn.startsAt))
    expect(turnAt(midnight + koreanTurn.endsAt - 1)).not.toBe(turnAt(midnight + koreanTurn.endsAt))
  })
})
