// `kis-stream export`: a recording as Parquet or CSV.
import { z } from 'zod'
import { exportRecording } from '../app/replay/export.ts'
import { SettingsError } from '../app/settings/settings.ts'
import { systemClock } from '../market/clock.ts'
import { parseInstrument } from '../market/instrument.ts'
import { type BarInterval, parseBarInterval } from '../streams/bars/intervals.ts'
import { folderOf } from '../recording/format/segment.ts'
import { misuse, reportMistakes, strayWords } from './input/usage-errors.ts'
import { defaultRecording } from './replay.ts'
import { readDate } from './input/parse-time.ts'

const formats = z.enum(['parquet', 'csv'])

export async function exportTables(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const [folder = defaultRecording, ...stray] = words
  const problems = strayWords(folder.startsWith('-') ? words : stray)
  const format = formats.safeParse(flags['format'])
  if (!format.success) problems.push(`--format '${String(flags['format'])}'; expected parquet, csv`)
  const { output } = flags
  if (typeof output !== 'string') problems.push('--output needs a folder, where the tables go')
  const dates = listOf(flags['date']).map(text => {
    const date = readDate(text)
    if ('problem' in date) problems.push(`--date ${date.problem}`)
    return 'problem' in date ? 0 : date.value
  })
  if (flags['date'] === true) problems.push('--date needs a date as 2026-11-20, or several, separated by commas')
  const instruments = listOf(flags['instruments']).map(text => {
    const parsed = parseInstrument(text)
    if ('problem' in parsed) problems.push(`--instruments ${parsed.problem}`)
    return 'problem' in parsed ? text : parsed.value
  })
  if (flags['instruments'] === true) problems.push('--instruments needs names, as KRX:005930,NAS:AAPL')
  const bars = parseBarInterval(String(flags['bars']))
  if ('problem' in bars) problems.push(`--bars ${bars.problem}`)
  if (typeof output !== 'string' || !format.success || problems.length > 0) {
    return reportMistakes(new SettingsError(problems), 'export')
  }

  const began = systemClock.now()
  try {
    const exported = await exportRecording({
      folder,
      output,
      format: format.data,
      bars: String(flags['bars']) as BarInterval, // parsed above
      ...(dates.length === 0 ? {} : { dates }),
      ...(instruments.length === 0 ? {} : { instruments }),
    })
    const { rows, files } = exported
    const seconds = (systemClock.now() - began) / 1_000
    const counts = Object.entries(rows).map(([table, count]) => `${count} ${table.replace('_', ' ')}`)
    process.stdout.write(
      `${exported.dates.map(folderOf).join(', ')}: ${counts.join(', ')} in ${files} files under ${output} (${seconds.toFixed(1)} s)\n`,
    )
  } catch (error) {
    process.stderr.write(`kis-stream export: ${(error as Error).message}\n`)
    process.exitCode = misuse
  }
}

function listOf(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',').map(part => part.trim()) : []
}
