import { expect, it } from 'vitest'
import { tradingDates } from '../../recording/trading-date.ts'
import { kst } from '../support/frames.ts'

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
