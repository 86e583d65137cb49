// invalid approval : NOT FOUND. A new key is asked for once; when that does not help either, only after
// longer and longer.
import { expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, silentMarket } from '../../support/rigs/feed.ts'

async function market() {
  const clock = mondayAtTen()
  const tape = generatedTape({ rate: 1_000, seed: 9 })
  const rig = await feedRig({ clock, simulator: { clock, tape, ...wholeTruth } })
  await eventually(() => rig.of('trade').length > 50)
  return rig
}

it('that expired while the line was up is replaced once the line is cut, with one new key', async () => {
  const rig = await market()

  rig.simulator.inject({ kind: 'expire-approval-keys' })
  rig.simulator.cut()
  await rig.until('subscription', ({ code }) => code === 'OPSP0011')
  await rig.until('resume')

  expect(rig.simulator.stats().approvalsIssued).toBe(2)
  await expectGoodAftermath(rig, { connections: 3 })
})

it('that an open session is refused with costs the session, and everything comes back with a new key', async () => {
  const rig = await market()

  rig.simulator.inject({ kind: 'expire-approval-keys' })
  rig.feed.subscribe('KRX:000660')
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:000660' && status === 'active')

  const { approvalsIssued, requests } = rig.simulator.stats()
  expect(approvalsIssued).toBe(2)
  expect(requests.filter(({ code }) => code === 'OPSP0011').map(({ session }) => session)).not.toContain(2)
  await expectGoodAftermath(rig, { connections: 2 })
})

it('that stays refused, however new, is not asked for in a loop', async () => {
  const stranger = await startSimulator({ tape: silentMarket() })
  onTestFinished(() => stranger.stop())
  const rig = await market()

  rig.feed.switchUrl('KR', stranger.wsUrl) // knows none of the keys that are issued here
  await eventually(
    () => stranger.stats().requests.filter(({ session, verb }) => session === 2 && verb === 'subscribe').length > 0,
  )
  const issued = rig.simulator.stats().approvalsIssued
  rig.feed.switchUrl('KR', rig.simulator.wsUrl)

  // Two refusals in a row: the next key may be asked for after a minute, whatever address it is for.
  expect(issued).toBe(2)
  await rig.feed.stop()
  expect(rig.simulator.stats().approvalsIssued).toBe(2)
  expect(stranger.stats().socketsOpened).toBe(2)
})
