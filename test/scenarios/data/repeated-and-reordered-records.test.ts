// Records that come twice, and records that come behind their successors: in one frame, and from one frame to
// the next.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import type { Fault } from '../../../simulator/server.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

async function disturbed(...faults: Fault[]) {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660', 'KRX:035420'],
    simulator: { clock, tape: generatedTape({ rate: 3_000, seed: 30 }), ...wholeTruth },
  })
  await eventually(() => rig.feed.subscriptions().every(({ status }) => status === 'active'))
  const injected = faults.map(fault => rig.simulator.inject(fault))
  await eventually(() => rig.of('trade').length > 2_000)
  for (const fault of injected) fault.clear()
  return { rig, acted: injected.map(({ report }) => report().acted) }
}

it.each(['inside', 'between'] as const)(
  'what is repeated %s its frame is dropped, and each drop is counted',
  async where => {
    const { rig, acted } = await disturbed({ kind: 'duplicate', probability: 0.2, where })
    await eventually(() => Number(rig.feed.status().counts.duplicates) >= Number(acted[0]))
    expect(rig.feed.status().counts.duplicates).toBe(acted[0])
    expect(acted[0]).toBeGreaterThan(100)
    expect(rig.of('gap')).toEqual([])
    await expectGoodAftermath(rig, { connections: 1 })
  },
)

it.each(['inside', 'between'] as const)(
  'what is moved %s frames is a gap, and then filled: nothing is missing',
  async where => {
    const { rig, acted } = await disturbed({ kind: 'reorder', probability: 0.1, where })
    expect(acted[0]).toBeGreaterThan(50)
    await expectGoodAftermath(rig, { connections: 1 })
    const [missing, filled] = [
      rig.of('gap').reduce((sum, { missingVolume }) => sum + missingVolume, 0),
      rig.of('gap-filled').reduce((sum, { filledVolume }) => sum + filledVolume, 0),
    ]
    expect(missing).toBeGreaterThan(0)
    expect(filled).toBe(missing)
  },
)

it('all of it at once, with losses, leaves exactly what was withheld missing', async () => {
  const { rig } = await disturbed(
    { kind: 'lose', probability: 0.1 },
    { kind: 'duplicate', probability: 0.1 },
    { kind: 'reorder', probability: 0.1 },
  )
  await expectGoodAftermath(rig, { connections: 1 })
  expect(rig.simulator.withheld().length).toBeGreaterThan(100)
  expect(rig.of('resync')).toEqual([])
})
