// What is missed while the line is down, and while no feed runs: the market goes on, and the first trade
// tells by how much.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Gap, MarketEvent, Trade } from '../../../market/events.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { type FeedRig, feedRig, shortTiming } from '../../support/rigs/feed.ts'

const names = ['KRX:005930', 'KRX:000660'] as const
/** Fast enough that something is traded in every pause, and far from midnight. */
const busyMarket = () => generatedTape({ rate: 4_000, seed: 11 })
const clock = clockStartingAt(Date.parse('2026-09-14T10:00:00+09:00'))

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Until each instrument has a trade after the gap that `cause` made. */
const measured = (rig: FeedRig, cause: Gap['cause']) =>
  Promise.all(names.map(name => rig.until('gap', gap => gap.instrument === name && gap.cause === cause)))

function tradesOf(events: readonly MarketEvent[], instrument: string): Trade[] {
  return events.filter((event): event is Trade => event.type === 'trade' && event.instrument === instrument)
}

/** Every gap is exactly what lies between the trades around it, and nothing else is missing. */
function expectEveryShareIsAccountedFor(events: readonly MarketEvent[]): void {
  for (const name of names) {
    let total: number | undefined
    let missing = 0
    for (const event of events) {
      if (event.type === 'gap' && event.instrument === name) {
        expect(event.fromVolume).toBe(total)
        missing = event.missingVolume
      }
      if (event.type !== 'trade' || event.instrument !== name) continue
      if (total !== undefined) expect(Number(event.cumulativeVolume)).toBe(total + missing + Number(event.volume))
      total = Number(event.cumulativeVolume)
      missing = 0
    }
  }
}

it('an outage is measured to the share by the first trade after it', async () => {
  const rig = await feedRig({ clock, instruments: [...names], simulator: { clock, tape: busyMarket() } })
  await Promise.all(names.map(name => rig.until('trade', ({ instrument }) => instrument === name)))

  rig.simulator.cut()
  const gaps = await measured(rig, 'outage')

  for (const gap of gaps) {
    const at = rig.events.indexOf(gap)
    const before = tradesOf(rig.events.slice(0, at), gap.instrument).at(-1)
    const after = rig.events[at + 1] as Trade
    expect(after).toMatchObject({ type: 'trade', instrument: gap.instrument })
    const missing = Number(after.cumulativeVolume) - Number(after.volume) - Number(before?.cumulativeVolume)
    expect(missing).toBeGreaterThan(0)
    expect(gap.missingVolume).toBe(missing)
    expect([gap.from, gap.to]).toEqual([before?.eventTime, after.eventTime])
    expect(rig.events.findIndex(({ type }) => type === 'resume')).toBeLessThan(at)
  }
  expectEveryShareIsAccountedFor(rig.events)
  expect(rig.of('gap')).toHaveLength(names.length)
  expect(rig.of('resync')).toEqual([])
  expect(rig.feed.status().counts).toMatchObject({ duplicates: 0, events: { gap: names.length } })
})

it('a restart is measured against the last trade the process before it delivered', async () => {
  const simulator = await startSimulator({ clock, tape: busyMarket() })
  onTestFinished(() => simulator.stop())
  // A stop that is cut short on a busy machine keeps the folder for a moment.
  const timing = { ...shortTiming, stopTimeoutMs: 60_000 }
  const options = { clock, instruments: [...names], running: simulator, dataFolder: dataFolder(), timing }
  const first = await feedRig(options)
  await Promise.all(names.map(name => first.until('trade', ({ instrument }) => instrument === name)))
  await first.feed.stop()

  const second = await feedRig(options)
  const gaps = await measured(second, 'restart')

  for (const gap of gaps) {
    const before = tradesOf(first.events, gap.instrument).at(-1)
    const after = tradesOf(second.events, gap.instrument)[0]
    const missing = Number(after?.cumulativeVolume) - Number(after?.volume) - Number(before?.cumulativeVolume)
    expect(missing).toBeGreaterThan(0)
    expect(gap.missingVolume).toBe(missing)
    expect([gap.from, gap.to]).toEqual([before?.eventTime, after?.eventTime])
  }
  expect(first.of('gap')).toEqual([])
  expectEveryShareIsAccountedFor([...first.events, ...second.events])
})

it('a restart that keeps nothing says nothing', async () => {
  const simulator = await startSimulator({ clock, tape: busyMarket() })
  onTestFinished(() => simulator.stop())
  for (const folder of [dataFolder(), false] as const) {
    const rig = await feedRig({ clock, running: simulator, dataFolder: folder })
    await rig.until('trade')
    expect(rig.of('gap')).toEqual([])
    await rig.feed.stop()
  }
})
