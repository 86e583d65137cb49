// How often something happens, learned from itself: the measure of how long a silence may last before it means something.

/** Silences that were seen before it is known what silence is normal. */
const samplesToLearn = 10
/** Trades come in clusters, so a silence must be this many times longer than usual, and than the longest one so far. */
const timesTheMean = 20
const timesTheLongest = 2
/** Weight of the newest silence in the mean. */
const newest = 0.1

export type Rhythm = {
  /** Something happened at `time`. */
  beat(time: number): void
  /** When it last happened; undefined while it never did. */
  last(): number | undefined
  /** The longest silence that is still normal, at least `floorMs`; undefined while nothing was learned. */
  patience(floorMs: number): number | undefined
  /** What happened meanwhile is unknown: the silence that ends now teaches nothing. */
  pause(): void
  /** Another trading session has another rhythm. */
  forget(): void
}

export function createRhythm(): Rhythm {
  let last: number | undefined
  let samples = 0
  let mean = 0
  let longest = 0

  return {
    beat(time) {
      if (last !== undefined) {
        const silence = Math.max(0, time - last)
        // Early on the plain mean, later one that follows the market.
        mean += (silence - mean) * Math.max(newest, 1 / (samples + 1))
        if (silence > longest) longest = silence
        samples++
      }
      last = time
    },
    last: () => last,
    patience(floorMs) {
      if (samples < samplesToLearn) return undefined
      return Math.max(floorMs, mean * timesTheMean, longest * timesTheLongest)
    },
    pause() {
      last = undefined
    },
    forget() {
      last = undefined
      samples = 0
      mean = 0
      longest = 0
    },
  }
}
