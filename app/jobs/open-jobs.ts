// The work plane for programs, with the options of a feed. The modules of the jobs are loaded when it is
// called: a program that only streams starts twice as fast without them.
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { QueueName } from '../../workers/queues.ts'
import type { FeedParts } from '../feed/contract.ts'
import type { Jobs, JobsParts } from './jobs.ts'
import type { Logger } from '../observe/log.ts'
import { jobsParts, readOptions } from '../settings/options.ts'
import type { FeedInput } from '../settings/feed-input.ts'

export type { Jobs } from './jobs.ts'
export type {
  CertificateVerdict,
  DayCertificate,
  InstrumentCertificate,
  MinuteDifference,
} from '../../workers/jobs/certificate.ts'
export type { JobEnd } from '../../workers/queue-handles.ts'
export type { Payloads, QueueName, Results } from '../../workers/queues.ts'

export type JobsOptions = FeedInput & {
  /**
   * This Redis and no other. By default a private server in the data folder; without a data folder, the jobs
   * end with the process.
   */
  readonly redisUrl?: string
  /** The feed's: certificates are made from what it keeps there. */
  readonly dataFolder?: string
  readonly clock?: Clock
  readonly calendar?: Calendar
  readonly log?: Logger
  /** Which queues the workers of this process work on. Default: all. */
  readonly queues?: readonly QueueName[]
}

/**
 * Rejects with a SettingsError that lists everything wrong with the options, or an Error when the given Redis
 * cannot be reached.
 */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { settings, parts } = readOptions<JobsParts & FeedParts>(options, jobsParts)
  const { redisUrl, dataFolder, clock, calendar, log, queues } = parts
  const needed = { redisUrl, dataFolder: dataFolder || undefined, clock, calendar, log, queues }
  const given = Object.fromEntries(Object.entries(needed).filter(([, part]) => part !== undefined))
  const { openJobs: open } = await import('./jobs.ts')
  return await open(settings, given)
}
