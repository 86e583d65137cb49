import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'
import { startProxy } from '../../support/servers/proxy.ts'

it('switchUrl moves a market to another address: release, grace, close, open there', async () => {
  const graceMs = 1_000
  const timing = { ...shortTiming, graceMs }
  const rig = await feedRig({ timing, simulator: { tape: generatedTape({ rate: 200 }), ...wholeTruth } })
  const other = await startProxy(rig.simulator.port)
  await rig.until('trade')

  rig.feed.switchUrl('KR', other.url)
  await rig.until('resume')

  expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'endpoint-switch' }])
  expect(other.connections()).toBe(1)
  const { requests, mostSocketsOpen } = rig.simulator.stats()
  expect(requests.map(({ verb, session }) => `${verb} ${session}`)).toEqual([
    'subscribe 1',
    'unsubscribe 1',
    'subscribe 2',
  ])
  const [, released, asked] = requests.map(({ time }) => time)
  // As the server saw it: a release may have waited its turn there for a moment.
  expect(Number(asked) - Number(released)).toBeGreaterThan(graceMs / 2)
  expect(mostSocketsOpen).toBe(1)
  await expectGoodAftermath(rig, { connections: 2 })
})

it('under load, back and forth, what is missed meanwhile is a gap to the share, and nothing comes twice', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660', 'KRX:035420'],
    channels: ['trade', 'order-book'],
    simulator: { clock, tape: generatedTape({ rate: 5_000, seed: 14 }), ...wholeTruth },
  })
  const other = await startProxy(rig.simulator.port)
  await rig.until('trade')
  for (const [round, url] of [other.url, rig.simulator.wsUrl, other.url].entries()) {
    rig.feed.switchUrl('KR', url)
    await eventually(() => rig.of('resume').length === round + 1)
    const resumedAt = rig.of('trade').length
    await eventually(() => rig.of('trade').length > resumedAt + 500)
  }

  expect(other.connections()).toBe(2)
  await expectGoodAftermath(rig, { connections: 4 })
  expect(new Set(rig.of('gap').map(({ cause }) => cause))).toEqual(new Set(['outage']))
})

it('asked for in the midst of a switch, the last address counts, and the grace is waited out once', async () => {
  const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 200 }), ...wholeTruth } })
  const [first, second] = [await startProxy(rig.simulator.port), await startProxy(rig.simulator.port)]
  await rig.until('trade')

  rig.feed.switchUrl('KR', first.url)
  rig.feed.switchUrl('KR', second.url)
  await rig.until('resume')

  expect([first.connections(), second.connections()]).toEqual([0, 1])
  await expectGoodAftermath(rig, { connections: 2 })
})

it('switchUrl refuses what is no address, and says what it expected', async () => {
  const rig = await feedRig()
  expect(() => rig.feed.switchUrl('KR', 'ops.koreainvestment.com')).toThrow(/expected ws:\/\//)
})
