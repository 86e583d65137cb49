import { expect, it } from 'vitest'
import { eventually, feedRig, shortTiming } from '../../support/rigs/feed.ts'

it("the server's PINGPONG is echoed byte for byte, and the session lives on", async () => {
  const rig = await feedRig({ simulator: { pingIntervalMs: 20, pingTimeoutMs: 1_000 } })
  await eventually(() => rig.simulator.stats().echoes.total >= 5)
  const { echoes, socketsOpened } = rig.simulator.stats()
  expect(echoes.identical).toBe(echoes.total)
  expect(socketsOpened).toBe(1)
})

it('our own PINGPONG goes out in its interval', async () => {
  const rig = await feedRig({ timing: { ...shortTiming, heartbeatMs: 20 } })
  await eventually(() => rig.simulator.stats().heartbeats >= 3)
  expect(rig.simulator.stats().socketsOpened).toBe(1)
})

it('our own PINGPONG stops for the session when KIS refuses it', async () => {
  const rig = await feedRig({ timing: { ...shortTiming, heartbeatMs: 20 } })
  await eventually(() => rig.simulator.stats().heartbeats >= 1)
  rig.simulator.send(
    '{"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9","msg_cd":"OPSP8993","msg1":"JSON PARSING ERROR : invalid tr_key"}}',
  )
  await eventually(() => rig.simulator.stats().heartbeats >= 1 && rig.simulator.stats().requests.length > 0)
  const received = rig.simulator.stats().heartbeats
  await rig.feed.stop()
  expect(rig.simulator.stats().heartbeats).toBeLessThanOrEqual(received + 1)
  expect(rig.of('subscription').filter(({ status }) => status === 'refused')).toEqual([])
})

it('a server that sends our PINGPONG back starts no game of ping-pong', async () => {
  const rig = await feedRig({ timing: { ...shortTiming, heartbeatMs: 20 } })
  await eventually(() => rig.simulator.stats().heartbeats >= 1)
  rig.simulator.send('{"header":{"tr_id":"PINGPONG"}}')
  await eventually(() => rig.simulator.stats().heartbeats >= 3)
  expect(rig.simulator.stats().echoes.total).toBe(0)
})
