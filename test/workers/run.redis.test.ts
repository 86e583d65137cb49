// Jobs from the queue to their outcome, on a real Redis and on the embedded one.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KisError } from '../../kis/errors.ts'
import { type JobOutcome, openQueues } from '../../workers/queue-handles.ts'
import { endOf } from '../../workers/job-end.ts'
import type { Processors, QueueName } from '../../workers/queues.ts'
import { openRedis, type RedisSource } from '../../workers/redis/redis.ts'
import { type JobNews, startWorkers } from '../../workers/run.ts'
import { TryLater } from '../../workers/try-later.ts'
import { systemClock } from '../../market/clock.ts'
import { eventually } from '../support/rigs/feed.ts'
import { isMissing, redisKinds, redisRig, serverProgram, startTestServer } from '../support/servers/redis.ts'
import { bundledProgram } from '../support/processes/bundled.ts'

const prefix = '{kis-test}'

async function rig(
  source: RedisSource,
  processors: Processors,
  options: Parameters<typeof startWorkers>[0]['options'] = {},
) {
  const queues = await openQueues({ redis: source, prefix })
  const news: JobNews[] = []
  const workers = startWorkers({ redis: source, prefix, processors, onJob: one => news.push(one), options })
  onTestFinished(async () => {
    await workers.stop(0)
    await queues.close()
  })
  /** What came of a job, once it ended. */
  async function ended<Q extends QueueName>(queue: Q, id: string): Promise<JobOutcome<Q>> {
    let outcome = await queues.outcomeOf(queue, id)
    const ended = new Set<string>()
    await queues.onFinished(queue, one => ended.add(one))
    while (outcome.state === 'waiting') {
      outcome = await queues.outcomeOf(queue, id)
      await new Promise(resolve => setImmediate(resolve))
    }
    return outcome
  }
  return { queues, workers, news, ended }
}

const answer = { outcome: 'kept', expiresAt: null } as const

