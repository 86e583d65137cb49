// How many places are needed of those one session has.
import { subscriptionsOf } from '../../app/settings.ts'
import { mostSubscriptions } from '../../machines/ledger.ts'
import { marketOf, markets } from '../../market/instrument.ts'
import type { Finding, Patient } from './finding.ts'

const check = 'slots'

/** Fewer left than this, and an instrument with both channels no longer fits. */
const fewLeft = 2

export function examineSlots({ settings }: Patient): readonly Finding[] {
  if (settings === undefined) return []
  const subscriptions = subscriptionsOf(settings)
  return markets.flatMap((market): Finding[] => {
    const needed = subscriptions.filter(({ instrument }) => marketOf(instrument) === market).length
    if (needed === 0) return []
    const found = `${market}: ${needed} of ${mostSubscriptions} places needed`
    if (needed > mostSubscriptions) {
      const remedy = `${needed - mostSubscriptions} will be refused (OPSP0008), the last ones named. Drop some, or use a second app key.`
      return [{ check, severity: 'error', found, remedy }]
    }
    if (mostSubscriptions - needed >= fewLeft) return [{ check, severity: 'ok', found }]
    return [{ check, severity: 'info', found: `${found}; hardly any is left for what you may want to add` }]
  })
}
