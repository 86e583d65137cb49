// Plays one story: a simulator, a feed, what goes wrong in between, and a quiet end in which everything must
// heal. Collects what the verdict needs, and judges nothing.
import { setTimeout as wait } from 'node:timers/promises'
import { createFeed } from '../../../app/feed/feed.ts'
import type { Feed, FeedOptions } from '../../../app/feed/contract.ts'
import type { Counts } from '../../../app/observe/counts.ts'
import { toWire } from '../../../kis/channel.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import type { MarketEvent } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import {
  type FaultReport,
  type Injected,
  type Simulator,
  type SimulatorStats,
  startSimulator,
  type TruthRecord,
  type Withheld,
} from '../../../simulator/server.ts'
import { watchClientSockets } from './client-sockets.ts'
import { type Healing, watchRecovery, within } from './recovery.ts'
import { createStoryTime } from './story-time.ts'
import type { Step, Story } from './story.ts'
import { chaosTiming, serverHeartbeat } from './timing.ts'

/** What happened, for the verdict. */
export type Facts = Healing & {
  readonly story: Story
  readonly events: readonly MarketEvent[]
  readonly counts: Counts
  readonly stats: SimulatorStats
  readonly faults: readonly FaultReport[]
  readonly withheld: readonly Withheld[]
  /** What the market did, by instrument, from when its trades were first asked for. */
  readonly truth: ReadonlyMap<Instrument, readonly TruthRecord[]>
  readonly hasStopped: boolean
  readonly hasCompleted: boolean
  /** When the feed asked for each connection, and the most it had at once. */
  readonly connectedAt: readonly number[]
  readonly mostSocketsOpen: number
  /** Sessions the server still had when the feed said that it had stopped. */
  readonly sessionsLeft: number
}

/** Of 20 ms: the grace takes three of them. */
const mostLooksToStop = 500

/** `changes`: another feed than the one that is shipped, to see whether the verdict notices. */
export async function play(story: Story, changes: Partial<FeedOptions> = {}): Promise<Facts> {
  const clock = clockStartingAt(Date.parse(story.startsAt))
  const simulator = await startSimulator({
    clock,
    tape: generatedTape({ seed: story.seed, rate: story.rate }),
    faultSeed: story.seed,
    memory: { truth: 1_000_000, withheld: 1_000_000 },
    ...serverHeartbeat,
  })
  const sockets = watchClientSockets(new URL(simulator.wsUrl).host, clock)
  const feed = createFeed({
    appKey: `chaos-${story.seed}`,
    appSecret: 'of the simulator',
    restUrl: simulator.restUrl,
    socketUrl: simulator.wsUrl,
    market: story.market,
    instruments: [...story.instruments],
    channels: [...story.channels],
    seed: story.seed,
    clock,
    timing: chaosTiming,
    ...changes,
  })
  const events: MarketEvent[] = []
  const recovery = watchRecovery(feed)
  let hasCompleted = false
  feed.events$.subscribe({
    next: event => void events.push(event),
    complete: () => {
      hasCompleted = true
    },
  })

  try {
    await makeTrouble(story, simulator, feed)
    const healing = await recovery.complete()
    const hasStopped = await within(mostLooksToStop, feed.stop())
    const sessionsLeft = hasStopped ? await sessionsAfter(simulator) : simulator.sessions().length
    return {
      story,
      events,
      ...healing,
      hasStopped,
      hasCompleted,
      sessionsLeft,
      connectedAt: sockets.openedAt,
      mostSocketsOpen: sockets.mostOpen,
      counts: feed.status().counts,
      stats: simulator.stats(),
      faults: simulator.faults(),
      withheld: simulator.withheld(),
      truth: new Map(story.instruments.map(name => [name, truthOf(simulator, name)])),
    }
  } finally {
    sockets.stop()
    await within(mostLooksToStop, feed.stop())
    await simulator.stop()
  }
}

async function makeTrouble(story: Story, simulator: Simulator, feed: Feed): Promise<void> {
  const inForce: Injected[] = []
  const act = (step: Step) => {
    if (step.does === 'fault') inForce.push(simulator.inject(step.fault))
    else if (step.does === 'switch-url') feed.switchUrl(story.market, simulator.wsUrl)
    else feed[step.does](step.instrument, step.channel)
  }
  const isThereFirst = ({ atMs }: Step) => atMs === 0
  for (const step of story.steps.filter(isThereFirst)) act(step)
  feed.start()
  // Or no data, where a fault that was there first keeps it away.
  await createStoryTime().until(1_000, () => (feed.status().counts.events.trade ?? 0) > 0)
  const time = createStoryTime()
  for (const step of story.steps.filter(step => !isThereFirst(step))) {
    await time.until(step.atMs)
    act(step)
  }
  await time.until(story.quietFromMs)
  for (const fault of inForce) fault.clear()
}

/** The server hears of the last close a moment after the feed. */
async function sessionsAfter(simulator: Simulator): Promise<number> {
  const startedAt = performance.now()
  while (simulator.sessions().length > 0 && performance.now() - startedAt < 1_000) await wait(10)
  return simulator.sessions().length
}

function truthOf(simulator: Simulator, instrument: Instrument): readonly TruthRecord[] {
  const { tr, key } = toWire({ instrument, channel: 'trade' }, { overseasFeed: 'free' })
  return simulator.truth(tr, key)
}
