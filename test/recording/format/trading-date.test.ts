import { describe, expect, it } from 'vitest'
import { filingDate, tradingDates } from '../../../recording/format/trading-date.ts'
import { kst } from '../../support/wire/frames.ts'

it.each([
  ['KR', '2026-09-14T00:00:00', 20260914],
  ['KR', '2026-09-14T23:59:59', 20260914],
  // Summer: New York is 13 hours behind.
  ['US', '2026-09-14T08:59:59', 20260913],
  ['US', '2026-09-14T09:00:00', 20260914],
  ['US', '2026-09-15T00:00:00', 20260914],
  ['US', '2026-09-15T08:59:59', 20260914],
  ['US', '2026-09-15T09:00:00', 20260915],
  // Winter: 14.
  ['US', '2026-12-15T09:59:59', 20261214],
  ['US', '2026-12-15T10:00:00', 20261215],
] as const)('of the %s market at %s is %i', (market, time, date) => {
  const dates = tradingDates()
  expect(dates.of(market, kst(time))).toBe(date)
  expect(dates.of(market, kst(time))).toBe(date)
})

describe('the date under which a recorder files', () => {
  /** The dates it is at, one for each thing that comes. */
  function filed(...arrivals: readonly (readonly ['KR' | 'US', string])[]): number[] {
    const dates = filingDate()
    let date = 0
    return arrivals.map(([market, time]) => {
      const next = dates.next(market, kst(time))
      if (next !== undefined) dates.begin((date = next), kst(time))
      return date
    })
  }

  it('does not go back where two markets take turns, or a clock is corrected by a little', () => {
    expect(
      filed(
        ['US', '2026-09-15T02:00:00'],
        ['KR', '2026-09-15T02:00:01'],
        ['US', '2026-09-15T02:00:02'],
        ['KR', '2026-09-15T23:59:59'],
        ['KR', '2026-09-16T00:00:30'],
        ['KR', '2026-09-15T23:59:50'],
      ),
    ).toEqual([20260914, 20260915, 20260915, 20260915, 20260916, 20260916])
  })

  it.each(['2026-09-15T10:00:00', '2026-10-14T10:00:00', '2036-01-02T10:00:00'])(
    'goes back with a clock that was at %s for a moment',
    future => {
      const ahead = Number(future.slice(0, 10).replaceAll('-', ''))
      expect(
        filed(
          ['KR', '2026-09-14T10:00:00'],
          ['KR', future],
          ['KR', '2026-09-14T10:00:01'],
          ['KR', '2026-09-14T10:00:02'],
          ['KR', '2026-09-15T09:00:00'],
        ),
      ).toEqual([20260914, ahead, 20260914, 20260914, 20260915])
    },
  )

  it('goes back once: the two markets take their turns again', () => {
    expect(
      filed(
        ['KR', '2026-09-15T02:00:00'],
        ['KR', '2026-09-17T02:00:00'],
        ['KR', '2026-09-15T02:00:01'],
        ['US', '2026-09-15T02:00:02'],
        ['KR', '2026-09-15T02:00:03'],
      ),
    ).toEqual([20260915, 20260917, 20260915, 20260915, 20260915])
  })
})
