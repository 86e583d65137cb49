// Redis goes away under a running feed and comes back: the stream does not notice, what should have become a
// job waits, and then becomes one. Also a Redis that is there and does not answer.
import { describe, expect, it, onTestFinished } from 'vitest'
import { openJobs } from '../../../app/jobs/jobs.ts'
import type { Logger } from '../../../app/observe/log.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { eventually, type FeedRig, feedRig, planted, shortTiming } from '../../support/rigs/feed.ts'
import { serverProgram, startTestServer } from '../../support/servers/redis.ts'

async function rig() {
  const redis = await startTestServer()
  const clock = clockStartingAt(Date.parse('2026-09-14T10:00:00+09:00'))
  const simulator = await startSimulator({
    clock,
    // REST pages by the second and tells thirty trades a page, so of more than that in a second it does not
    // have all.
    tape: generatedTape({ rate: 20, seed: 3 }),
    quotations: { skippedOneOf: 0, keptTrades: 100_000 },
  })
  onTestFinished(() => simulator.stop())
  const said: string[] = []
  const note = (facts: object, message: string) => void said.push(`${message} ${JSON.stringify(facts)}`)
  const log: Logger = { debug: () => {}, info: note, warn: note, error: note }
  const settings = readSettings({
    ...planted,
    restUrl: simulator.restUrl,
    socketUrl: simulator.wsUrl,
    market: 'KR',
    instruments: ['KRX:005930'],
    timing: shortTiming,
  })
  const jobs = await openJobs(settings, { redisUrl: redis.url, clock, log })
  onTestFinished(() => jobs.close())
  const feed = await feedRig({ running: simulator, jobs, clock, log })
  await jobs.startWorkers()
  await feed.until('trade')
  return { redis, simulator, jobs, feed, said }
}

/** Records get lost until a gap is seen. */
async function loseSome({ feed, simulator }: { feed: FeedRig; simulator: FeedRig['simulator'] }): Promise<void> {
  const before = feed.of('gap').length
  const fault = simulator.inject({ kind: 'lose', probability: 0.5 })
  await eventually(() => feed.of('gap').length > before)
  fault.clear()
}

describe.skipIf(serverProgram === undefined)('Redis that goes away under a running feed', () => {
  it('leaves the stream alone; gaps wait for it, and are repaired when it is back', async () => {
    const { redis, simulator, jobs, feed, said } = await rig()

    await redis.kill()
    await loseSome({ feed, simulator })
    await eventually(() => jobs.counters().waiting > 0)
    const trades = feed.of('trade').length
    await eventually(() => feed.of('trade').length > trades + 20)
    expect(jobs.counters().failedToAsk).toBeGreaterThan(0)
    expect(feed.of('gap-verdict')).toEqual([])

    await redis.start()
    await eventually(() => feed.of('gap-verdict').length === feed.of('gap').length)
    expect(jobs.counters()).toMatchObject({ waiting: 0, dropped: 0, redisAway: 1 })
    expect(feed.of('gap-verdict').filter(({ verdict }) => verdict !== 'repaired')).toEqual([])
    const totals = feed.of('gap').map(({ fromVolume, toVolume }) => `${fromVolume}-${toVolume}`)
    const judged = feed.of('gap-verdict').map(({ fromVolume, toVolume }) => `${fromVolume}-${toVolume}`)
    expect(judged.sort()).toEqual(totals.sort())
    expect(said.filter(line => line.startsWith('Redis is away: the stream goes on'))).toHaveLength(1)
    expect(said.filter(line => line.startsWith('Redis is back'))).toHaveLength(1)
    expect(said.some(line => line.startsWith('a gap cannot be put in the queue'))).toBe(true)
    for (const secret of Object.values(planted)) expect(said.join('\n')).not.toContain(secret)
  })

  it('does not keep a cut line from coming back: the process counts and has keys issued for itself', async () => {
    const { redis, simulator, feed, said } = await rig()

    await redis.kill()
    simulator.cut()
    await feed.until('resume')
    const trades = feed.of('trade').length
    await eventually(() => feed.of('trade').length > trades)

    expect(simulator.stats().socketsOpened).toBe(2)
    expect(said.some(line => line.startsWith('Redis is away: this process goes on with'))).toBe(true)
  })

  it('does not keep the process from ending', async () => {
    const { redis, jobs, feed } = await rig()
    await redis.kill()
    await feed.feed.stop()
    await jobs.close()
    expect(feed.events.at(-1)).toMatchObject({ type: 'disconnect', reason: 'stop' })
  })
})

describe.skipIf(serverProgram === undefined)('Redis that is there and does not answer', () => {
  it('holds up neither the stream nor a connection', async () => {
    const { redis, simulator, feed } = await rig()

    redis.freeze()
    simulator.cut()
    await feed.until('resume')
    const trades = feed.of('trade').length
    await eventually(() => feed.of('trade').length > trades)
    redis.thaw()
    expect(simulator.stats().socketsOpened).toBe(2)
  })
})
