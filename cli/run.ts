// `kis-stream run`: a feed on the terminal. Events on standard output, logs on standard error.
import { keySettings } from '../app/settings/lines.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeFeed } from '../app/feed/feed.ts'
import type { Feed } from '../app/feed/contract.ts'
import { expectFree, FolderInUseError } from '../app/persistence/folder-lock.ts'
import type { Jobs } from '../app/jobs/jobs.ts'
import { countsForItself } from '../app/persistence/line-memory.ts'
import type { Logger } from '../app/observe/log.ts'
import { commandSchema, keptFolder } from '../app/settings/setting-list.ts'
import { type FeedSettings, readSettings, SettingsError } from '../app/settings/settings.ts'
import { Subject } from 'rxjs'
import type { Clock } from '../market/clock.ts'
import type { SinkNews } from '../sinks/sink.ts'
import { jsonLines } from '../sinks/file/json-lines.ts'
import { generatedTape } from '../simulator/tape/generated-tape.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { dashboardSettings, openDashboard } from './dashboard.ts'
import { defaultChannels, feedSettings } from './input/environment.ts'
import { clockOf } from './input/hour.ts'
import { createLog } from './terminal/log.ts'
import { readInput, reportMistakes, strayWords } from './input/usage-errors.ts'
import { openOperations } from '../app/operations/operations.ts'
import { openOutput, standardError, unwritable } from './terminal/output.ts'
import { createPatience } from '../app/patience.ts'
import { prettyPrinter } from './terminal/pretty.ts'
import { say } from './terminal/say.ts'
import { latestCertificate } from '../workers/jobs/certificate-file.ts'
import { stopSignal } from './terminal/stop-signal.ts'
import { unplacedIn } from './input/unplaced.ts'
import { defaultRecording } from './replay.ts'

/** What a newcomer sees: whichever market has its turn, something moves. */
const showcase = 'KRX:005930,KRX:000660,KRX:035420,NAS:AAPL,NAS:NVDA'

const outputSettings = commandSchema.pick({
  jobs: true,
  redisUrl: true,
  dataFolder: true,
  format: true,
  record: true,
  allowUnplaced: true,
  logLevel: true,
})

export function run(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  return stream('run', flags, words)
}

/** `kis-stream record`: the same feed, with nobody watching. */
export function record(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const [folder = defaultRecording, ...others] = words
  const isFlag = folder.startsWith('-')
  return stream('record', { ...flags, record: isFlag ? defaultRecording : folder }, isFlag ? words : others)
}

