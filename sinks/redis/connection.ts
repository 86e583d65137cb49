// A connection to Redis whose commands fail at once while Redis is away, and which comes back by itself. The
// caller decides what to do meanwhile.
import type { Redis } from 'ioredis'
import { checkRedisUrl } from './address.ts'

/** Longest wait before another attempt to connect. */
const mostRetryMs = 1_000

/** Without an answer for so long, the connection counts as gone. Longer than any blocking read here. */
const commandTimeoutMs = 10_000

export type RedisConnection = {
  readonly redis: Redis
  /** Settled as soon as it is known whether Redis is there. */
  readonly tried: Promise<void>
  /**
   * Why a command failed: the last error of the connection, if there was one. Never an address with a
   * password in it.
   */
  troubleOf(error: unknown): string
}

export async function connectRedis(url: string): Promise<RedisConnection> {
  checkRedisUrl(url)
  // Loaded here: most programs that import the package have no Redis, and it is a fifth of that time.
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0, // a command that went down with its connection has failed
    commandTimeout: commandTimeoutMs,
    retryStrategy: times => Math.min(50 * 2 ** Math.min(times, 10), mostRetryMs),
  })
  let lastTrouble: string | undefined
  const tried = new Promise<void>(resolve => {
    redis.once('ready', resolve)
    redis.once('error', () => resolve())
    redis.once('end', resolve)
  })
  redis.on('error', error => {
    lastTrouble = reasonIn(error)
  })
  redis.on('ready', () => {
    lastTrouble = undefined
  })
  return {
    redis,
    tried,
    troubleOf: error => lastTrouble ?? reasonIn(error),
  }
}

function reasonIn(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
