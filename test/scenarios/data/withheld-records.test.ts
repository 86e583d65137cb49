import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { eventually, feedRig } from '../../support/rigs/feed.ts'

it('every record that is withheld is reported as a gap, to the share, and nothing is delivered twice', async () => {
  const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 2_000, seed: 11 }) } })
  await rig.until('trade')
  const faults = [
    rig.simulator.inject({ kind: 'lose', probability: 0.1 }),
    rig.simulator.inject({ kind: 'duplicate', probability: 0.1 }),
  ]
  await eventually(() => rig.of('trade').length >= 2_000)
  for (const fault of faults) fault.clear()
  const cleared = rig.of('trade').length
  await eventually(() => rig.of('trade').length >= cleared + 20)

  const totals = rig.of('trade').map(({ cumulativeVolume }) => cumulativeVolume as number)
  expect(new Set(totals).size).toBe(totals.length)
  const trades = rig.of('trade')
  const delivered = trades.slice(1).reduce((sum, { volume }) => sum + (volume as number), 0)
  const missing = rig.of('gap').reduce((sum, { missingVolume }) => sum + missingVolume, 0)
  const filled = rig.of('gap-filled').reduce((sum, { filledVolume }) => sum + filledVolume, 0)
  expect(rig.of('gap').length).toBeGreaterThan(50)
  expect(delivered + missing - filled).toBe((totals.at(-1) as number) - (totals[0] as number))
  expect(rig.feed.status().counts.duplicates).toBeGreaterThan(50)
})
