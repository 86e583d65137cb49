// How often an app key may connect, counted over all its processes: KIS counts app keys, not processes. Asked before a connection, and
// never while one is open.
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

export type ConnectBudgetParts = {
  readonly redis: Redis
  readonly prefix: string
  /** At most so many in any window. */
  readonly most: number
  readonly windowMs: number
}

/**
 * The connections of the window, oldest first. Spends one and returns 0, or spends nothing and returns how long until the next. Asked
 * once what is there, not first how many: a server that runs a script while its clock goes on may let the key end in between.
 */
const reserveLua = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -tonumber(ARGV[1]), -tonumber(ARGV[1]), 'WITHSCORES')
if last[2] then return last[2] + ARGV[2] - now + 1 end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0`

/** Spends nothing. */
const spentLua = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZCOUNT', KEYS[1], '(' .. (now - ARGV[1]), '+inf')`

/** 0, or milliseconds to wait. Rejects while Redis is away. */
export function createConnectBudget({ redis, prefix, most, windowMs }: ConnectBudgetParts): () => Promise<number> {
  return async () => Number(await redis.eval(reserveLua, 1, keyIn(prefix), most, windowMs, randomUUID()))
}

/** What is left for all processes together, without spending any. Rejects while Redis is away. */
export async function connectsLeft({ redis, prefix, most, windowMs }: ConnectBudgetParts): Promise<number> {
  return Math.max(0, most - Number(await redis.eval(spentLua, 1, keyIn(prefix), windowMs)))
}

function keyIn(prefix: string): string {
  return `${prefix}:connects`
}
