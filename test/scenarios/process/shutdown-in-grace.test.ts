// Stop comes when something else is under way: a grace, a wait, a handshake, a hand-over. It ends all of
// them, once, and politely.
import { expect, it } from 'vitest'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodEnd, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

async function market() {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 35 }), ...wholeTruth },
  })
  await rig.until('trade')
  await rig.feed.confirmed('KRX:005930')
  return rig
}

it('in the middle of a grace, it ends with it', async () => {
  const rig = await market()
  rig.feed.switchUrl('KR', rig.simulator.wsUrl)
  await rig.until('subscription', ({ status }) => status === 'releasing')

  await rig.feed.stop()

  expect(rig.of('disconnect')).toMatchObject([{ reason: 'stop' }])
  expect(rig.simulator.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
  await expectGoodEnd(rig, { connections: 1 })
})

it('while it waits to reconnect, it opens no other line, and what was lost by then is reported', async () => {
  const rig = await market()
  rig.simulator.inject({ kind: 'lose', probability: 0.2 })
  await eventually(() => rig.of('gap').length > 5)
  rig.simulator.cut()
  await rig.until('disconnect')

  await rig.feed.stop()

  await expectGoodEnd(rig, { connections: 1 })
})

it('while the approval key is under way, it does not wait for it to connect', async () => {
  const rig = await feedRig({
    simulator: { faults: [{ atMs: 0, fault: { kind: 'rest-slow', byMs: 300, path: '/oauth2/Approval' } }] },
  })
  await eventually(() => rig.simulator.faults().some(({ acted }) => acted > 0))
  await rig.feed.stop()
  expect(rig.simulator.stats()).toMatchObject({ socketsOpened: 0, requests: [] })
  await expectGoodEnd(rig, { connections: 0 })
})

it('in the middle of a hand-over, it lets go of the old market and never opens the new one', async () => {
  const clock = clockStartingAt(Date.parse('2026-11-20T16:29:59.500+09:00'))
  const rig = await feedRig({
    clock,
    market: 'auto',
    instruments: ['KRX:005930', 'NAS:AAPL'],
    simulator: { clock, tape: generatedTape({ rate: 500 }), ...wholeTruth },
  })
  await rig.until('trade')
  await rig.until('subscription', ({ status }) => status === 'releasing')

  await rig.feed.stop()

  expect(rig.simulator.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
  await expectGoodEnd(rig, { connections: 1 })
})

it('waits for a server that confirms the close late, no longer than its patience', async () => {
  const rig = await market()
  rig.simulator.inject({ kind: 'slow-close', byMs: 3_600_000 })
  await rig.feed.stop()
  await expectGoodEnd(rig, { connections: 1 })
})
