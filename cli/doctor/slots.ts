// How many slots are needed of those one session has.
import { mostSlotsOf, overflowOf, slotsOf } from '../../app/subscriptions.ts'
import { mostSubscriptions } from '../../machines/ledger.ts'
import { markets } from '../../market/instrument.ts'
import { onOrOff } from '../on-or-off.ts'
import type { Finding, Patient } from './finding.ts'

const check = 'slots'

/** Fewer left than this, and an instrument with both channels no longer fits. */
const fewLeft = 2

export function examineSlots({ settings, told }: Patient): readonly Finding[] {
  if (settings === undefined) return []
  const slots = slotsOf(settings)
  const overflow = overflowOf(settings)
  // `run` refuses to start with more than fit, unless it may go without them.
  const severity = onOrOff.safeParse(told['allowUnplaced']).data === true ? 'warning' : 'error'
  return markets.flatMap((market): Finding[] => {
    if (slots[market] === 0) return []
    const over = overflow.find(other => other.market === market)
    if (over !== undefined) {
      const { says } = over
      const remedy = `${over.slots - over.most} are refused (OPSP0008), the last ones named. Drop some, or use another app key.`
      return [{ check, severity, found: says, remedy }]
    }
    const found = `${market}: ${slots[market]} of ${mostSubscriptions} slots needed`
    if (mostSlotsOf(settings, market) - slots[market] >= fewLeft) return [{ check, severity: 'ok', found }]
    return [{ check, severity: 'info', found: `${found}; hardly any is left for what you may want to add` }]
  })
}
