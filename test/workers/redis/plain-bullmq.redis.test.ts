// Jobs that BullMQ itself puts in, as any client of it would: without our ids, options and types.
import { type Job, Queue, type QueueOptions } from 'bullmq'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openQueues } from '../../../workers/queue-handles.ts'
import type { Processors } from '../../../workers/queues.ts'
import { startWorkers } from '../../../workers/run.ts'
import { TryLater } from '../../../workers/try-later.ts'
import { isMissing, redisKinds, redisRig } from '../../support/servers/redis.ts'

const prefix = '{kis-plain}'

/** The job once it has ended, for good or bad. */
async function ended(queue: Queue, { id = '' }: Job): Promise<Job> {
  for (;;) {
    const job: Job | undefined = await queue.getJob(id)
    if (job?.finishedOn !== undefined) return job
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe.each(redisKinds)('a job of plain BullMQ, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  async function rig(processors: Processors) {
    const redis = await redisRig(kind)
    const connection = redis.connect('ask')
    const workers = startWorkers({ redis, prefix, processors })
    const options: QueueOptions = { connection, prefix }
    const opened: Queue[] = []
    onTestFinished(async () => {
      await workers.stop(0)
      await Promise.all(opened.map(queue => queue.close()))
      connection.disconnect()
    })
    return (name: string) => {
      const queue = new Queue(name, options)
      opened.push(queue)
      return queue
    }
  }

  test('is done like one of ours', async () => {
    const received: unknown[] = []
    const queueOf = await rig({
      'key-validation'(payload) {
        received.push(payload)
        return Promise.resolve({ allowed: false, reason: 'Market is Open', next: null })
      },
    })
    const queue = queueOf('key-validation')
    const job = await ended(queue, await queue.add('whatever', { dryRun: true }))
    expect(received).toEqual([{ dryRun: true }])
    expect(job.returnvalue).toMatchObject({ reason: 'Market is Open' })
  })

  test('is tried as often and waits as long as one of ours, unless it says otherwise', async () => {
    const attempts: Record<string, number> = { usual: 0, own: 0 }
    const queueOf = await rig({
      'token-refresh'({ refused = '' }) {
        attempts[refused] = (attempts[refused] ?? 0) + 1
        return Promise.reject(new TryLater(1, 'not yet'))
      },
    })
    const queue = queueOf('token-refresh')
    const usual = await queue.add('any', { reason: 'refused', refused: 'usual' })
    const own = await queue.add('any', { reason: 'refused', refused: 'own' }, { attempts: 2 })
    await Promise.all([ended(queue, usual), ended(queue, own)])
    expect(attempts).toEqual({ usual: 5, own: 2 })
  })

  test('with a wrong payload fails once, with a reason that can be read, and nothing is done', async () => {
    let calls = 0
    const queueOf = await rig({
      'gap-validation'() {
        calls++
        return Promise.reject(new Error('no call is expected'))
      },
    })
    const queue = queueOf('gap-validation')
    for (const data of [{}, 'text', null, [], { instrument: 5 }, { instrument: 'KRX:005930', from: 'now' }]) {
      const job = await ended(queue, await queue.add('any', data))
      expect(job.failedReason).toMatch(/^the payload is not one of gap-validation: .*Correct it and add it again$/)
      expect(job.attemptsMade).toBe(1)
    }
    expect(calls).toBe(0)
  })

  test('that was written past BullMQ and is no JSON does nothing, is said, and hides no other', async () => {
    const redis = await redisRig(kind)
    const client = redis.connect('ask')
    const unreadable: string[] = []
    const workers = startWorkers({
      redis,
      prefix,
      processors: { certificate: () => Promise.reject(new Error('not today')) },
      onUnreadable: queue => unreadable.push(queue),
    })
    const queues = await openQueues({ redis, prefix })
    onTestFinished(async () => {
      await workers.stop(0)
      await queues.close()
      client.disconnect()
    })
    await client.hset(`${prefix}:certificate:raw`, { name: 'x', data: 'PLANTED-SECRET', opts: '{}', timestamp: '1' })
    await client.lpush(`${prefix}:certificate:wait`, 'raw')
    const queue = queues.all.find(({ name }) => name === 'certificate') as Queue
    const good = await ended(queue, await queue.add('any', { date: 'today' }, { attempts: 1 }))
    expect(good.failedReason).toBe('not today')
    await vi.waitFor(() => expect(unreadable).toContain('certificate'), { timeout: 120_000 })
    const listed = await queues.list()
    const reason = expect.stringContaining('no JSON') as unknown
    expect(listed).toMatchObject([{ state: 'failed' }, { id: 'raw', addedAt: null, reason }])
    expect(JSON.stringify(listed)).not.toContain('PLANTED')
  })
})
