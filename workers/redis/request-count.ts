// How many subscriptions and releases all processes of an app key made. Counted after the request, because no
// request waits for Redis: processes with requests at the same moment may exceed the limit by those of one
// round trip.
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

export type RequestCountParts = {
  readonly redis: Redis
  readonly prefix: string
  readonly most: number
  readonly windowMs: number
}

/** `spent` by all processes in the window, and how long until there is room again; 0 while there is. */
export type RequestCount = { readonly spent: number; readonly waitMs: number }

const countLua = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
for index = 1, tonumber(ARGV[4]) do redis.call('ZADD', KEYS[1], now, ARGV[3] .. index) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local spent = redis.call('ZCARD', KEYS[1])
local last = redis.call('ZRANGE', KEYS[1], -tonumber(ARGV[1]), -tonumber(ARGV[1]), 'WITHSCORES')
if last[2] then return { spent, last[2] + ARGV[2] - now + 1 } end
return { spent, 0 }`

/** Adds so many requests, made just now, and returns what is spent. Rejects while Redis is away. */
export function createRequestCount(parts: RequestCountParts): (added: number) => Promise<RequestCount> {
  const { redis, prefix, most, windowMs } = parts
  return async added => {
    const rules = [most, windowMs, `${randomUUID()} `, added]
    const [spent, waitMs] = (await redis.eval(countLua, 1, `${prefix}:requests`, ...rules)) as [number, number]
    return { spent, waitMs }
  }
}