async function stream(
  command: 'run' | 'record',
  flags: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Promise<void> {
  const { input, nameOf, mistakes: inputMistakes } = readInput(command, flags)
  const isDemonstration = [
    ...keySettings.flatMap(({ key, secret }) => [key, secret]),
    'restUrl',
    'socketUrl',
    'koreanSocketUrl',
    'usSocketUrl',
  ].every(name => input[name] === undefined)
  const complete = {
    ...(input['subscribe'] === undefined ? { instruments: showcase } : {}),
    channels: defaultChannels,
    ...input,
    ...(isDemonstration ? demonstrationKeys(input['schedule']) : {}),
  }
  const mistakes = [...strayWords(words), ...inputMistakes]
  const output = outputSettings.safeParse(input)
  const page = dashboardSettings.safeParse(input)
  for (const issue of [...(output.error?.issues ?? []), ...(page.error?.issues ?? [])]) {
    mistakes.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)
  }
  const settings = settingsOr(mistakes, complete, nameOf)
  // The simulator of a demonstration is on loopback as well.
  const addresses = settings === undefined || isDemonstration ? [] : addressesOf(settings)
  const clock = clockOf(flags['at'], addresses, mistakes)
  if (settings !== undefined && output.data?.allowUnplaced === false) mistakes.push(...unplacedIn(settings))
  if (settings === undefined || !output.success || !page.success || mistakes.length > 0) {
    return reportMistakes(new SettingsError(mistakes), command)
  }

  const { dataFolder, record: recordFolder } = output.data
  // A demonstration has nothing to remember: its market begins anew with each run.
  const folder = isDemonstration ? undefined : keptFolder(dataFolder)
  const inUse = whoUses(folder, recordFolder)
  if (inUse !== undefined) return refuse(command, inUse)
  const log = createLog(output.data.logLevel)
  const simulator = isDemonstration ? await startSimulator({ clock, tape: generatedTape() }) : undefined
  if (simulator !== undefined) {
    say('No KIS keys set: streaming a generated market from a simulator in this process (KIS_APP_KEY, KIS_APP_SECRET).')
  }
  if (recordFolder !== undefined) say(`Recording to ${recordFolder}. Ctrl-C ends it.`)
  const served = simulator === undefined ? settings : pointedAt(simulator, settings)
  const passing = simulator === undefined || output.data.jobs === 'off' ? undefined : temporaryFolder()
  const jobs = await openWork(served, { ...output.data, folder: passing ?? folder, clock }, log)
  if (jobs === 'unreachable') return await simulator?.stop()
  const isAlone = jobs === undefined || jobs.redisKind === 'embedded'
  if (simulator === undefined && folder === undefined && isAlone) log.warn({}, countsForItself)
  const opened = composeFeed(served, {
    clock,
    log,
    dataFolder: folder ?? false,
    recordFolder: recordFolder ?? false,
    ...(jobs === undefined ? {} : { jobs }),
  })
  const { feed } = opened
  const printed = command === 'record' ? printNothing() : printAs(output.data.format, feed)
  const observation = openOperations({
    ...opened,
    settings: served,
    log,
    dataFolder: folder,
    ...(jobs === undefined
      ? {}
      : {
          queues: jobs.queues.depths,
          async sharedConnectsLeft() {
            return (await jobs.limits()).lines.map(({ connectsLeft }) => connectsLeft)
          },
        }),
  })
  const { metrics } = observation
  // From here on: who reads where the dashboard is may ask for the end at once.
  const stopping = stopSignal(
    'Stopping: releasing subscriptions and waiting out the grace. Once more to leave at once.',
  )
  const dashboard = await openDashboard(opened, page.data, {
    clock,
    isDemonstration,
    metrics,
    ...(jobs === undefined
      ? {}
      : {
          jobs: { queues: jobs.queues.all, payloadSchemas: jobs.payloadSchemas },
          tokenIssuedAt: jobs.tokenIssuedAt,
          sharedLimits: jobs.limits,
        }),
    ...(folder === undefined ? {} : { certificate: () => latestCertificate(folder) }),
  })
  const late = startOr(feed)
  if (late !== undefined) refuse(command, late)
  if (output.data.jobs === 'here' && late === undefined) {
    const started = jobs?.startWorkers().catch(error => log.warn({ error }, 'no workers here'))
    // A Redis that hangs holds up the workers, and no signal.
    await Promise.race([started, stopping, printed.closed])
  }
  const asked = stopping.then(code => ({ code, reason: undefined }))
  const { code, reason } =
    late === undefined ? await Promise.race([asked, printed.closed]) : { code: 1, reason: undefined }
  if (reason !== undefined) say(unwritable(command, reason), 'error')
  const { graceMs, pacingMs, stopTimeoutMs } = served.timing
  const patience = createPatience(graceMs + feed.subscriptions().length * pacingMs + stopTimeoutMs)
  await patience.waitFor('the feed', feed.stop())
  observation.stop()
  const [isWritten] = await Promise.all([
    patience.waitFor('what is printed', printed.flush()),
    patience.waitFor('the jobs', endOfWork(jobs?.close(jobsShare * stopTimeoutMs), passing, log)),
    patience.waitFor('the dashboard', dashboard?.stop()),
  ])
  await patience.waitFor('the simulator', simulator?.stop())
  patience.end()
  if (patience.overdue.length > 0)
    say(`kis-stream ${command}: left without waiting for ${patience.overdue.join(', ')}`, 'error')
  await standardError().drained(lastLinesMs)
  process.exit(code === 0 && (isWritten !== true || patience.overdue.length > 0) ? 1 : code)
}

/** For the last lines of a log whose reader may have stalled. */
const lastLinesMs = 100

/** Of the time beyond the grace, for the jobs that run to finish: the rest is for Redis to close. */
const jobsShare = 0.6

async function endOfWork(work: Promise<void> | undefined, passing: string | undefined, log: Logger): Promise<void> {
  await work
  if (passing === undefined) return
  // A private server writes its last words when it is told to stop, and is not waited for. Not rmSync: that tries only its last step again.
  await rm(passing, { recursive: true, force: true, maxRetries: 20 }).catch(error => log.warn({ error }, 'left behind'))
}

/** The simulator welcomes any key, but one session for each, as KIS does. */
function demonstrationKeys(schedule: unknown) {
  const keys = { appKey: 'demonstration', appSecret: 'demonstration' }
  return schedule === 'side-by-side' ? { ...keys, usAppKey: 'demonstration-us', usAppSecret: 'demonstration-us' } : keys
}

/** Says which other process uses a folder that this one needs to itself: before anything is begun. */
function whoUses(dataFolder: string | undefined, recordFolder: string | undefined): FolderInUseError | undefined {
  try {
    if (dataFolder !== undefined) expectFree(dataFolder, 'data')
    if (recordFolder !== undefined) expectFree(recordFolder, 'recording')
    return undefined
  } catch (error) {
    if (error instanceof FolderInUseError) return error
    throw error
  }
}

