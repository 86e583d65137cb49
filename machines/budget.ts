// How many connections and requests are allowed before KIS sees abuse and blocks the address or the app key
// (KIS notice of 2026-02-24).
import type { Clock } from '../market/clock.ts'

export type Budget = {
  /**
   * Spends one and returns 0, or spends nothing and returns how long to wait for the next, in milliseconds.
   */
  take(): number
  /** Spends one even when none is left, for what must not wait. */
  spend(): void
  /** What is left at this moment. */
  left(): number
}

/**
 * A budget that other processes spend too: asked over a network, before a connection and never while one is
 * open.
 */
export type ConnectBudget = {
  take(): number | Promise<number>
  /** What is left as far as this process knows. */
  left(): number
  /** The last wait was for connections that are kept for the process that owns the line. */
  isReserved?(): boolean
}

/** What was spent, kept for the next process. Times in epoch milliseconds, oldest first. */
export type KeptTimes = {
  read(): readonly number[]
  write(times: readonly number[]): void
}

/** At most `most` in any `windowMs`. */
export function createBudget(most: number, windowMs: number, clock: Clock, kept?: KeptTimes): Budget {
  let spent: number[] = []

  function dropExpired(now: number): void {
    // A clock that was set back must neither freeze the budget until it has caught up nor refill it.
    spent = spent.map(time => Math.min(time, now)).filter(time => now - time < windowMs)
  }

  /** Counts what is kept, and what could not be written or was removed since. */
  function recall(now: number): void {
    dropExpired(now)
    const known = spent
    spent = [...(kept?.read() ?? [])].toSorted((a, b) => a - b)
    const isAhead = (spent.at(-1) ?? now) > now
    dropExpired(now)
    if (known.length > spent.length) spent = known
    // Written as it counts now: otherwise a clock that was ahead once delays every later process.
    if (isAhead) kept?.write(spent)
  }

  function note(now: number): void {
    spent.push(now)
    kept?.write(spent)
  }

  return {
    take() {
      const now = clock.now()
      recall(now)
      const oldest = spent[spent.length - most]
      if (oldest !== undefined) return oldest + windowMs - now
      note(now)
      return 0
    },
    spend() {
      const now = clock.now()
      recall(now)
      note(now)
    },
    left() {
      dropExpired(clock.now())
      return Math.max(0, most - spent.length)
    },
  }
}
