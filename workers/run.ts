// BullMQ around the processors: takes jobs off the queues, tries them again as their options say, and lets
// what runs finish before it stops. What a job does is none of its business.
import { type Job, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq'
import { KisError } from '../kis/errors.ts'
import { readPayload } from './payloads.ts'
import { jobOptions, type JobContext, type Processor, type Processors, type QueueName, queueNames } from './queues.ts'
import type { RedisSource } from './redis/redis.ts'
import { TryLater } from './try-later.ts'
import { within } from './within.ts'

export type WorkerParts = {
  readonly redis: RedisSource
  readonly prefix: string
  readonly processors: Processors
  readonly onJob?: (news: JobNews) => void
  /** Redis is away, as a rule; workers wait for it. */
  readonly onTrouble?: (error: Error) => void
  /** A job that is no JSON, put in past BullMQ. BullMQ gives it up by itself, after some minutes. */
  readonly onUnreadable?: (queue: QueueName) => void
  /** For tests: how soon a killed worker's jobs are taken over, as lockDuration and stalledInterval. */
  readonly options?: Partial<WorkerOptions>
}

export type JobNews = {
  readonly queue: QueueName
  readonly id: string
  readonly state: 'started' | 'completed' | 'failed'
  /** Why it failed. */
  readonly reason?: string
  /** It is tried again. */
  readonly again?: boolean
}

export type RunningWorkers = {
  /** What runs may finish; what does not within the grace is aborted, and is done again by another worker. */
  stop(graceMs?: number): Promise<void>
}

/**
 * Side by side in one process. Gap validations spend their time waiting for their turn at KIS; the others
 * exclude each other anyway.
 */
const concurrency: Readonly<Record<QueueName, number>> = {
  'token-refresh': 1,
  'key-validation': 1,
  'gap-validation': 4,
  certificate: 1,
}

/** For an aborted job to end. */
const lastWordsMs = 500

const firstRetryMs = 1_000
const longestRetryMs = 300_000

export function startWorkers(parts: WorkerParts): RunningWorkers {
  const { processors, onJob = () => {}, onTrouble = () => {}, onUnreadable = () => {} } = parts
  const workers = queueNames.flatMap(queue => {
    const processor = processors[queue]
    return processor === undefined ? [] : [start(queue, processor as Processor<QueueName>)]
  })

  function start(queue: QueueName, processor: Processor<QueueName>) {
    const connection = parts.redis.connect('work')
    connection.on('error', onTrouble)
    const worker = new Worker(queue, (job, _token, signal) => run(queue, job, processor, signal), {
      connection,
      prefix: parts.prefix,
      concurrency: concurrency[queue],
      // A worker that was killed has its job taken over, more than once if that kills the next one too.
      maxStalledCount: 3,
      settings: { backoffStrategy },
      ...parts.options,
    })
    const say = (job: Job | undefined, state: JobNews['state'], more: Partial<JobNews> = {}) =>
      onJob({ queue, id: job?.id ?? '', state, ...more })
    // Its message would quote the job, and that may be anything.
    worker.on('error', error => (error instanceof SyntaxError ? onUnreadable(queue) : onTrouble(error)))
    worker.on('active', job => say(job, 'started'))
    worker.on('completed', job => say(job, 'completed'))
    worker.on('failed', (job, error) => {
      say(job, 'failed', { reason: error.message, again: job?.finishedOn === undefined })
    })
    return { worker, connection }
  }

  return {
    async stop(graceMs = 5_000) {
      await Promise.all(
        workers.map(async ({ worker, connection }) => {
          const closed = worker.close()
          // While Redis is away a job that runs cannot say that it is done: no use in waiting for it.
          const patienceMs = connection.status === 'ready' ? graceMs : 0
          if (!(await within(patienceMs, closed))) worker.cancelAllJobs('the worker stops')
          await within(lastWordsMs, closed)
          // A job that does not heed the signal is left where it is: another worker does it again.
          connection.disconnect()
        }),
      )
    },
  }
}

async function run(
  queue: QueueName,
  job: Job,
  processor: Processor<QueueName>,
  signal = new AbortController().signal,
): Promise<unknown> {
  completeOptions(queue, job)
  const read = readPayload(queue, job.data)
  if ('problem' in read) throw new UnrecoverableError(read.problem)
  const context: JobContext = {
    progress: (done, of, what) => void job.updateProgress({ done, of, what }).catch(() => {}),
    signal,
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
  }
  try {
    return await processor(read.value, context)
  } catch (error) {
    if (error instanceof KisError && !error.retryable) throw new UnrecoverableError(error.message)
    throw error
  }
}

/**
 * A job that some other client put in may say nothing of how it is tried and kept; then it is as ours are.
 * BullMQ reads them from here.
 */
function completeOptions(queue: QueueName, { opts }: Job): void {
  const usual = jobOptions(queue)
  // BullMQ's own default is 0, which is one attempt.
  opts.attempts ||= usual.attempts
  opts.backoff ??= usual.backoff
  opts.removeOnComplete ??= usual.removeOnComplete
  opts.removeOnFail ??= usual.removeOnFail
}

/** Doubling from a second to five minutes, unless the job knows better. */
function backoffStrategy(attemptsMade: number, _type?: string, error?: Error): number {
  if (error instanceof TryLater) return error.waitMs
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (attemptsMade - 1))
}
