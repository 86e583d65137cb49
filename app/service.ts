// A service: a feed with its jobs, its dashboard and its metrics, and for a demonstration the simulator.
// Opened in this order, stopped in reverse, with one deadline for all.
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Dashboard, type DashboardOptions, startDashboard } from '../dashboard/server.ts'
import type { Clock } from '../market/clock.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { generatedTape } from '../simulator/tape/generated-tape.ts'
import { latestCertificate } from '../workers/jobs/certificate-file.ts'
import type { Feed, OpenedFeed } from './feed/contract.ts'
import { composeFeed } from './feed/feed.ts'
import type { OpenedJobs } from './jobs/jobs.ts'
import type { Logger } from './observe/log.ts'
import { openOperations, type Operations } from './operations/operations.ts'
import { createPatience } from './patience.ts'
import { expectFree } from './persistence/folder-lock.ts'
import { countsForItself } from './persistence/line-memory.ts'
import type { FeedSettings } from './settings/settings.ts'

export type ServiceOptions = {
  readonly settings: FeedSettings
  readonly clock: Clock
  readonly log: Logger
  /** A generated market in this process in place of KIS. Nothing of it is kept. */
  readonly isDemonstration: boolean
  readonly dataFolder: string | undefined
  readonly recordFolder: string | undefined
  /** Workers in this process, in others, or no jobs at all. */
  readonly jobs: 'here' | 'elsewhere' | 'off'
  readonly redisUrl: string | undefined
  readonly dashboard: PageOptions | undefined
}

export type PageOptions = Pick<DashboardOptions, 'port' | 'host' | 'token' | 'inspect'>

export type Service = {
  readonly feed: Feed
  /**
   * Resolves when the feed runs; rejects when another process has taken a folder meanwhile. `dashboard`: an
   * Error is the reason why there is none; the feed runs without it.
   */
  start(): Promise<{ readonly dashboard: Dashboard | Error | undefined }>
  /**
   * `flush` is called when the feed has stopped, and awaited like the rest. Resolves with the names of the
   * parts that did not stop.
   */
  stop(flush: () => Promise<unknown>): Promise<readonly string[]>
}

/** Of the time beyond the grace, for the jobs that run to finish: the rest is for Redis to close. */
const jobsShare = 0.6

/**
 * Rejects, without starting, when another process has a folder, or when the given Redis cannot be reached.
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { clock, log, isDemonstration, recordFolder } = options
  // The market of a demonstration restarts with each run.
  const dataFolder = isDemonstration ? undefined : options.dataFolder
  if (dataFolder !== undefined) expectFree(dataFolder, 'data')
  if (recordFolder !== undefined) expectFree(recordFolder, 'recording')

  const simulator = isDemonstration ? await startSimulator({ clock, tape: generatedTape() }) : undefined
  const settings = simulator === undefined ? options.settings : pointedAt(simulator, options.settings)
  const passing = simulator === undefined || options.jobs === 'off' ? undefined : temporaryFolder()
  const jobs = await openWork(options, settings, passing ?? dataFolder).catch(async error => {
    await simulator?.stop()
    throw error
  })
  const isAlone = jobs === undefined || jobs.redisKind === 'embedded'
  if (!isDemonstration && dataFolder === undefined && isAlone) log.warn({}, countsForItself)
  const opened = composeFeed(settings, {
    clock,
    log,
    dataFolder: dataFolder ?? false,
    recordFolder: recordFolder ?? false,
    ...(jobs && { jobs }),
  })
  const { feed } = opened
  const operations = openOperations({ ...opened, settings, log, dataFolder, ...(jobs && numbersOf(jobs)) })
  let dashboard: Dashboard | Error | undefined

  return {
    feed,
    async start() {
      dashboard = await openDashboard({ ...options, dataFolder }, opened, operations, jobs)
      feed.start()
      // Not waited for: a Redis that hangs holds up the workers, and nothing else.
      if (options.jobs === 'here') jobs?.startWorkers().catch(error => log.warn({ error }, 'no workers here'))
      return { dashboard }
    },
    async stop(flush) {
      const { graceMs, pacingMs, stopTimeoutMs } = settings.timing
      const patience = createPatience(graceMs + feed.subscriptions().length * pacingMs + stopTimeoutMs)
      await patience.waitFor('the feed', feed.stop())
      operations.stop()
      await Promise.all([
        patience.waitFor('what is printed', flush()),
        patience.waitFor('the jobs', endOfWork(jobs?.close(jobsShare * stopTimeoutMs), passing, log)),
        patience.waitFor('the dashboard', dashboard instanceof Error ? undefined : dashboard?.stop()),
      ])
      await patience.waitFor('the simulator', simulator?.stop())
      patience.end()
      return patience.overdue
    },
  }
}

/** The work plane. A Redis that was named and is not there is a mistake, not a reason to take another one. */
async function openWork(
  { jobs: where, redisUrl, clock, log }: ServiceOptions,
  settings: FeedSettings,
  dataFolder: string | undefined,
): Promise<OpenedJobs | undefined> {
  if (where === 'off') return undefined
  // Loaded only here: it is half of what a start costs.
  const { openJobs } = await import('./jobs/jobs.ts')
  const jobs = await openJobs(settings, { redisUrl, dataFolder, clock, log })
  log.info({}, jobs.says)
  return jobs
}

function numbersOf(jobs: OpenedJobs) {
  return {
    queues: jobs.queues.depths,
    sharedConnectsLeft: async () => (await jobs.limits()).lines.map(({ connectsLeft }) => connectsLeft),
  }
}

async function openDashboard(
  { dashboard: page, clock, isDemonstration, dataFolder }: ServiceOptions,
  opened: OpenedFeed,
  { metrics }: Operations,
  jobs: OpenedJobs | undefined,
): Promise<Dashboard | Error | undefined> {
  if (page === undefined) return undefined
  const work = jobs && {
    jobs: { queues: jobs.queues.all, payloadSchemas: jobs.payloadSchemas },
    tokenIssuedAt: jobs.tokenIssuedAt,
    sharedLimits: jobs.limits,
  }
  const certificate = dataFolder === undefined ? {} : { certificate: () => latestCertificate(dataFolder) }
  return await startDashboard({ ...opened, ...page, clock, isDemonstration, metrics, ...work, ...certificate }).catch(
    (error: Error) => error,
  )
}

async function endOfWork(work: Promise<void> | undefined, passing: string | undefined, log: Logger): Promise<void> {
  await work
  if (passing === undefined) return
  // A private server writes its log while it stops, and is not waited for. Not rmSync: it retries only its
  // last step.
  await rm(passing, { recursive: true, force: true, maxRetries: 20 }).catch(error => log.warn({ error }, 'left behind'))
}

/** For what ends with a demonstration. A process that leaves at once removes as much as it can. */
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

function pointedAt(simulator: Simulator, settings: FeedSettings): FeedSettings {
  const endpoint = { url: `${simulator.wsUrl}/tryitout` }
  return { ...settings, restUrl: simulator.restUrl, endpoints: { KR: endpoint, US: endpoint } }
}
