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
}

/** At most `most` in any `windowMs`. */
export function createBudget(most: number, windowMs: number, clock: Clock): Budget {
  let spent: number[] = []

  function forgetTheOld(now: number): void {
    // A clock that was set back must not freeze the budget until it has caught up, and must not refill it either.
    spent = spent.map(time => Math.min(time, now)).filter(time => now - time < windowMs)
  }

  return {
    take() {
      const now = clock.now()
      forgetTheOld(now)
      const oldest = spent[spent.length - most]
      if (oldest !== undefined) return oldest + windowMs - now
      spent.push(now)
      return 0
    },
    spend() {
      const now = clock.now()
      forgetTheOld(now)
      spent.push(now)
    },
    left() {
      forgetTheOld(clock.now())
      return Math.max(0, most - spent.length)
    },
  }
}
