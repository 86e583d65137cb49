// What was recorded is what is replayed: the lines of a live feed in trouble, and those of its recording,
// byte for byte.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { from, take } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createReplay, type ReplayOptions } from '../../../app/replay/replay.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { jsonLines } from '../../../sinks/file/json-lines.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { nine, temporaryFolder, tradeAt } from '../../recording/support.ts'
import { eventually, feedRig, shortTiming, whenCaptured } from '../../support/rigs/feed.ts'
import { kst, lineOf } from '../../support/wire/frames.ts'

/** Through the sink that users have: one thread serialises all lines alike. */
async function asLines(events: (file: string) => Promise<void>): Promise<string> {
  const file = join(temporaryFolder(), 'events.ndjson')
  await events(file)
  return readFileSync(file, 'utf8')
}

function linesOf(events: readonly MarketEvent[]): Promise<string> {
  return asLines(async file => {
    const lines = jsonLines({ to: file })
    lines(from(events))
    await lines.close()
  })
}

function linesOfReplay(folder: string, options: Partial<ReplayOptions> = {}): Promise<string> {
  return asLines(async file => {
    const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY, ...options })
    const lines = jsonLines({ to: file })
    replay.attach(lines)
    await replay.play()
    await lines.close()
  })
}

describe('a replay of what a feed recorded', () => {
  it('tells the events of a feed in trouble, byte for byte', async () => {
    // Arrange
    const folder = temporaryFolder()
    const rig = await feedRig({
      simulator: {
        tape: generatedTape({ rate: 2_000, seed: 7 }),
        faults: [
          { atMs: 0, fault: { kind: 'lose', probability: 0.05 } },
          { atMs: 0, fault: { kind: 'duplicate', probability: 0.05 } },
          { atMs: 0, fault: { kind: 'reorder', probability: 0.05 } },
          { atMs: 0, fault: { kind: 'late-acks', byMs: 20 } },
        ],
      },
      instruments: ['KRX:005930', 'NXT:005930', 'KRX:000660'],
      channels: ['trade', 'order-book', 'H0STPGM0'],
      columns: ['VI_STND_PRC'],
      recordFolder: folder,
      clock: clockStartingAt(nine),
    })

    // Act
    await rig.until('gap-filled')
    rig.simulator.send('neither data nor an answer')
    rig.simulator.send('0|H0STCNT0|002|005930^1^2')
    rig.simulator.send(`0|H0STMKO0|001|${Array.from({ length: 40 }, (_, i) => i).join('^')}`)
    // What is on its way when the line is cut may never arrive.
    await rig.until('schema-drift')
    rig.simulator.cut()
    await rig.until('resume')
    rig.feed.unsubscribe('KRX:000660')
    await rig.until('subscription', ({ status }) => status === 'released')
    const { length } = rig.events
    await eventually(() => rig.events.length > length + 1_000)
    await rig.feed.stop()

    // Assert
    const types = new Set(rig.events.map(({ type }) => type))
    for (const type of ['trade', 'order-book', 'malformed', 'schema-drift', 'gap', 'disconnect', 'resume'] as const) {
      expect(types).toContain(type)
    }
    expect(await linesOfReplay(folder)).toBe(await linesOf(rig.events))
  })

  it('says that a dead line is down where the feed said it, in the middle of its grace', async () => {
    // Arrange
    const folder = temporaryFolder()
    const rig = await feedRig({
      simulator: { tape: generatedTape({ rate: 1_000, seed: 8 }), pingIntervalMs: 50 },
      timing: { ...shortTiming, pulseMs: 300 },
      recordFolder: folder,
      clock: clockStartingAt(nine),
    })
    await eventually(() => rig.simulator.stats().echoes.total >= 3)

    // Act
    rig.simulator.inject({ kind: 'half-open' })
    const resume = await rig.until('resume')
    await eventually(() => rig.events.slice(rig.events.indexOf(resume)).some(({ type }) => type === 'trade'))
    await rig.feed.stop()

    // Assert
    const types = rig.events.map(event => (event.type === 'subscription' ? event.status : event.type))
    const down = types.indexOf('disconnect')
    expect(types.slice(down, down + 2)).toEqual(['disconnect', 'releasing'])
    expect(await linesOfReplay(folder)).toBe(await linesOf(rig.events))
  })

  it('tells what a subscriber caused in the middle of a frame where it happened', async () => {
    // Arrange
    const folder = temporaryFolder()
    const rig = await feedRig({
      instruments: ['KRX:005930', 'KRX:000660'],
      recordFolder: folder,
      clock: whenCaptured(),
    })
    await rig.feed.confirmed('KRX:000660')
    await rig.feed.confirmed('KRX:005930')
    const inTheMiddle = rig.feed.trades$.pipe(take(1)).subscribe(() => rig.feed.unsubscribe('KRX:000660'))

    // Act
    rig.simulator.send(lineOf('H0STCNT0.txt', 1))
    await rig.until('subscription', ({ status }) => status === 'released')
    await rig.feed.stop()
    inTheMiddle.unsubscribe()

    // Assert
    const types = rig.events.map(event => (event.type === 'subscription' ? event.status : event.type))
    const first = types.indexOf('trade')
    expect(types.slice(first, first + 3)).toEqual(['trade', 'releasing', 'trade'])
    expect(await linesOfReplay(folder)).toBe(await linesOf(rig.events))
  })

  it('calls missing what the feed called missing after a restart, because it knows what the feed knew', async () => {
    // Arrange
    const [folder, dataFolder] = [temporaryFolder(), temporaryFolder()]
    const clock = clockStartingAt(nine)
    const running = await startSimulator({ tape: generatedTape({ rate: 500, seed: 3 }), clock })
    onTestFinished(() => running.stop())

    // Act
    const first = await feedRig({ running, recordFolder: folder, dataFolder, clock })
    await eventually(() => first.of('trade').length > 20)
    await first.feed.stop()
    const second = await feedRig({ running, recordFolder: folder, dataFolder, clock })
    await second.until('gap', ({ cause }) => cause === 'restart')
    await second.feed.stop()

    // Assert
    expect(await linesOfReplay(folder)).toBe(await linesOf([...first.events, ...second.events]))
  })

  it('calls a repeat what the feed called one because REST had returned it before', async () => {
    // Arrange
    const folder = temporaryFolder()
    const rig = await feedRig({ recordFolder: folder, clock: clockStartingAt(nine) })
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.send(tradeAt('090000', 100).toString())
    rig.simulator.send(tradeAt('090002', 300).toString())
    const { instrument, businessDate, fromVolume, toVolume, from: since, to } = await rig.until('gap')
    const eventTime = kst('2026-09-14T09:00:01')
    const returned = { price: 314_000, volume: 100, cumulativeVolume: 200, bidPrice: null, askPrice: null, eventTime }

    // Act
    rig.internals.repair({
      question: { instrument, businessDate, fromVolume, toVolume, from: since, to },
      runs: [{ fromVolume, toVolume, trades: [returned] }],
      explained: [],
      unknown: [],
      evidence: ['by hand'],
    })
    rig.simulator.send(tradeAt('090001', 200).toString())
    rig.simulator.send(tradeAt('090003', 400).toString())
    await rig.until('trade', ({ cumulativeVolume }) => cumulativeVolume === 400)
    await rig.feed.stop()

    // Assert
    expect(rig.of('backfill')).toHaveLength(1)
    expect(rig.of('trade').map(({ cumulativeVolume }) => cumulativeVolume)).toEqual([100, 300, 400])
    expect(await linesOfReplay(folder)).toBe(await linesOf(rig.events))
  })

  it('of one trading date after another emits what the feed emitted across the end of a date', async () => {
    // Arrange: New York closes while it runs, once the first trades are in.
    const folder = temporaryFolder()
    const close = kst('2026-09-15T09:00:00')
    let running = clockStartingAt(close - 3_600_000)
    const rig = await feedRig({
      simulator: { tape: generatedTape({ rate: 500, seed: 5 }) },
      market: 'US',
      instruments: ['NAS:AAPL', 'NAS:NVDA'],
      recordFolder: folder,
      clock: { now: () => running.now() },
      timing: { ...shortTiming, quietMs: 86_400_000, silenceMs: 86_400_000 },
    })

    // Act
    await eventually(() => rig.of('trade').length > 20)
    running = clockStartingAt(close)
    await rig.until('trade', ({ receivedTime }) => receivedTime > close)
    await rig.feed.stop()

    // Assert
    const lines = await Promise.all([20260914, 20260915].map(date => linesOfReplay(folder, { date })))
    expect(lines.every(text => text.includes('"type":"trade"'))).toBe(true)
    expect(lines.join('')).toBe(await linesOf(rig.events))
  })
})