describe.each(redisKinds)('a job, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  test('is done with its payload, and its result is there for the caller', async () => {
    const received: unknown[] = []
    const { queues, news, ended } = await rig(await redisRig(kind), {
      async 'token-refresh'(payload) {
        received.push(payload)
        return answer
      },
    })
    const id = await queues.enqueue('token-refresh', 'by:hand:1', { reason: 'by-hand' })
    expect(await ended('token-refresh', id)).toEqual({ state: 'completed', result: answer })
    expect(id).toBe('by-hand-1')
    expect(received).toEqual([{ reason: 'by-hand' }])
    await eventually(() => news.some(({ state }) => state === 'completed'))
    expect(await queues.list()).toMatchObject([{ queue: 'token-refresh', id, state: 'completed', attempts: 1 }])
  })

  test('that ended before the call is reported, and one that runs is waited for', async () => {
    let finish = () => {}
    const source = await redisRig(kind)
    const { queues, news, ended } = await rig(source, {
      'token-refresh': () => Promise.resolve(answer),
      'key-validation': () =>
        new Promise(resolve => {
          finish = () => resolve({ allowed: true, reason: null, next: null })
        }),
    })
    const id = await queues.enqueue('token-refresh', 'quick', { reason: 'by-hand' })
    await ended('token-refresh', id)
    const others = await openQueues({ redis: source, prefix })
    onTestFinished(() => others.close())
    expect(await endOf(others, 'token-refresh', id)).toEqual({ state: 'completed', result: answer })
    expect(await endOf(others, 'token-refresh', 'never-put-in')).toEqual({ state: 'unknown' })

    await queues.enqueue('key-validation', 'slow', {})
    await eventually(() => news.some(({ id: one, state }) => one === 'slow' && state === 'started'))
    const end = endOf(others, 'key-validation', 'slow')
    finish()
    expect(await end).toMatchObject({ state: 'completed', result: { allowed: true } })
  })

  test('is done once, however often it is put in under its name', async () => {
    let done = 0
    const { queues, ended } = await rig(await redisRig(kind), {
      async certificate() {
        return { done: ++done } as never
      },
    })
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => queues.enqueue('certificate', 'certificate-20261120', { date: 20261120 })),
    )
    await ended('certificate', ids[0] as string)
    await queues.enqueue('certificate', 'certificate-20261120', { date: 20261120 })
    await queues.enqueue('certificate', 'certificate-20261121', { date: 20261121 })
    await ended('certificate', 'certificate-20261121')
    expect(new Set(ids)).toEqual(new Set(['certificate-20261120']))
    expect(done).toBe(2)
  })

  test('is tried again when it fails, as soon as it says it may be', async () => {
    const failures = [new TryLater(1, 'a moment'), new TryLater(1, 'another moment')]
    const { queues, news, ended } = await rig(await redisRig(kind), {
      async 'token-refresh'() {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        return answer
      },
    })
    const id = await queues.enqueue('token-refresh', 'tried-again', { reason: 'by-hand' })
    expect(await ended('token-refresh', id)).toEqual({ state: 'completed', result: answer })
    await eventually(() => news.some(({ state }) => state === 'completed'))
    expect(news.filter(({ state }) => state === 'failed')).toEqual([
      { queue: 'token-refresh', id, state: 'failed', reason: 'a moment', again: true },
      { queue: 'token-refresh', id, state: 'failed', reason: 'another moment', again: true },
    ])
  })

  test('is given up at once when trying again would change nothing', async () => {
    let tries = 0
    const { queues, ended } = await rig(await redisRig(kind), {
      async 'token-refresh'() {
        tries++
        throw new KisError('invalid-request', 'the app key is wrong')
      },
    })
    const id = await queues.enqueue('token-refresh', 'hopeless', { reason: 'by-hand' })
    expect(await ended('token-refresh', id)).toEqual({ state: 'failed', reason: 'the app key is wrong' })
    expect(tries).toBe(1)
  })

  test('knows which attempt is the last', async () => {
    const lasts: unknown[] = []
    const { queues, ended } = await rig(await redisRig(kind), {
      'token-refresh'(_, { isLastAttempt }) {
        lasts.push(isLastAttempt)
        return Promise.reject(new TryLater(1, 'not yet'))
      },
    })
    const id = await queues.enqueue('token-refresh', 'never', { reason: 'by-hand' })
    expect(await ended('token-refresh', id)).toEqual({ state: 'failed', reason: 'not yet' })
    expect(lasts).toEqual([false, false, false, false, true])
  })

  test('shows how far it is', async () => {
    let finish = () => {}
    const { queues, ended } = await rig(await redisRig(kind), {
      async 'token-refresh'(_, { progress }) {
        progress(1, 2, 'calls')
        await new Promise<void>(resolve => {
          finish = resolve
        })
        return answer
      },
    })
    const seen: unknown[] = []
    await queues.onProgress('token-refresh', (id, progress) => seen.push({ id, ...progress }))
    const id = await queues.enqueue('token-refresh', 'slow', { reason: 'by-hand' })
    await eventually(() => seen.length > 0)
    finish()
    await ended('token-refresh', id)
    expect(seen).toEqual([{ id, done: 1, of: 2, what: 'calls' }])
  })

  test('may finish when its worker stops; one that does not is aborted', async () => {
    let finish = () => {}
    const signals: AbortSignal[] = []
    const { queues, workers, ended } = await rig(await redisRig(kind), {
      async 'token-refresh'(_, { signal }) {
        signals.push(signal)
        await new Promise<void>((resolve, reject) => {
          finish = resolve
          signal.addEventListener('abort', () => reject(new TryLater(1, 'aborted')))
        })
        return answer
      },
    })
    const id = await queues.enqueue('token-refresh', 'in-time', { reason: 'by-hand' })
    await eventually(() => signals.length === 1)
    const stopped = workers.stop(600_000)
    finish()
    await stopped
    expect((await ended('token-refresh', id)).state).toBe('completed')
    expect(signals[0]?.aborted).toBe(false)
  })

  test('that does not finish in the time its worker has is aborted, and is done again', async () => {
    const signals: AbortSignal[] = []
    const source = await redisRig(kind)
    const first = await rig(source, {
      async 'token-refresh'(_, { signal }) {
        signals.push(signal)
        return await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new TryLater(1, 'aborted')))
        })
      },
    })
    const id = await first.queues.enqueue('token-refresh', 'too-slow', { reason: 'by-hand' })
    await eventually(() => signals.length === 1)
    await first.workers.stop(1)
    expect(signals[0]?.aborted).toBe(true)

    const second = await rig(
      source,
      { 'token-refresh': async () => answer },
      { lockDuration: 500, stalledInterval: 100 },
    )
    expect(await second.ended('token-refresh', id)).toEqual({ state: 'completed', result: answer })
  })

  test('by schedule comes by itself, and changing the schedule does not make two of it', async () => {
    const received: unknown[] = []
    const { queues } = await rig(await redisRig(kind), {
      async 'token-refresh'(payload) {
        received.push(payload)
        return answer
      },
    })
    await queues.schedule('token-refresh', 'renew-token', { everyMs: 86_400_000 }, { reason: 'scheduled' })
    await queues.schedule('token-refresh', 'renew-token', { everyMs: 43_200_000 }, { reason: 'scheduled' })
    await eventually(() => received.length > 0)
    expect(received[0]).toEqual({ reason: 'scheduled' })
    const waiting = (await queues.list()).filter(({ state }) => state === 'delayed')
    expect(waiting.length).toBeLessThanOrEqual(1)
  })
})

describe.skipIf(serverProgram === undefined)('a job whose worker is killed', () => {
  it('is done by another one', { timeout: 120_000 }, async () => {
    const { url } = await startTestServer()
    const source = await openRedis({ url, clock: systemClock })
    const child = fork(
      bundledProgram(fileURLToPath(new URL('../support/processes/stuck-worker.ts', import.meta.url))),
      [url, prefix],
      {
        execArgv: [],
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'message')
    const queues = await openQueues({ redis: source, prefix })
    onTestFinished(() => queues.close())
    const id = await queues.enqueue('token-refresh', 'orphan', { reason: 'by-hand' })
    await once(child, 'message') // it has begun
    child.kill('SIGKILL')
    await once(child, 'exit')

    const { ended } = await rig(
      source,
      { 'token-refresh': async () => answer },
      { lockDuration: 500, stalledInterval: 200 },
    )
    expect(await ended('token-refresh', id)).toEqual({ state: 'completed', result: answer })
  })
})
