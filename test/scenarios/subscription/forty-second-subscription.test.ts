// 41 places in a session, all channels and markets together. The 42nd is refused by us, before KIS has to.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { silentLogger } from '../../../app/observe/log.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

const symbols = (count: number) => Array.from({ length: count }, (_, index) => `KRX:${String(100_000 + index)}`)

async function crowded(count: number, log = silentLogger) {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    log,
    instruments: symbols(count),
    simulator: { clock, tape: generatedTape({ rate: 4_000, seed: 42 }), ...wholeTruth },
  })
  await eventually(() => rig.feed.subscriptions().filter(({ status }) => status === 'active').length === 41)
  return rig
}

it('the 42nd subscription is refused without asking KIS, and the other 41 flow', async () => {
  const warnings: string[] = []
  const rig = await crowded(42, { ...silentLogger, warn: (_, text) => void warnings.push(text) })
  expect(warnings.filter(text => /\bslots?\b/.test(text))).toEqual([
    'KR: 42 slots are asked for (42 trade), and an app key has 41; the last 1 are refused',
    'no slot is left for a subscription, so it is refused',
  ])
  const refused = rig.of('subscription').filter(({ status }) => status === 'refused')
  expect(refused).toMatchObject([{ instrument: 'KRX:100041', channel: 'trade', code: 'OPSP0008' }])
  expect(rig.simulator.stats().requests).toHaveLength(41)
  await expect(rig.feed.confirmed('KRX:100041')).rejects.toThrow(/41 subscriptions/)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('all 41 come back after a cut, and the 42nd is refused again', async () => {
  const rig = await crowded(42)
  rig.simulator.cut()
  await rig.until('resume')
  await eventually(() => rig.feed.subscriptions().filter(({ status }) => status === 'active').length === 41)
  expect(rig.feed.subscriptions().filter(({ code }) => code === 'OPSP0008')).toHaveLength(1)
  await expectGoodAftermath(rig, { connections: 2 })
})

it('room that is given up goes to the 42nd, without anybody asking again', async () => {
  const rig = await crowded(42)
  rig.feed.unsubscribe('KRX:100000')
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:100041' && status === 'active')
  expect(rig.simulator.sessions()[0]?.registrations).toHaveLength(41)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('the room of a key that KIS refuses for good goes to the 42nd', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments: symbols(42),
    simulator: { clock, faults: [{ atMs: 0, fault: { kind: 'refuse', code: 'OPSP8992', key: '100000' } }] },
  })
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:100041' && status === 'active')
  expect(rig.feed.subscriptions().filter(({ status }) => status === 'refused')).toMatchObject([{ code: 'OPSP8992' }])
})

it('room that is given up is room for another', async () => {
  const rig = await crowded(41)
  rig.feed.unsubscribe('KRX:100000')
  await rig.until('subscription', ({ status }) => status === 'released')
  rig.feed.subscribe('KRX:200000')
  await rig.feed.confirmed('KRX:200000')
  expect(rig.simulator.sessions()[0]?.registrations).toHaveLength(41)
  await expectGoodAftermath(rig, { connections: 1 })
})
