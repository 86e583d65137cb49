// KIS's credentials, kept in Redis for all processes of an app key, and the lock under which one of them
// renews them. Redis's clock decides their age: the processes' own may disagree. Independent of how KIS is
// asked.
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { Secret } from '../../kis/secret.ts'
import { createSeal, fingerprintOf, type Owner, prefixOf } from './scope.ts'

/** A credential of KIS, as kept. Times by Redis's clock. */
export type Held = {
  readonly secret: Secret
  readonly fingerprint: string
  readonly issuedAt: number
  readonly expiresAt: number
}

export type Reading = {
  readonly held: Held | undefined
  /** Redis's clock. */
  readonly now: number
  /** No credential may be issued for this long: KIS was asked a moment ago. */
  readonly pauseMs: number
}

/** The right to renew. `fence` is larger than that of every lease before it. */
export type Lease = { readonly owner: string; readonly fence: number }

export interface TokenStore {
  read(): Promise<Reading>
  /** The lease, or how long its present holder may keep it. */
  lock(): Promise<Lease | { readonly waitMs: number }>
  /**
   * Keeps the credential and pauses. False, and nothing is written, when a holder of a later lease has
   * written already: then this holder was too slow, and its credential is older.
   */
  save(
    lease: Lease,
    issued: { readonly secret: Secret; readonly lifetimeMs: number },
    pauseMs: number,
  ): Promise<boolean>
  /** KIS said to wait: no process asks it meanwhile. */
  pause(pauseMs: number): Promise<void>
  /** Gives the lease back, if it is still ours. */
  release(lease: Lease): Promise<void>
}

export type TokenKind = 'token' | 'approval'

/**
 * The operating guide's lock (4.3): long enough for a slow answer, short enough when its holder was killed.
 */
export const lockMs = 10_000

const nowLua = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`
const readLua = `${nowLua}
local held = redis.call('HMGET', KEYS[1], 'sealed', 'issuedAt', 'expiresAt')
return {now, redis.call('PTTL', KEYS[2]), held[1], held[2], held[3]}`

const lockLua = `if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {redis.call('INCR', KEYS[2]), 0} end
return {0, redis.call('PTTL', KEYS[1])}`

/** Fence, value and pause in one step: no process sees one without the others. */
const saveLua = `${nowLua}
local fence = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
if fence > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'sealed', ARGV[2], 'issuedAt', now, 'expiresAt', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
return 1`

const releaseLua = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`

export type TokenStoreOptions = {
  readonly redis: Redis
  readonly owner: Owner
  readonly kind: TokenKind
  readonly lockMs?: number
}

export function createTokenStore({ redis, owner, kind, ...options }: TokenStoreOptions): TokenStore {
  const prefix = prefixOf(owner)
  const seal = createSeal(owner, kind)
  const heldKey = `${prefix}:${kind}`
  const lockKey = `${prefix}:${kind}_refresh`
  const fenceKey = `${prefix}:${kind}_fence`
  const pauseKey = `${prefix}:${kind}_pause`
  const holdMs = options.lockMs ?? lockMs

  return {
    async read() {
      const [now, pauseMs, sealed, issuedAt, expiresAt] = (await redis.eval(readLua, 2, heldKey, pauseKey)) as [
        now: number,
        pauseMs: number,
        sealed: string | null,
        issuedAt: string | null,
        expiresAt: string | null,
      ]
      // Kept with another app secret: unusable.
      const text = sealed === null ? undefined : seal.open(sealed)
      const secret = text === undefined ? undefined : new Secret(text)
      return {
        now,
        pauseMs: Math.max(0, pauseMs),
        held: secret && {
          secret,
          fingerprint: fingerprintOf(secret),
          issuedAt: Number(issuedAt),
          expiresAt: Number(expiresAt),
        },
      }
    },
    async lock() {
      const lease = randomUUID()
      const [fence, waitMs] = (await redis.eval(lockLua, 2, lockKey, fenceKey, lease, holdMs)) as [number, number]
      return fence > 0 ? { owner: lease, fence } : { waitMs: Math.max(1, waitMs) }
    },
    async save(lease, { secret, lifetimeMs }, pauseMs) {
      const values = [lease.fence, seal.close(secret.reveal()), Math.max(1, Math.floor(lifetimeMs)), pauseMs]
      return (await redis.eval(saveLua, 2, heldKey, pauseKey, ...values)) === 1
    },
    async pause(pauseMs) {
      await redis.set(pauseKey, '1', 'PX', pauseMs)
    },
    async release(lease) {
      await redis.eval(releaseLua, 1, lockKey, lease.owner)
    },
  }
}
