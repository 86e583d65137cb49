// What KIS still allows each line. What is counted in Redis is for all processes; the rest is for this one.
import type { SharedLimits } from '../app/jobs/shared-access.ts'
import type { BudgetStatus, ConnectionStatus, LineStatus } from '../app/observe/status/connection.ts'
import type { Market } from '../market/instrument.ts'

export type LimitView = {
  /** The markets of the line. */
  readonly markets: readonly Market[]
  readonly connects: BudgetStatus & { readonly scope: LimitScope }
  readonly requests: BudgetStatus & { readonly scope: LimitScope }
  readonly approvalKeyIssuedAt: number | null
}

/** `all-processes`: counted in Redis · `this-process`: other processes may have spent some more. */
export type LimitScope = 'all-processes' | 'this-process'

export function limitsOf(
  status: Pick<ConnectionStatus, 'lines'>,
  shared: SharedLimits | undefined,
): readonly LimitView[] {
  return status.lines.map(line => limitOf(line, shared?.lines.find(other => other.line === line.line)?.connectsLeft))
}

function limitOf({ markets, budgets, approvalKeyIssuedAt }: LineStatus, leftToAll: number | undefined): LimitView {
  const scope = leftToAll === undefined ? 'this-process' : 'all-processes'
  return {
    markets,
    connects: { ...budgets.connects, left: leftToAll ?? budgets.connects.left, scope },
    // Counts requests of other processes, as of our own last request.
    requests: { ...budgets.requests, scope },
    approvalKeyIssuedAt: approvalKeyIssuedAt ?? null,
  }
}
