// TCP stands, nobody is home: what we send is not heard, what we close is not closed. Only the missing data tells.
import { expect, it } from 'vitest'
import { generatedTape } from '../../simulator/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../support/aftermath.ts'
import { eventually, feedRig, learnedRhythm, mondayAtTen } from '../support/feed-rig.ts'

const market = async () => {
  const clock = mondayAtTen()
  const tape = generatedTape({ rate: 1_000, seed: 6 })
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    simulator: { clock, tape, ...wholeTruth },
  })
  await learnedRhythm(rig)
  return rig
}

it('a half-open line is noticed by its silence, cut when it does not close, and replaced', async () => {
  const rig = await market()

  rig.simulator.inject({ kind: 'half-open' })
  await rig.until('resume')

  expect(rig.of('disconnect')).toMatchObject([{ reason: 'silence' }])
  // The releases went into the void: the server heard of none.
  expect(rig.simulator.stats().requests.filter(({ verb }) => verb === 'unsubscribe')).toEqual([])
  await expectGoodAftermath(rig, { connections: 2 })
})

it('a feed that is stopped on a half-open line ends all the same', async () => {
  const rig = await market()
  rig.simulator.inject({ kind: 'half-open' })
  await rig.feed.stop()
  await eventually(() => rig.simulator.sessions().length === 0)
  expect(rig.simulator.stats().socketsOpened).toBe(1)
})
