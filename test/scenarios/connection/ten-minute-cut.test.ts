// Connections whose client said nothing were cut at exactly 10 or 30 minutes by something on the way
// (operating guide 4.2). Data that comes in does not count for it, so we say something ourselves, and where
// that does not help the line comes back every time.
import { expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'
import { startProxy } from '../../support/servers/proxy.ts'

const instruments = ['KRX:005930', 'KRX:000660']
/** Of the proxy's looks, 20 ms each: ten times our heartbeat, as ten minutes are twenty times 30 s. */
const patience = 20

async function behindAnImpatientProxy(heartbeatMs: number) {
  const clock = mondayAtTen()
  const tape = generatedTape({ rate: 500, seed: 4 })
  const simulator = await startSimulator({ clock, tape, ...wholeTruth })
  onTestFinished(() => simulator.stop())
  const proxy = await startProxy(simulator.port, patience)
  const timing = { ...shortTiming, heartbeatMs }
  const rig = await feedRig({ clock, instruments, running: simulator, socketUrl: proxy.url, timing })
  await rig.until('trade')
  return { rig, proxy, simulator }
}

it('never happens to a line with a heartbeat of its own', async () => {
  const { rig, proxy, simulator } = await behindAnImpatientProxy(40)
  await eventually(() => simulator.stats().heartbeats >= 40)
  expect(proxy.idleCuts()).toBe(0)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('costs a line without one a few seconds each time, and no share goes missing unsaid', async () => {
  const { rig, proxy } = await behindAnImpatientProxy(0)
  await eventually(() => rig.of('resume').length >= 3)
  expect(new Set(rig.of('gap').map(({ cause }) => cause))).toEqual(new Set(['outage']))
  expect(proxy.idleCuts()).toBeGreaterThanOrEqual(3)
  await expectGoodAftermath(rig, { connections: proxy.idleCuts() + 2 })
})
