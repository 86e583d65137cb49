// Keeps one approval key for all connections of an app key. Asking for it is cheap to KIS's eye only when done rarely.
import type { Clock } from '../market/clock.ts'
import { KisError } from './errors.ts'
import type { Secret } from './secret.ts'

/** An hour short of the 24 that KIS grants, so that a key never expires between asking and connecting. */
const validMs = 23 * 3_600_000

/** A second refusal in a row means that a new key does not help: from then on, one a minute at first, one in ten minutes at last. */
const firstPauseMs = 60_000
const longestPauseMs = 600_000

export type ApprovalKeys = {
  /** Rejects with a KisError while it is too early for yet another key. */
  current(): Promise<Secret>
  /** KIS refused the key: the next connection asks for a new one. */
  forget(): void
  /** KIS took the key. */
  accepted(): void
  /** When the key in use was issued; undefined while there is none. */
  issuedAt(): number | undefined
}

export function createApprovalKeys(issue: () => Promise<Secret>, clock: Clock): ApprovalKeys {
  let key: Secret | undefined
  let issuedAt = 0
  let refusals = 0
  let underWay: Promise<Secret> | undefined

  async function renew(): Promise<Secret> {
    const waitMs = issuedAt + pauseMs() - clock.now()
    if (refusals > 1 && waitMs > 0) throw tooEarly(refusals, waitMs)
    key = await issue()
    issuedAt = clock.now()
    return key
  }

  function pauseMs(): number {
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (refusals - 2))
  }

  return {
    current() {
      if (key !== undefined && clock.now() - issuedAt < validMs) return Promise.resolve(key)
      underWay ??= renew().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    forget() {
      if (key !== undefined) refusals++
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
