// The composition of the work plane: Redis, the queues, the schedules, and what a feed shares with other
// processes. It meets the data plane in one place: gaps go in, findings come out.
import { Subscription } from 'rxjs'
import { minuteMs } from '../../market/basics/durations.ts'
import { createRedaction } from '../../kis/redaction.ts'
import { type Calendar, createCalendar } from '../../market/calendar/calendar.ts'
import { type Clock, systemClock } from '../../market/clock.ts'
import type { LineId } from '../../market/events.ts'
import { endOf } from '../../workers/job-end.ts'
import { openQueues, type QueueHandles } from '../../workers/queue-handles.ts'
import { payloadSchemas } from '../../workers/payloads.ts'
import { queueNames, type QueueName } from '../../workers/queues.ts'
import { openRedis, type RedisClient } from '../../workers/redis/redis.ts'
import { type JobNews, type RunningWorkers, startWorkers } from '../../workers/run.ts'
import { prefixOf } from '../../workers/redis/scope.ts'
import { type Access, createAccess } from './shared-access.ts'
import type { JobsForFeed } from '../feed/contract.ts'
import { foldRepeats } from '../observe/log-throttle.ts'
import type { Jobs } from './contract.ts'
import { createGapJobs } from './gap-jobs.ts'
import { openLineMemory } from '../persistence/line-memory.ts'
import { type Logger, silentLogger } from '../observe/log.ts'
import { createProcessors } from './processors.ts'
import { ownerOf } from '../settings/lines.ts'
import { type FeedSettings, secretsOf } from '../settings/settings.ts'

export type JobsParts = {
  /** `REDIS_URL`: this one or none. */
  readonly redisUrl?: string | undefined
  /** Where a private server keeps its files; without one, jobs are kept in memory. */
  readonly dataFolder?: string | undefined
  readonly clock?: Clock
  readonly calendar?: Calendar
  readonly log?: Logger
  /** Which queues a worker of this process works on. Default: all that have a processor. */
  readonly queues?: readonly QueueName[]
}

export type OpenedJobs = Jobs & {
  readonly queues: QueueHandles
  readonly forFeed: JobsForFeed
}

/** The token is looked at this often; renewed when an hour is left, it has five chances before it expires. */
const lookAtTokenMs = 10 * minuteMs

/** Seconds first, by Korea's clock. When the Korean after-market is over (20:00)… */
const eveningPattern = '0 30 20 * * 1-5'
/**
 * …and again after the US after-market (10:00 in winter), before consolidated data replaces the counts of the
 * free feed (noon).
 */
const morningPattern = '0 30 10 * * 2-6'

