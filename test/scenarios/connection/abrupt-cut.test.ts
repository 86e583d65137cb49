// A cut without a word. The server needs its grace all the same before anybody comes back.
import { expect, it } from 'vitest'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, shortTiming } from '../../support/rigs/feed.ts'

/** Longer than connecting takes on any machine, so that one who does not wait is seen. */
const graceMs = 1_000

it('a line that is cut comes back after the grace, with every subscription, and says so before the first data', async () => {
  const clock = clockStartingAt(Date.parse('2026-09-14T10:00:00+09:00'))
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    channels: ['trade', 'order-book'],
    timing: { ...shortTiming, graceMs },
    simulator: { clock, tape: generatedTape({ rate: 2_000, seed: 7 }), ...wholeTruth },
  })
  await rig.until('trade')
  const cutAt = clock.now()

  rig.simulator.cut()
  const resume = await rig.until('resume')
  await Promise.all(['KRX:005930', 'KRX:000660'].map(name => rig.feed.confirmed(name, 'order-book')))

  const lifecycle = rig.events.filter(({ type }) => type === 'disconnect' || type === 'resume')
  expect(lifecycle.map(({ type }) => type)).toEqual(['disconnect', 'resume'])
  expect(resume.outageMs).toBeGreaterThanOrEqual(graceMs - 1)
  const [down, back] = lifecycle.map(event => rig.events.indexOf(event)) as [number, number]
  const between = rig.events.slice(down, back)
  expect(between.filter(({ type }) => type === 'trade' || type === 'order-book')).toEqual([])
  expect(rig.simulator.stats()).toMatchObject({ socketsOpened: 2, mostSocketsOpen: 1 })
  expect(rig.simulator.sessions()).toHaveLength(1)
  expect(rig.simulator.sessions()[0]?.registrations).toHaveLength(4)
  expect(rig.feed.subscriptions().map(({ status }) => status)).toEqual(['active', 'active', 'active', 'active'])
  const asked = rig.simulator.stats().requests.filter(({ session }) => session === 2)
  expect(Math.min(...asked.map(({ time }) => time)) - cutAt).toBeGreaterThanOrEqual(graceMs - 1)
  await expectGoodAftermath(rig, { connections: 2 })
})
