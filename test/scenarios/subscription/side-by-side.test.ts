// Two app keys, two lines: both markets at once, and what happens to one line does not touch the other.
import { expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { type Simulator, startSimulator } from '../../../simulator/server.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, silentMarket } from '../../support/rigs/feed.ts'

const us = { usAppKey: 'PLANTED-US-APP-KEY-9876543210', usAppSecret: `PLANTED-US-SECRET-${'w4V3u2'.repeat(26)}` }
const both = {
  ...us,
  market: 'auto' as const,
  schedule: 'side-by-side' as const,
  instruments: ['KRX:005930', 'NAS:AAPL'],
}
/** A quarter of an hour in which Nextrade and the American pre-market trade at once. */
const evening = () => clockStartingAt(Date.parse('2026-11-20T18:10:00+09:00'))

async function market(options: Partial<Parameters<typeof feedRig>[0]> = {}) {
  const clock = evening()
  const rig = await feedRig({
    ...both,
    ...options,
    clock,
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 33 }), ...wholeTruth },
  })
  await Promise.all(both.instruments.map(name => rig.until('trade', ({ instrument }) => instrument === name)))
  return rig
}

const marketsOf = (simulator: Simulator) =>
  simulator.sessions().map(({ registrations }) => registrations.map(({ key }) => key).join())

it('both markets flow at once, each in a session and with an approval key of its own', async () => {
  const rig = await market()
  expect(marketsOf(rig.simulator).toSorted()).toEqual(['005930', 'DNASAAPL'])
  expect(rig.simulator.stats()).toMatchObject({ approvalsIssued: 2, mostSocketsOpen: 2 })
  await expectGoodAftermath(rig, { connections: 2, atOnce: 2, markets: ['KR', 'US'] })
})

it('a line that is switched, refused and cut leaves the other one undisturbed', async () => {
  const rig = await market()
  rig.feed.switchUrl('US', rig.simulator.wsUrl)
  await rig.until('resume', event => event.market === 'US')
  rig.simulator.inject({ kind: 'cut', session: 3 })
  await eventually(() => rig.of('resume').length === 2)

  const lines = (type: 'disconnect' | 'resume') => rig.of(type).map(({ line, market }) => [line, market])
  expect(lines('disconnect')).toEqual([
    ['2', 'US'],
    ['2', 'US'],
  ])
  expect(lines('resume')).toEqual(lines('disconnect'))
  const confirmed = rig.of('subscription').filter(({ status }) => status === 'active')
  expect(new Set(confirmed.map(({ line, instrument }) => `${line} ${instrument}`))).toEqual(
    new Set(['1 KRX:005930', '2 NAS:AAPL']),
  )
  expect(rig.simulator.stats().requests.filter(({ key }) => key === '005930')).toHaveLength(1)
  await expectGoodAftermath(rig, { connections: 4, atOnce: 2, markets: ['KR', 'US'] })
})

it('budgets are those of each app key: one that is spent does not hold up the other market', async () => {
  const clock = evening()
  const simulator = await startSimulator({ clock, tape: silentMarket() })
  onTestFinished(() => simulator.stop())
  const rig = await feedRig({
    ...both,
    clock,
    running: simulator,
    timing: { graceMs: 20, stableMs: 50, mostConnects: 2 },
  })
  await Promise.all(both.instruments.map(name => rig.feed.confirmed(name)))
  const cutUs = () => simulator.inject({ kind: 'cut', session: 2 })

  cutUs()
  await rig.until('disconnect')
  simulator.inject({ kind: 'cut', session: 1 })
  await eventually(() => simulator.stats().socketsOpened === 4)

  // One budget of two connections for both would have allowed no third.
  expect(
    rig
      .of('disconnect')
      .map(event => event.market)
      .toSorted(),
  ).toEqual(['KR', 'US'])
})

it('on one app key the same two markets take turns, whatever is asked for', async () => {
  const clock = evening()
  const simulator = await startSimulator({ clock, tape: silentMarket() })
  onTestFinished(() => simulator.stop())
  const { usAppKey: _key, usAppSecret: _secret, ...one } = both
  await expect(feedRig({ ...one, running: simulator })).rejects.toThrow(/second app key/)
})

it('neither key, nor either approval key, is ever shown', async () => {
  const shown: unknown[] = []
  const record = (...what: unknown[]) => void shown.push(...what)
  const rig = await market({ log: { debug: record, info: record, warn: record, error: record } })
  rig.simulator.send(`0|HDFSCNT0|001|${us.usAppKey}^${us.usAppSecret}`)
  await rig.until('malformed')
  await rig.feed.stop()
  const text = JSON.stringify([shown, rig.events])
  for (const secret of Object.values(us)) expect(text).not.toContain(secret)
  expect(text).toContain('[redacted]')
})
