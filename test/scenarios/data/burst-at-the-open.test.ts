// Nine o'clock: frames of twenty records, 20,000 records a second for five seconds, the most that was seen of
// forty names. How fast they are read is the benchmark's business; here not one may be lost, dropped or
// emitted twice.
import { expect, it } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, steadyClock } from '../../support/rigs/feed.ts'

const recordsASecond = 20_000
const seconds = 5

it('a burst at the open comes out whole: each record once, none missing, none dropped', async () => {
  const clock = steadyClock('2026-09-14T09:00:00+09:00')
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660', 'KRX:035420', 'KRX:005380'],
    simulator: { clock, tape: generatedTape({ rate: recordsASecond, seed: 9 }), ...wholeTruth },
  })
  let consumed = 0
  rig.feed.consume(event => void (event.type === 'trade' && consumed++), { name: 'strategy', limit: 200_000 })
  const tape = () => rig.simulator.stats().tape
  await eventually(() => tape().records >= recordsASecond * seconds)

  const instruments = rig.feed.subscriptions().map(({ instrument }) => instrument)
  for (const instrument of instruments) rig.feed.unsubscribe(instrument)
  await eventually(() => rig.simulator.sessions().every(({ registrations }) => registrations.length === 0))
  const { records, frames } = tape()
  await eventually(() => Number(rig.feed.status().counts.events.trade) >= records && consumed >= records)

  expect(records / frames).toBeGreaterThan(15)
  const { counts } = rig.feed.status()
  expect(counts).toMatchObject({ events: { trade: records }, frames, duplicates: 0 })
  const { gap, resync, malformed, disconnect } = counts.events
  expect({ gap, resync, malformed, disconnect }).toEqual({})
  expect(rig.ofSinks('dropped')).toBe(0)
  expect(consumed).toBe(records)
  expectOneChainEach(rig.events)

  // What trades without a subscription is missing, and reported.
  for (const instrument of instruments) rig.feed.subscribe(instrument)
  await expectGoodAftermath(rig, { connections: 1 })
})

/** Each trade goes on where the one before it of its instrument left off. */
function expectOneChainEach(events: readonly MarketEvent[]): void {
  const totals = new Map<string, number>()
  let broken = 0
  for (const event of events) {
    if (event.type !== 'trade') continue
    const total = totals.get(event.instrument)
    const before = Number(event.cumulativeVolume) - Number(event.volume)
    if (total !== undefined && total !== before) broken++
    totals.set(event.instrument, Number(event.cumulativeVolume))
  }
  expect(totals.size).toBe(4)
  expect(broken).toBe(0)
}
