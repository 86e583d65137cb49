// What belongs to one app key: its approval key, its one line, and how much KIS will take from it. Markets with app keys of their own
// share nothing of it.
import { type ApprovalKeys, createApprovalKeys } from '../../kis/rest/approval.ts'
import { type AppKeys, issueApprovalKey } from '../../kis/credentials.ts'
import type { RestClient } from '../../kis/rest/client.ts'
import type { Secret } from '../../kis/secret.ts'
import { type Budget, type ConnectBudget, createBudget } from '../../machines/budget.ts'
import type { AppKeyAccess } from '../../machines/connection.ts'
import { createConnectionLock } from '../../machines/connection-lock.ts'
import type { LineOwner } from '../../machines/owner.ts'
import type { Timing } from '../../machines/timing.ts'
import type { Clock } from '../../market/clock.ts'
import type { KeptLine } from '../persistence/line-memory.ts'
import { createLineOwner } from '../persistence/line-owner.ts'

export type AppKeyParts = {
  readonly keys: AppKeys
  /** There when other processes use this app key too. */
  readonly shared: SharedKey | undefined
  /** What outlives this process, where nothing is shared. */
  readonly kept: KeptLine
  readonly rest: RestClient
  readonly timing: Timing
  readonly clock: Clock
  /** KIS issued something that must never be shown. */
  readonly onSecret: (secret: Secret) => void
}

/** What more processes than this one use of an app key: its approval key, its budgets, its line. */
export type SharedKey = {
  approvalKey(refused?: Secret): Promise<Secret>
  /** When KIS issued the one that was handed out last, to whichever process. */
  approvalKeyIssuedAt(): number | undefined
  readonly connects: ConnectBudget
  readonly requests: Budget
  readonly owner: LineOwner
}

export type SharedAccess = SharedKey & {
  /** Of the US market's own app key, if it has one. */
  readonly us?: SharedKey | undefined
}

export function openAppKey({ keys, shared, kept, rest, timing, clock, onSecret }: AppKeyParts): AppKeyAccess {
  const issue = async (refused?: Secret) => {
    const key = await (shared === undefined ? issueApprovalKey(rest, keys) : shared.approvalKey(refused))
    onSecret(key)
    return key
  }
  const own: ApprovalKeys = createApprovalKeys(issue, clock, shared && 0)
  // One that is shared may have been issued long before this process asked for it.
  const issuedAt = () => (own.issuedAt() === undefined ? undefined : shared?.approvalKeyIssuedAt())
  const approvalKeys = shared === undefined ? own : { ...own, issuedAt }
  return {
    approvalKeys,
    lock: createConnectionLock(),
    connects: shared?.connects ?? createBudget(timing.mostConnects, timing.connectWindowMs, clock, kept.connects),
    requests: shared?.requests ?? createBudget(timing.mostRequests, timing.requestWindowMs, clock),
    owner: shared?.owner ?? createLineOwner({ kept }),
  }
}
