// One compiled `kis-stream run`, with page, recorder and jobs, against one hostile server: is the process
// well all the time, how much memory does it take, does it end in time when it is asked to, and is a secret
// in anything it showed or kept?
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { controlBytesIn, keptFiles, type Leak, leaksIn, shownByCommands, shownPages } from './outputs.ts'
import { planted, type StandIn } from './stand-in.ts'

export type Played = {
  readonly name: string
  /** What is wrong, in sentences; empty when all is well. */
  readonly faults: readonly string[]
  readonly peakMegabytes: number
  readonly slowestPageMs: number
  readonly endMs: number
  readonly outputs: number
  readonly leaks: readonly Leak[]
}

/** The feed's own waits, scaled; the rest is as users have it. */
const waits = { KIS_GRACE_MS: '300', KIS_OPEN_TIMEOUT_MS: '1500', KIS_STABLE_MS: '300', KIS_MOST_CONNECTS: '500' }
const pacingMs = 100
const subscriptions = 3
/** Grace, pace, and five seconds for everything that may hang. */
export const endBoundMs = 300 + 2 * subscriptions * pacingMs + 5_000
export const memoryBoundMegabytes = 400
/** A page that is not answered by then stands for a process that stands still. */
const pageBoundMs = 2_000
const lookEveryMs = 250
/** Of the start, with a machine under load. */
const startBoundMs = 30_000

export async function play(name: string, server: StandIn, program: string, playMs: number): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-hostile-'))
  const recording = join(folder, 'recording')
  const child = spawn(process.execPath, [program, 'run', '--format', 'ndjson'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      KIS_ENV_FILE: devNull,
      KIS_APP_KEY: planted.appKey,
      KIS_APP_SECRET: planted.appSecret,
      KIS_HTS_ID: planted.htsId,
      KIS_REST_URL: server.restUrl,
      KIS_WS_URL: server.wsUrl,
      KIS_MARKET: 'KR',
      KIS_INSTRUMENTS: 'KRX:005930,KRX:000660',
      KIS_CHANNELS: 'trade,H0STCNI0',
      KIS_DATA_FOLDER: join(folder, 'data'),
      KIS_RECORD: recording,
      KIS_DASHBOARD_PORT: '0',
      KIS_LOG_LEVEL: 'debug',
      ...waits,
    },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    // A flood is looked at, not kept.
    out = (out + chunk).slice(-20_000_000)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err = (err + chunk).slice(-20_000_000)
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>(resolve =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  )
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
  })
  const faults: string[] = []

  try {
    const dashboard = await addressIn(
      () => err,
      () => hasEnded,
    )
    if (dashboard === undefined) faults.push(`it did not start: ${err.slice(-500)}`)
    const slowestPageMs = dashboard === undefined ? Number.NaN : await watch(dashboard, playMs, () => hasEnded)
    if (slowestPageMs > pageBoundMs) faults.push(`a page took ${Math.round(slowestPageMs)} ms`)
    const shown = dashboard === undefined ? [] : await shownPages(dashboard)
    if (hasEnded) faults.push(`it ended by itself: ${err.slice(-500)}`)
    const peakMegabytes = peakOf(child.pid)
    if (peakMegabytes > memoryBoundMegabytes) faults.push(`it took ${Math.round(peakMegabytes)} MB`)

    const askedAt = performance.now()
    child.kill('SIGTERM')
    const patience = setTimeout(() => child.kill('SIGKILL'), 3 * endBoundMs)
    const { code, signal } = await ended
    clearTimeout(patience)
    const endMs = performance.now() - askedAt
    if (endMs > endBoundMs) faults.push(`it took ${Math.round(endMs)} ms to end`)
    if (code !== 0) faults.push(`it ended with ${code === null ? signal : `code ${code}`}`)

    const outputs = [
      { name: 'stdout', text: out },
      { name: 'stderr', text: err },
      ...shown,
      ...(await keptFiles(folder, recording)),
      ...shownByCommands(program, folder, recording),
    ]
    const controls = controlBytesIn(err)
    if (controls > 0) faults.push(`${controls} control characters in the log`)
    const leaks = leaksIn(outputs)
    for (const { output, secret } of leaks) faults.push(`${secret} in ${output}`)
    return { name, faults, peakMegabytes, slowestPageMs, endMs, outputs: outputs.length, leaks }
  } finally {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
  }
}

async function addressIn(text: () => string, hasEnded: () => boolean): Promise<string | undefined> {
  for (let waited = 0; waited < startBoundMs && !hasEnded(); waited += 50) {
    const found = /Dashboard: (http[^\s"]+)/.exec(text())?.[1]
    if (found !== undefined) return found
    await sleep(50)
  }
  return undefined
}

/** Asks how it is, again and again: the longest that an answer took. */
async function watch(dashboard: string, playMs: number, hasEnded: () => boolean): Promise<number> {
  const until = performance.now() + playMs
  let slowest = 0
  while (performance.now() < until && !hasEnded()) {
    const began = performance.now()
    await fetch(new URL('/status', dashboard), { signal: AbortSignal.timeout(2 * pageBoundMs) })
      .then(response => response.arrayBuffer())
      .catch(() => {})
    slowest = Math.max(slowest, performance.now() - began)
    await sleep(lookEveryMs)
  }
  return slowest
}

/** The most it ever had in memory; NaN where the system does not say. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}
