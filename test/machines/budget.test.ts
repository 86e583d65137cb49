import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../machines/budget.ts'
import { tries } from '../support/property.ts'

function rig(most: number, windowMs: number) {
  let now = 1_000_000
  const budget = createBudget(most, windowMs, { now: () => now })
  return { budget, pass: (ms: number) => (now += ms), now: () => now }
}

describe('a budget', () => {
  it('grants its number in any window, and says how long the next one takes', () => {
    const { budget, pass } = rig(4, 600_000)
    for (let time = 0; time < 4; time++) {
      expect(budget.take()).toBe(0)
      pass(1_000)
    }
    expect(budget.left()).toBe(0)
    expect(budget.take()).toBe(596_000)
    pass(596_000)
    expect(budget.take()).toBe(0)
    expect(budget.take()).toBe(1_000)
  })

  it('counts what must not wait, and makes what may wait for it', () => {
    const { budget } = rig(2, 1_000)
    for (let time = 0; time < 5; time++) budget.spend()
    expect(budget.left()).toBe(0)
    expect(budget.take()).toBe(1_000)
  })

  it('is neither frozen nor refilled by a clock that was set back', () => {
    const { budget, pass } = rig(1, 1_000)
    expect(budget.take()).toBe(0)
    pass(-3_600_000)
    expect(budget.take()).toBe(1_000)
    pass(1_000)
    expect(budget.take()).toBe(0)
  })

  it('never grants more than its number in any window', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), pauses => {
        const { budget, pass, now } = rig(4, 1_000)
        const granted: number[] = []
        for (const ms of pauses) {
          pass(ms)
          if (budget.take() === 0) granted.push(now())
        }
        for (const [index, time] of granted.entries()) {
          const fourEarlier = granted[index - 4]
          if (fourEarlier !== undefined) expect(time - fourEarlier).toBeGreaterThanOrEqual(1_000)
        }
      }),
    )
  })

  it('that is kept grants no more to a process that restarts again and again, also with its clock set back', () => {
    const step = fc.record({
      ms: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 400 }), weight: 9 }, fc.constant(-5_000)),
      isStart: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        let now = 1_000_000
        /** Real time, while the clock may be set. */
        let real = 0
        let file: readonly number[] = []
        const kept = { read: () => file, write: (times: readonly number[]) => void (file = [...times]) }
        const start = () => createBudget(4, 1_000, { now: () => now }, kept)
        let budget = start()
        const granted: number[] = []
        for (const { ms, isStart } of steps) {
          now += ms
          real += Math.max(0, ms)
          if (isStart) budget = start()
          if (budget.take() === 0) granted.push(real)
        }
        for (const [index, time] of granted.entries()) {
          const fourEarlier = granted[index - 4]
          if (fourEarlier !== undefined) expect(time - fourEarlier).toBeGreaterThanOrEqual(1_000)
        }
      }),
      tries(300),
    )
  })

  it('counts alone while it cannot be written, and does not wait for ever for a clock that was ahead', () => {
    let now = 1_000_000
    const budget = createBudget(2, 1_000, { now: () => now }, { read: () => [], write: () => {} })
    expect([budget.take(), budget.take(), budget.take()]).toEqual([0, 0, 1_000])

    let file: readonly number[] = [9_000_000, 9_000_001]
    const kept = { read: () => file, write: (times: readonly number[]) => void (file = [...times]) }
    const start = () => createBudget(2, 1_000, { now: () => now }, kept)
    expect(start().take()).toBe(1_000)
    now += 600
    expect(start().take()).toBe(400)
    now += 400
    expect(start().take()).toBe(0)
  })
})
