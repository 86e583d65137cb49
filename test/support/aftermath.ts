// What must hold after any trouble, whatever it was: everything is subscribed again and flows, nothing came
// twice, what did not come was reported to the share, one socket at a time and not too many of them, and
// nothing is left behind when the feed stops.
import { expect } from 'vitest'
import { toWire } from '../../kis/channel.ts'
import { sessionFull } from '../../machines/ledger.ts'
import type { Gap, GapFilled, Trade } from '../../market/events.ts'
import { type Instrument, type Market, marketOf } from '../../market/instrument.ts'
import { eventually, type FeedRig } from './rigs/feed.ts'

/** For the simulator of a scenario: without the whole truth it is not known what is missing. */
export const wholeTruth = { memory: { truth: 1_000_000 } }

/** Shares [from, to) of a day. */
type Span = readonly [from: number, to: number]

export type Expected = {
  /** Sockets that may have been opened, the first one included. */
  readonly connections: number
  /** The markets that have their turn by now. */
  readonly markets?: readonly Market[]
  /** Sockets that may have been open at once: one for each app key. */
  readonly atOnce?: number
}

/**
 * Call it when the trouble is over, as the last thing a scenario does: it stops the feed. An exception or an
 * unhandled rejection fails the run by itself: vitest sees to that.
 */
export async function expectGoodAftermath(rig: FeedRig, expected: Expected): Promise<void> {
  await everythingFlows(rig, expected.markets ?? ['KR'])
  await rig.feed.stop()
  await expectGoodEnd(rig, expected)
}

/** The same of a feed that was stopped in the midst of its trouble, where nothing is to come back. */
export async function expectGoodEnd(rig: FeedRig, { connections, atOnce = 1 }: Expected): Promise<void> {
  expect(new Set(rig.events).size).toBe(rig.events.length)
  for (const instrument of new Set(rig.of('trade').map(trade => trade.instrument))) {
    expectEveryShareOnce(rig, instrument)
  }
  await nothingStaysOpen(rig)
  const { mostSocketsOpen, socketsOpened } = rig.simulator.stats()
  expect(mostSocketsOpen).toBeLessThanOrEqual(atOnce)
  expect(socketsOpened).toBeLessThanOrEqual(connections)
}

/** Each subscription is confirmed, whichever market's turn it is, and each name traded after that. */
async function everythingFlows({ feed, events }: FeedRig, markets: readonly Market[]): Promise<void> {
  const meant = () =>
    feed
      .subscriptions()
      .filter(({ code, instrument }) => markets.includes(marketOf(instrument)) && code !== sessionFull)
  await eventually(() => meant().every(({ status }) => status === 'active'))
  const waiting = new Set(meant().flatMap(({ channel, instrument }) => (channel === 'trade' ? [instrument] : [])))
  expect(waiting.size).toBeGreaterThan(0)
  let seen = events.length
  await eventually(() => {
    for (; seen < events.length; seen++) {
      const event = events[seen]
      if (event?.type === 'trade') waiting.delete(event.instrument)
    }
    return waiting.size === 0
  })
}

/** No connection of the feed's, to REST or real-time server, outlives it. */
async function nothingStaysOpen({ simulator }: FeedRig): Promise<void> {
  await eventually(() => simulator.sessions().length === 0)
  await eventually(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'))
}

/**
 * Between the first trade that came and the last: what the market did and did not come is exactly what the
 * gaps say, less what was filled later. Everything the simulator withheld is among it, and everything that
 * was lost on a line that went down.
 */
function expectEveryShareOnce(rig: FeedRig, instrument: Instrument): void {
  const trades = rig.of('trade').filter(trade => trade.instrument === instrument)
  const delivered = new Set(trades.map(totalOf))
  expect(delivered.size, `${instrument} came twice`).toBe(trades.length)

  const { tr, key } = toWire({ instrument, channel: 'trade' }, { overseasFeed: 'free' })
  const emitted = rig.simulator.truth(tr, key)
  const [first, last] = [Math.min(...delivered), Math.max(...delivered)]
  const missing = emitted.flatMap(({ cumulativeVolume = 0, volume = 0 }): Span[] =>
    cumulativeVolume > first && cumulativeVolume < last && !delivered.has(cumulativeVolume)
      ? [[cumulativeVolume - volume, cumulativeVolume]]
      : [],
  )
  expect(emitted.length, `the simulator knows nothing of ${instrument}`).toBeGreaterThan(0)
  expect(reported(rig, instrument)).toEqual(joined(missing))
}

/** What the gaps say is missing still. */
function reported(rig: FeedRig, instrument: Instrument): Span[] {
  const gaps = rig.of('gap').filter(gap => gap.instrument === instrument)
  const filled = rig.of('gap-filled').filter(fill => fill.instrument === instrument)
  for (const gap of gaps) expect(gap.missingVolume).toBe(gap.toVolume - gap.fromVolume)
  let spans = gaps.map(spanOf)
  for (const [from, to] of filled.map(spanOf)) {
    spans = spans.flatMap(span => {
      const [start, end] = span
      if (to <= start || from >= end) return [span]
      return (
        [
          [start, from],
          [to, end],
        ] as const
      ).filter(([a, b]) => a < b)
    })
  }
  return joined(spans)
}

function spanOf({ fromVolume, toVolume }: Gap | GapFilled): Span {
  return [fromVolume, toVolume]
}

/** In order, and those that touch as one. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const before = result.at(-1)
    if (before !== undefined && before[1] === from) result[result.length - 1] = [before[0], to]
    else result.push([from, to])
  }
  return result
}

function totalOf({ cumulativeVolume }: Trade): number {
  if (cumulativeVolume === null) throw new Error('a trade of the simulator has no total')
  return cumulativeVolume
}
