import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, learnedRhythm, mondayAtTen } from '../../support/rigs/feed.ts'

/** Forty live ones and the mute one: a full session. */
const live = 40
const instruments = ['KRX:000660', ...Array.from({ length: live }, (_, index) => `KRX:${100_000 + index}`)]

it('one mute symbol among forty live ones is found and asked for again, and the others notice nothing', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    instruments,
    clock,
    simulator: { clock, tape: generatedTape({ rate: 2_000, seed: 3 }), ...wholeTruth },
  })
  await learnedRhythm(rig)

  const mute = rig.simulator.inject({ kind: 'mute-symbol', key: '000660' })
  await rig.until('subscription', ({ instrument, flow }) => instrument === 'KRX:000660' && flow === 'stale')
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:000660' && status === 'released')
  expect(rig.feed.subscriptions().filter(({ status }) => status === 'active').length).toBeGreaterThanOrEqual(live)
  mute.clear()
  const mutedUntil = rig.events.length
  await eventually(() =>
    rig.events
      .slice(mutedUntil)
      .some(event => event.type === 'subscription' && event.instrument === 'KRX:000660' && event.flow === 'flowing'),
  )

  const requests = rig.simulator.stats().requests
  expect(requests.filter(({ key }) => key !== '000660')).toHaveLength(live)
  expect(requests.filter(({ key, verb }) => key === '000660' && verb === 'unsubscribe').length).toBeGreaterThanOrEqual(
    1,
  )
  expect(rig.of('disconnect')).toEqual([])
  await expectGoodAftermath(rig, { connections: 1 })
})
