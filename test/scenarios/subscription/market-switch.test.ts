import { describe, expect, it } from 'vitest'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, shortTiming } from '../../support/rigs/feed.ts'

const bothMarkets = { instruments: ['KRX:005930', 'NAS:AAPL'], market: 'auto' as const }

describe('the hand-over between markets, at the hours of the operating guide', () => {
  it.each([
    ['16:30', '2026-11-20T16:29:59.500+09:00', 'KR', 'KRX:005930', 'NAS:AAPL'],
    ['08:30', '2026-11-20T08:29:59.500+09:00', 'US', 'NAS:AAPL', 'KRX:005930'],
  ] as const)(
    'at %s releases the old market, waits the grace, and only then opens the new one',
    async (_, start, before, old, next) => {
      const clock = clockStartingAt(Date.parse(start))
      const graceMs = 1_000
      const rig = await feedRig({
        ...bothMarkets,
        clock,
        timing: { ...shortTiming, graceMs },
        simulator: { clock, tape: generatedTape({ rate: 500 }), ...wholeTruth },
      })

      await rig.until('trade', ({ instrument }) => instrument === old)
      const disconnect = await rig.until('disconnect')
      await rig.until('trade', ({ instrument }) => instrument === next)

      expect(disconnect).toMatchObject({ market: before, reason: 'market-close' })
      const { requests, mostSocketsOpen } = rig.simulator.stats()
      expect(requests.map(({ verb, session }) => `${verb} in session ${session}`)).toEqual([
        'subscribe in session 1',
        'unsubscribe in session 1',
        'subscribe in session 2',
      ])
      const [, released, asked] = requests.map(({ time }) => time)
      expect(Number(asked) - Number(released)).toBeGreaterThan(graceMs / 2)
      expect(mostSocketsOpen).toBe(1)
      await expectGoodAftermath(rig, { connections: 2, markets: [before === 'KR' ? 'US' : 'KR'] })
    },
  )

  it('holds one market at any hour when it is chosen', async () => {
    const clock = clockStartingAt(Date.parse('2026-11-20T03:00:00+09:00'))
    const rig = await feedRig({ ...bothMarkets, market: 'KR', clock, simulator: { clock, tape: generatedTape() } })
    await rig.feed.confirmed('KRX:005930')
    const waiting = { instrument: 'NAS:AAPL', channel: 'trade', status: 'wanted', wantedSince: expect.any(Number) }
    expect(rig.feed.subscriptions()).toContainEqual(waiting)
  })

  it('follows another schedule when one is named', async () => {
    const clock = clockStartingAt(Date.parse('2026-11-20T20:04:59.500+09:00'))
    const rig = await feedRig({
      ...bothMarkets,
      schedule: 'korean-after-market',
      clock,
      simulator: { clock, tape: generatedTape({ rate: 500 }), ...wholeTruth },
    })
    await rig.until('trade', ({ instrument }) => instrument === 'KRX:005930')
    await rig.until('trade', ({ instrument }) => instrument === 'NAS:AAPL')
    expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'market-close' }])
    await expectGoodAftermath(rig, { connections: 2, markets: ['US'] })
  })

  it('opens no line for a market in which nothing is wished for', async () => {
    const clock = clockStartingAt(Date.parse('2026-11-20T16:29:59.500+09:00'))
    const rig = await feedRig({ instruments: ['KRX:005930'], market: 'auto', clock, simulator: { clock } })
    await rig.until('disconnect')
    await rig.feed.stop()
    expect(rig.simulator.stats().socketsOpened).toBe(1)
  })
})
