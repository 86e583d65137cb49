// ALREADY IN USE appkey: one session for each app key, and somebody else has it. Hammering does not free it,
// so each try waits longer.
import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../app/observe/log.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, silentMarket } from '../../support/rigs/feed.ts'

it("somebody else's session on the same app key is waited out, not fought", async () => {
  const simulator = await startSimulator({ tape: silentMarket() })
  onTestFinished(() => simulator.stop())
  const first = await feedRig({ running: simulator })
  await first.feed.confirmed('KRX:005930')

  const second = await feedRig({ running: simulator })
  const refusal = await second.until('subscription', ({ code }) => code === 'OPSP8996')
  expect(refusal).toMatchObject({ instrument: null, status: 'refused' })
  expect(first.feed.subscriptions()).toMatchObject([{ status: 'active' }])

  await first.feed.stop()
  await second.feed.confirmed('KRX:005930')
  expect(simulator.sessions()).toHaveLength(1)
})

it('an app key that stays taken after a cut is tried again after longer and longer, until it is free', async () => {
  const clock = mondayAtTen()
  const waits: number[] = []
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    log: {
      ...silentLogger,
      // Every transition into reconnecting says how long it waits.
      warn: facts => 'waitMs' in facts && waits.push(Number(facts.waitMs)),
    },
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 8 }), ...wholeTruth },
  })
  await eventually(() => rig.of('trade').length > 50)

  const taken = rig.simulator.inject({ kind: 'occupied' })
  rig.simulator.cut()
  await eventually(() => new Set(waits).size >= 4)
  taken.clear()
  await rig.until('resume')

  // The grace after the cut. Then it is our own session that lingers: 72, 80 and 192 ms for 45, 50 and 120 s,
  // up to 300.
  expect([...new Set(waits)].slice(0, 4)).toEqual([60, 72, 80, 192])
  await expectGoodAftermath(rig, { connections: 2 + taken.report().acted })
  expect(rig.of('disconnect').map(({ reason }) => reason)).toEqual(['close code 1006', 'stop'])
})
