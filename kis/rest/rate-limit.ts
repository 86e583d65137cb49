// How fast an app key may call KIS over REST, as dated configuration, and the limiter that a client asks
// before every call. The limiter here serves one process; workers/redis/rate-limit.ts shares one among all
// processes of an app key.
import { setTimeout as sleep } from 'node:timers/promises'
import { minuteMs } from '../../market/basics/durations.ts'
import type { Clock } from '../../market/clock.ts'
import type { Environment } from '../endpoints.ts'

export interface RateLimit {
  /** Resolves when the next call may leave. Calls leave in the order in which they asked. */
  take(): Promise<void>
  /** KIS said EGW00201: it counts otherwise than we do, so call more slowly for a while. */
  slowDown(): void
}

/** Calls a second and app key, with the Korean date from which it holds, oldest first. */
const quotas: Readonly<Record<Environment, readonly { readonly from: string; readonly callsPerSecond: number }[]>> = {
  // KIS notice updated 2026-04-20: 18 on production, 1 on paper; 20 and 2 before (protocol notes 6.2).
  prod: [
    { from: '2023-01-01', callsPerSecond: 20 },
    { from: '2026-04-20', callsPerSecond: 18 },
  ],
  paper: [
    { from: '2023-01-01', callsPerSecond: 2 },
    { from: '2026-04-20', callsPerSecond: 1 },
  ],
}

export function callsPerSecond(environment: Environment, time: number): number {
  const known = quotas[environment]
  const quota = known.findLast(({ from }) => Date.parse(`${from}T00:00:00+09:00`) <= time) ?? known[0]
  return quota?.callsPerSecond ?? 1
}

/** Calls a tenth slower than allowed: two calls that left evenly may arrive bunched by the network. */
const margin = 1.1

/**
 * The even distance between two calls. Evenly, because KIS does not say how it counts, and even calls please
 * any way of counting.
 */
export function spacingOf(environment: Environment, time: number): number {
  return Math.ceil((1_000 * margin) / callsPerSecond(environment, time))
}

/** Each refusal makes the distance half as long again, at most once a second, and at most eightfold… */
export const slowerBy = 1.5
export const slowest = 8
/** …and each minute without one takes half of that back. */
export const forgivenMs = minuteMs
/** Time without calls after a refusal: the second that is full has to pass. */
export const restMs = 1_000

/** For one process. */
export function createRateLimit(
  environment: Environment,
  clock: Clock,
  wait: (ms: number) => Promise<unknown> = sleep,
): RateLimit {
  let next = 0
  let factor = 1
  let refusedAt = Number.NEGATIVE_INFINITY
  let waiting = 0

  function factorAt(now: number): number {
    return Math.max(1, factor * 0.5 ** (Math.max(0, now - refusedAt) / forgivenMs))
  }

  return {
    async take() {
      const now = clock.now()
      const spacing = spacingOf(environment, now) * factorAt(now)
      // A clock that was set back must not stop the calls until it has caught up: a call waits no longer than
      // those before it take.
      const longest = restMs + waiting * spacing * slowest + spacing
      const turn = Math.min(Math.max(now, next), now + longest)
      next = turn + spacing
      if (turn <= now) return
      waiting++
      await wait(turn - now)
      waiting--
    },
    slowDown() {
      const now = clock.now()
      if (now - refusedAt < restMs) return
      factor = Math.min(slowest, factorAt(now) * slowerBy)
      refusedAt = now
      next = Math.max(next, now + restMs)
    },
  }
}
