// A name that is halted falls silent among live ones, rightly: there is nothing to ask KIS about.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, learnedRhythm, mondayAtTen } from '../../support/rigs/feed.ts'
import { frame, lineOf, recordsOf, withValues } from '../../support/wire/frames.ts'

const [vendors = []] = recordsOf(lineOf('H0STMKO0.txt', 1))
const halted = { MKSC_SHRN_ISCD: '000660', TRHT_YN: 'Y' }

it('a halted name is not called stale and not asked for again, while another that is just as silent is', async () => {
  const clock = mondayAtTen()
  const instruments = ['KRX:005930', 'KRX:000660', 'KRX:035420', 'KRX:005380']
  const rig = await feedRig({
    clock,
    instruments,
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 34 }), ...wholeTruth },
  })
  await learnedRhythm(rig)

  const silences = ['000660', '035420'].map(key => rig.simulator.inject({ kind: 'mute-symbol', key }))
  rig.simulator.send(frame('H0STMKO0', withValues('H0STMKO0', vendors, halted)))
  await rig.until('record')
  await rig.until('subscription', ({ instrument, flow }) => instrument === 'KRX:035420' && flow === 'stale')
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:035420' && status === 'released')

  expect(rig.feed.subscriptions().find(({ instrument }) => instrument === 'KRX:000660')).toMatchObject({
    isHalted: true,
  })
  expect(
    rig
      .of('subscription')
      .filter(({ flow }) => flow === 'stale')
      .map(({ instrument }) => instrument),
  ).toEqual(['KRX:035420'])
  expect(rig.simulator.stats().requests.filter(({ key }) => key === '000660')).toHaveLength(1)
  for (const silence of silences) silence.clear()
  await expectGoodAftermath(rig, { connections: 1 })
})
