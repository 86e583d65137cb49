// What all processes of an app key share: the token, the approval key, the pace of the calls and the budget
// of connections. Without Redis the stream goes on with this process's own, and logs that.
import { hourMs } from '../../market/basics/durations.ts'
import type { AccessTokens } from '../../kis/rest/authorized-client.ts'
import { issueApprovalKey, issueToken, lifetimeOf } from '../../kis/credentials.ts'
import { KisError } from '../../kis/errors.ts'
import { createRateLimit, type RateLimit, spacingOf } from '../../kis/rest/rate-limit.ts'
import { createRestClient, type RestClient } from '../../kis/rest/client.ts'
import type { Secret } from '../../kis/secret.ts'
import { type Budget, type ConnectBudget, createBudget } from '../../machines/budget.ts'
import type { LineOwner } from '../../machines/owner.ts'
import type { Clock } from '../../market/clock.ts'
import type { LineId } from '../../market/events.ts'
import { connectsLeft, createSharedConnects } from '../../workers/redis/connect-budget.ts'
import { createSharedRateLimit } from '../../workers/redis/rate-limit.ts'
import type { RedisClient } from '../../workers/redis/redis.ts'
import { createRequestCount } from '../../workers/redis/request-count.ts'
import { prefixOf } from '../../workers/redis/scope.ts'
import { createSharedCredential } from '../../workers/redis/shared-credential.ts'
import { approvalRules, type RefreshDeps, tokenRules } from '../../workers/jobs/token-refresh.ts'
import { createTokenStore } from '../../workers/redis/token-store.ts'
import { TryLater } from '../../workers/try-later.ts'
import { createLineOwner } from '../persistence/line-owner.ts'
import { type LineMemory, openLineMemory } from '../persistence/line-memory.ts'
import type { Logger } from '../observe/log.ts'
import type { Line } from '../settings/lines.ts'
import type { FeedSettings } from '../settings/settings.ts'
import { createSharedRequests } from './shared-requests.ts'

export type Access = {
  readonly rest: RestClient
  readonly tokens: AccessTokens
  readonly limit: RateLimit
  /** What the token-refresh job works with. */
  readonly tokenRefresh: RefreshDeps
  /** An approval key for the next session; another one than `refused`. */
  approvalKey(refused?: Secret): Promise<Secret>
  /** When KIS issued the one that was handed out last, to whichever process. */
  approvalKeyIssuedAt(): number | undefined
  /** Has KIS issue a new approval key whatever is kept, and keeps it. */
  issueApproval(): Promise<void>
  readonly connects: ConnectBudget
  readonly requests: Budget
  readonly owner: LineOwner
  /** What is left for all processes together. Rejects while Redis is away. */
  limits(): Promise<RestLimits & { readonly connectsLeft: number }>
  close(): Promise<void>
}

/** Counted over all processes. */
export type SharedLimits = RestLimits & {
  /** Connections that may still be opened in the window. */
  readonly lines: readonly { readonly line: LineId; readonly connectsLeft: number }[]
}

/** Of the first line, whose app key REST calls use. */
export type RestLimits = {
  /** REST calls a second at the present pace. */
  readonly restCallsPerSecond: number
  /** How much slower than KIS's quota that is, since KIS refused a call; 1 when it is not. */
  readonly restSlowedBy: number
}

export type AccessParts = {
  readonly settings: FeedSettings
  readonly line: Line
  /** Whose commands fail at once while Redis is away. */
  readonly redis: RedisClient
  readonly clock: Clock
  readonly log: Logger
  readonly onSecret: (secret: Secret) => void
  /** What outlives this process. Without it, nothing does. */
  readonly memory?: LineMemory
}

/** Shorter than the lock of a refresh, so that an answer comes while the lock is still ours. */
const issueTimeoutMs = 8_000

