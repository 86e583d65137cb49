// The pace of a tape: a timer that asks, in batches, for as many pieces as should have been sent by now.
import type { Clock } from '../../market/clock.ts'

/** Short enough to look continuous at low rates, long enough to batch at high ones. */
const tickMs = 10

/**
 * A clock that leaps (a laptop that slept) must not cause a flood: at most one second's worth, but no fewer
 * than this, so that a test may leap on purpose.
 */
const mostAtOnce = 1000

export type PacerOptions = {
  readonly clock: Clock
  /** Pieces a second. Infinity: `mostAtOnce` with every tick of the timer. */
  readonly rate: number
  /**
   * Plays about `due` pieces, one or more, and returns how many it played; an excess delays the next ones.
   */
  readonly play: (due: number) => number
}

export type Pacer = {
  /** Counts from now on; does nothing when it is running. */
  run(): void
  rest(): void
}

export function createPacer({ clock, rate, play }: PacerOptions): Pacer {
  const most = Math.max(mostAtOnce, Number.isFinite(rate) ? Math.ceil(rate) : 0)
  let timer: NodeJS.Timeout | undefined
  let last = 0
  let owed = 0

  function tick(): void {
    const now = clock.now()
    owed = Number.isFinite(rate) ? Math.min(most, owed + (Math.max(0, now - last) * rate) / 1000) : most
    last = now
    if (owed >= 1) owed -= play(Math.floor(owed))
  }

  return {
    run() {
      if (timer !== undefined) return
      last = clock.now()
      owed = 0
      timer = setInterval(tick, tickMs)
    },
    rest() {
      clearInterval(timer)
      timer = undefined
    },
  }
}
