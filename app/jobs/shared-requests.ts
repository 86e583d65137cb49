// The budget of requests of an app key that other processes spend from too. Never waits: what the others
// spent is known from the answer to the request before.
import type { Budget } from '../../machines/budget.ts'
import type { Clock } from '../../market/clock.ts'
import type { RequestCount } from '../../workers/redis/request-count.ts'

export type SharedRequestsParts = {
  /** What this process may spend by itself. Alone counts while Redis is away. */
  readonly own: Budget
  readonly count: (added: number) => Promise<RequestCount>
  readonly most: number
  readonly windowMs: number
  readonly clock: Clock
}

export type SharedRequests = Budget & {
  /** Learns what the others spent. Rejects while Redis is away. */
  learn(): Promise<void>
}

export function createSharedRequests({ own, count, most, windowMs, clock }: SharedRequestsParts): SharedRequests {
  let blockedUntil = Number.NEGATIVE_INFINITY
  let known = { spent: 0, at: Number.NEGATIVE_INFINITY }
  /** Spent here, and not counted in Redis yet. */
  let uncounted = 0
  let isCounting = false

  async function countThem(): Promise<void> {
    const added = uncounted
    uncounted = 0
    try {
      const { spent, waitMs } = await count(added)
      const now = clock.now()
      known = { spent, at: now }
      blockedUntil = waitMs > 0 ? now + waitMs : Number.NEGATIVE_INFINITY
    } catch (error) {
      // Counted with the next one after Redis is back, at most a whole window's worth.
      uncounted = Math.min(most, uncounted + added)
      throw error
    }
  }

  /** One question at a time: what is spent meanwhile goes with the next. */
  async function countAll(): Promise<void> {
    try {
      while (uncounted > 0) await countThem()
    } catch {
      // Redis is away: this process keeps to its own budget.
    }
    isCounting = false
  }

  function note(): void {
    uncounted++
    if (isCounting) return
    isCounting = true
    void countAll()
  }

  return {
    take() {
      const now = clock.now()
      if (now < blockedUntil) return blockedUntil - now
      const waitMs = own.take()
      if (waitMs === 0) note()
      return waitMs
    },
    spend() {
      own.spend()
      note()
    },
    left() {
      const isFresh = clock.now() - known.at < windowMs
      return Math.max(0, Math.min(own.left(), isFresh ? most - known.spent - uncounted : most))
    },
    learn: countThem,
  }
}
