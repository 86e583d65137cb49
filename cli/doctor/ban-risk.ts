// Whether KIS might take this client for an attack: settings below what it asks for, and connections
// used up lately. KIS blocks addresses and app keys that connect in a loop (notice of 2026-02-24).
import { minuteMs } from '../../market/basics/durations.ts'
import { isLoopbackUrl } from '../../kis/endpoints.ts'
import type { SupportRecord } from '../../app/operations/support-record.ts'
import { variableOf } from '../../app/settings/lines.ts'
import { defaultTiming } from '../../machines/timing.ts'
import { timingVariable } from '../../app/settings/timing-list.ts'
import type { Finding, Context } from './finding.ts'

const check = 'ban risk'

export function examineBanRisk({ settings, record, clock }: Context): readonly Finding[] {
  const findings = settings === undefined || isLoopbackUrl(settings.restUrl) ? [] : settingFindings(settings.timing)
  if (typeof record === 'object') findings.push(...budgetFindings(record, clock.now()))
  return findings.length > 0
    ? findings
    : [{ check, severity: 'ok', found: 'pace and pauses are as KIS asks, and no connections were used up lately' }]
}

function settingFindings(timing: typeof defaultTiming): Finding[] {
  const finding = (name: 'graceMs' | 'mostConnects', word: string): Finding => ({
    check,
    severity: 'warning',
    found: `${timingVariable(name)} is ${timing[name]}, ${word} than the default of ${defaultTiming[name]}`,
    remedy: `Unset ${timingVariable(name)}, unless you know that KIS allows it.`,
  })
  return [
    ...(timing.graceMs < defaultTiming.graceMs ? [finding('graceMs', 'less')] : []),
    ...(timing.mostConnects > defaultTiming.mostConnects ? [finding('mostConnects', 'more')] : []),
  ]
}

function budgetFindings({ status }: SupportRecord, now: number): Finding[] {
  const { lines, time } = status
  return lines.flatMap(({ line, budgets }) =>
    connectFindings(lines.length === 1 ? '' : `${variableOf(line)}: `, budgets.connects, now - time),
  )
}

type Connects = SupportRecord['status']['lines'][number]['budgets']['connects']

/** `whose`: the app key, where there are several. */
function connectFindings(whose: string, { left, most, windowMs }: Connects, agoMs: number): Finding[] {
  if (left === most || agoMs >= windowMs) return []
  const found = `${whose}${most - left} of ${most} connections were used in the ${Math.round(windowMs / minuteMs)} min before the last feed wrote its record, ${Math.round(agoMs / 1_000)} s ago`
  if (left > 1) return [{ check, severity: 'info', found }]
  const minutes = Math.ceil((windowMs - agoMs) / minuteMs)
  return [{ check, severity: 'warning', found, remedy: `Start no other process with this app key for ${minutes} min.` }]
}
