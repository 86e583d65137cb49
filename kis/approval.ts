// Keeps one approval key for all connections of an app key. Asking for it is cheap to KIS's eye only when done rarely.
import type { Clock } from '../market/clock.ts'
import type { Secret } from './secret.ts'

/** An hour short of the 24 that KIS grants, so that a key never expires between asking and connecting. */
const validMs = 23 * 3_600_000

export type ApprovalKeys = {
  current(): Promise<Secret>
  /** KIS refused the key: the next connection asks for a new one. */
  forget(): void
}

export function createApprovalKeys(issue: () => Promise<Secret>, clock: Clock): ApprovalKeys {
  let key: Secret | undefined
  let issuedAt = 0
  let underWay: Promise<Secret> | undefined

  async function renew(): Promise<Secret> {
    key = await issue()
    issuedAt = clock.now()
    return key
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
      key = undefined
    },
  }
}
