// A strategy with a bug. It is its own problem.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

const market = () => {
  const clock = mondayAtTen()
  return feedRig({ clock, simulator: { clock, tape: generatedTape({ rate: 2_000 }), ...wholeTruth } })
}

it('a sink that throws hurts only itself, and is counted', async () => {
  const rig = await market()
  let delivered = 0
  rig.feed.attach(
    events =>
      events.subscribe(() => {
        throw new Error('a strategy with a bug')
      }),
    'buggy',
  )
  rig.feed.attach(events => events.subscribe(() => void delivered++), 'healthy')
  await eventually(() => delivered >= 100)
  expect(rig.ofSinks('errors')).toBeGreaterThanOrEqual(100)
  expect(rig.of('disconnect')).toEqual([])
  await expectGoodAftermath(rig, { connections: 1 })
})

it('a subscriber of events$ that throws, and a handler whose promise is rejected, affect no other consumer either', async () => {
  const rig = await market()
  let delivered = 0
  rig.feed.trades$.subscribe(() => {
    throw new Error('a subscriber with a bug')
  })
  rig.feed.consume(() => Promise.reject(new Error('a handler with a bug')), { name: 'rejecting' })
  rig.feed.trades$.subscribe(() => void delivered++)
  await eventually(() => delivered >= 100)
  expect(rig.ofSinks('errors')).toBeGreaterThanOrEqual(100)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('a sink that fails while it is attached is counted, and the feed goes on', async () => {
  const rig = await market()
  rig.feed.attach(() => {
    throw new Error('no database')
  }, 'broken')
  await rig.until('trade')
  expect(rig.ofSinks('errors')).toBe(1)
  await expectGoodAftermath(rig, { connections: 1 })
})
