// How many slots are needed of those one session has.
import { mostSlotsOf, overflowOf, slotsOf } from '../../app/feed/subscriptions.ts'
import { mostSubscriptions } from '../../machines/ledger.ts'
import { markets } from '../../market/instrument.ts'
import { onOrOff } from '../../app/settings/values.ts'
import type { Finding, Context } from './finding.ts'

const check = 'slots'

/** Fewer left than this, and an instrument with both channels no longer fits. */
const fewLeft = 2

export function examineSlots({ settings, input }: Context): readonly Finding[] {
  if (settings === undefined) return []
  const slots = slotsOf(settings)
  const overflow = overflowOf(settings)
  // `run` refuses to start with more than fit, unless it may go without them.
  const isAllowed = onOrOff.safeParse(input['allowUnplaced']).data === true
  const severity = isAllowed ? 'warning' : 'error'
  return markets.flatMap((market): Finding[] => {
    if (slots[market] === 0) return []
    const over = overflow.find(other => other.market === market)
    if (over !== undefined) {
      const { says } = over
      const tooMany = over.slots - over.most
      const remedy = isAllowed
        ? `The last ${tooMany} are refused (OPSP0008). Leave out some, or divide them over app keys.`
        : `run does not start so. Leave out ${tooMany}, divide them over app keys, or go without the last ${tooMany}: KIS_ALLOW_UNPLACED=on.`
      return [{ check, severity, found: says, remedy }]
    }
    const found = `${market}: ${slots[market]} of ${mostSubscriptions} slots needed`
    if (mostSlotsOf(settings, market) - slots[market] >= fewLeft) return [{ check, severity: 'ok', found }]
    return [{ check, severity: 'info', found: `${found}; hardly any is left for what you may want to add` }]
  })
}
