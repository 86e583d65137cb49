// How long to wait before the next attempt: decorrelated jitter, so that the clients of one network do not
// return in step. The caller keeps the seed of the random numbers, so a test can predict the waits.
import type { Timing } from './timing.ts'

export type Backoff = { readonly waitMs: number; readonly seed: number }

/** Between `shortest` and three times the previous wait, at most `longest`. */
export function nextBackoff(previous: Backoff, shortest: number, longest: number): Backoff {
  const { value, seed } = random(previous.seed)
  const ceiling = Math.max(shortest, previous.waitMs * 3)
  return { waitMs: Math.min(longest, Math.round(shortest + value * (ceiling - shortest))), seed }
}

/** One step of mulberry32: a number in [0, 1) and the next seed. */
function random(seed: number): { value: number; seed: number } {
  const next = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(next ^ (next >>> 15), 1 | next)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, seed: next }
}

/** Parts of `lingerMs`: 45, 50 and 120 s of 45. */
const lingerSteps = [1, 10 / 9, 8 / 3]

/** How long to wait after the `times`th OPSP8996 in a row, from 1. The last step doubles. */
export function occupiedWait(
  times: number,
  isOwnerGone: boolean,
  { occupiedMs, lingerMs, longestOccupiedMs }: Pick<Timing, 'occupiedMs' | 'lingerMs' | 'longestOccupiedMs'>,
): number {
  const steps = isOwnerGone ? lingerSteps.map(step => Math.round(step * lingerMs)) : [occupiedMs]
  const step = steps[Math.min(times, steps.length) - 1] ?? occupiedMs
  const doublings = Math.max(0, times - steps.length)
  return Math.min(longestOccupiedMs, step * 2 ** doublings)
}
