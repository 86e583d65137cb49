// The TCP connection stays, but the server reads nothing: neither our messages nor our close. In trading
// hours the missing data tells; at any hour it is the server's PINGPONG that stays away.
import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, expectGoodEnd, wholeTruth } from '../../support/aftermath.ts'
import {
  eventually,
  feedRig,
  learnedRhythm,
  mondayAtTen,
  shortTiming,
  silentMarket,
  steadyClock,
} from '../../support/rigs/feed.ts'

const market = async () => {
  const clock = mondayAtTen()
  const tape = generatedTape({ rate: 1_000, seed: 6 })
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    simulator: { clock, tape, ...wholeTruth },
  })
  await learnedRhythm(rig)
  return rig
}

it('a half-open line is noticed by its silence, cut when it does not close, and replaced', async () => {
  const rig = await market()

  const phases: string[] = []
  rig.feed.events$.subscribe(({ type }) => {
    if (type === 'disconnect') phases.push(rig.feed.status().sockets.KR.phase)
  })

  rig.simulator.inject({ kind: 'half-open' })
  const resume = await rig.until('resume')

  expect(rig.of('disconnect')).toMatchObject([{ reason: 'silence' }])
  // Known at once, and not when the grace is over; and dark since the last data, not since it was known.
  expect(phases).toEqual(['unsubscribing-grace'])
  const [down] = rig.of('disconnect')
  const last = rig.of('trade').findLast(trade => rig.events.indexOf(trade) < rig.events.indexOf(down as MarketEvent))
  expect(resume.outageMs).toBe(resume.receivedTime - Number(last?.receivedTime))
  expect(resume.outageMs).toBeGreaterThan(shortTiming.silenceMs)
  // The releases were lost: none reached the server.
  expect(rig.simulator.stats().requests.filter(({ verb }) => verb === 'unsubscribe')).toEqual([])
  await expectGoodAftermath(rig, { connections: 2 })
})

it('a feed that is stopped on a half-open line ends all the same', async () => {
  const rig = await market()
  rig.simulator.inject({ kind: 'half-open' })
  await rig.feed.stop()
  await expectGoodEnd(rig, { connections: 1 })
})

describe('on a Sunday, when no data is expected', () => {
  const pulseMs = 400
  const sunday = async (pingIntervalMs: number) => {
    const clock = steadyClock('2026-09-13T03:00:00+09:00')
    return feedRig({
      clock,
      instruments: ['KRX:005930', 'KRX:000660'],
      timing: { ...shortTiming, pulseMs },
      simulator: { clock, tape: silentMarket(), pingIntervalMs, ...wholeTruth },
    })
  }

  it('a half-open line is noticed by the PINGPONG that stays away, and replaced', async () => {
    const rig = await sunday(100)
    await eventually(() => rig.simulator.stats().echoes.total >= 3)

    rig.simulator.inject({ kind: 'half-open' })
    await rig.until('resume')

    expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'dead-line' }])
    await eventually(() => rig.feed.subscriptions().every(({ status }) => status === 'active'))
    // The new line has the pulse that the old one had lost.
    const { total } = rig.simulator.stats().echoes
    await eventually(() => rig.simulator.stats().echoes.total >= total + 8)
    expect(rig.of('disconnect')).toHaveLength(1)
    await rig.feed.stop()
    await expectGoodEnd(rig, { connections: 2 })
  })

  it('a server without a PINGPONG is not taken for dead', async () => {
    const clock = steadyClock('2026-09-13T03:00:00+09:00')
    const rig = await feedRig({
      clock,
      timing: { ...shortTiming, pulseMs: 100 },
      simulator: { clock, tape: silentMarket(), pingIntervalMs: 3_600_000 },
    })
    await rig.feed.confirmed('KRX:005930')
    const since = clock.now()
    await eventually(() => clock.now() - since > 10 * 100)
    expect(rig.of('disconnect')).toEqual([])
    await rig.feed.stop()
    await expectGoodEnd(rig, { connections: 1 })
  })
})
