// Asked for, let go of, and asked for again before KIS has answered: each step of the subscription is
// reported.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

it('a name that is wanted again while it is being released is reported as released, and then asked for again', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    simulator: { clock, tape: generatedTape({ rate: 500, seed: 35 }), ...wholeTruth },
  })
  await rig.feed.confirmed('KRX:005930')
  const before = rig.of('subscription').length

  rig.feed.unsubscribe('KRX:005930')
  rig.feed.subscribe('KRX:005930')
  await rig.until('subscription', event => event.status === 'active' && rig.of('subscription').indexOf(event) > before)

  const story = rig.of('subscription').slice(before)
  expect(story.filter(({ flow }) => flow === undefined).map(({ status }) => status)).toEqual([
    'releasing',
    'released',
    'requested',
    'active',
  ])
  await expectGoodAftermath(rig, { connections: 1 })
})
