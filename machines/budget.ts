// How often we may connect, and how often we may ask, before KIS takes it for abuse and blocks the address or the app key (KIS notice of
// 2026-02-24). Better ten quiet minutes than a block.
import type { Clock } from '../market/clock.ts'

export type Budget = {
  /** Spends one and returns 0, or spends nothing and returns how long to wait for the next, in milliseconds. */
  take(): number
  /** Spends one whether it is there or not, for what must not wait. */
  spend(): void
  /** What is left at this moment. */
  left(): number
}

/** The same where others spend as well and may have to be asked over a network: before a connection, never while one is open. */
export type ConnectBudget = {
  take(): number | Promise<number>
  /** What is left as far as this process knows. */
  left(): number
  /** The last wait was for connections that are kept for the process that has the line. */
  isReserved?(): boolean
}

/** Where a budget is kept, so that the next process does not begin with a full one. Times in epoch milliseconds, oldest first. */
export type KeptTimes = {
  read(): readonly number[]
  write(times: readonly number[]): void
}

/** At most `most` in any `windowMs`. */
export function createBudget(most: number, windowMs: number, clock: Clock, kept?: KeptTimes): Budget {
  let spent: number[] = []

  function forgetTheOld(now: number): void {
    // A clock that was set back must not freeze the budget until it has caught up, and must not refill it either.
    spent = spent.map(time => Math.min(time, now)).filter(time => now - time < windowMs)
  }

  /** What is kept counts, and so does what could not be written down or was removed since. */
  function recall(now: number): void {
    forgetTheOld(now)
    const known = spent
    spent = [...(kept?.read() ?? [])].toSorted((a, b) => a - b)
    const isAhead = (spent.at(-1) ?? now) > now
    forgetTheOld(now)
    if (known.length > spent.length) spent = known
    // Written down as it counts now, or a clock that was ahead once would hold up every process anew.
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
      forgetTheOld(clock.now())
      return Math.max(0, most - spent.length)
    },
  }
}
