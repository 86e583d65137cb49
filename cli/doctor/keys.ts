// The keys: there, and of the shape KIS gives them. They are looked at and not used: asking KIS about them is
// for the key-validation job, and only in its windows.
import { instrumentsOf } from '../../app/feed/subscriptions.ts'
import { type KeySetting, keySettings, ownerOf } from '../../app/settings/lines.ts'
import { mayValidateKeys } from '../../market/calendar/key-validation-windows.ts'
import { formatKst } from '../../market/calendar/korea-time.ts'
import { prefixOf } from '../../workers/redis/scope.ts'
import type { Finding, Context } from './finding.ts'

const check = 'keys'

/** KIS's own documents: 36 and 180 characters (protocol notes 2.1). */
const [keyLength, secretLength] = [36, 180]

type Given = { readonly name: string; readonly text: unknown; readonly length: number }

export function examineKeys(context: Context): readonly Finding[] {
  const { input, clock, calendar, settings } = context
  const [first, ...others] = keySettings.map(setting => pairOf(setting, input)) as [Pair, ...Pair[]]
  const given = others.filter(pair => !pair.every(isMissing)).flat()
  if (first.every(isMissing) && given.length === 0) {
    return [{ check, severity: 'info', found: 'no keys: run shows a generated market from the simulator' }]
  }
  const needed = [...first, ...given]
  const missing = needed.filter(isMissing).map(({ name }) => name)
  if (missing.length > 0) {
    const remedy = 'Set both, from KIS Developers (apiportal.koreainvestment.com).'
    return [{ check, severity: 'error', found: `${missing.join(', ')} is missing`, remedy }]
  }
  const findings = needed.flatMap(shapeFindings)
  if (findings.length === 0) {
    const found = given.length === 0 ? 'app key and secret are' : 'both app keys and their secrets are'
    findings.push({ check, severity: 'ok', found: `${found} there and well formed` })
  }
  const { allowed, reason, next } = mayValidateKeys(clock.now(), {
    calendar,
    watched: settings === undefined ? [] : instrumentsOf(settings),
  })
  const when = allowed
    ? 'KIS may be asked about them now'
    : `${reason}; KIS may be asked about them from ${formatKst(next).slice(0, 16)} KST`
  findings.push({ check, severity: 'info', found: `not used here. ${when} (kis-stream job key-validation)` })
  if (settings === undefined) return findings
  return [
    ...findings,
    { check, severity: 'info', found: `BullMQ prefix of their jobs: ${prefixOf(ownerOf(settings))}` },
  ]
}

type Pair = readonly Given[]

/** The app key and the secret of a line. */
function pairOf({ key, secret, variable }: KeySetting, input: Context['input']): Pair {
  return [
    { name: variable, text: input[key], length: keyLength },
    { name: variable.replace('KEY', 'SECRET'), text: input[secret], length: secretLength },
  ]
}

function isMissing({ text }: Given): boolean {
  return text === undefined
}

/** Says what is odd, never what it is. */
function shapeFindings({ name, text: given, length: expected }: Given): Finding[] {
  const text = String(given)
  const remedy = `Copy ${name} again, whole, without quotes or spaces.`
  const odd = (found: string, severity: 'warning' | 'error'): Finding[] => [{ check, severity, found, remedy }]
  if (text !== text.trim() || /^["'].*["']$/.test(text)) return odd(`${name} has spaces or quotes around it`, 'error')
  if (/[^\x21-\x7e]/.test(text)) return odd(`${name} has characters that no key has`, 'error')
  if (/^(your|my|test|changeme|xxx)/i.test(text)) return odd(`${name} looks like a placeholder`, 'error')
  if (text.length === expected) return []
  return odd(`${name} has ${text.length} characters; KIS gives ${expected}`, 'warning')
}
