// `kis-stream decode`: a pure decoder. Whatever is in the file comes out, in order; nothing is dropped or
// checked against the rest.
import { createReadStream } from 'node:fs'
import { once } from 'node:events'
import { hourMs } from '../market/basics/durations.ts'
import { createLineDecoder } from '../app/replay/text-decoder.ts'
import { SettingsError } from '../app/settings/settings.ts'
import { unknownColumns } from '../kis/wire/columns.ts'
import type { Result } from '../market/basics/result.ts'
import { eventLine } from '../market/event-line.ts'
import { systemClock } from '../market/clock.ts'
import { koreanDate } from '../market/calendar/korea-time.ts'
import { withoutMark } from '../recording/read/capture-line.ts'
import { linesOf } from './input/read-lines.ts'
import { misuse, reportMistakes, strayWords } from './input/usage-errors.ts'
import { namesIn, readDate } from './input/parse-time.ts'

const noon = 12 * hourMs

export async function decode(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const [file, ...stray] = words
  const problems = strayWords(file?.startsWith('-') && file !== '-' ? words : stray)
  const receivedTime = receivedTimeOf(flags['date'])
  if ('problem' in receivedTime) problems.push(`--date ${receivedTime.problem}`)
  if (flags['columns'] === true) problems.push('--columns needs names, as VI_STND_PRC,CTTR')
  const columns = typeof flags['columns'] === 'string' ? namesIn(flags['columns']) : []
  problems.push(...unknownColumns(columns).map(problem => `--columns ${problem}`))
  if ('problem' in receivedTime || problems.length > 0) {
    return reportMistakes(new SettingsError(problems), 'decode')
  }

  const events = createLineDecoder(columns)
  const input = file === undefined || file === '-' ? process.stdin : createReadStream(file)
  try {
    for await (const line of linesOf(input)) {
      const text = events(withoutMark(line), receivedTime.value).map(event => `${eventLine(event)}\n`)
      if (text.length > 0 && !process.stdout.write(text.join(''))) await once(process.stdout, 'drain')
    }
  } catch (error) {
    process.stderr.write(`kis-stream decode: cannot read ${file ?? 'standard input'}: ${(error as Error).message}\n`)
    process.exitCode = misuse
  }
}

/** Noon of the date asked for, so that every time of day lands on it, or what is wrong with it. */
function receivedTimeOf(flag: unknown): Result<number> {
  if (flag === undefined) return { value: systemClock.now() }
  const date = readDate(typeof flag === 'string' ? flag : '')
  return 'problem' in date ? date : { value: koreanDate(date.value) + noon }
}
