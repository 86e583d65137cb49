import { expect, it } from 'vitest'
import { clockStartingAt, systemClock } from '../../../market/clock.ts'
import { eventually, feedRig } from '../../support/rigs/feed.ts'

it("a feed knows from KIS's heartbeat how far its clock is off", async () => {
  const aheadMs = 90_000
  const clock = clockStartingAt(Date.now() + aheadMs)
  const rig = await feedRig({ clock, simulator: { clock: systemClock, pingIntervalMs: 20, pingTimeoutMs: 5_000 } })
  expect(rig.feed.status().clockSkew).toBeUndefined()
  await eventually(() => rig.feed.status().clockSkew !== undefined)
  const skew = rig.feed.status().clockSkew
  expect(skew?.withinMs).toBe(500)
  expect(skew?.at).toBeLessThanOrEqual(clock.now())
  // KIS's time is whole seconds, and a busy machine delivers late.
  expect(skew?.aheadMs).toBeGreaterThanOrEqual(aheadMs - 500)
  expect(skew?.aheadMs).toBeLessThan(aheadMs + 20_000)
})
