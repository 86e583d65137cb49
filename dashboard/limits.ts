// What KIS still allows, for each app key. What processes share through Redis is told for all of them together; the rest is of this one.
import type { SharedLimits } from '../app/jobs/shared-access.ts'
import type { AppKeyStatus, BudgetStatus, FeedStatus } from '../app/observe/status.ts'
import { type Market, markets } from '../market/instrument.ts'

export type LimitView = {
  /** The markets that the app key serves. */
  readonly markets: readonly Market[]
  readonly connects: BudgetStatus & { readonly scope: LimitScope }
  readonly requests: BudgetStatus & { readonly scope: LimitScope }
  readonly approvalKeyIssuedAt: number | null
}

/** `all-processes`: counted in Redis · `this-process`: others may have spent some that we do not know of. */
export type LimitScope = 'all-processes' | 'this-process'

export function limitsOf(status: FeedStatus, shared: SharedLimits | undefined): readonly LimitView[] {
  const { usAppKey } = status
  if (usAppKey === undefined) return [limitOf(status, markets, shared?.connectsLeft)]
  return [limitOf(status, ['KR'], shared?.connectsLeft), limitOf(usAppKey, ['US'], shared?.us?.connectsLeft)]
}

function limitOf(
  { budgets, approvalKeyIssuedAt }: AppKeyStatus,
  served: readonly Market[],
  leftToAll: number | undefined,
): LimitView {
  const scope = leftToAll === undefined ? 'this-process' : 'all-processes'
  return {
    markets: served,
    connects: { ...budgets.connects, left: leftToAll ?? budgets.connects.left, scope },
    // What the others asked for is in it, as of our own last request.
    requests: { ...budgets.requests, scope },
    approvalKeyIssuedAt: approvalKeyIssuedAt ?? null,
  }
}
