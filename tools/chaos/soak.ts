// `npm run chaos -- --soak 15`: one compiled `run` at full speed for minutes, with page, recorder and jobs:
// does its memory stand, and does it lose anything? The market is a process of its own, and a page stays
// open.
import { minuteMs } from '../../market/basics/durations.ts'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { atMost, figure, print, printTable, printTarget } from '../bench/report.ts'
import { compiled } from './hostile/main.ts'

export type Soak = { readonly minutes: number; readonly recordsPerSecond: number }

/**
 * Of 15 minutes: 4 to 7, when everything is warm, against 12 to 15. Shorter runs take the same parts of
 * themselves.
 */
const before = [4 / 15, 7 / 15] as const
const after = [12 / 15, 1] as const
const growthBound = 1.05
/** In less than ten minutes not everything is warm: then this only says that nothing runs away. */
const shortGrowthBound = 1.5
const looks = 180
const shortestLookMs = 250

/** Forty-one subscriptions: what one session carries. */
const symbols = Array.from({ length: 41 }, (_, i) => `KRX:${String(100_000 + i * 10).padStart(6, '0')}`)

type Look = { readonly at: number; readonly megabytes: number }

/** True when memory stood within five percent, and nothing was missing. */
export async function soak({ minutes, recordsPerSecond }: Soak): Promise<boolean> {
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--soak: expected minutes, as 15 or 0.5')
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-soak-'))
  const command = compiled()
  const environment = { PATH: process.env['PATH'], KIS_ENV_FILE: devNull }
  const market = spawn(
    process.execPath,
    [command.program, 'simulate', '--port', '0', '--rate', String(recordsPerSecond)],
    { env: environment, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let feed: ReturnType<typeof spawn> | undefined
  let page: WebSocket | undefined
  try {
    const said = await outputOf(market.stdout, /REST (\S+), WebSocket (\S+)/)
    const [, rest = '', socket = ''] = said
    const running = (feed = spawn(process.execPath, [command.program, 'run', '--format', 'ndjson'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        KIS_APP_KEY: 'any',
        KIS_APP_SECRET: 'any',
        KIS_REST_URL: rest,
        KIS_WS_URL: socket.replace(/\n.*/s, ''),
        KIS_MARKET: 'KR',
        KIS_INSTRUMENTS: symbols.join(','),
        KIS_CHANNELS: 'trade',
        KIS_DATA_FOLDER: join(folder, 'data'),
        KIS_RECORD: join(folder, 'recording'),
        KIS_DASHBOARD_PORT: '0',
      },
    }))
    running.stdout.resume()
    const [, dashboard = ''] = await outputOf(running.stderr, /Dashboard: (http[^\s"]+)/)
    running.stderr.resume()
    page = new WebSocket(new URL('/live', dashboard.replace('http', 'ws')))
    page.on('message', () => {})
    page.on('error', () => {})

    const durationMs = minutes * minuteMs
    const startedAt = performance.now()
    const seen: Look[] = []
    while (performance.now() - startedAt < durationMs && running.exitCode === null) {
      await sleep(Math.max(shortestLookMs, durationMs / looks))
      seen.push({ at: (performance.now() - startedAt) / durationMs, megabytes: residentOf(running.pid) })
    }
    const metrics = await (await fetch(new URL('/metrics', dashboard))).text()
    const ended = new Promise(resolve => running.on('close', resolve))
    running.kill('SIGTERM')
    return report(minutes, seen, metrics, await ended)
  } finally {
    page?.terminate()
    feed?.kill('SIGKILL')
    market.kill('SIGTERM')
    rmSync(command.folder, { recursive: true, force: true })
    await sleep(shortestLookMs)
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
  }
}

function report(minutes: number, seen: readonly Look[], metrics: string, code: unknown): boolean {
  const [early, late] = [median(partOf(seen, before)), median(partOf(seen, after))]
  const count = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    )
  const records = count('kis_stream_records_total')
  printTable(
    `A soak of ${minutes} minutes`,
    ['what', 'figure'],
    [
      ['records', `${records}`],
      ['records a second', figure(records / (minutes * 60))],
      ['MB resident, median of minutes 4 to 7 of 15', figure(early)],
      ['MB resident, median of minutes 12 to 15 of 15', figure(late)],
      ['MB resident, most', figure(Math.max(...seen.map(({ megabytes }) => megabytes)))],
      [
        'MB resident, each fifteenth part',
        fifteenths(seen)
          .map(value => figure(value))
          .join(' '),
      ],
      ['exit code', String(code)],
    ],
  )
  const targets = [
    atMost('memory at the end over memory before', late / early, minutes < 10 ? shortGrowthBound : growthBound),
    atMost('gaps', count('kis_stream_gaps_total'), 0),
    atMost('events that were dropped', count('kis_stream_sink_dropped_total'), 0),
    atMost('exit code', Number(code), 0),
  ]
  print('')
  for (const target of targets) printTarget(target)
  return records > 0 && targets.every(({ isMet }) => isMet)
}

function partOf(seen: readonly Look[], [from, to]: readonly [number, number]): number[] {
  return seen.filter(({ at }) => at >= from && at <= to + 0.02).map(({ megabytes }) => megabytes)
}

/** By which one sees a step from a slope. */
function fifteenths(seen: readonly Look[]): number[] {
  return Array.from({ length: 15 }, (_, i) => median(partOf(seen, [i / 15, (i + 1) / 15])))
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The first match in what a process prints. Rejects when it ends before. */
function outputOf(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    const take = (chunk: Buffer) => {
      text += chunk.toString()
      const found = pattern.exec(text)
      if (found === null) return
      stream.off('data', take)
      resolve(found)
    }
    stream.on('data', take)
    stream.on('end', () => reject(new Error(`a process ended before it said where it is:\n${text}`)))
  })
}

/** NaN where the system does not say. */
function residentOf(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}
