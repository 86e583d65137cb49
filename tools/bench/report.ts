// Tables for people, and targets with whether they were met. A target that is missed is news, not a failure.

export type Target = {
  /** What is claimed, with the baseline's name in it. */
  readonly claim: string
  readonly measured: number
  readonly limit: number
  readonly isMet: boolean
}

export function atLeast(claim: string, measured: number, limit: number): Target {
  return { claim: `${claim}: at least ${limit}`, measured, limit, isMet: measured >= limit }
}

export function atMost(claim: string, measured: number, limit: number): Target {
  return { claim: `${claim}: at most ${limit}`, measured, limit, isMet: measured <= limit }
}

export function printTarget({ claim, measured, isMet }: Target): void {
  print(`  ${isMet ? 'met   ' : 'MISSED'}  ${figure(measured).padStart(6)}  ${claim}`)
}

/** The first column to the left, figures to the right. */
export function printTable(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [heads, ...rows]
  const widths = heads.map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)))
  const show = (line: readonly string[]) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  print(`\n${title}`)
  print(`  ${show(heads)}`)
  print(`  ${widths.map(width => '-'.repeat(width)).join('  ')}`)
  for (const row of rows) print(`  ${show(row)}`)
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Three digits that matter; more would be noise. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'n/a'
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(0)
  return size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function times(ratio: number | undefined): string {
  return ratio === undefined ? '' : `${figure(ratio)} x`
}
