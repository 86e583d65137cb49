// The keys: there, and of the shape KIS gives them. They are looked at and not used: asking KIS about them is for the key-validation
// job, and only in its windows.
import { mayValidateKeys } from '../../market/key-validation-windows.ts'
import { formatKst } from '../../market/korea-time.ts'
import type { Finding, Patient } from './finding.ts'

const check = 'keys'

/** KIS's own documents: 36 and 180 characters (protocol notes 2.1). */
const lengths = { KIS_APP_KEY: 36, KIS_APP_SECRET: 180 } as const

export function examineKeys(patient: Patient): readonly Finding[] {
  const { told, clock, calendar, settings } = patient
  const given = { KIS_APP_KEY: told['appKey'], KIS_APP_SECRET: told['appSecret'] }
  const names = Object.keys(given) as (keyof typeof given)[]
  const missing = names.filter(name => given[name] === undefined)
  if (missing.length === names.length) {
    return [{ check, severity: 'info', found: 'no keys: run shows a generated market from the simulator' }]
  }
  if (missing.length > 0) {
    const remedy = 'Set both, from KIS Developers (apiportal.koreainvestment.com).'
    return [{ check, severity: 'error', found: `${missing.join(', ')} is missing`, remedy }]
  }
  const findings = names.flatMap(name => shapeFindings(name, String(given[name])))
  if (findings.length === 0)
    findings.push({ check, severity: 'ok', found: 'app key and secret are there and well formed' })
  const { allowed, reason, next } = mayValidateKeys(clock.now(), { calendar, watched: settings?.instruments ?? [] })
  const when = allowed
    ? 'KIS may be asked about them now'
    : `${reason}; KIS may be asked about them from ${formatKst(next).slice(0, 16)} KST`
  return [...findings, { check, severity: 'info', found: `not used here. ${when} (kis-stream job key-validation)` }]
}

/** Says what is odd, never what it is. */
function shapeFindings(name: keyof typeof lengths, text: string): Finding[] {
  const remedy = `Copy ${name} again, whole, without quotes or spaces.`
  const odd = (found: string, severity: 'warning' | 'error'): Finding[] => [{ check, severity, found, remedy }]
  if (text !== text.trim() || /^["'].*["']$/.test(text)) return odd(`${name} has spaces or quotes around it`, 'error')
  if (/[^\x21-\x7e]/.test(text)) return odd(`${name} has characters that no key has`, 'error')
  if (/^(your|my|test|changeme|xxx)/i.test(text)) return odd(`${name} looks like a placeholder`, 'error')
  const expected = lengths[name]
  if (text.length === expected) return []
  return odd(`${name} has ${text.length} characters; KIS gives ${expected}`, 'warning')
}
