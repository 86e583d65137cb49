// The way to the queues: puts jobs in, reports their outcomes, lists them. Fails at once while Redis is away;
// the caller decides whether to try again.
import { type Job, Queue, QueueEvents } from 'bullmq'
import { jobIdOf, jobOptions, type Payloads, type QueueName, queueNames, type Results } from './queues.ts'
import type { RedisSource } from './redis/redis.ts'
import { within } from './within.ts'

export type Progress = { readonly done: number; readonly of: number; readonly what: string }

/** How a job ended. */
export type JobEnd<Q extends QueueName> =
  | { readonly state: 'completed'; readonly result: Results[Q] }
  | { readonly state: 'failed'; readonly reason: string }
  /** Never put in, or its outcome is no longer kept. */
  | { readonly state: 'unknown' }

export type JobOutcome<Q extends QueueName> = JobEnd<Q> | { readonly state: 'waiting' }

export type JobSummary = {
  readonly queue: QueueName
  readonly id: string
  readonly state: string
  readonly attempts: number
  /** Epoch milliseconds; null where the job cannot be read. */
  readonly addedAt: number | null
  readonly reason?: string
}

export type Schedule =
  | { readonly everyMs: number }
  /** Seconds first, by Korea's clock: `0 30 20 * * 1-5`. */
  | { readonly pattern: string }

export type QueueHandles = {
  /**
   * Puts a job in and returns its id. The name names the work: a name that is there already is not put in
   * again.
   */
  enqueue<Q extends QueueName>(queue: Q, name: string, payload: Payloads[Q]): Promise<string>
  outcomeOf<Q extends QueueName>(queue: Q, id: string): Promise<JobOutcome<Q>>
  /** Calls `listener` for every job of the queue that ends from now on, in any process. */
  onFinished(queue: QueueName, listener: (id: string) => void): Promise<void>
  onProgress(queue: QueueName, listener: (id: string, progress: Progress) => void): Promise<void>
  /** The same name again changes the schedule. */
  schedule<Q extends QueueName>(queue: Q, name: string, when: Schedule, payload: Payloads[Q]): Promise<void>
  /** The newest of each queue. */
  list(mostOfEach?: number): Promise<JobSummary[]>
  /** How many jobs of each queue are in each state. */
  depths(): Promise<readonly { readonly queue: string; readonly state: string; readonly jobs: number }[]>
  /** BullMQ's own, for tools that look into them. */
  readonly all: readonly Queue[]
  close(): Promise<void>
}

export type QueueHandlesParts = {
  readonly redis: RedisSource
  readonly prefix: string
  readonly onTrouble?: (error: Error) => void
}

const states = ['active', 'waiting', 'delayed', 'prioritized', 'completed', 'failed'] as const
/** For a close that Redis answers. */
const leaveMs = 1_000

/** Resolves once Redis answers. */
export async function openQueues({ redis, prefix, onTrouble = () => {} }: QueueHandlesParts): Promise<QueueHandles> {
  const connection = redis.connect('ask')
  connection.on('error', onTrouble)
  const queues = Object.fromEntries(
    queueNames.map(name => [name, new Queue(name, { connection, prefix }).on('error', onTrouble)]),
  ) as Record<QueueName, Queue>
  const events = new Map<QueueName, Promise<QueueEvents>>()
  const opened: QueueEvents[] = []
  const listening: ReturnType<RedisSource['connect']>[] = []
  await Promise.all(Object.values(queues).map(queue => queue.waitUntilReady()))

  /** One for each queue, opened once. */
  function eventsOf(name: QueueName): Promise<QueueEvents> {
    const known = events.get(name) ?? listenTo(name)
    events.set(name, known)
    return known
  }

  async function listenTo(name: QueueName): Promise<QueueEvents> {
    const own = redis.connect('work')
    own.on('error', onTrouble)
    listening.push(own)
    const made = new QueueEvents(name, { connection: own, prefix }).on('error', onTrouble)
    opened.push(made)
    await made.waitUntilReady()
    return made
  }

  return {
    async enqueue(queue, name, payload) {
      const id = jobIdOf(name)
      await queues[queue].add(name, payload, { jobId: id, ...jobOptions(queue) })
      return id
    },
    async outcomeOf(queue, id) {
      const job: Job | undefined = await queues[queue].getJob(id)
      if (job === undefined) return { state: 'unknown' }
      if (job.finishedOn === undefined) return { state: 'waiting' }
      // A job that was done at last still carries the reason why an earlier attempt failed.
      if (await job.isFailed()) return { state: 'failed', reason: job.failedReason }
      return { state: 'completed', result: job.returnvalue }
    },
    async onFinished(queue, listener) {
      const ended = await eventsOf(queue)
      ended.on('completed', ({ jobId }) => listener(jobId))
      ended.on('failed', ({ jobId }) => listener(jobId))
      // Put in again under a name that is kept: it has ended already, or will.
      ended.on('duplicated', ({ jobId }) => listener(jobId))
    },
    async onProgress(queue, listener) {
      const found = await eventsOf(queue)
      found.on('progress', ({ jobId, data }) => listener(jobId, data as Progress))
    },
    async schedule(queue, name, when, payload) {
      const repeat = 'everyMs' in when ? { every: when.everyMs } : { pattern: when.pattern, tz: 'Asia/Seoul' }
      await queues[queue].upsertJobScheduler(name, repeat, { name, data: payload, opts: jobOptions(queue) })
    },
    async list(mostOfEach = 20) {
      const found = await Promise.all(
        queueNames.map(async queue => {
          const ids = await queues[queue].getRanges([...states], 0, mostOfEach - 1)
          return (await Promise.all(ids.map(id => summaryIn(queues[queue], queue, id)))).flat()
        }),
      )
      return found.flat().sort((a, b) => (b.addedAt ?? 0) - (a.addedAt ?? 0))
    },
    async depths() {
      const counts = await Promise.all(queueNames.map(queue => queues[queue].getJobCounts(...states)))
      return counts.flatMap((found, index) =>
        Object.entries(found).map(([state, jobs]) => ({ queue: queueNames[index] as string, state, jobs })),
      )
    },
    all: Object.values(queues),
    async close() {
      const parts = [...opened, ...Object.values(queues)]
      // Without Redis, they would wait for it to close.
      await within(leaveMs, Promise.all(parts.map(part => part.close())))
      for (const link of [connection, ...listening]) link.disconnect()
    },
  }
}

/** None where the job is gone. One by one: a job that some program wrote past BullMQ hides no other. */
async function summaryIn(queue: Queue, name: QueueName, id: string): Promise<JobSummary[]> {
  const state = await queue.getJobState(id)
  try {
    const job: Job | undefined = await queue.getJob(id)
    return job === undefined ? [] : [summaryOf(name, job, state)]
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [{ queue: name, id, state, attempts: 0, addedAt: null, reason: 'it is no JSON, and was put in past BullMQ' }]
  }
}

function summaryOf(queue: QueueName, job: Job, state: string): JobSummary {
  const { id = '', attemptsMade, timestamp, failedReason } = job
  const reason = failedReason ? { reason: failedReason } : {}
  return { queue, id, state, attempts: attemptsMade, addedAt: timestamp, ...reason }
}
