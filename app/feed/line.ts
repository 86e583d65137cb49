// What belongs to one line: its approval key, its one session, and its budgets. Lines share nothing of it.
import { type ApprovalKeys, createApprovalKeys } from '../../kis/rest/approval.ts'
import { type AppKeys, issueApprovalKey } from '../../kis/credentials.ts'
import type { RestClient } from '../../kis/rest/client.ts'
import type { Secret } from '../../kis/secret.ts'
import { type Budget, type ConnectBudget, createBudget } from '../../machines/budget.ts'
import type { LineAccess } from '../../machines/connection.ts'
import { createConnectionLock } from '../../machines/connection-lock.ts'
import type { LineOwner } from '../../machines/owner.ts'
import type { Timing } from '../../machines/timing.ts'
import type { Clock } from '../../market/clock.ts'
import type { LineId } from '../../market/events.ts'
import type { KeptLine } from '../persistence/line-memory.ts'
import { createLineOwner } from '../persistence/line-owner.ts'

export type LineParts = {
  readonly keys: AppKeys
  /** There when other processes use the line too. */
  readonly shared: SharedLine | undefined
  /** What outlives this process, where nothing is shared. */
  readonly kept: KeptLine
  readonly rest: RestClient
  readonly timing: Timing
  readonly clock: Clock
  /** KIS issued something that must never be shown. */
  readonly onSecret: (secret: Secret) => void
}

/** What several processes share of a line: approval key, budgets, and which process owns the session. */
export type SharedLine = {
  approvalKey(refused?: Secret): Promise<Secret>
  /** When KIS issued the one that was handed out last, to whichever process. */
  approvalKeyIssuedAt(): number | undefined
  readonly connects: ConnectBudget
  readonly requests: Budget
  readonly owner: LineOwner
}

/** The lines that several processes share. */
export type SharedAccess = { of(line: LineId): SharedLine | undefined }

export function openLine({ keys, shared, kept, rest, timing, clock, onSecret }: LineParts): LineAccess {
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
