// How long properties are tried, and with which numbers: always the same ones, so that a run can be repeated.

/** Raise `numRuns` and change the seed to go looking for trouble. */
export function tries(numRuns: number) {
  return { numRuns, seed: 20260914 }
}
