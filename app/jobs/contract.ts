// What jobs offer to programs. The rest of this one needs more: `OpenedJobs` of jobs.ts.
import type { JobEnd } from '../../workers/queue-handles.ts'
import type { Payloads, QueueName } from '../../workers/queues.ts'
import type { GapJobCounters } from './gap-jobs.ts'
import type { SharedLimits } from './shared-access.ts'

export type JobsCounters = GapJobCounters & {
  readonly completed: number
  readonly failed: number
  /** Times Redis went away. */
  readonly redisAway: number
}

export type Jobs = {
  /** Where the jobs are kept, for people. */
  readonly says: string
  /** The Redis of `redisUrl`, a private server, or none: memory of this process. */
  readonly redisKind: 'named' | 'private' | 'embedded'
  /**
   * BullMQ's `prefix`, for a `Queue` of your own: one for each app key and address, made from a hash of the
   * two.
   */
  readonly prefix: string
  /** For `createFeed({ jobs })`, and nothing else. */
  readonly forFeed: object
  /** What a job of each queue is given, as JSON Schemas. */
  readonly payloadSchemas: Readonly<Record<QueueName, Record<string, unknown>>>
  /** Puts a job in and returns its id. Rejects while Redis is away. */
  enqueue<Q extends QueueName>(queue: Q, name: string, payload: Payloads[Q]): Promise<string>
  /** Resolves when a job has ended, with its result or why it failed. Rejects when Redis stays away. */
  done<Q extends QueueName>(queue: Q, id: string): Promise<JobEnd<Q>>
  /** Works on the queues, in this process, and keeps the schedules. */
  startWorkers(): Promise<void>
  counters(): JobsCounters
  /** When the access token in use was issued, in epoch milliseconds. */
  tokenIssuedAt(): Promise<number | undefined>
  /** What KIS still allows all processes of the app key together. Rejects while Redis is away. */
  limits(): Promise<SharedLimits>
  /** `graceMs`: how long running jobs may take to finish, 5 s by default; another worker repeats the rest. */
  close(graceMs?: number): Promise<void>
}
