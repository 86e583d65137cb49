// `kis-stream recordings`: what was recorded, a line a day.
import { SettingsError } from '../app/settings/settings.ts'
import { formatKst } from '../market/calendar/korea-time.ts'
import { visible } from '../market/basics/visible-text.ts'
import { openRecording } from '../recording/read/reader.ts'
import { folderOf } from '../recording/format/segment.ts'
import { type DaySummary, summariesOf } from '../recording/format/summary.ts'
import { reportMistakes, strayWords } from './input/usage-errors.ts'
import { defaultRecording } from './replay.ts'

/** More names than these make a line too long to read. */
const mostNames = 6

export async function recordings(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const [folder = defaultRecording, ...others] = words
  const mistakes = strayWords(folder.startsWith('-') ? words : others)
  if (mistakes.length > 0) return reportMistakes(new SettingsError(mistakes), 'recordings')
  try {
    const recording = openRecording(folder)
    const lines: string[][] = []
    const isVerified = flags['verify'] === true
    for await (const summary of summariesOf(recording, isVerified)) {
      if (isVerified && summary.damaged > 0) process.exitCode = 1
      if (flags['json'] === true) process.stdout.write(`${JSON.stringify(summary)}\n`)
      else lines.push(cellsOf(summary))
    }
    if (flags['json'] === true) return
    if (lines.length === 0) return void process.stdout.write(`Nothing was recorded in ${folder} so far.\n`)
    print([['date', 'first', 'last (KST)', 'records', 'gaps', 'lost', 'size', 'integrity', 'instruments'], ...lines])
  } catch (error) {
    reportMistakes(new SettingsError([(error as Error).message]), 'recordings')
  }
}

function cellsOf(summary: DaySummary): string[] {
  const { date, from, to, records, gaps, lost, bytes, instruments } = summary
  const more = instruments.length > mostNames ? ` and ${instruments.length - mostNames} more` : ''
  return [
    folderOf(date),
    clock(from),
    clock(to),
    records.toLocaleString('en-US'),
    gaps.toLocaleString('en-US'),
    lost.toLocaleString('en-US'),
    size(bytes),
    integrityOf(summary),
    `${instruments.slice(0, mostNames).join(' ')}${more}`,
  ]
}

/** The worst first: what is damaged, what was not closed, what was not verified. */
function integrityOf({ damaged, unclosed, tornBytes, isVerified }: DaySummary): string {
  if (damaged > 0) return `${damaged} damaged`
  if (tornBytes > 0) return `unclosed, ${size(tornBytes)} torn off`
  if (unclosed > 0) return 'unclosed, whole so far'
  return isVerified ? 'verified' : 'closed'
}

function clock(time: number | null): string {
  return time === null ? '–' : formatKst(time).slice(11, 19)
}

function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

function print(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)))
  const isFigure = (column: number) => column >= 3 && column <= 6
  for (const line of lines) {
    const cells = line.map((cell, column) => {
      const width = widths[column] ?? 0
      return isFigure(column) ? cell.padStart(width) : cell.padEnd(width)
    })
    process.stdout.write(`${visible(cells.join('  ').trimEnd())}\n`)
  }
}
