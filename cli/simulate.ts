// `kis-stream simulate`: the simulator on its own, for any KIS client in any language.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { number, port } from '../app/settings/values.ts'
import { SettingsError } from '../app/settings/settings.ts'
import { layoutOf } from '../kis/wire/layout.ts'
import { type Clock, clockStartingAt, systemClock } from '../market/clock.ts'
import { type Market, marketOf, parseInstrument } from '../market/instrument.ts'
import { isoKst } from '../market/calendar/korea-time.ts'
import { symbolProblem } from '../market/symbol-shapes.ts'
import { openRecording } from '../recording/read/reader.ts'
import { summariesOf } from '../recording/format/summary.ts'
import { readDuration } from '../simulator/faults/fields.ts'
import { readFaultScript } from '../simulator/faults/script.ts'
import { generatedTape } from '../simulator/tape/generated-tape.ts'
import { readTrades } from '../simulator/market/past-trade.ts'
import { firstFrameOf, recordedTape } from '../simulator/tape/recorded-tape.ts'
import type { Widths } from '../simulator/columns/rows.ts'
import { type ScheduledFault, startSimulator } from '../simulator/server.ts'
import { capturedTape } from '../simulator/tape/tape.ts'
import { clockOf } from './input/hour.ts'
import { misuse, reportMistakes, strayWords } from './input/usage-errors.ts'
import { defaultRecording, readPart } from './replay.ts'
import { say } from './terminal/say.ts'
import { stopSignal } from './terminal/stop-signal.ts'

const shape = z.object({
  port,
  rate: number({ expected: 'records per second', least: 0.001, most: 1_000_000, isFraction: true }),
  seed: number({ expected: 'a whole number', least: 0, most: 2 ** 32 - 1 }),
  tape: z.string({ error: 'needs a file' }).optional(),
  width: z.string({ error: 'needs widths, as trade=46,book=59' }).optional(),
  notices: z.string({ error: 'needs a time, as every=5s' }).optional(),
})

export async function simulate(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const mistakes = strayWords(words)
  const read = shape.safeParse(flags)
  for (const issue of read.error?.issues ?? []) mistakes.push(`--${String(issue.path[0])} ${issue.message}`)
  const script = readFaults(flags['fault'], mistakes)
  const lines = typeof flags['tape'] === 'string' ? readTape(flags['tape'], mistakes) : undefined
  const recorded = flags['recording'] === undefined ? undefined : readRecording(flags, mistakes)
  if (recorded !== undefined && lines !== undefined) mistakes.push('--tape and --recording: one of them')
  const width = readWidth(flags['width'], mistakes)
  const noticesEveryMs = readNotices(flags['notices'], mistakes)
  const atHour = clockOf(flags['at'], [], mistakes)
  const isGenerated = recorded === undefined && lines === undefined
  if (width !== undefined && !isGenerated)
    mistakes.push('--width is for a generated market: a tape has the widths it has')
  if (flags['at'] !== undefined && recorded !== undefined) mistakes.push('--at and --recording: one of them')
  if (mistakes.length > 0 || !read.success) return reportMistakes(new SettingsError(mistakes), 'simulate')

  const { port, rate, seed } = read.data
  const tape =
    recorded !== undefined
      ? recordedTape(openRecording(recorded.folder), recorded)
      : lines === undefined
        ? generatedTape({ rate, seed, ...(width === undefined ? {} : { width }) })
        : capturedTape(lines, { rate })
  try {
    const log = (line: string) => say(line)
    const whatToWatch = recorded === undefined ? '--market KR --instruments KRX:005930' : await recordedNames(recorded)
    const ownDay = lines === undefined || flags['at'] !== undefined ? atHour : tapeClock(lines)
    const clock = recorded === undefined ? ownDay : await recordedClock(recorded)
    // What is days old is no news to a feed whose clock is right: it has to be at that hour too.
    const hour = clock === systemClock ? '' : ` --at ${isoKst(clock.now())}`
    const simulator = await startSimulator({
      port,
      clock,
      // A client's token must not be expired when it comes, whatever day is played.
      credentialClock: systemClock,
      tape,
      log,
      faults: script,
      faultSeed: seed,
      control: true,
      ...(noticesEveryMs === undefined ? {} : { noticesEveryMs }),
    })
    // Before the output shows that there is something to stop.
    void stopSignal()
      .then(() => simulator.stop())
      .then(() => process.exit(0))
    process.stdout.write(`KIS simulator: REST ${simulator.restUrl}, WebSocket ${simulator.wsUrl}

Any app key and secret will do. To point kis-stream at it:

  KIS_APP_KEY=any KIS_APP_SECRET=any KIS_REST_URL=${simulator.restUrl} KIS_WS_URL=${simulator.wsUrl} \\
    kis-stream run ${whatToWatch}${hour}

Any other KIS client: these two addresses in place of KIS's own, plain http and ws. Ctrl-C ends it.${widthsOf(width)}

Trouble, from the start with --fault (see --help), or while it runs:

  curl -d '{"kind":"cut"}' ${simulator.restUrl}/simulator/faults
  curl ${simulator.restUrl}/simulator/withheld

An account notice, to every session that registered H0STCNI0:

  curl -d '{"symbol":"005930","volume":10,"side":"buy"}' ${simulator.restUrl}/simulator/notices
`)
  } catch (error) {
    say(`kis-stream simulate: ${(error as Error).message}`, 'error')
    process.exitCode = misuse
  }
}

