// Stop comes when something else is under way: a grace, a wait, a handshake, a hand-over. It ends all of them, once, and politely.
import { expect, it } from 'vitest'
import { clockStartingAt } from '../../market/clock.ts'
import { generatedTape } from '../../simulator/generated-tape.ts'
import { eventually, feedRig } from '../support/feed-rig.ts'

it('in the middle of a grace, it ends with it', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  rig.feed.switchUrl('KR', rig.simulator.wsUrl)
  await rig.until('subscription', ({ status }) => status === 'releasing')

  await rig.feed.stop()

  expect(rig.simulator.stats().socketsOpened).toBe(1)
  expect(rig.of('disconnect')).toMatchObject([{ reason: 'stop' }])
  expect(rig.simulator.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
  await eventually(() => rig.simulator.sessions().length === 0)
})

it('while it waits to reconnect, it opens no other line', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  rig.simulator.cut()
  await rig.until('disconnect')

  await rig.feed.stop()

  expect(rig.simulator.stats().socketsOpened).toBe(1)
})

it('while the approval key is under way, it does not wait for it to connect', async () => {
  const rig = await feedRig({
    simulator: { faults: [{ atMs: 0, fault: { kind: 'rest-slow', byMs: 300, path: '/oauth2/Approval' } }] },
  })
  await eventually(() => rig.simulator.faults().some(({ acted }) => acted > 0))
  await rig.feed.stop()
  expect(rig.simulator.stats()).toMatchObject({ socketsOpened: 0, requests: [] })
})

it('in the middle of a hand-over, it lets go of the old market and never opens the new one', async () => {
  const clock = clockStartingAt(Date.parse('2026-11-20T16:29:59.500+09:00'))
  const rig = await feedRig({
    clock,
    market: 'auto',
    instruments: ['KRX:005930', 'NAS:AAPL'],
    simulator: { clock, tape: generatedTape({ rate: 500 }) },
  })
  await rig.until('trade')
  await rig.until('subscription', ({ status }) => status === 'releasing')

  await rig.feed.stop()

  expect(rig.simulator.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
  expect(rig.simulator.stats().socketsOpened).toBe(1)
  await eventually(() => rig.simulator.sessions().length === 0)
})

it('waits for a server that confirms the close late, no longer than its patience', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  rig.simulator.inject({ kind: 'slow-close', byMs: 3_600_000 })
  await rig.feed.stop()
  await eventually(() => rig.simulator.sessions().length === 0)
  expect(rig.simulator.stats().socketsOpened).toBe(1)
})
