// What the processes of an app key share, by the code that a feed runs: two feeds in two "processes", one
// Redis, one simulator.
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAccess } from '../../../app/jobs/shared-access.ts'
import { silentLogger } from '../../../app/observe/log.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { Secret } from '../../../kis/secret.ts'
import { systemClock } from '../../../market/clock.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { eventually, feedRig, planted, shortTiming, silentMarket } from '../../support/rigs/feed.ts'
import { connected, everythingIn, isMissing, redisKinds, redisRig } from '../../support/servers/redis.ts'

describe.each(redisKinds)('two processes of one app key, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  async function rig(timing: Partial<typeof shortTiming> = {}) {
    const source = await redisRig(kind)
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const settings = readSettings({
      ...planted,
      restUrl: simulator.restUrl,
      socketUrl: simulator.wsUrl,
      market: 'KR',
      timing: { ...shortTiming, ...timing },
    })
    const process = async () => {
      const secrets: Secret[] = []
      const redis = await connected(source)
      const onSecret = (secret: Secret) => void secrets.push(secret)
      const access = createAccess({
        settings,
        line: settings.lines[0],
        redis,
        clock: systemClock,
        log: silentLogger,
        onSecret,
      })
      onTestFinished(() => access.close())
      return { access, secrets }
    }
    return { source, simulator, process }
  }

  test('share one approval key and one token, which are not readable in Redis', async () => {
    const { source, simulator, process } = await rig()
    const [one, other] = await Promise.all([process(), process()])

    const keys = await Promise.all([one.access.approvalKey(), other.access.approvalKey()])
    const tokens = await Promise.all([one.access.tokens.current(), other.access.tokens.current()])
    expect(keys[0]?.reveal()).toBe(keys[1]?.reveal())
    expect(tokens[0]?.reveal()).toBe(tokens[1]?.reveal())
    expect(simulator.stats()).toMatchObject({ approvalsIssued: 1, tokensIssued: 1, tokensRefused: 0 })
    for (const { secrets } of [one, other]) {
      expect(secrets.map(secret => secret.reveal())).toEqual(
        expect.arrayContaining([keys[0]?.reveal(), tokens[0]?.reveal()]),
      )
    }
    const everything = await everythingIn(await connected(source))
    for (const secret of [...keys, ...tokens, new Secret(planted.appKey), new Secret(planted.appSecret)]) {
      expect(everything).not.toContain(secret.reveal())
    }
  })

  test('know the age of the approval key, whichever of them had it issued', async () => {
    const { simulator, process } = await rig()
    let ahead = 0
    const clock = { now: () => systemClock.now() + ahead }
    await (await process()).access.approvalKey()
    const issuedBefore = systemClock.now()
    // Half an hour later another process starts, and is given the same key.
    ahead = 30 * 60_000
    const late = await process()
    const feed = await feedRig({ running: simulator, timing: shortTiming, shared: { of: () => late.access }, clock })
    await feed.until('subscription', ({ status }) => status === 'active')
    const { time, lines } = feed.feed.status()
    const approvalKeyIssuedAt = lines[0]?.approvalKeyIssuedAt ?? time
    expect(simulator.stats().approvalsIssued).toBe(1)
    expect(approvalKeyIssuedAt).toBeLessThanOrEqual(issuedBefore)
    expect(time - approvalKeyIssuedAt).toBeGreaterThanOrEqual(30 * 60_000)
  })

  test('each see what is left for all of them together', async () => {
    const { process } = await rig({ mostConnects: 4 })
    const [one, other] = await Promise.all([process(), process()])
    await one.access.connects.take()
    await one.access.connects.take()
    expect(other.access.connects.left()).toBe(4)
    expect(await other.access.limits()).toMatchObject({ connectsLeft: 2, restSlowedBy: 1 })
    const { restCallsPerSecond: before } = await other.access.limits()
    one.access.limit.slowDown()
    await expect.poll(async () => (await other.access.limits()).restSlowedBy).toBeGreaterThan(1.4)
    expect((await other.access.limits()).restCallsPerSecond).toBeLessThan(before / 1.4)
  })

  test('connect no more often than one may, together', async () => {
    const { simulator, process } = await rig({ mostConnects: 1 })
    const [one, other] = await Promise.all([process(), process()])
    const common = { running: simulator, timing: { ...shortTiming, mostConnects: 1 } }
    const first = await feedRig({ ...common, shared: { of: () => one.access } })
    await first.until('subscription', ({ status }) => status === 'active')

    const waits: number[] = []
    const connects = {
      async take() {
        const waitMs = await other.access.connects.take()
        waits.push(waitMs)
        return waitMs
      },
      left: () => other.access.connects.left(),
    }
    await feedRig({ ...common, shared: { of: () => ({ ...other.access, connects }) } })
    await eventually(() => waits.length > 0)
    expect(waits[0]).toBeGreaterThan(0)
    expect(simulator.stats()).toMatchObject({ socketsOpened: 1, approvalsIssued: 1 })
  })
})
