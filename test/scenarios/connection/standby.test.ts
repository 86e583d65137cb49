// A second process with the same app key stands by. It must not spend what the first one needs to come back,
// and it takes over when the first one is gone. Both share what the app keys have: Korea's and the one of the
// US market.
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SharedLine } from '../../../app/feed/line.ts'
import { openJobs } from '../../../app/jobs/jobs.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { systemClock } from '../../../market/clock.ts'
import { type Simulator, startSimulator } from '../../../simulator/server.ts'
import { openRedis } from '../../../workers/redis/redis.ts'
import { eventually, feedRig, planted, shortTiming, silentMarket } from '../../support/rigs/feed.ts'
import {
  connected,
  everythingIn,
  serverProgram,
  startTestServer,
  temporaryFolder,
} from '../../support/servers/redis.ts'

// Ten minutes of waits are a second here; the window of the budget is as long as it is.
const timing = { ...shortTiming, mostConnects: 4, graceMs: 60, occupiedMs: 40, longestOccupiedMs: 80, lingerMs: 30 }

const second = {
  usAppKey: 'PLANTED-US-APP-KEY-0123456789-ABCDEF',
  usAppSecret: `PLANTED-US-SECRET-${'x1Y2z3'.repeat(20)}`,
}

const kept = 'the connections that are left are for the process that owns the line'

async function simulated(): Promise<Simulator> {
  const simulator = await startSimulator({ tape: silentMarket() })
  onTestFinished(() => simulator.stop())
  return simulator
}

describe.skipIf(serverProgram === undefined)('a standby on the same app key', () => {
  async function rig() {
    const simulator = await simulated()
    const redis = await startTestServer()
    const common = { ...planted, restUrl: simulator.restUrl, socketUrl: simulator.wsUrl, market: 'KR', timing } as const
    const process = async () => {
      const dataFolder = temporaryFolder()
      const jobs = await openJobs(readSettings(common), { redisUrl: redis.url, dataFolder })
      onTestFinished(() => jobs.close())
      const { feed, until, of } = await feedRig({ running: simulator, jobs, dataFolder, timing })
      return { feed, until, of, jobs, socket: () => feed.status().sockets.KR }
    }
    return { simulator, redis, process }
  }

  it('leaves the holder two of four connections: its line is cut, and it is back within its own backoff', async () => {
    const { simulator, process } = await rig()
    const holder = await process()
    await holder.feed.confirmed('KRX:005930')
    const standby = await process()
    await standby.until('subscription', ({ code }) => code === 'OPSP8996')
    // A good many of its waits later it has not connected again.
    await eventually(() => standby.socket().transitions.filter(({ cause }) => cause === kept).length > 5)
    expect(simulator.stats().socketsOpened).toBe(2)

    simulator.cut()
    await holder.until('resume')
    await eventually(() => holder.socket().phase === 'subscribed.settled')
    const causes = holder.socket().transitions.map(({ cause }) => cause)
    expect(causes.filter(cause => cause?.startsWith('connect budget spent'))).toEqual([])
    // Its own one, and no other.
    expect(standby.feed.status().lines[0]?.budgets.connects.left).toBe(timing.mostConnects - 1)
    expect(simulator.sessions()).toHaveLength(1)
  })

  it('takes the line when its holder stops, with what was kept for that one', async () => {
    const { simulator, process } = await rig()
    const holder = await process()
    await holder.feed.confirmed('KRX:005930')
    const standby = await process()
    await eventually(() => standby.socket().transitions.some(({ cause }) => cause === kept))
    await holder.feed.stop()
    await standby.feed.confirmed('KRX:005930')
    expect(simulator.stats().socketsOpened).toBe(3)
  })
})

describe.skipIf(serverProgram === undefined)('two processes with an app key for each market', () => {
  it('share the approval key, the connections and the requests of the second as they do those of the first', async () => {
    const simulator = await simulated()
    const redis = await startTestServer()
    const options = {
      ...planted,
      ...second,
      schedule: 'side-by-side',
      restUrl: simulator.restUrl,
      socketUrl: simulator.wsUrl,
      instruments: ['KRX:005930', 'NAS:AAPL'],
      timing,
    } as const
    const process = async () => {
      const jobs = await openJobs(readSettings(options), { redisUrl: redis.url })
      onTestFinished(() => jobs.close())
      const [korea, us] = ['1', '2'].map(id => jobs.forFeed.shared.of(id)) as [SharedLine, SharedLine]
      return { jobs, korea, us }
    }
    const [first, other] = [await process(), await process()]
    const rig = await feedRig({ running: simulator, ...options, market: 'auto', jobs: first.jobs })
    await Promise.all(['KRX:005930', 'NAS:AAPL'].map(name => rig.feed.confirmed(name)))
    expect(simulator.stats()).toMatchObject({ socketsOpened: 2, approvalsIssued: 2 })

    // The other process is given the keys that were issued for the first one, and pays from the same budgets.
    await Promise.all([other.korea.approvalKey(), other.us.approvalKey()])
    expect(simulator.stats().approvalsIssued).toBe(2)
    expect(other.us.approvalKeyIssuedAt()).toBe(first.us.approvalKeyIssuedAt())
    expect(await other.us.connects.take()).toBe(0)
    expect(await other.us.connects.take()).toBe(timing.occupiedMs)
    expect(other.us.owner.isGone()).toBe(false)
    const [korean, both] = await Promise.all([first.jobs.limits(), other.jobs.limits()])
    expect(korean).toMatchObject({
      lines: [
        { line: '1', connectsLeft: timing.mostConnects - 1 },
        { line: '2', connectsLeft: timing.mostConnects - 2 },
      ],
    })
    expect(both).toEqual(korean)
    // One subscription was asked for with each app key; that of the second process makes two.
    await eventually(() => other.us.requests.left() === timing.mostRequests - 1)
    other.us.requests.spend()
    await eventually(() => other.us.requests.left() === timing.mostRequests - 2)
    expect(other.korea.requests.left()).toBe(timing.mostRequests)

    const everything = await everythingIn(await connected(await openRedis({ url: redis.url, clock: systemClock })))
    for (const secret of [planted.appKey, planted.appSecret, second.usAppKey, second.usAppSecret]) {
      expect(everything).not.toContain(secret)
    }
  })
})
