// What belongs to one app key: its approval key, its one line, and how much KIS will take from it. Markets with app keys of their own
// share nothing of it.
import { type ApprovalKeys, createApprovalKeys } from '../kis/approval.ts'
import { type AppKeys, issueApprovalKey } from '../kis/credentials.ts'
import type { RestClient } from '../kis/rest.ts'
import type { Secret } from '../kis/secret.ts'
import { createBudget } from '../machines/budget.ts'
import type { AppKeyAccess } from '../machines/connection.ts'
import { createLine } from '../machines/line.ts'
import type { Timing } from '../machines/timing.ts'
import type { Clock } from '../market/clock.ts'

export type AppKeyParts = {
  readonly keys: AppKeys
  readonly rest: RestClient
  readonly timing: Timing
  readonly clock: Clock
  /** KIS issued something that must never be shown. */
  readonly onSecret: (secret: Secret) => void
}

export function openAppKey({ keys, rest, timing, clock, onSecret }: AppKeyParts): AppKeyAccess {
  const approvalKeys: ApprovalKeys = createApprovalKeys(async () => {
    const key = await issueApprovalKey(rest, keys)
    onSecret(key)
    return key
  }, clock)
  return {
    approvalKeys,
    line: createLine(),
    connects: createBudget(timing.mostConnects, timing.connectWindowMs, clock),
    requests: createBudget(timing.mostRequests, timing.requestWindowMs, clock),
  }
}
