// `kis-stream import`: a text capture as a recording.
import { createReadStream } from 'node:fs'
import { importCapture } from '../app/replay/import.ts'
import { SettingsError } from '../app/settings/settings.ts'
import { visible } from '../market/basics/visible-text.ts'
import { linesOf } from './input/read-lines.ts'
import { misuse, reportMistakes, strayWords } from './input/usage-errors.ts'
import { readDate } from './input/parse-time.ts'

/** Malformed lines reported one by one; the rest are counted. */
const mostReported = 20

export async function importText(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const [file, ...stray] = words
  const problems = strayWords(file?.startsWith('-') && file !== '-' ? words : stray)
  if (file === undefined) problems.push('expected a file of frames, one a line, or - for standard input')
  const { output } = flags
  if (typeof output !== 'string') problems.push('--output needs a folder, where the recording goes')
  const text = flags['date']
  const date = text === undefined ? { value: undefined } : readDate(typeof text === 'string' ? text : '')
  if ('problem' in date) problems.push(`--date ${date.problem}`)
  if (file === undefined || typeof output !== 'string' || 'problem' in date || problems.length > 0) {
    return reportMistakes(new SettingsError(problems), 'import')
  }

  let reported = 0
  try {
    const imported = await importCapture({
      lines: linesOf(file === '-' ? process.stdin : createReadStream(file)),
      output,
      ...(date.value === undefined ? {} : { date: date.value }),
      onMalformed(line, reason) {
        if (++reported <= mostReported) process.stderr.write(`line ${line}: ${visible(reason)}\n`)
      },
    })
    const { lines, frames, answers, malformed, dates } = imported
    if (reported > mostReported) process.stderr.write(`and ${reported - mostReported} lines more\n`)
    const bad = malformed === 0 ? '' : `, ${malformed} kept as malformed`
    process.stdout.write(
      `${lines} lines: ${frames} frames, ${answers} answers${bad}; recorded as ${dates.join(', ') || 'nothing'} in ${output}\n`,
    )
  } catch (error) {
    process.stderr.write(`kis-stream import: ${(error as Error).message}\n`)
    process.exitCode = misuse
  }
}
