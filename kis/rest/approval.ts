// Keeps one approval key for all connections of an app key. KIS tolerates requests for one only when they are
// rare.
import { hourMs, minuteMs } from '../../market/basics/durations.ts'
import type { Clock } from '../../market/clock.ts'
import { KisError } from '../errors.ts'
import type { Secret } from '../secret.ts'

/** An hour short of the 24 that KIS grants, so that a key never expires between asking and connecting. */
const validMs = 23 * hourMs

/**
 * A second refusal in a row means that a new key does not help: then one a minute, and later one in ten
 * minutes.
 */
const firstPauseMs = minuteMs
const longestPauseMs = 600_000

export type ApprovalKeys = {
  /** Rejects with a KisError while it is too early for another key. */
  current(): Promise<Secret>
  /** KIS refused the key: the next connection asks for a new one. */
  forget(): void
  /** KIS took the key. */
  accepted(): void
  /** When the key in use was issued; undefined while there is none. */
  issuedAt(): number | undefined
}

/**
 * `issue` gets the key that was refused. With `keptMs` 0 it keeps keys itself, for more processes than this
 * one, and is asked before every connection.
 */
export function createApprovalKeys(
  issue: (refused?: Secret) => Promise<Secret>,
  clock: Clock,
  keptMs = validMs,
): ApprovalKeys {
  let key: Secret | undefined
  let refused: Secret | undefined
  let issuedAt = 0
  let refusals = 0
  let underWay: Promise<Secret> | undefined

  async function renew(): Promise<Secret> {
    // A clock that was set back does not show how long ago it was.
    const waitMs = pauseMs() - Math.max(0, clock.now() - issuedAt)
    if (refusals > 1 && waitMs > 0) throw tooEarly(refusals, waitMs)
    key = await issue(refused)
    refused = undefined
    issuedAt = clock.now()
    return key
  }

  function pauseMs(): number {
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (refusals - 2))
  }

  return {
    current() {
      if (key !== undefined && clock.now() - issuedAt < keptMs) return Promise.resolve(key)
      underWay ??= renew().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    forget() {
      if (key === undefined) return
      refusals++
      refused = key
      key = undefined
    },
    accepted() {
      refusals = 0
    },
    issuedAt: () => (key === undefined ? undefined : issuedAt),
  }
}

function tooEarly(refusals: number, waitMs: number): KisError {
  const text = `KIS refused ${refusals} approval keys in a row; the next one is asked for in ${Math.ceil(waitMs / 1000)} s. Check the app key`
  return new KisError('authentication', text)
}
