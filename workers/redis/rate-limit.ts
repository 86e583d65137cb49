// The pace of an app key's REST calls, shared by all its processes: one script assigns the turns in a queue
// in Redis. While Redis is away each process keeps the pace by itself.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { forgivenMs, type RateLimit, restMs, slowerBy, slowest } from '../../kis/rest/rate-limit.ts'
import type { Clock } from '../../market/clock.ts'

export type SharedRateLimitParts = {
  readonly redis: Redis
  /** Begins the names of the app key's keys. */
  readonly prefix: string
  readonly clock: Clock
  /** Between two calls, at a time. */
  readonly spacingAt: (time: number) => number
  /** Keeps the pace without Redis. */
  readonly alone: RateLimit
  readonly onTrouble: (error: unknown) => void
  readonly wait?: (ms: number) => Promise<unknown>
}

/** A caller that wakes this much too late has lost its turn: the ones after it are calling already. */
const lateMs = 25

/**
 * `factor`: how much slower than the quota since KIS refused a call; half of the part above 1 is taken back
 * each minute.
 */
const factorLua = `local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local state = redis.call('HMGET', KEYS[1], 'next', 'factor', 'refusedAt')
local next = tonumber(state[1] or '0')
local refusedAt = tonumber(state[3] or '0')
local factor = 1 + (tonumber(state[2] or '1') - 1) * 0.5 ^ (math.max(0, now - refusedAt) / ${forgivenMs})
`

/** Numbers leave a script as integers, so times are cut to whole milliseconds. */
const takeLua = `${factorLua}
local turn = math.max(now, next)
redis.call('HSET', KEYS[1], 'next', turn + ARGV[1] * factor)
redis.call('PEXPIRE', KEYS[1], 3600000)
return math.ceil(turn - now)`

const slowDownLua = `${factorLua}
if now - refusedAt < ${restMs} then return 0 end
redis.call('HSET', KEYS[1], 'factor', math.min(${slowest}, factor * ${slowerBy}), 'refusedAt', now,
  'next', math.max(next, now + ${restMs}))
redis.call('PEXPIRE', KEYS[1], 3600000)
return 1`

/** Text, because numbers leave a script as integers. */
const slowedByLua = `${factorLua}
return tostring(factor)`

export type SharedRateLimit = RateLimit & {
  /**
   * How much slower than the quota all processes call at present: 1 unless KIS refused a call. Rejects while
   * Redis is away.
   */
  slowedBy(): Promise<number>
}

export function createSharedRateLimit(parts: SharedRateLimitParts): SharedRateLimit {
  const { redis, clock, alone, onTrouble, wait = sleep } = parts
  const key = `${parts.prefix}:rest_pace`

  async function place(): Promise<number | undefined> {
    try {
      return Number(await redis.eval(takeLua, 1, key, parts.spacingAt(clock.now())))
    } catch (error) {
      onTrouble(error)
      return undefined
    }
  }

  return {
    async take() {
      for (;;) {
        const waitMs = await place()
        if (waitMs === undefined) return await alone.take()
        if (waitMs === 0) return
        const due = clock.now() + waitMs
        await wait(waitMs)
        if (clock.now() - due <= lateMs) return
      }
    },
    slowedBy: async () => Number(await redis.eval(slowedByLua, 1, key)),
    slowDown() {
      alone.slowDown()
      redis.eval(slowDownLua, 1, key).catch(onTrouble)
    },
  }
}
