// A consumer that cannot keep up: what is too much is dropped and reported, and no other consumer waits.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

it('a slow consumer misses the oldest events, gets their number, and slows no other consumer', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({ clock, simulator: { clock, tape: generatedTape({ rate: 5_000 }), ...wholeTruth } })
  const received: { type: string; count?: number }[] = []
  let release = () => {}
  const busy = new Promise<void>(resolve => {
    release = resolve
  })
  rig.feed.consume(
    async event => {
      received.push(event)
      if (received.length === 1) await busy
    },
    { name: 'slow', limit: 10 },
  )
  await eventually(() => rig.of('trade').length >= 500)
  const offered = rig.events.length
  release()
  await eventually(() => received.length > 12)

  expect(received[1]).toMatchObject({ type: 'dropped' })
  expect(received[1]?.count).toBeGreaterThanOrEqual(offered - 20)
  await expectGoodAftermath(rig, { connections: 1 })
  const reported = received.reduce((sum, { count = 0 }) => sum + count, 0)
  expect(rig.ofSinks('dropped')).toBe(reported)
})

it('a consumer that never comes back does not hold up the end, and what it missed is counted all the same', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({ clock, simulator: { clock, tape: generatedTape({ rate: 2_000 }), ...wholeTruth } })
  rig.feed.consume(() => new Promise(() => {}), { name: 'stuck', limit: 10 })
  const before = rig.events.length
  await eventually(() => rig.of('trade').length > 500)
  // While it is stuck the count may be up to half behind, since it is not reported event by event.
  expect(rig.ofSinks('dropped')).toBeGreaterThan((rig.events.length - before - 11) / 2 - 1)
  await expectGoodAftermath(rig, { connections: 1 })
  // It has one, and ten wait for it.
  expect(rig.ofSinks('dropped')).toBe(rig.events.length - before - 11)
})