export function createAccess(parts: AccessParts): Access {
  const { settings, line, redis, clock, log, onSecret, memory = openLineMemory(undefined, log) } = parts
  const { timing, environment, restUrl } = settings
  const keys = { ...line, restUrl }
  const prefix = prefixOf(keys)
  const rest = createRestClient({
    baseUrl: restUrl,
    clock,
    spacingMs: timing.pacingMs,
    timeoutMs: Math.min(timing.openTimeoutMs, issueTimeoutMs),
    checkCertificate: settings.checkCertificate,
  })
  const tokenRefresh: RefreshDeps = {
    store: createTokenStore({ redis, owner: keys, kind: 'token' }),
    rules: tokenRules,
    async issue() {
      const issued = await issueToken(rest, line, clock.now())
      onSecret(issued.token)
      return { secret: issued.token, lifetimeMs: lifetimeOf(issued, clock.now()) }
    },
  }
  const approvalRefresh: RefreshDeps = {
    store: createTokenStore({ redis, owner: keys, kind: 'approval' }),
    rules: approvalRules,
    async issue() {
      const secret = await issueApprovalKey(rest, line)
      onSecret(secret)
      return { secret, lifetimeMs: approvalLifetimeMs }
    },
  }
  const tokens = createSharedCredential({ ...tokenRefresh, clock, onSecret })
  const approvals = createSharedCredential({ ...approvalRefresh, clock, onSecret })
  const alone = {
    connects: createBudget(timing.mostConnects, timing.connectWindowMs, clock, memory.of(prefix).connects),
    requests: createBudget(timing.mostRequests, timing.requestWindowMs, clock),
    limit: createRateLimit(environment, clock),
    approvalKey: ownApprovalKey(async () => (await approvalRefresh.issue()).secret, clock),
  }
  const budget = { redis, prefix, most: timing.mostConnects, windowMs: timing.connectWindowMs }
  const sharedConnects = createSharedConnects({
    ...budget,
    installation: () => memory.installation,
    standbyMs: timing.occupiedMs,
  })
  const owner = createLineOwner({ kept: memory.of(prefix), shared: sharedConnects })
  const requestRules = { most: timing.mostRequests, windowMs: timing.requestWindowMs }
  const requests = createSharedRequests({
    ...requestRules,
    own: alone.requests,
    count: createRequestCount({ ...requestRules, redis, prefix }),
    clock,
  })
  const onTrouble = (error: unknown) =>
    log.debug({ problem: textOf(error) }, 'Redis is away: this process keeps the pace of REST calls by itself')
  const limit = createSharedRateLimit({
    redis,
    prefix,
    clock,
    spacingAt: time => spacingOf(environment, time),
    alone: alone.limit,
    onTrouble,
  })
  let awayUntil = Number.NEGATIVE_INFINITY
  let approvalKeyIssuedAt: number | undefined
  let isReserved = false

  /** What the socket needs must not wait for Redis: once it was away, it is not asked again for a while. */
  async function preferShared<T>(ask: () => Promise<T>, go: () => T | Promise<T>, uses: string): Promise<T> {
    if (clock.now() >= awayUntil) {
      try {
        return await ask()
      } catch (error) {
        if (error instanceof KisError || error instanceof TryLater) throw error
        awayUntil = clock.now() + awayMs
        log.warn({ problem: textOf(error) }, `Redis is away: this process goes on with ${uses}`)
      }
    }
    return await go()
  }

  /**
   * Without Redis there is no lock, and without the lock no process asks KIS for a token, to avoid a race.
   */
  function lastToken(): Secret {
    const token = tokens.last()
    if (token === undefined) throw new Error('Redis is away, and with it the access token')
    return token
  }

  return {
    rest,
    tokens: {
      current: () => preferShared(() => tokens.current(), lastToken, 'the token it read last'),
      renew: refused => tokens.renew(refused),
    },
    tokenRefresh,
    limit,
    async limits() {
      const [left, restSlowedBy] = await Promise.all([connectsLeft(budget), limit.slowedBy()])
      const restCallsPerSecond = 1_000 / (spacingOf(environment, clock.now()) * restSlowedBy)
      return { connectsLeft: left, restCallsPerSecond, restSlowedBy }
    },
    async approvalKey(refused) {
      const ofAll = (secret: Secret): Approval => ({ secret, issuedAt: approvals.issuedAt() })
      const { secret, issuedAt } = await preferShared<Approval>(
        async () => ofAll(await (refused === undefined ? approvals.current() : approvals.renew(refused))),
        () => {
          const last = approvals.last()
          return last === undefined ? alone.approvalKey(refused) : ofAll(last)
        },
        'an approval key of its own',
      )
      approvalKeyIssuedAt = issuedAt
      return secret
    },
    approvalKeyIssuedAt: () => approvalKeyIssuedAt,
    async issueApproval() {
      const { held } = await approvalRefresh.store.read()
      if (held === undefined) await approvals.current()
      else await approvals.renew(held.secret)
    },
    connects: {
      async take() {
        // What is kept here counts even where Redis lost what it knew.
        isReserved = false
        const waitMs = alone.connects.left() > 0 ? 0 : alone.connects.take()
        return waitMs > 0 ? waitMs : await preferShared(takeShared, takeAlone, 'its own count of connections')
      },
      left: () => alone.connects.left(),
      isReserved: () => isReserved,
    },
    requests,
    owner,
    async close() {
      await owner.release()
      await rest.close()
    },
  }

  async function takeShared(): Promise<number> {
    const [reserved] = await Promise.all([sharedConnects.reserve(), requests.learn()])
    owner.learn(reserved.owner)
    isReserved = reserved.isReserved
    if (reserved.waitMs === 0) alone.connects.spend()
    return reserved.waitMs
  }

  function takeAlone(): number {
    owner.learn(undefined)
    isReserved = false
    return alone.connects.take()
  }
}

const approvalLifetimeMs = 24 * hourMs

/** Long enough not to wait for every connection anew, short enough to count together again soon. */
const awayMs = 10_000

type Approval = { readonly secret: Secret; readonly issuedAt: number | undefined }

/** One for this process, until KIS refuses it. */
function ownApprovalKey(issue: () => Promise<Secret>, clock: Clock): (refused?: Secret) => Promise<Approval> {
  let own: Approval | undefined
  return async refused => {
    if (own === undefined || own.secret.reveal() === refused?.reveal()) {
      own = { secret: await issue(), issuedAt: clock.now() }
    }
    return own
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
