import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextBackoff } from '../../machines/backoff.ts'
import { tries } from '../support/property.ts'

it('a wait is never shorter than the shortest, nor longer than the longest or three times the one before', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(100_000), (seed, waitMs) => {
      const next = nextBackoff({ seed, waitMs }, 3_000, 60_000)
      expect(next.waitMs).toBeGreaterThanOrEqual(3_000)
      expect(next.waitMs).toBeLessThanOrEqual(Math.min(60_000, Math.max(3_000, waitMs * 3)))
    }),
    tries(1_000),
  )
})

it('waits spread over the whole range, and one seed always gives the same waits', () => {
  const row = (seed: number) => {
    const waits: number[] = []
    for (let last = { seed, waitMs: 10_000 }; waits.length < 200; last = { ...last, waitMs: 10_000 }) {
      last = nextBackoff(last, 3_000, 60_000)
      waits.push(last.waitMs)
    }
    return waits
  }
  expect(Math.min(...row(1))).toBeLessThan(6_000)
  expect(Math.max(...row(1))).toBeGreaterThan(27_000)
  expect(row(1)).toEqual(row(1))
  expect(row(1)).not.toEqual(row(2))
})
