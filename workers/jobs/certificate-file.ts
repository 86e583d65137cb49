// The certificate of a day on disk: as JSON for programs and as a table for people.
import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../system/kept-file.ts'
import type { DayCertificate, InstrumentCertificate } from './certificate.ts'

export const certificateFolder = 'certificates'

/** `certificates/2026-11-20.json` and `.txt`. A reader finds the old ones or the new ones, whole. */
export async function writeCertificate(folder: string, certificate: DayCertificate): Promise<void> {
  const path = join(folder, certificateFolder)
  const name = join(path, dateText(certificate.date))
  await keep(`${name}.json`, `${JSON.stringify(certificate, undefined, 2)}\n`)
  await keep(`${name}.txt`, certificateText(certificate))
}

/** The newest there is, as it was written; undefined when there is none. Rejects when it cannot be read. */
export async function latestCertificate(folder: string): Promise<unknown> {
  const path = join(folder, certificateFolder)
  const names = await readdir(path).catch(() => [])
  const newest = names
    .filter(name => name.endsWith('.json'))
    .toSorted()
    .at(-1)
  return newest === undefined ? undefined : JSON.parse(await readFile(join(path, newest), 'utf8'))
}

/** Two workers may make one day's certificate at once; neither renames what the other is still writing. */
function keep(file: string, text: string): Promise<void> {
  return replaceFile(file, text, `${file}.${randomUUID()}.tmp`)
}

const heads = [
  'instrument',
  'verdict',
  'trades',
  'volume',
  'gaps',
  'missing',
  'late',
  'repaired',
  'explained',
  'unknown',
  'minutes',
  'agree',
]

export function certificateText({ date, madeAt, unreadableLines, instruments }: DayCertificate): string {
  const rows = instruments.map(cellsOf)
  const lines = [heads, ...rows]
  const widths = heads.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  const show = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  const notes = instruments.flatMap(notesOf)
  if (unreadableLines > 0) notes.unshift(`${unreadableLines} lines of the day book could not be read`)
  const table = [show(heads), widths.map(width => '-'.repeat(width)).join('  '), ...rows.map(show)]
  return [
    `Day certificate ${dateText(date)}, made ${timeText(madeAt)} KST`,
    '',
    ...table,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n')
}

function cellsOf(one: InstrumentCertificate): string[] {
  const { trades, volume, gaps, gapVolume, lateVolume, repairedVolume, explainedVolume, unknownVolume } = one
  const numbers = [trades, volume, gaps, gapVolume, lateVolume, repairedVolume, explainedVolume, unknownVolume]
  const counts = [...numbers, one.minutesCompared, one.minutesAgreeing].map(count => count.toLocaleString('en-US'))
  return [one.instrument, one.verdict, ...counts]
}

/** At most so many missing parts and minutes are listed. */
const mostNotes = 10

function notesOf(one: InstrumentCertificate): string[] {
  const notes: string[] = []
  if (one.problem !== null) notes.push(`not compared with REST: ${one.problem}`)
  if (one.resyncs > 0) notes.push(`${one.resyncs} times it was not known whether anything was missing`)
  for (const { volume, from, to } of one.unknown.slice(0, mostNotes))
    notes.push(`${volume.toLocaleString('en-US')} shares unknown between ${timeText(from)} and ${timeText(to)}`)
  for (const { minute, received, repaired, rest } of one.differences.slice(0, mostNotes))
    notes.push(`${timeText(minute)}: received ${received}, repaired ${repaired}, REST says ${rest}`)
  const more = Math.max(0, one.unknown.length - mostNotes) + Math.max(0, one.differences.length - mostNotes)
  if (more > 0) notes.push(`and ${more} more, in the JSON file`)
  return notes.map(note => `${one.instrument}: ${note}`)
}

/** `2026-11-20T09:02:10.000+09:00` → `2026-11-20 09:02:10`. */
function timeText(iso: string | null): string {
  return iso === null ? '?' : iso.slice(0, 19).replace('T', ' ')
}

function dateText(date: number): string {
  return String(date).replace(/(....)(..)(..)/, '$1-$2-$3')
}
