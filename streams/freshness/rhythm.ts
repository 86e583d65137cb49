// How often something happens, learned from its own past: the measure of how long a silence may be normal.

/**
 * How many moments have to be seen before the normal silence is known. Trades come in clusters, an order and
 * its consequences, so that ten trades may be a single event of a name that then rests for minutes. Thirty
 * were a dozen such events, and their longest rest was no measure: two false alarms in 3,000 calm hours of
 * nine thin names, where sixty moments raised none.
 */
const momentsToLearn = 60
/** A silence must be this many times longer than usual. */
const timesTheMean = 20
/**
 * And than the longest one so far. In calm hours of thin names (tools/chaos/quiet-hour.ts) silences of twice
 * the longest came three times in ten hours of fifteen names, of six times once in 130 hours, of eight times
 * once in 400.
 */
const timesTheLongest = 8
/**
 * The longest silence of a short time means less than that of a long one: it counts half as much again when
 * sixty moments are known, and a twentieth more after six hundred. Without this, early lulls raised two
 * alarms in 3,000 calm hours of fifteen names.
 */
const doubtAfter = (moments: number) => 1 + momentsToLearn / 2 / moments
/** Weight of the newest silence in the mean. */
const newest = 0.1

export type Rhythm = {
  /** Something happened at `time`. */
  beat(time: number): void
  /** When it last happened; undefined before the first time. */
  last(): number | undefined
  /** The longest silence that is still normal, at least `floorMs`; undefined before a rhythm is known. */
  patience(floorMs: number): number | undefined
  /** The time until now is unknown: the silence that ends now is not learned. */
  pause(): void
  /** Another trading session has another rhythm. */
  forget(): void
}

/** Everything within `momentMs` is one moment. */
export function createRhythm(momentMs = 0): Rhythm {
  let last: number | undefined
  let moment = 0
  let moments = 0
  let mean = 0
  let longest = 0

  return {
    beat(time) {
      if (last === undefined) moment = time
      else {
        const silence = Math.max(0, time - last)
        if (silence > longest) longest = silence
        if (time - moment >= momentMs || time < moment) {
          // Early on the plain mean, later one that follows the market.
          mean += (silence - mean) * Math.max(newest, 1 / (moments + 1))
          moments++
          moment = time
        }
      }
      last = time
    },
    last: () => last,
    patience(floorMs) {
      if (moments < momentsToLearn) return undefined
      return Math.max(floorMs, mean * timesTheMean, longest * timesTheLongest * doubtAfter(moments))
    },
    pause() {
      last = undefined
    },
    forget() {
      last = undefined
      moments = 0
      mean = 0
      longest = 0
    },
  }
}
