// How long a frame takes from the socket to the last subscriber. Every 16th frame is timed, by the monotonic
// clock: asking for the time costs a tenth of decoding a frame.

/** `counts[i]` frames took less than `bounds[i]` microseconds; the last count has no bound. */
export type Latency = {
  readonly boundsMicros: readonly number[]
  readonly counts: readonly number[]
  readonly timed: number
  readonly totalMicros: number
}

export type LatencyWatch = {
  /** A start time, or 0 for a frame that is not timed. */
  begin(): number
  end(began: number): void
  latency(): Latency
}

const everyNth = 16

/** 1 µs to 65 ms, each twice the one before. */
const boundsMicros: readonly number[] = Array.from({ length: 17 }, (_, power) => 2 ** power)

export function createLatencyWatch(microsNow: () => number = () => performance.now() * 1_000): LatencyWatch {
  const counts = boundsMicros.map(() => 0).concat(0)
  let frames = 0
  let timed = 0
  let totalMicros = 0

  return {
    begin: () => (frames++ % everyNth === 0 ? microsNow() : 0),
    end(began) {
      if (began === 0) return
      const micros = microsNow() - began
      const found = boundsMicros.findIndex(bound => micros < bound)
      const bucket = found < 0 ? boundsMicros.length : found
      counts[bucket] = (counts[bucket] ?? 0) + 1
      timed++
      totalMicros += micros
    },
    latency: () => ({ boundsMicros, counts: [...counts], timed, totalMicros }),
  }
}
