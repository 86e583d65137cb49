// The pace of an app key's REST calls, as dated configuration, and the limiter that a client awaits before
// every call. The limiter here serves one process; workers/redis/rate-limit.ts shares one among all processes
// of an app key.
import { setTimeout as sleep } from 'node:timers/promises'
import { minuteMs } from '../../market/basics/durations.ts'
import type { Clock } from '../../market/clock.ts'
import type { Environment } from '../endpoints.ts'

export interface RateLimit {
  /** Resolves when the next call may leave. Calls leave in the order of their requests. */
  take(): Promise<void>
  /** KIS answered EGW00201: it counts in another way than we do, so calls are slower for a while. */
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

/** Calls are a tenth slower than allowed: the network may bunch two evenly spaced calls. */
const margin = 1.1

/**
 * The even distance between two calls. KIS does not say how it counts, and even calls satisfy any way of
 * counting.
 */
export function spacingOf(environment: Environment, time: number): number {
  return Math.ceil((1_000 * margin) / callsPerSecond(environment, time))
}

/** Each refusal makes the distance half as long again, at most once a second, and at most eightfold… */
export const slowerBy = 1.5
export const slowest = 8
/** …and each minute without one takes half of that back. */
export const forgivenMs = minuteMs
/** Time without calls after a refusal: the full second has to pass. */
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
      // A clock that was set back must not stop the calls until it has caught up: a call waits at most as
      // long as those before it need.
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