/** `trade=46,book=59`: layouts of before, for clients that count columns. */
function readWidth(flag: unknown, mistakes: string[]): Widths | undefined {
  if (typeof flag !== 'string') return undefined
  const known = { trade: widthsKnown('H0STCNT0'), book: [...widthsKnown('H0STASP0'), ...widthsKnown('H0UNASP0')] }
  const widths: { trade?: number; book?: number } = {}
  for (const part of flag.split(',')) {
    const [, name, columns] = /^(trade|book)=(\d{1,3})$/.exec(part.trim()) ?? []
    const kind = name === 'trade' || name === 'book' ? name : undefined
    if (kind !== undefined && known[kind].includes(Number(columns))) widths[kind] = Number(columns)
    else {
      const expected = (of: readonly number[]) => [...new Set(of)].toSorted((a, b) => a - b).join(' or ')
      mistakes.push(`--width '${part}': expected trade=${expected(known.trade)}, book=${expected(known.book)}`)
    }
  }
  return widths
}

function widthsKnown(tr: string): readonly number[] {
  return Object.keys(layoutOf(tr)?.widths ?? {}).map(Number)
}

function widthsOf({ trade, book }: Widths = {}): string {
  const columns = [
    ...(trade === undefined ? [] : [`trades ${trade}`]),
    ...(book === undefined ? [] : [`books ${book}`]),
  ]
  return columns.length === 0 ? '' : `\nColumns as before: ${columns.join(', ')}.`
}

/** `every=5s`. */
function readNotices(flag: unknown, mistakes: string[]): number | undefined {
  if (typeof flag !== 'string') return undefined
  const every = /^every=(.+)$/.exec(flag)?.[1]
  const ms = every === undefined ? undefined : readDuration(every)
  if (ms === undefined || ms < 1) mistakes.push(`--notices '${flag}': expected a time, as every=5s`)
  return ms
}

/** `given`: what was behind each --fault, or true where nothing was. */
function readFaults(given: unknown, mistakes: string[]): readonly ScheduledFault[] {
  const texts = Array.isArray(given) ? given : given === undefined ? [] : [given]
  const script = readFaultScript(texts.filter(text => typeof text === 'string'))
  if (texts.some(text => typeof text !== 'string')) mistakes.push('--fault needs a fault, as cut@30s')
  mistakes.push(...script.mistakes.map(mistake => `--fault ${mistake}`))
  return script.faults
}

type RecordedDay = { readonly folder: string; readonly date: number; readonly from?: number; readonly speed: number }

/** The last day when none is named. */
function readRecording(flags: Readonly<Record<string, unknown>>, mistakes: string[]): RecordedDay | undefined {
  const folder = typeof flags['recording'] === 'string' ? flags['recording'] : defaultRecording
  const part = readPart(folder, flags, mistakes, true)
  if (part === undefined) return undefined
  const { date, from, speed } = part
  if (date === undefined) {
    mistakes.push(`--recording ${folder}: nothing was recorded there`)
    return undefined
  }
  return { folder, date, speed, ...(from === undefined ? {} : { from }) }
}

/** It is the recorded day again: REST is asked for "today", and means that one. */
async function recordedClock({ folder, date, from }: RecordedDay): Promise<Clock> {
  const start = from ?? (await firstFrameOf(openRecording(folder), date))
  return start === undefined ? systemClock : clockStartingAt(start)
}

/** Names that fit on the line. */
const mostNames = 5

/** The clock of a tape: from its first trade on; the system's where it has none. */
function tapeClock(lines: readonly string[]): Clock {
  for (const line of lines) {
    const [trade] = readTrades(line.split('|')[1] ?? '', line)
    if (trade !== undefined) return clockStartingAt(trade.time)
  }
  return systemClock
}

/** Flags with which a feed sees what was recorded: of the market that has most of it. */
async function recordedNames({ folder, date }: RecordedDay): Promise<string> {
  const names: Record<Market, string[]> = { KR: [], US: [] }
  for await (const day of summariesOf(openRecording(folder))) {
    if (day.date !== date) continue
    for (const name of day.instruments) {
      const parsed = parseInstrument(name)
      if ('value' in parsed && symbolProblem(parsed.value) === undefined) names[marketOf(parsed.value)].push(name)
    }
  }
  const market = names.US.length > names.KR.length ? 'US' : 'KR'
  const list = names[market].slice(0, mostNames).join(',')
  return list === '' ? `--market ${market}` : `--market ${market} --instruments ${list}`
}

function readTape(file: string, mistakes: string[]): string[] {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .filter(line => line !== '')
  } catch (error) {
    mistakes.push(`--tape cannot be read: ${(error as Error).message}`)
    return []
  }
}
