// The work plane for programs, with the options of a feed. The modules of the jobs are loaded when it is
// called: a program that only streams starts twice as fast without them.
import type { QueueName } from '../../workers/queues.ts'
import type { FeedParts } from '../feed/contract.ts'
import type { Jobs } from './contract.ts'
import type { JobsParts } from './jobs.ts'
import { jobsParts, readOptions } from '../settings/options.ts'
import type { FeedInput } from '../settings/feed-input.ts'

export type { Jobs, JobsCounters } from './contract.ts'
export type { GapJobCounters } from './gap-jobs.ts'
export type { RestLimits, SharedLimits } from './shared-access.ts'
export type {
  CertificateVerdict,
  DayCertificate,
  InstrumentCertificate,
  MinuteDifference,
} from '../../workers/jobs/certificate.ts'
export type { JobEnd } from '../../workers/queue-handles.ts'
export type { Payloads, QueueName, Results } from '../../workers/queues.ts'

/**
 * The options of the feed, as they are, and two more. Jobs use its folder, clock, calendar and log: in the
 * folder is what certificates are made from, and the files of a private Redis. Its other parts mean nothing
 * to them.
 */
export type JobsOptions = FeedInput &
  Omit<FeedParts, 'jobs'> & {
    /**
     * The address of a Redis, as `redis://:password@host:6379/0`: this one and no other. By default a private
     * server in the data folder; without a data folder or a server program, the jobs end with the process.
     */
    readonly redisUrl?: string
    /** Which queues the workers of this process work on, as `['token-refresh']`. All by default. */
    readonly queues?: readonly QueueName[]
  }

/**
 * Rejects with a SettingsError that lists everything wrong with the options, or an Error when the given Redis
 * cannot be reached.
 */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { settings, parts } = readOptions<JobsParts & Omit<FeedParts, 'jobs'>>(options, jobsParts)
  const { redisUrl, dataFolder, clock, calendar, log, queues } = parts
  const needed = { redisUrl, dataFolder: dataFolder || undefined, clock, calendar, log, queues }
  const given = Object.fromEntries(Object.entries(needed).filter(([, part]) => part !== undefined))
  const { openJobs: open } = await import('./jobs.ts')
  return await open(settings, given)
}
