// The main job on real input: frames captured from KIS, from a simulator's socket through machines and
// streams to a subscriber.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLineDecoder } from '../../../app/replay/text-decoder.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import type { MarketEvent, Trade } from '../../../market/events.ts'
import { capturedTape } from '../../../simulator/tape/tape.ts'
import { eventually, feedRig, whenCaptured } from '../../support/rigs/feed.ts'

const capture = (name: string) =>
  readFileSync(new URL(`../../fixtures/frames/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')

const withoutReceipt = (event: MarketEvent) => ({ ...event, receivedTime: 0 })

describe('captured frames, served by the simulator', () => {
  it('reach a subscriber as the same events that decoding the file gives, all of them, in order', async () => {
    const lines = capture('H0STCNT0.txt').slice(0, 9)
    const decode = createLineDecoder([])
    const expected = lines.flatMap(line => decode(Buffer.from(line), 0)).map(withoutReceipt)
    const rig = await feedRig({ clock: whenCaptured(), simulator: { tape: capturedTape(lines, { rate: 10_000 }) } })

    await eventually(() => rig.of('trade').length >= expected.length)

    expect(expected).toHaveLength(32)
    expect(rig.of('trade').map(withoutReceipt)).toEqual(expected)
    expect(rig.of('malformed')).toEqual([])
    expect(rig.of('schema-drift')).toEqual([])
  })

  it('carry every share: cumulative volume chains from each trade to the next within a frame', async () => {
    const lines = capture('H0STCNT0.txt').slice(0, 9)
    const rig = await feedRig({ clock: whenCaptured(), simulator: { tape: capturedTape(lines, { rate: 10_000 }) } })
    await eventually(() => rig.of('trade').length >= 32)
    const chained = rig.of('trade').slice(0, 5) as [Trade, ...Trade[]]
    let volume = chained[0].cumulativeVolume
    for (const trade of chained.slice(1)) {
      expect(trade.cumulativeVolume).toBe((volume as number) + (trade.volume as number))
      volume = trade.cumulativeVolume
    }
  })

  it('come from both sides of the Pacific, trades and books alike', async () => {
    const lines = [...capture('HDFSCNT0.txt'), ...capture('HDFSASP0.txt')]
    const rig = await feedRig({
      clock: clockStartingAt(Date.parse('2026-07-11T00:00:00+09:00')),
      market: 'US',
      instruments: ['NAS:AAPL', 'NAS:GOOGL', 'AMS:SPY'],
      channels: ['trade', 'order-book'],
      simulator: { tape: capturedTape(lines, { rate: 20, loop: true }) },
    })
    const book = await rig.until('order-book')
    const trade = await rig.until('trade', ({ instrument }) => instrument === 'AMS:SPY')
    expect(book.bids[0]).toEqual({ price: 752.14, volume: 60 })
    expect(book.asks).toHaveLength(10)
    expect(trade.eventTime).toBe(Date.parse('2026-07-10T23:53:34+09:00'))
  })
})
