// What all processes of an app key share with KIS, in the hands of one of them: the token, the approval key, the pace of the calls and
// the budget of connections. The stream goes on without Redis: what it needs then comes from this process alone, and that is said.
import type { AccessTokens } from '../kis/authorized-client.ts'
import { issueApprovalKey, issueToken, lifetimeOf } from '../kis/credentials.ts'
import { KisError } from '../kis/errors.ts'
import { createRateLimit, type RateLimit, spacingOf } from '../kis/rate-limit.ts'
import { createRestClient, type RestClient } from '../kis/rest.ts'
import type { Secret } from '../kis/secret.ts'
import { type ConnectBudget, createBudget } from '../machines/budget.ts'
import type { Clock } from '../market/clock.ts'
import { createConnectBudget } from '../workers/connect-budget.ts'
import { createSharedRateLimit } from '../workers/rate-limit.ts'
import type { RedisClient } from '../workers/redis.ts'
import { prefixOf } from '../workers/scope.ts'
import { createSharedCredential } from '../workers/shared-credential.ts'
import { approvalRules, type RefreshDeps, tokenRules } from '../workers/token-refresh.ts'
import { createTokenStore } from '../workers/token-store.ts'
import { TryLater } from '../workers/try-later.ts'
import type { Logger } from './log.ts'
import type { FeedSettings } from './settings.ts'

export type Access = {
  readonly rest: RestClient
  readonly tokens: AccessTokens
  readonly limit: RateLimit
  /** What the token-refresh job works with. */
  readonly tokenRefresh: RefreshDeps
  /** An approval key for the next session; another one than `refused`. */
  approvalKey(refused?: Secret): Promise<Secret>
  /** Has KIS issue a new approval key whatever is kept, and keeps it. */
  issueApproval(): Promise<void>
  readonly connects: ConnectBudget
  close(): Promise<void>
}

export type AccessParts = {
  readonly settings: FeedSettings
  /** Whose commands fail at once while Redis is away. */
  readonly redis: RedisClient
  readonly clock: Clock
  readonly log: Logger
  readonly onSecret: (secret: Secret) => void
}

/** Shorter than the lock of a refresh, so that an answer comes while the lock is still ours. */
const issueTimeoutMs = 8_000

export function createAccess({ settings, redis, clock, log, onSecret }: AccessParts): Access {
  const { timing, environment, restUrl, appKey, appSecret } = settings
  const owner = { appKey, appSecret, restUrl }
  const prefix = prefixOf(owner)
  const rest = createRestClient({
    baseUrl: restUrl,
    clock,
    spacingMs: timing.pacingMs,
    timeoutMs: Math.min(timing.openTimeoutMs, issueTimeoutMs),
    checkCertificate: settings.checkCertificate,
  })
  const tokenRefresh: RefreshDeps = {
    store: createTokenStore({ redis, owner, kind: 'token' }),
    rules: tokenRules,
    async issue() {
      const issued = await issueToken(rest, settings, clock.now())
      onSecret(issued.token)
      return { secret: issued.token, lifetimeMs: lifetimeOf(issued, clock.now()) }
    },
  }
  const approvalRefresh: RefreshDeps = {
    store: createTokenStore({ redis, owner, kind: 'approval' }),
    rules: approvalRules,
    async issue() {
      const secret = await issueApprovalKey(rest, settings)
      onSecret(secret)
      return { secret, lifetimeMs: approvalLifetimeMs }
    },
  }
  const tokens = createSharedCredential({ ...tokenRefresh, clock, onSecret })
  const approvals = createSharedCredential({ ...approvalRefresh, clock, onSecret })
  const alone = {
    connects: createBudget(timing.mostConnects, timing.connectWindowMs, clock),
    limit: createRateLimit(environment, clock),
  }
  const reserve = createConnectBudget({
    redis,
    prefix,
    most: timing.mostConnects,
    windowMs: timing.connectWindowMs,
  })
  const onTrouble = (error: unknown) =>
    log.warn({ problem: textOf(error) }, 'Redis is away: this process keeps the pace of REST calls by itself')

  return {
    rest,
    tokens,
    tokenRefresh,
    limit: createSharedRateLimit({
      redis,
      prefix,
      clock,
      spacingAt: time => spacingOf(environment, time),
      alone: alone.limit,
      onTrouble,
    }),
    async approvalKey(refused) {
      try {
        return await (refused === undefined ? approvals.current() : approvals.renew(refused))
      } catch (error) {
        if (error instanceof KisError || error instanceof TryLater) throw error
        log.warn({ problem: textOf(error) }, 'Redis is away: this process has an approval key issued for itself')
        return (await approvalRefresh.issue()).secret
      }
    },
    async issueApproval() {
      const { held } = await approvalRefresh.store.read()
      if (held === undefined) await approvals.current()
      else await approvals.renew(held.secret)
    },
    connects: {
      async take() {
        try {
          const waitMs = await reserve()
          if (waitMs === 0) alone.connects.spend()
          return waitMs
        } catch (error) {
          log.warn({ problem: textOf(error) }, 'Redis is away: this process counts its connections by itself')
          return alone.connects.take()
        }
      },
      left: () => alone.connects.left(),
    },
    close: () => rest.close(),
  }
}

const approvalLifetimeMs = 24 * 3_600_000

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
