// One session in which records are lost: a simulator, a feed, its jobs and a worker, over real sockets and a real queue, until every gap
// has its verdict. What came of it is counted in repair-accounts.ts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createFeed } from '../app/feed.ts'
import { openJobs } from '../app/jobs.ts'
import { readSettings } from '../app/settings.ts'
import { clockStartingAt } from '../market/clock.ts'
import type { MarketEvent } from '../market/events.ts'
import type { Instrument, Market } from '../market/instrument.ts'
import { generatedTape } from '../simulator/generated-tape.ts'
import { type SimulatorStats, startSimulator, type Withheld } from '../simulator/server.ts'

export type RepairOptions = {
  readonly market: Market
  readonly instruments: readonly Instrument[]
  /** Records to lose. */
  readonly losses: number
  readonly lossProbability: number
  /** Trades a second over all instruments. */
  readonly rate: number
  readonly seed: number
  /** One print of so many is left out of the conclusions; 0 for none. */
  readonly skippedOneOf: number
  /** Where the story begins, by the clocks of simulator, feed and worker: `2026-09-14T10:00:00+09:00`. */
  readonly startsAt: string
  /** Called now and then. */
  readonly onProgress?: (text: string) => void
}

export type RepairSession = {
  /** What was kept from the feed, as the simulator told it to nobody. */
  readonly lost: readonly Withheld[]
  readonly events: readonly MarketEvent[]
  readonly stats: SimulatorStats
  /** `private`: a redis-server of its own; `embedded`: in memory. */
  readonly redis: string
}

export async function repairSession(options: RepairOptions): Promise<RepairSession> {
  const { market, instruments, losses, lossProbability, rate, seed, skippedOneOf, onProgress = () => {} } = options
  const clock = clockStartingAt(Date.parse(options.startsAt))
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-repair-'))
  const simulator = await startSimulator({
    clock,
    tape: generatedTape({ rate, seed }),
    quotations: { skippedOneOf, keptTrades: 100_000 },
  })
  const settings = {
    appKey: 'any-key',
    appSecret: 'any-secret',
    restUrl: simulator.restUrl,
    socketUrl: simulator.wsUrl,
    market,
    instruments: [...instruments],
  }
  const jobs = await openJobs(readSettings(settings), { dataFolder: folder, clock })
  const feed = createFeed({ ...settings, clock, shared: jobs.shared, seed: 1 })
  const events: MarketEvent[] = []
  feed.events$.subscribe(event => void events.push(event))
  const count = (type: MarketEvent['type']) => events.filter(event => event.type === type).length
  /** Instruments that told a trade after so many events. */
  const heardSince = (from: number) =>
    new Set(events.slice(from).flatMap(event => (event.type === 'trade' ? [event.instrument] : []))).size

  try {
    jobs.repair(feed)
    await jobs.startWorkers()
    feed.start()
    await until(() => heardSince(0) === instruments.length)
    const fault = simulator.inject({ kind: 'lose', probability: lossProbability })
    await until(
      () => simulator.withheld().length >= losses,
      () => onProgress(`${simulator.withheld().length} lost`),
    )
    fault.clear()
    const cleared = events.length
    // The next trade of an instrument tells that those before it are missing.
    await until(() => heardSince(cleared) === instruments.length)
    await until(
      () => count('gap-verdict') >= count('gap'),
      () => onProgress(`${count('gap-verdict')} of ${count('gap')} gaps have a verdict`),
    )
    return { lost: simulator.withheld(), events, stats: simulator.stats(), redis: jobs.redisKind }
  } finally {
    await feed.stop()
    await jobs.close()
    await simulator.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const lookEveryMs = 20
const tellEveryMs = 5_000

async function until(holds: () => boolean, tell: () => void = () => {}): Promise<void> {
  for (let looks = 1; !holds(); looks++) {
    if (looks % (tellEveryMs / lookEveryMs) === 0) tell()
    await wait(lookEveryMs)
  }
}
