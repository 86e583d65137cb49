import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSharedRequests, type SharedRequests } from '../../../app/jobs/shared-requests.ts'
import { createBudget } from '../../../machines/budget.ts'
import { tries } from '../../support/property.ts'

const most = 10
const windowMs = 1_000

/** Processes that count in one place, which may be away. */
function rig(processes: number) {
  let now = 1_000_000
  let counted: number[] = []
  let isAway = false
  const count = async (added: number) => {
    if (isAway) throw new Error('away')
    counted = [...counted, ...Array.from({ length: added }, () => now)].filter(time => now - time < windowMs)
    const oldest = counted[counted.length - most]
    return { spent: counted.length, waitMs: oldest === undefined ? 0 : oldest + windowMs - now }
  }
  const clock = { now: () => now }
  const all = Array.from({ length: processes }, () =>
    createSharedRequests({ own: createBudget(most, windowMs, clock), count, most, windowMs, clock }),
  )
  return {
    all,
    pass: (ms: number) => void (now += ms),
    goAway: (away: boolean) => void (isAway = away),
    answered: () => new Promise(setImmediate),
    now: () => now,
  }
}

describe('requests of more processes than one', () => {
  it('are as many as of one where each answer comes before the next request', async () => {
    const step = fc.record({ who: fc.nat({ max: 2 }), ms: fc.integer({ min: 0, max: 120 }), isRelease: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async steps => {
        const { all, pass, now } = rig(3)
        const spent: number[] = []
        for (const { who, ms, isRelease } of steps) {
          pass(ms)
          const one = all[who] as SharedRequests
          await one.learn()
          const inWindow = spent.filter(time => now() - time < windowMs).length
          expect(one.left()).toBe(Math.max(0, most - inWindow))
          if (isRelease) one.spend()
          else expect(one.take() === 0).toBe(inWindow < most)
          if (isRelease || inWindow < most) spent.push(now())
          await one.learn()
        }
      }),
      tries(60),
    )
  })

  it('wait when the others spent all of them, and for no longer than the window', async () => {
    const { all, pass, answered } = rig(2)
    const [one, other] = all
    for (let request = 0; request < most; request++) one?.spend()
    await answered()
    expect(other?.left()).toBe(most)
    await other?.learn()
    expect(other?.left()).toBe(0)
    expect(other?.take()).toBe(windowMs)
    pass(windowMs)
    expect(other?.take()).toBe(0)
  })

  it('are counted by each alone while Redis is away, and together again when it is back', async () => {
    const { all, goAway, answered } = rig(2)
    const [one, other] = all
    goAway(true)
    for (let request = 0; request < most; request++) expect(one?.take()).toBe(0)
    expect(one?.take()).toBe(windowMs)
    await answered()
    await expect(other?.learn()).rejects.toThrow('away')
    expect(other?.take()).toBe(0)
    await answered()
    goAway(false)
    await one?.learn()
    await other?.learn()
    expect(other?.left()).toBe(0)
    expect(other?.take()).toBeGreaterThan(0)
  })
})
