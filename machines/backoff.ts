// How long to wait before the next attempt: decorrelated jitter, so that the clients of one network do not return in step. Random
// numbers come from a seed kept by the caller, so a test can tell what will happen.

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
