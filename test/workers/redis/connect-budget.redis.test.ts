// Who may connect when an app key has more than one process, on a Redis of either kind.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSharedConnects, type SharedConnects } from '../../../workers/redis/connect-budget.ts'
import type { RedisClient } from '../../../workers/redis/redis.ts'
import { tries } from '../../support/property.ts'
import { connected, isMissing, redisKinds, redisRig } from '../../support/servers/redis.ts'

const prefix = '{kis-test}'
const windowMs = 600_000

describe.each(redisKinds)('the line of an app key, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  async function rig() {
    const redis = await connected(await redisRig(kind))
    const process = (installation: string): SharedConnects =>
      createSharedConnects({ redis, prefix, most: 4, windowMs, standbyMs: 60_000, installation: () => installation })
    return { redis, process }
  }

  /** Its owner was killed this long ago. */
  async function age(redis: RedisClient, ms: number): Promise<void> {
    const renewed = Number(await redis.hget(`${prefix}:owner`, 'renewed'))
    await redis.hset(`${prefix}:owner`, 'renewed', renewed - ms)
  }

  test('has no owner that is known before KIS accepted somebody', async () => {
    const { process } = await rig()
    expect(await process('a').reserve()).toEqual({ waitMs: 0, owner: 'unknown', isReserved: false })
    expect(await process('b').reserve()).toEqual({ waitMs: 0, owner: 'unknown', isReserved: false })
  })

  test('keeps two of four connections for its owner while that one renews its claim', async () => {
    const { redis, process } = await rig()
    const [owner, standby] = [process('a'), process('b')]
    await owner.reserve()
    await owner.claim()
    expect(await standby.reserve()).toEqual({ waitMs: 0, owner: 'alive', isReserved: false })
    expect(await standby.reserve()).toEqual({ waitMs: 60_000, owner: 'alive', isReserved: true })
    expect(await owner.reserve()).toEqual({ waitMs: 0, owner: 'ours', isReserved: false })

    await age(redis, 14_000)
    expect(await standby.reserve()).toMatchObject({ owner: 'alive', isReserved: true })
    await age(redis, 1_000)
    expect(await standby.reserve()).toEqual({ waitMs: 0, owner: 'gone', isReserved: false })
    const { waitMs } = await owner.reserve()
    expect(waitMs).toBeGreaterThan(windowMs - 60_000)
  })

  test('is free when its owner let go of it, and no other process can end its claim', async () => {
    const { process } = await rig()
    const [owner, standby] = [process('a'), process('b')]
    await owner.claim()
    await standby.release()
    expect(await standby.reserve()).toMatchObject({ owner: 'alive' })
    await owner.release()
    expect(await standby.reserve()).toMatchObject({ owner: 'gone' })
  })

  test('belongs to whom KIS accepted last; the one before learns it with its next renewal', async () => {
    const { process } = await rig()
    const [first, second] = [process('a'), process('b')]
    await first.claim()
    expect(await first.renew()).toBe(true)
    await second.claim()
    expect([await first.renew(), await second.renew()]).toEqual([false, true])
    expect(await first.reserve()).toMatchObject({ owner: 'alive' })
    await first.claim()
    expect([await first.renew(), await second.renew()]).toEqual([true, false])
  })

  test('is claimed again in a Redis that lost everything', async () => {
    const { redis, process } = await rig()
    const [owner, standby] = [process('a'), process('b')]
    await owner.claim()
    await redis.del(`${prefix}:owner`)
    expect(await standby.reserve()).toMatchObject({ owner: 'unknown' })
    expect(await owner.renew()).toBe(true)
    expect(await standby.reserve()).toMatchObject({ owner: 'alive' })
  })

  test('is still that of an installation whose process crashed, and not of a copy of its folder', async () => {
    const { process } = await rig()
    const crashed = process('a')
    await crashed.claim()
    const next = process('a')
    expect(await next.reserve()).toMatchObject({ owner: 'ours' })

    // It was no crash: the other one is at work, with the same folder copied.
    let known = 'ours'
    for (let asked = 0; known === 'ours' && asked < 10_000; asked++) {
      await crashed.renew()
      known = (await next.reserve()).owner
    }
    expect(known).toBe('alive')
  })

  test('is never asked for more than four times in all, and a standby leaves two to a living owner', async () => {
    const { redis, process } = await rig()
    const command = fc.record({
      who: fc.nat({ max: 2 }),
      does: fc.constantFrom('connect', 'connect', 'accepted', 'renew', 'end', 'killed'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async commands => {
        await redis.flushall()
        const processes = ['a', 'b', 'c'].map(process)
        let owner: number | undefined
        let isAlive = false
        let spent = 0
        for (const { who, does } of commands) {
          const one = processes[who] as SharedConnects
          if (does === 'connect') {
            const { waitMs, owner: known } = await one.reserve()
            const isStandby = isAlive && owner !== who
            const expected = owner === undefined ? 'unknown' : owner === who ? 'ours' : isAlive ? 'alive' : 'gone'
            expect(known).toBe(expected)
            expect(waitMs === 0).toBe(spent < (isStandby ? 2 : 4))
            if (waitMs === 0) spent++
          } else if (does === 'accepted') {
            await one.claim()
            owner = who
            isAlive = true
          } else if (does === 'renew') {
            expect(await one.renew()).toBe(owner === undefined || owner === who)
            if (owner === undefined || owner === who) [owner, isAlive] = [who, true]
          } else if (does === 'end') {
            await one.release()
            if (owner === who) isAlive = false
          } else if (owner !== undefined) {
            await age(redis, 20_000)
            isAlive = false
          }
        }
      }),
      tries(kind === 'a real server' ? 60 : 25),
    )
  })
})
