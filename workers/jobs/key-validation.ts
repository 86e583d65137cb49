// Checks a key pair at KIS, strictly when the operating guide allows it (5.1): the processor reads the clock
// itself. Never says what the keys are.
import type { Clock } from '../../market/clock.ts'
import { isoKst } from '../../market/calendar/korea-time.ts'
import { type KeyValidationOptions, mayValidateKeys } from '../../market/calendar/key-validation-windows.ts'
import type { Payloads, Results } from '../queues.ts'

export type KeyValidationDeps = KeyValidationOptions & {
  readonly clock: Clock
  /**
   * Has an approval key issued, which proves app key and app secret together. Rejects when KIS
   * refuses them.
   */
  readonly proveApproval: () => Promise<void>
  /** Has the token renewed, if it is due. */
  readonly proveToken: () => Promise<'issued' | 'kept'>
}

export type KeyValidationAnswer = Results['key-validation']

export async function validateKeys(
  payload: Payloads['key-validation'],
  deps: KeyValidationDeps,
): Promise<KeyValidationAnswer> {
  const verdict = askWhether(payload.at ?? deps.clock.now(), deps)
  if (!verdict.allowed || payload.dryRun === true || payload.at !== undefined) return verdict
  await deps.proveApproval()
  return { ...verdict, proved: { approvalKey: true, token: await deps.proveToken() } }
}

/** Whether keys may be checked at an instant, why not, and when next. Makes no call. */
export function askWhether(time: number, options: KeyValidationOptions): KeyValidationAnswer {
  const { allowed, reason = null, next } = mayValidateKeys(time, options)
  return { allowed, reason, next: Number.isFinite(next) ? isoKst(next) : null }
}