/** Another process may have taken a folder since it was looked at. */
function startOr(feed: Feed): FolderInUseError | undefined {
  try {
    feed.start()
    return undefined
  } catch (error) {
    if (error instanceof FolderInUseError) return error
    throw error
  }
}

function refuse(command: string, error: Error): void {
  say(`kis-stream ${command}: ${error.message}`, 'error')
  process.exitCode = 1
}

type Work = {
  readonly jobs: 'here' | 'elsewhere' | 'off'
  readonly redisUrl?: string | undefined
  readonly folder: string | undefined
  readonly clock: Clock
}

/** The work plane, or why there is none. A Redis that was named and is not there is a mistake, not a reason to take another one. */
async function openWork(settings: FeedSettings, work: Work, log: Logger): Promise<Jobs | 'unreachable' | undefined> {
  if (work.jobs === 'off') return undefined
  try {
    // Loaded only here: half of what a start costs, and not needed by who streams alone.
    const { openJobs } = await import('../app/jobs/jobs.ts')
    const jobs = await openJobs(settings, { redisUrl: work.redisUrl, dataFolder: work.folder, clock: work.clock, log })
    log.info({}, jobs.says)
    return jobs
  } catch (error) {
    say(`kis-stream run: ${error instanceof Error ? error.message : String(error)}`, 'error')
    process.exitCode = 1
    return 'unreachable'
  }
}

/** For what ends with a demonstration. Whoever leaves at once does not wait for it to be empty: as much as can be goes with the process. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  process.on('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // The private server still writes.
    }
  })
  return folder
}

function settingsOr(
  mistakes: string[],
  input: Readonly<Record<string, unknown>>,
  nameOf: (setting: string) => string,
): FeedSettings | undefined {
  try {
    return readSettings(feedSettings(input), nameOf)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    mistakes.push(...error.problems)
    return undefined
  }
}

function addressesOf({ restUrl, endpoints }: FeedSettings): string[] {
  return [restUrl, endpoints.KR.url, endpoints.US.url]
}

function pointedAt(simulator: Simulator, settings: FeedSettings): FeedSettings {
  const endpoint = { url: `${simulator.wsUrl}/tryitout` }
  return { ...settings, restUrl: simulator.restUrl, endpoints: { KR: endpoint, US: endpoint } }
}

type End = { readonly code: number; readonly reason: string | undefined }

type Printed = {
  /** Settles when nothing can be printed any more: with code 0 when the reader went away, as `head` does. */
  readonly closed: Promise<End>
  /** Whether everything was printed, as far as there was a reader. */
  flush(): Promise<boolean>
}

function printAs(output: 'pretty' | 'ndjson', feed: Feed): Printed {
  return output === 'ndjson' ? printLines(feed) : printPretty(feed)
}

function printNothing(): Printed {
  return { closed: new Promise(() => {}), flush: () => Promise.resolve(true) }
}

function printLines(feed: Feed): Printed {
  let close = (_end: End) => {}
  const closed = new Promise<End>(resolve => {
    close = resolve
  })
  let hasFailed = false
  const lines = jsonLines({ to: 1 })
  lines.watch(news => {
    const isEnd = news.type === 'away' || news.type === 'ended'
    if (!isEnd) return
    const isReaderGone = news.type === 'ended' && news.isReaderGone
    hasFailed ||= !isReaderGone
    close(isReaderGone ? { code: 0, reason: undefined } : { code: 1, reason: news.reason })
  })
  feed.attach(lines, 'standard output')
  return { closed, flush: () => lines.close().then(() => !hasFailed) }
}

function printPretty(feed: Feed): Printed {
  let close = (_end: End) => {}
  const closed = new Promise<End>(resolve => {
    close = resolve
  })
  let hasFailed = false
  const dropped = new Subject<SinkNews>()
  const output = openOutput(1, {
    onDropped: count => {
      dropped.next({ type: 'dropped', count })
      output.write(`… ${count} lines were left out, because they were read too slowly\n`)
    },
    onFailure: ({ code, message }) => {
      hasFailed = code !== 'EPIPE'
      close(hasFailed ? { code: 1, reason: message } : { code: 0, reason: undefined })
    },
  })
  const printer = prettyPrinter(text => output.write(text), process.stdout.isTTY)
  const watch = (watcher: (news: SinkNews) => void) => dropped.subscribe(watcher)
  feed.attach(Object.assign(printer, { watch }), 'standard output')
  return { closed, flush: async () => (await output.drained()) || !hasFailed }
}
