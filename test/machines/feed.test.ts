import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultTiming } from '../../machines/timing.ts'
import type { Market } from '../../market/instrument.ts'
import { handOverRig } from '../support/rigs/hand-over.ts'

const { graceMs, handOverTimeoutMs } = defaultTiming

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('line machine, two markets on one line', () => {
  it('opens nothing before the first turn', () => {
    const rig = handOverRig({ isOneLine: true })
    expect(rig.story).toEqual([])
    rig.turn('KR')
    expect(rig.story).toEqual(['KR opens'])
  })

  it('hands over only after the old market has released the line, after its grace', async () => {
    const rig = handOverRig({ isOneLine: true })
    rig.turn('KR')
    rig.turn('US')
    await rig.advance(graceMs - 1)
    expect(rig.story).toEqual(['KR opens'])
    expect(rig.stateOf('KR')).toBe('handing-over')
    await rig.advance(1)
    expect(rig.story).toEqual(['KR opens', 'KR closes', 'US opens'])
    expect(rig.stateOf('KR')).toBe('trading')
  })

  it('returns the line to the old market when its turn comes back during a hand-over, in a new session', async () => {
    const rig = handOverRig({ isOneLine: true })
    rig.turn('KR')
    rig.turn('US')
    await rig.advance(1_000)
    rig.turn('KR')
    await rig.advance(graceMs)
    expect(rig.story).toEqual(['KR opens', 'KR closes', 'KR opens'])
    expect(rig.mostOpen()).toBe(1)
  })

  it('does nothing when the turn is the one it has', () => {
    const rig = handOverRig({ isOneLine: true })
    rig.turn('KR')
    rig.turn('KR')
    expect(rig.stateOf('KR')).toBe('trading')
    expect(rig.story).toEqual(['KR opens'])
  })
})

describe('feed machine, a line for each market', () => {
  it('opens both at once', () => {
    const rig = handOverRig()
    rig.turn('KR', 'US')
    expect(rig.story).toEqual(['KR opens', 'US opens'])
    expect([rig.stateOf('KR'), rig.stateOf('US')]).toEqual(['trading', 'trading'])
  })

  it('adds a market beside the one that is open, and leaves that one alone', async () => {
    const rig = handOverRig()
    rig.turn('US')
    rig.turn('KR', 'US')
    await rig.advance(10_000)
    expect(rig.story).toEqual(['US opens', 'KR opens'])
  })

  it('takes the turn from one of them without touching the other', async () => {
    const rig = handOverRig()
    rig.turn('KR', 'US')
    rig.turn('KR')
    await rig.advance(graceMs)
    expect(rig.story).toEqual(['KR opens', 'US opens', 'US closes'])
    expect(rig.phaseOf('KR')).toEqual({ session: { subscribed: 'settled' } })
    expect([rig.stateOf('KR'), rig.stateOf('US')]).toEqual(['trading', 'standby'])
  })

  it('a turn that changes during a hand-over closes both, and opens only the one whose turn it is', async () => {
    const rig = handOverRig()
    rig.turn('KR', 'US')
    rig.turn('KR')
    rig.turn('US')
    await rig.advance(2 * graceMs)
    expect(rig.open()).toEqual(['US'])
    expect([rig.stateOf('KR'), rig.stateOf('US')]).toEqual(['standby', 'trading'])
  })

  it('releases a line whose market has no turn, and uses it again at the next one', async () => {
    const rig = handOverRig()
    rig.turn('KR')
    expect(rig.stateOf('US')).toBe('standby')
    rig.turn('US')
    expect(rig.stateOf('KR')).toBe('handing-over')
    await rig.advance(graceMs)
    expect(rig.stateOf('KR')).toBe('standby')
    rig.turn('KR', 'US')
    expect(rig.story).toEqual(['KR opens', 'US opens', 'KR closes', 'KR opens'])
  })

  it('gives a line back after the longest hand-over, to no market as well', async () => {
    // The longest hand-over is the sum of both: a second, while the grace itself takes an hour.
    const rig = handOverRig({ timing: { graceMs: 3_600_000, handOverTimeoutMs: -3_600_000 + 1_000 } })
    rig.turn('KR', 'US')
    rig.turn('KR')
    await rig.advance(999)
    expect(rig.stateOf('US')).toBe('handing-over')
    await rig.advance(1)
    expect([rig.stateOf('KR'), rig.stateOf('US')]).toEqual(['trading', 'standby'])
  })

  it('stops both, each through its grace', async () => {
    const rig = handOverRig()
    rig.turn('KR', 'US')
    rig.stop()
    await rig.advance(graceMs - 1)
    expect(rig.isDone()).toBe(false)
    await rig.advance(1)
    expect(rig.isDone()).toBe(true)
    expect(rig.open()).toEqual([])
  })
})

it('any turns at any time end with the sockets open whose turn it is, and never two on one line', async () => {
  const turns = fc.constantFrom<readonly Market[]>(['KR'], ['US'], ['KR', 'US'])
  const pause = fc.constantFrom(0, 1, 1_000, graceMs, graceMs + 1, graceMs + handOverTimeoutMs + 1)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(turns, pause), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (steps, one) => {
        const rig = handOverRig({ isOneLine: one })
        for (const [turn, ms] of steps) {
          rig.turn(...(one ? turn.slice(0, 1) : turn))
          await rig.advance(ms)
        }
        await rig.advance(4 * graceMs)
        const last = steps.at(-1)?.[0] ?? []
        expect(rig.open()).toEqual((one ? last.slice(0, 1) : last).toSorted())
        for (const market of last) if (!one || market === last[0]) expect(rig.stateOf(market)).toBe('trading')
        if (one) expect(rig.mostOpen()).toBe(1)
        rig.stop()
        await rig.advance(graceMs)
        expect(rig.isDone()).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})
