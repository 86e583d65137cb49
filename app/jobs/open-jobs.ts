// The work plane for programs: told the same options as a feed. Loads what jobs need when it is called, because a program that streams
// alone starts twice as fast without.
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { QueueName } from '../../workers/queues.ts'
import type { FeedParts } from '../feed/contract.ts'
import type { Jobs, JobsParts } from './jobs.ts'
import type { Logger } from '../observe/log.ts'
import { jobsParts, readOptions } from '../settings/options.ts'
import type { FeedInput } from '../settings/feed-input.ts'

export type { Jobs } from './jobs.ts'
export type { JobEnd } from '../../workers/job-end.ts'
export type { Payloads, QueueName, Results } from '../../workers/queues.ts'

export type JobsOptions = FeedInput & {
  /** This Redis or none. Without it, a private server in the data folder; without that too, the jobs end with the process. */
  readonly redisUrl?: string
  /** The feed's: certificates are made from what it keeps there. */
  readonly dataFolder?: string
  readonly clock?: Clock
  readonly calendar?: Calendar
  readonly log?: Logger
  /** Which queues the workers of this process work on. Default: all. */
  readonly queues?: readonly QueueName[]
}

/** Throws a SettingsError that lists everything wrong with the options, and an Error when the Redis that was named cannot be reached. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { settings, parts } = readOptions<JobsParts & FeedParts>(options, jobsParts)
  const { redisUrl, dataFolder, clock, calendar, log, queues } = parts
  const needed = { redisUrl, dataFolder: dataFolder || undefined, clock, calendar, log, queues }
  const given = Object.fromEntries(Object.entries(needed).filter(([, part]) => part !== undefined))
  const { openJobs: open } = await import('./jobs.ts')
  return await open(settings, given)
}
