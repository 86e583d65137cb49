// The settings: every mistake in them, all at once.
import { instrumentsOf, subscriptionsOf } from '../../app/feed/subscriptions.ts'
import { unknownVariables } from '../input/environment.ts'
import type { Finding, Context } from './finding.ts'

const check = 'configuration'

export function examineConfiguration(context: Context): readonly Finding[] {
  return [...settingFindings(context), ...unknownVariables(context.environment).map(variableFinding)]
}

function variableFinding({ says, meant }: { readonly says: string; readonly meant?: string }): Finding {
  return meant === undefined
    ? { check, severity: 'info', found: says }
    : { check, severity: 'warning', found: says, remedy: `Call it ${meant}, or unset it.` }
}

function settingFindings({ settings, mistakes }: Context): Finding[] {
  if (settings === undefined) {
    const remedy = "Correct it; see 'kis-stream run --help' and docs/configuration.md."
    return mistakes.map(found => ({ check, severity: 'error', found, remedy }))
  }
  const { environment, market } = settings
  const count = subscriptionsOf(settings).length
  const found = `${environment}, market ${market}, ${count} subscriptions of ${instrumentsOf(settings).length} instruments`
  if (count > 0) return [{ check, severity: 'ok', found }]
  return [{ check, severity: 'info', found: `${found}: run shows its own five; a program must subscribe by itself` }]
}
