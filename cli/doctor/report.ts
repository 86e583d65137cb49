// Findings as a table for people: the worst is easy to see, and what to do stands under it.
import type { Finding, Severity } from './finding.ts'

const colours: Readonly<Record<Severity, string>> = { ok: '32', info: '36', warning: '33', error: '31' }

export function reportOf(findings: readonly Finding[], isColoured: boolean): string {
  const paint = (severity: Severity, text: string) =>
    isColoured ? `\u001b[${colours[severity]}m${text}\u001b[0m` : text
  const width = Math.max(...findings.map(({ check }) => check.length))
  const indent = ' '.repeat(width + 11)
  const lines = findings.flatMap(({ check, severity, found, remedy }) => [
    `${paint(severity, severity.padEnd(7))}  ${check.padEnd(width)}  ${found}`,
    ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`]),
  ])
  return `${lines.join('\n')}\n\n${summaryOf(findings)}\n`
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter(finding => finding.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  if (errors + warnings === 0) return 'All is well.'
  const words = [
    ...(errors === 0 ? [] : [`${errors} ${errors === 1 ? 'error' : 'errors'}`]),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
  ]
  return `${words.join(', ')}.`
}
