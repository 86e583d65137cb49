// `kis-stream replay`: a recording on the terminal, as `run` would have shown it then.
import { once } from 'node:events'
import { timer } from 'rxjs'
import { createReplay } from '../app/replay/replay.ts'
import { SettingsError } from '../app/settings/settings.ts'
import { unknownColumns } from '../kis/wire/columns.ts'
import { eventLine } from '../market/event-line.ts'
import type { Result } from '../market/basics/result.ts'
import { parseInstrument } from '../market/instrument.ts'
import { notRecorded, openRecording } from '../recording/read/reader.ts'
import type { Sink } from '../sinks/sink.ts'
import { createLog } from './terminal/log.ts'
import { misuse, reportMistakes, strayWords } from './input/usage-errors.ts'
import { say } from './terminal/say.ts'
import { prettyPrinter } from './terminal/pretty.ts'
import { stopSignal } from './terminal/stop-signal.ts'
import { namesIn, readDate, readSpeed, readTime } from './input/parse-time.ts'

/** The folder of `record`, and the default of the commands that read it. */
export const defaultRecording = 'recordings'

/** What is being printed may take so long to end after a signal, as with `run`. */
const patienceMs = 5_000

/** Text that makes one write. */
const batchLength = 65_536

export type Part = {
  readonly folder: string
  readonly date: number | undefined
  readonly from: number | undefined
  readonly to: number | undefined
  readonly speed: number
}

export async function replay(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const mistakes: string[] = []
  const [folder = defaultRecording, ...others] = words
  mistakes.push(...strayWords(folder.startsWith('-') ? words : others))
  const part = readPart(folder, flags, mistakes)
  const instruments = listOf(flags, 'instruments', mistakes)?.map(name => {
    const parsed = parseInstrument(name)
    if ('problem' in parsed) mistakes.push(`--instruments ${parsed.problem}`)
    return 'problem' in parsed ? name : parsed.value
  })
  const columns = listOf(flags, 'columns', mistakes)
  mistakes.push(...unknownColumns(columns ?? []).map(problem => `--columns ${problem}`))
  const { format } = flags
  if (format !== 'pretty' && format !== 'ndjson') mistakes.push('--format needs one of pretty, ndjson')
  if (mistakes.length > 0 || part === undefined) return reportMistakes(new SettingsError(mistakes), 'replay')

  const { date, from, to, speed } = part
  const lines = lineWriter()
  const playing = createReplay({
    folder,
    speed,
    log: createLog('warn'),
    ...(date === undefined ? {} : { date }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(instruments === undefined ? {} : { instruments }),
    ...(columns === undefined ? {} : { columns }),
    ready: lines.ready,
  })
  const pretty = prettyPrinter(text => void process.stdout.write(text), process.stdout.isTTY)
  playing.attach(format === 'ndjson' ? lines.sink : pretty, 'standard output')
  let isStopping = false
  void stopSignal().then(() => {
    isStopping = true
    playing.stop()
    // A reader that stalled holds up the entry that the replay is at.
    timer(patienceMs).subscribe(() => {
      say('kis-stream replay: left without waiting for what is printed', 'error')
      process.exit(1)
    })
  })
  let isEmpty = true
  const first = playing.events$.subscribe(() => {
    isEmpty = false
    first.unsubscribe()
  })
  try {
    await playing.play()
    lines.flush()
    // On standard error, because it is no event.
    if (isEmpty) say(`kis-stream replay: nothing was recorded in this part of ${folder}`, 'warn')
  } catch (error) {
    lines.flush()
    say(`kis-stream replay: ${(error as Error).message}`, 'error')
    process.exitCode = misuse
  }
  if (isStopping) process.stdout.write('', () => process.exit())
}

/**
 * What is meant by `--date`, `--from`, `--to` and `--speed`; without a date, by default, the last one if
 * there can be only one.
 */
export function readPart(
  folder: string,
  flags: Readonly<Record<string, unknown>>,
  mistakes: string[],
  isOneDay = false,
): Part | undefined {
  const dates = datesOf(folder, mistakes)
  const date = readFlag(flags, 'date', mistakes, readDate)
  const speed = readFlag(flags, 'speed', mistakes, readSpeed) ?? 1
  if (date !== undefined && dates !== undefined && !dates.includes(date)) {
    mistakes.push(`--date ${notRecorded(date, dates, folder)}`)
  }
  const day = date ?? (isOneDay || dates?.length === 1 ? dates?.at(-1) : undefined)
  const time = (text: string) =>
    day === undefined && /^\d\d:/.test(text)
      ? { problem: `'${text}' of which day? Say --date` }
      : readTime(text, day ?? 0)
  const from = readFlag(flags, 'from', mistakes, time)
  const to = readFlag(flags, 'to', mistakes, time)
  if (from !== undefined && to !== undefined && from >= to) mistakes.push('--from is not before --to')
  return dates === undefined ? undefined : { folder, date: day, from, to, speed }
}

function datesOf(folder: string, mistakes: string[]): readonly number[] | undefined {
  try {
    return openRecording(folder)
      .days()
      .map(({ date }) => date)
  } catch (error) {
    mistakes.push((error as Error).message)
    return undefined
  }
}

function readFlag(
  flags: Readonly<Record<string, unknown>>,
  name: string,
  mistakes: string[],
  read: (text: string) => Result<number>,
): number | undefined {
  const given = flags[name]
  if (given === undefined) return undefined
  const result = typeof given === 'string' ? read(given) : { problem: 'needs a value' }
  if ('value' in result) return result.value
  mistakes.push(`--${name} ${result.problem}`)
  return undefined
}

function listOf(
  flags: Readonly<Record<string, unknown>>,
  name: string,
  mistakes: string[],
): readonly string[] | undefined {
  const given = flags[name]
  if (given === undefined) return undefined
  if (typeof given !== 'string') {
    mistakes.push(`--${name} needs a list, separated by commas`)
    return undefined
  }
  return namesIn(given)
}

/** Lines that wait for their reader: a replay may, where a feed must not. */
function lineWriter() {
  let text = ''

  function flush(): void {
    if (text !== '') process.stdout.write(text)
    text = ''
  }

  const sink: Sink = events =>
    events.subscribe(event => {
      text += `${eventLine(event)}\n`
      if (text.length >= batchLength) flush()
    })
  return {
    sink,
    /** Shows what there is, and waits while the pipe is full. */
    ready(): Promise<void> | undefined {
      flush()
      return process.stdout.writableNeedDrain ? once(process.stdout, 'drain').then(() => {}) : undefined
    },
    flush,
  }
}
