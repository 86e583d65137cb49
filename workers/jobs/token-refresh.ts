// One process has a credential renewed, the others read the new one. Never asks KIS without the lock, never
// more often than KIS allows, and never for a credential that another process has renewed meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { hourMs, minuteMs } from '../../market/basics/durations.ts'
import { KisError } from '../../kis/errors.ts'
import type { Secret } from '../../kis/secret.ts'
import { isoKst } from '../../market/calendar/korea-time.ts'
import type { Payloads, Results } from '../queues.ts'
import type { Held, Lease, Reading, TokenStore } from '../redis/token-store.ts'
import { TryLater } from '../try-later.ts'

/** When one kind of credential is renewed, and how often KIS issues it. */
export type Rules = {
  /** Renewed when no more than this is left of it. */
  readonly renewBeforeMs: number
  /** KIS issues no two of them within this time. */
  readonly pauseMs: number
}

/**
 * 24 hours of access; an hour is left for whatever keeps us from renewing it. One a minute, or EGW00133
 * (protocol notes 2.1).
 */
export const tokenRules: Rules = { renewBeforeMs: hourMs, pauseMs: minuteMs }

/** 24 hours, of which KIS sees the age only when a session opens. One a second (protocol notes 2.3). */
export const approvalRules: Rules = { renewBeforeMs: hourMs, pauseMs: 1_000 }

export type RefreshDeps = {
  readonly store: TokenStore
  readonly rules: Rules
  /**
   * Asks KIS. Should reject before the lock ends: a later answer may find that another process was faster.
   */
  readonly issue: () => Promise<{ readonly secret: Secret; readonly lifetimeMs: number }>
  readonly wait?: (ms: number) => Promise<unknown>
}

export type Refreshed = { readonly outcome: 'kept' | 'issued'; readonly held: Held }

/**
 * How often a process that waits for the lock reads the store: a few commands a second for each.
 */
const lookEveryMs = 50

/**
 * What is kept if it is good for a while yet, or a new one. `refused` is the fingerprint of one that KIS no
 * longer takes, whatever its age. The lock ends by itself, so no process waits for ever for a holder that was
 * killed.
 */
export async function refresh(deps: RefreshDeps, refused?: string): Promise<Refreshed> {
  const { store, rules, wait = sleep } = deps
  for (;;) {
    const held = freshOf(await store.read(), rules, refused)
    if (held !== undefined) return { outcome: 'kept', held }
    const lease = await store.lock()
    if ('fence' in lease) return await renewUnderLock(deps, lease, refused)
    await wait(Math.min(lease.waitMs, lookEveryMs))
  }
}

async function renewUnderLock(deps: RefreshDeps, lease: Lease, refused: string | undefined): Promise<Refreshed> {
  const { store, rules } = deps
  try {
    // The last holder of the lock has written by now.
    const reading = await store.read()
    const held = freshOf(reading, rules, refused)
    if (held !== undefined) return { outcome: 'kept', held }
    const old = takenOf(reading, refused)
    if (reading.pauseMs === 0) return await renew(deps, lease, old)
    if (old !== undefined) return { outcome: 'kept', held: old }
    const why = reading.held === undefined ? 'none is kept' : 'KIS refuses the one that is kept'
    throw new TryLater(
      reading.pauseMs,
      `${why}, and KIS issues the next one in ${seconds(reading.pauseMs)} at the earliest`,
    )
  } finally {
    // Without Redis there is nothing to give back: the lock ends by itself.
    await store.release(lease).catch(() => {})
  }
}

/** `old`: still good while KIS issues nothing. */
async function renew({ store, rules, issue }: RefreshDeps, lease: Lease, old: Held | undefined): Promise<Refreshed> {
  let issued: Awaited<ReturnType<RefreshDeps['issue']>>
  try {
    issued = await issue()
  } catch (error) {
    // It was issued to a process that did not keep it: one killed at the wrong moment, or another program.
    // KIS issues it again later.
    if (isTooEarly(error)) await store.pause(rules.pauseMs)
    if (old !== undefined) return { outcome: 'kept', held: old }
    if (!isTooEarly(error)) throw error
    throw new TryLater(rules.pauseMs, `KIS was asked less than ${seconds(rules.pauseMs)} ago`, { cause: error })
  }
  const isKept = await store.save(lease, issued, rules.pauseMs)
  const { held } = await store.read()
  if (held === undefined) throw new Error('what was just kept in Redis is not there: is its memory full, or cleared?')
  return { outcome: isKept ? 'issued' : 'kept', held }
}

function freshOf({ held, now }: Reading, rules: Rules, refused: string | undefined): Held | undefined {
  if (held === undefined || held.fingerprint === refused) return undefined
  return held.expiresAt - now > rules.renewBeforeMs ? held : undefined
}

/** No longer fresh, but still accepted by KIS. */
function takenOf({ held, now }: Reading, refused: string | undefined): Held | undefined {
  return held !== undefined && held.fingerprint !== refused && held.expiresAt > now ? held : undefined
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}

function isTooEarly(error: unknown): boolean {
  return error instanceof KisError && error.code === 'EGW00133'
}

/**
 * The job. Scheduled, it renews what is there; the first token is issued when one is needed, because KIS
 * notifies the account's holder of each.
 */
export async function refreshToken(
  { reason, refused }: Payloads['token-refresh'],
  deps: RefreshDeps,
): Promise<Results['token-refresh']> {
  if (reason === 'scheduled' && (await deps.store.read()).held === undefined) {
    return { outcome: 'nothing-to-renew', expiresAt: null }
  }
  const { outcome, held } = await refresh(deps, refused)
  return { outcome, expiresAt: isoKst(held.expiresAt) }
}
