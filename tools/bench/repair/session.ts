// One session in which records are lost: a simulator, a feed, its jobs and a worker, over real sockets and a
// real queue, until every gap has its verdict. What came of it is counted in repair-accounts.ts.
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createFeed } from '../../../app/feed/feed.ts'
import { openJobs } from '../../../app/jobs/jobs.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { fromWire } from '../../../kis/channel.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import type { MarketEvent } from '../../../market/events.ts'
import type { Instrument, Market } from '../../../market/instrument.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { type SimulatorStats, startSimulator, type TruthRecord, type Withheld } from '../../../simulator/server.ts'

export type RepairOptions = {
  readonly market: Market
  readonly instruments: readonly Instrument[]
  /** Records to lose. */
  readonly losses: number
  readonly lossProbability: number
  /** Trades a second over all instruments. */
  readonly rate: number
  readonly seed: number
  /** One print of so many is left out of the executions; 0 for none. */
  readonly skippedOneOf: number
  /** Where the story begins, by the clocks of simulator, feed and worker: `2026-09-14T10:00:00+09:00`. */
  readonly startsAt: string
  /** Called now and then. */
  readonly onProgress?: (text: string) => void
}

export type RepairSession = {
  /** What the simulator withheld from the feed. */
  readonly lost: readonly Withheld[]
  /** Everything the simulator emitted, by transaction and key. */
  readonly truth: ReadonlyMap<string, readonly TruthRecord[]>
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
    memory: { truth: 500_000 },
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
  const feed = createFeed({ ...settings, clock, jobs, seed: 1 })
  const events: MarketEvent[] = []
  feed.events$.subscribe(event => void events.push(event))
  const count = (type: MarketEvent['type']) => events.filter(event => event.type === type).length

  try {
    await jobs.startWorkers()
    feed.start()
    await until(() => instruments.every(name => totalOf(events, name) > 0))
    const fault = simulator.inject({ kind: 'lose', probability: lossProbability })
    await until(
      () => simulator.withheld().length >= losses,
      () => onProgress(`${simulator.withheld().length} lost`),
    )
    fault.clear()
    // What was sent before may still be on its way: only a trade behind the last one lost tells that it is
    // missing.
    const lastLost = new Map(simulator.withheld().map(one => [instrumentOf(one), one.cumulativeVolume ?? 0]))
    await until(() => [...lastLost].every(([name, total]) => totalOf(events, name) > total))
    await until(
      () => count('gap-verdict') >= count('gap'),
      () => onProgress(`${count('gap-verdict')} of ${count('gap')} gaps have a verdict`),
    )
    const lost = simulator.withheld()
    const truth = new Map(lost.map(({ tr, key }) => [`${tr} ${key}`, simulator.truth(tr, key)]))
    return { lost, truth, events, stats: simulator.stats(), redis: jobs.redisKind }
  } finally {
    await feed.stop()
    await jobs.close()
    await simulator.stop()
    // A private server writes its last words on stopping, and is not waited for. Not rmSync: it repeats only
    // its last step.
    await rm(folder, { recursive: true, force: true, maxRetries: 20 })
  }
}

function instrumentOf({ tr, key }: Withheld): string {
  return fromWire({ tr, key })?.instrument ?? key
}

/** The day's total by the last trade that was delivered. */
function totalOf(events: readonly MarketEvent[], name: string): number {
  const last = events.findLast(event => event.type === 'trade' && event.instrument === name)
  return last?.type === 'trade' ? (last.cumulativeVolume ?? 0) : 0
}

const lookEveryMs = 20
const tellEveryMs = 5_000

async function until(holds: () => boolean, tell: () => void = () => {}): Promise<void> {
  for (let looks = 1; !holds(); looks++) {
    if (looks % (tellEveryMs / lookEveryMs) === 0) tell()
    await wait(lookEveryMs)
  }
}
