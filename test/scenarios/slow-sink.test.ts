// Somebody who cannot keep up. What is too much for him is dropped, he is told how much, and nobody else waits.
import { expect, it } from 'vitest'
import { generatedTape } from '../../simulator/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../support/feed-rig.ts'

it('a slow consumer misses the oldest events, is told how many, and slows nobody else', async () => {
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
  const told = received.reduce((sum, { count = 0 }) => sum + count, 0)
  expect(rig.feed.counters().sinkDropped).toBe(told)
})

it('a consumer that never comes back does not hold up the end', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({ clock, simulator: { clock, tape: generatedTape({ rate: 2_000 }), ...wholeTruth } })
  rig.feed.consume(() => new Promise(() => {}), { name: 'stuck', limit: 10 })
  await eventually(() => rig.of('trade').length > 500)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('a slow consumer that conflates sees the latest of each instrument, and the feed counts what it did not want', async () => {
  const rig = await feedRig({
    instruments: ['KRX:005930', 'KRX:000660'],
    simulator: { tape: generatedTape({ rate: 20_000 }) },
  })
  const received: { type: string; count?: number; instrument?: unknown }[] = []
  let release = () => {}
  const busy = new Promise<void>(resolve => {
    release = resolve
  })
  let offered = 0
  rig.feed.events$.subscribe(() => void offered++)
  rig.feed.consume(
    async event => {
      received.push(event)
      if (event.type === 'trade') await busy
    },
    { name: 'present', policy: 'conflate' },
  )
  await eventually(() => rig.of('trade').length >= 500)
  release()
  await rig.feed.stop()
  await eventually(() => received.reduce((sum, { count = 1 }) => sum + count, 0) >= offered)
  const conflated = received.reduce((sum, { count = 0 }) => sum + count, 0)
  expect(conflated).toBeGreaterThan(300)
  expect(rig.feed.counters()).toMatchObject({ sinkConflated: conflated })
  expect(rig.feed.counters().sinkDropped).toBeUndefined()
})
