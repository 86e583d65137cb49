// How often an app key may connect, counted over all its processes, and which of them owns its line: KIS
// counts app keys, not processes. Read before a connection, and never while one is open. KIS decides which
// process has the line; its decision is recorded here.
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

export type ConnectBudgetParts = {
  readonly redis: Redis
  readonly prefix: string
  /** At most so many in any window. */
  readonly most: number
  readonly windowMs: number
  /**
   * Random, of the data folder: after a crash the next process has the same. Read when it is needed first.
   */
  readonly installation: () => string
  /**
   * When the rest is reserved for the owner, the reservation may end before the window does: this is that
   * wait.
   */
  readonly standbyMs: number
}

/** The last owner of the line, for a process that wants it. */
export type FormerOwner =
  /** Not known: perhaps a program that does not use this Redis. */
  | 'unknown'
  /** This installation, in this process or an earlier one. */
  | 'ours'
  /** Another one, whose claim ended. */
  | 'gone'
  /** Another one, which renews its claim. */
  | 'alive'

export type Reserved = {
  readonly waitMs: number
  readonly owner: FormerOwner
  /** Some are left, reserved for the process that owns the line. */
  readonly isReserved: boolean
}

export type SharedConnects = {
  /** Spends one connection, or none and returns how long until the next. Rejects while Redis is away. */
  reserve(): Promise<Reserved>
  /** KIS accepted a session of this process. */
  claim(): Promise<void>
  /** False when KIS accepted another process since. */
  renew(): Promise<boolean>
  /** Ends the claim, if it is ours. */
  release(): Promise<void>
}

/** A claim ends after this long without a renewal. It is renewed three times within it. */
export const claimMs = 15_000
export const renewClaimMs = 5_000

/** The connections reserved for the owner while its claim lasts: two of the four in ten minutes. */
function reservedOf(most: number): number {
  return Math.floor(most / 2)
}

const timeLua = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * The connections of the window, oldest first. Spends one and returns 0, or spends nothing and returns how
 * long until the next. It reads the list at once, without asking for its length first: if the clock goes on
 * while a script runs, the key may expire in between. The claim of a process with our installation's name is
 * ours, unless it was renewed after we began: then that process uses a copy of our folder.
 */
const reserveLua = `${timeLua}
local most = tonumber(ARGV[1])
local began = tonumber(ARGV[6])
if began == 0 then began = now end
local claim = redis.call('HMGET', KEYS[2], 'installation', 'process', 'renewed')
local owner = 'unknown'
if claim[1] then
  local renewed = tonumber(claim[3])
  local isOurs = claim[2] == ARGV[5] or (claim[1] == ARGV[4] and renewed <= began)
  if isOurs then owner = 'ours' elseif now - renewed < ${claimMs} then owner = 'alive' else owner = 'gone' end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -most, -most, 'WITHSCORES')
if last[2] then return { last[2] + ARGV[2] - now + 1, owner, began, 0 } end
if owner == 'alive' and redis.call('ZCARD', KEYS[1]) >= most - tonumber(ARGV[7]) then
  return { tonumber(ARGV[8]), owner, began, 1 }
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 0, owner, began, 0 }`

/** Kept for as long as a lingering session, and a claimant's waits for it, may last. */
const keepClaimMs = 600_000

const claimLua = `${timeLua}
redis.call('HSET', KEYS[1], 'installation', ARGV[1], 'process', ARGV[2], 'renewed', now)
redis.call('PEXPIRE', KEYS[1], ${keepClaimMs})
return 1`

/** A Redis that lost its data gets the claim again; if another process owns it there, that is accepted. */
const renewLua = `local owner = redis.call('HGET', KEYS[1], 'process')
if owner and owner ~= ARGV[2] then return 0 end
${claimLua}`

/** The claim stays readable as an ended one. */
const releaseLua = `${timeLua}
if redis.call('HGET', KEYS[1], 'process') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'renewed', now - ${claimMs})
return 1`

/** Spends nothing. */
const spentLua = `${timeLua}
return redis.call('ZCOUNT', KEYS[1], '(' .. (now - ARGV[1]), '+inf')`

export function createSharedConnects(parts: ConnectBudgetParts): SharedConnects {
  const { redis, prefix, most, windowMs, installation, standbyMs } = parts
  const process = randomUUID()
  const [connects, owner] = [connectsIn(prefix), `${prefix}:owner`]
  /** By Redis's clock. */
  let began = 0

  return {
    async reserve() {
      const rules = [most, windowMs, randomUUID(), installation(), process, began, reservedOf(most), standbyMs]
      const found = (await redis.eval(reserveLua, 2, connects, owner, ...rules)) as [
        number,
        FormerOwner,
        number,
        number,
      ]
      const [waitMs, former, since, isReserved] = found
      began = since
      return { waitMs, owner: former, isReserved: isReserved === 1 }
    },
    claim: async () => void (await redis.eval(claimLua, 1, owner, installation(), process)),
    renew: async () => (await redis.eval(renewLua, 1, owner, installation(), process)) === 1,
    release: async () => void (await redis.eval(releaseLua, 1, owner, process)),
  }
}

/** The connections left to all processes together, without spending any. Rejects while Redis is away. */
export async function connectsLeft({
  redis,
  prefix,
  most,
  windowMs,
}: Pick<ConnectBudgetParts, 'redis' | 'prefix' | 'most' | 'windowMs'>): Promise<number> {
  return Math.max(0, most - Number(await redis.eval(spentLua, 1, connectsIn(prefix), windowMs)))
}

function connectsIn(prefix: string): string {
  return `${prefix}:connects`
}
