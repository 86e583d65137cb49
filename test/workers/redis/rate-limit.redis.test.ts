import { describe, expect, it } from 'vitest'
import { createRateLimit, type RateLimit } from '../../../kis/rest/rate-limit.ts'
import { systemClock } from '../../../market/clock.ts'
import { type ConnectBudgetParts, createSharedConnects } from '../../../workers/redis/connect-budget.ts'
import { createSharedRateLimit, type SharedRateLimit } from '../../../workers/redis/rate-limit.ts'
import { connected, isMissing, redisKinds, redisRig } from '../../support/servers/redis.ts'

const prefix = '{kis-test}'
const alone: RateLimit = { take: () => Promise.reject(new Error('no process is alone here')), slowDown: () => {} }

describe.each(redisKinds)('the pace of REST calls, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  async function rig(spacingMs: number, processes: number) {
    const source = await redisRig(kind)
    const troubles: unknown[] = []
    const waits: number[] = []
    const limits = await Promise.all(
      Array.from({ length: processes }, async () =>
        createSharedRateLimit({
          redis: await connected(source),
          prefix,
          clock: { now: () => 0 },
          spacingAt: () => spacingMs,
          alone,
          onTrouble: error => troubles.push(error),
          wait: async ms => void waits.push(ms),
        }),
      ),
    )
    return { source, limits, waits, troubles }
  }

  test('gives every call of every process a place of its own, evenly', async () => {
    const spacingMs = 60_000
    const { limits, waits, troubles } = await rig(spacingMs, 4)

    await Promise.all(limits.flatMap(limit => Array.from({ length: 5 }, () => limit.take())))

    // The first call did not wait; the others lie apart, whatever time passed while they asked.
    waits.sort((a, b) => a - b)
    expect(waits).toHaveLength(19)
    waits.forEach((ms, index) => {
      expect(ms).toBeGreaterThan(index * spacingMs)
      expect(ms).toBeLessThanOrEqual((index + 1) * spacingMs + 1)
    })
    expect(troubles).toEqual([])
  })

  test('rests a second when KIS refuses a call, is half as fast again afterwards, and heeds one refusal a second', async () => {
    const spacingMs = 60_000
    const { source, limits, waits } = await rig(spacingMs, 2)
    const redis = await connected(source)
    const [one, other] = limits as [SharedRateLimit, SharedRateLimit]
    one.slowDown()
    other.slowDown()
    while ((await redis.hget(`${prefix}:rest_pace`, 'factor')) === null) await redis.ping()

    await other.take()
    await one.take()

    const [rest, paced] = waits as [number, number]
    expect(rest).toBeGreaterThan(0)
    expect(rest).toBeLessThanOrEqual(1_000)
    expect(Number(await redis.hget(`${prefix}:rest_pace`, 'factor'))).toBe(1.5)
    expect(paced).toBeGreaterThan(spacingMs * 1.3)
    expect(paced).toBeLessThanOrEqual(spacingMs * 1.5 + 1_000)
  })

  test('is kept by each process alone while Redis is away', async () => {
    const { source } = await rig(1, 0)
    const redis = await connected(source)
    redis.disconnect()
    let calls = 0
    const troubles: unknown[] = []
    const limit = createSharedRateLimit({
      redis,
      prefix,
      clock: systemClock,
      spacingAt: () => 60_000,
      alone: { take: async () => void calls++, slowDown: () => {} },
      onTrouble: error => troubles.push(error),
    })
    await limit.take()
    expect(calls).toBe(1)
    expect(troubles).toHaveLength(1)
  })
})

/** The waits of one process. */
function createConnectBudget(parts: Omit<ConnectBudgetParts, 'installation' | 'standbyMs'>): () => Promise<number> {
  const { reserve } = createSharedConnects({ ...parts, installation: () => 'one', standbyMs: 60_000 })
  return async () => (await reserve()).waitMs
}

describe.each(redisKinds)('the budget of connections, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  test('is one for all processes, and says how long until the next one', async () => {
    const source = await redisRig(kind)
    const windowMs = 600_000
    const budgets = await Promise.all(
      Array.from({ length: 8 }, async () =>
        createConnectBudget({ redis: await connected(source), prefix, most: 4, windowMs }),
      ),
    )
    const waits = (await Promise.all(budgets.map(reserve => reserve()))).sort((a, b) => a - b)
    expect(waits.slice(0, 4)).toEqual([0, 0, 0, 0])
    for (const waitMs of waits.slice(4)) {
      expect(waitMs).toBeGreaterThan(windowMs - 30_000)
      expect(waitMs).toBeLessThanOrEqual(windowMs + 1)
    }
  })

  test('is there again when the window is over', async () => {
    const redis = await connected(await redisRig(kind))
    const reserve = createConnectBudget({ redis, prefix, most: 1, windowMs: 50 })
    expect(await reserve()).toBe(0)
    for (let waitMs = await reserve(); waitMs > 0; waitMs = await reserve()) expect(waitMs).toBeLessThanOrEqual(51)
  })

  test('answers whenever the window ends, be it while it is asked', async () => {
    const redis = await connected(await redisRig(kind))
    const reserve = createConnectBudget({ redis, prefix, most: 1, windowMs: 1 })
    for (let asked = 0; asked < 2_000; asked++) expect(await reserve()).toBeLessThanOrEqual(2)
  })

  test('cannot be asked while Redis is away', async () => {
    const redis = await connected(await redisRig(kind))
    redis.disconnect()
    await expect(createConnectBudget({ redis, prefix, most: 1, windowMs: 1 })()).rejects.toThrow()
  })
})

describe('the pace of one process', () => {
  it('is 18 calls a second on production and 1 on paper, a tenth slower, and 20 and 2 until 2026-04-19', async () => {
    const { callsPerSecond, spacingOf } = await import('../../../kis/rest/rate-limit.ts')
    const at = (text: string) => Date.parse(`${text}T00:00:00+09:00`)
    expect([callsPerSecond('prod', at('2026-04-20')), callsPerSecond('paper', at('2026-04-20'))]).toEqual([18, 1])
    expect([callsPerSecond('prod', at('2026-04-20') - 1), callsPerSecond('paper', at('2026-04-20') - 1)]).toEqual([
      20, 2,
    ])
    expect([spacingOf('prod', at('2026-05-01')), spacingOf('paper', at('2026-05-01'))]).toEqual([62, 1_100])
  })

  it('spreads calls evenly, rests when KIS refuses one, and is not stopped by a clock that is set back', async () => {
    let now = Date.parse('2026-05-01T00:00:00+09:00')
    const waits: number[] = []
    const limit = createRateLimit('prod', { now: () => now }, async ms => void waits.push(ms))
    await Promise.all([limit.take(), limit.take(), limit.take()])
    expect(waits).toEqual([62, 124])

    now += 10_000
    limit.slowDown()
    limit.slowDown()
    await limit.take()
    await limit.take()
    expect(waits.slice(2)).toEqual([1_000, 1_093])

    now -= 3_600_000
    await limit.take()
    expect(waits.at(-1)).toBeLessThanOrEqual(2_000)
  })
})