/** Rejects with a sentence when the Redis that was named cannot be reached. */
export async function openJobs(settings: FeedSettings, parts: JobsParts = {}): Promise<OpenedJobs> {
  const { calendar = createCalendar(settings.calendarChanges), clock = systemClock, log = silentLogger } = parts
  const onTrouble = (sentence: string) => log.warn({}, sentence)
  const redis = await openRedis({ url: parts.redisUrl, folder: parts.dataFolder, clock, onTrouble })
  const prefix = prefixOf(ownerOf(settings))
  const redaction = createRedaction(secretsOf(settings))
  const connection = redis.connect('ask')
  connection.on('error', () => {}) // logged by the watch
  const watch = watchRedis(connection, log)
  const queues = await openQueues({ redis, prefix })
  const memory = openLineMemory(parts.dataFolder, log)
  const accesses = settings.lines.map(line =>
    createAccess({ settings, line, redis: connection, clock, log, onSecret: redaction.add, memory }),
  )
  const lineIds = settings.lines.map(({ id }) => id)
  const access = accesses[0] as Access // there is always a first line
  const troubles = foldRepeats(log, clock)
  const gapJobs = createGapJobs({ queues, log, redact: redaction.line })
  const counts = { completed: 0, failed: 0 }
  let workers: RunningWorkers | undefined
  let closed: Promise<void> | undefined
  const watching = new Subscription()

  function noteJob({ queue, id, state, reason, again }: JobNews): void {
    if (state === 'started') return log.debug({ queue, job: id }, 'job started')
    if (state === 'completed') {
      counts.completed++
      return log.debug({ queue, job: id }, 'job completed')
    }
    counts.failed++
    const facts = { queue, job: id, reason: redaction.line(reason ?? '') }
    if (again === true) log.info(facts, 'job failed; it is tried again')
    else log.warn(facts, 'job failed')
  }

  /**
   * A Redis that is away is logged by the watch. One that is full, or a replica, answers with an error, and
   * jobs wait too.
   */
  function refusedByRedis({ name, message }: Error): void {
    const facts = { problem: redaction.line(message) }
    if (name === 'ReplyError') troubles.warn(facts, 'Redis refuses what workers ask of it: jobs wait')
  }

  function onUnreadable(queue: QueueName): void {
    log.warn(
      { queue },
      'a job is no JSON: a program put it in past BullMQ. Nothing is done, and it fails in some minutes',
    )
  }

  async function close(graceMs?: number): Promise<void> {
    watching.unsubscribe()
    gapJobs.stop()
    await workers?.stop(graceMs)
    troubles.flush()
    await queues.close()
    await Promise.all(accesses.map(one => one.close()))
    await redis.close()
  }

  return {
    says: redis.says,
    redisKind: redis.kind,
    prefix,
    queues,
    payloadSchemas: payloadSchemas(),
    enqueue: (queue, name, payload) => queues.enqueue(queue, name, payload),
    done: (queue, id) => endOf(queues, queue, id),
    forFeed: {
      shared: { of: line => accesses[lineIds.indexOf(line)] },
      validate({ events$, left, onFinding }) {
        const validating = gapJobs.findings$.subscribe(onFinding)
        validating.add(gapJobs.watch(events$, left))
        watching.add(validating)
        return validating
      },
    },
    async startWorkers() {
      const all = createProcessors({
        settings,
        access,
        clock,
        calendar,
        log,
        shared: { redis: connection, prefix },
        dataFolder: parts.dataFolder,
      })
      const wanted = parts.queues ?? queueNames
      const processors = Object.fromEntries(wanted.map(queue => [queue, all[queue]]))
      workers = startWorkers({ redis, prefix, processors, onJob: noteJob, onUnreadable, onTrouble: refusedByRedis })
      await queues.schedule('token-refresh', 'renew-token', { everyMs: lookAtTokenMs }, { reason: 'scheduled' })
      if (parts.dataFolder === undefined) return
      await queues.schedule('certificate', 'certificate-evening', { pattern: eveningPattern }, { date: 'today' })
      await queues.schedule('certificate', 'certificate-morning', { pattern: morningPattern }, { date: 'yesterday' })
    },
    tokenIssuedAt: async () => (await access.tokenRefresh.store.read()).held?.issuedAt,
    async limits() {
      const all = await Promise.all(accesses.map(one => one.limits()))
      const [{ restCallsPerSecond, restSlowedBy }] = all as [(typeof all)[number]]
      const lines = all.map(({ connectsLeft }, index) => ({ line: lineIds[index] as LineId, connectsLeft }))
      return { lines, restCallsPerSecond, restSlowedBy }
    },
    counters: () => ({ ...gapJobs.counters(), ...counts, redisAway: watch.timesAway() }),
    close(graceMs) {
      closed ??= close(graceMs)
      return closed
    },
  }
}

/** Says once that Redis is away and once that it is back, however many commands fail in between. */
function watchRedis(redis: RedisClient, log: Logger): { readonly timesAway: () => number } {
  let isAway = false
  let timesAway = 0
  redis.on('close', () => {
    if (isAway || redis.status === 'end') return
    isAway = true
    timesAway++
    log.warn({ timesAway }, 'Redis is away: the stream goes on, jobs wait')
  })
  redis.on('ready', () => {
    if (isAway) log.info({ timesAway }, 'Redis is back')
    isAway = false
  })
  return { timesAway: () => timesAway }
}
