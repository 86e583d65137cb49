import { expect, it } from 'vitest'
import { createLatencyWatch } from '../../../../app/observe/latency.ts'
import { generatedTape } from '../../../../simulator/tape/generated-tape.ts'
import { eventually, feedRig, planted, shortTiming } from '../../../support/rigs/feed.ts'

it('tells where each socket is, since when, and how it came there', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  const { sockets, handOver, startedAt, nextSwitch, mostSlots } = rig.feed.status()
  expect(handOver).toEqual({ state: 'trading', turn: 'KR', next: 'KR' })
  expect(nextSwitch).toBeUndefined()
  expect(startedAt).toBeTypeOf('number')
  expect(sockets.KR).toMatchObject({ phase: 'subscribed.settled', cause: 'all-answered', slots: 1, failures: 0 })
  expect(sockets.KR.host).toBe(new URL(rig.simulator.wsUrl).host)
  expect(sockets.KR.transitions.map(({ from, to, cause }) => [from, to, cause])).toEqual([
    ['market-switch', 'connecting.opening', 'its-turn'],
    ['connecting.opening', 'connecting.subscribing', 'socket-opened'],
    ['connecting.subscribing', 'subscribed.settled', 'all-answered'],
  ])
  expect(sockets.KR).toMatchObject({ turnSince: expect.any(Number) as number, lastData: undefined })
  expect(sockets.US).toMatchObject({ turnSince: undefined, phase: 'market-switch', slots: 0, transitions: [] })
  expect(mostSlots).toBe(41)
})

it('tells why the line was lost, and when it is tried again', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  rig.simulator.cut()
  await rig.until('disconnect')
  const { KR } = rig.feed.status().sockets
  expect(KR.phase).toBe('reconnecting')
  expect(KR.cause).toMatch(/close code 1006/)
  expect(KR.triesAgainAt).toBe(KR.since + shortTiming.graceMs)
  await rig.until('resume')
  expect(rig.feed.status().sockets.KR.triesAgainAt).toBeUndefined()
  expect(rig.feed.status().sockets.KR.transitions.map(({ cause }) => cause)).toContain('wait-over')
})

it('counts what is left of the budgets, and says how old the approval key is and nothing more of it', async () => {
  const rig = await feedRig({ timing: { ...shortTiming, mostConnects: 4, mostRequests: 10 } })
  await rig.feed.confirmed('KRX:005930')
  const status = rig.feed.status()
  const budgets = { connects: { left: 3, most: 4 }, requests: { left: 9, most: 10 } }
  expect(status.lines).toMatchObject([{ line: '1', markets: ['KR', 'US'], budgets }])
  expect(status.time - (status.lines[0]?.approvalKeyIssuedAt ?? 0)).toBeLessThan(60_000)
  const text = JSON.stringify(status)
  for (const secret of Object.values(planted)) expect(text).not.toContain(secret)
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
})

it('takes nothing for agreed or flowing while there is no session, whatever was said in the last one', async () => {
  const rig = await feedRig({
    timing: { ...shortTiming, graceMs: 3_600_000 },
    simulator: { tape: generatedTape({ rate: 200 }) },
  })
  await rig.until('trade')
  expect(rig.feed.subscriptions()).toMatchObject([{ status: 'active', isStale: false }])
  rig.simulator.cut()
  await rig.until('disconnect')
  await eventually(() => rig.feed.status().sockets.KR.phase === 'reconnecting')
  expect(rig.feed.subscriptions()).toEqual([
    { instrument: 'KRX:005930', channel: 'trade', status: 'wanted', wantedSince: expect.any(Number) },
  ])
})

it('knows the next hand-over by the schedule', async () => {
  const { feed } = await feedRig({ market: 'auto', clock: { now: () => Date.parse('2026-11-23T10:00:00+09:00') } })
  expect(feed.status().nextSwitch).toEqual({ at: Date.parse('2026-11-23T16:30:00+09:00'), market: 'US' })
})

it('puts every sixteenth frame into its bucket', () => {
  const times = [10, 13, 100, 100_100]
  const watch = createLatencyWatch(() => times.shift() ?? 0)
  for (let frame = 0; frame < 17; frame++) watch.end(watch.begin())
  const { boundsMicros, counts, timed, totalMicros } = watch.latency()
  expect(timed).toBe(2)
  expect(totalMicros).toBe(100_003)
  expect(counts[boundsMicros.indexOf(4)]).toBe(1)
  expect(counts.at(-1)).toBe(1)
})
