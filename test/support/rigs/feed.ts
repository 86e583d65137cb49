// A feed against the simulator, over real sockets on loopback. Short waits, real timers; tests wait for
// events, never for time.
import { setTimeout as nextLook } from 'node:timers/promises'
import { Subscription } from 'rxjs'
import { onTestFinished } from 'vitest'
import { openFeed } from '../../../app/feed/feed.ts'
import type { Feed, FeedInternals, FeedOptions } from '../../../app/feed/contract.ts'
import type { SharedAccess } from '../../../app/feed/line.ts'
import type { SinkCounts } from '../../../app/observe/counts.ts'
import { type Clock, clockStartingAt } from '../../../market/clock.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator/server.ts'
import { capturedTape } from '../../../simulator/tape/tape.ts'

/** Waits short enough for a test, in the proportions of the real ones. */
export const shortTiming = {
  graceMs: 60,
  heartbeatMs: 0,
  // Long, as nothing here is late on purpose, and a loaded machine reads an answer only after the alarms that
  // are due.
  openTimeoutMs: 15_000,
  ackTimeoutMs: 15_000,
  stableMs: 50,
  longestBackoffMs: 200,
  occupiedMs: 80,
  longestOccupiedMs: 300,
  lingerMs: 72,
  refusedMs: 60,
  longestRefusedMs: 600,
  pacingMs: 1,
  closeTimeoutMs: 200,
  mostConnects: 1_000,
  connectWindowMs: 600_000,
  mostRequests: 10_000,
  requestWindowMs: 600_000,
  adoptionMs: 1_000,
  quietMs: 1_000,
  silenceMs: 3_000,
  // Longer than any story: only those that are about it have another.
  pulseMs: 600_000,
  handOverTimeoutMs: 15_000,
  // Long for a machine under load; only a sink that never ends uses it up.
  stopTimeoutMs: 2_000,
}

/** A market in which nothing happens unless the test sends it. */
export const silentMarket = () => capturedTape([])

/**
 * A clock for stories about silence: it goes while this process turns, and stands while a loaded machine lets
 * it wait, so that a pause of this process is not counted as silence. Give it to both ends.
 */
export function steadyClock(text: string): Clock {
  const mostAtOnceMs = 10
  let now = Date.parse(text)
  let seen = performance.now()
  const timer = setInterval(() => {
    const passed = performance.now() - seen
    seen += passed
    now += Math.min(passed, mostAtOnceMs)
  }, 2)
  onTestFinished(() => clearInterval(timer))
  return { now: () => Math.floor(now) }
}

/** A Monday morning in Seoul, far from every auction and from midnight, on which the story begins. */
export const mondayAtTen = () => steadyClock('2026-09-14T10:00:00+09:00')

/**
 * The minute in which the frames of most fixtures were captured: to a feed, a record of another week is
 * damaged.
 */
export const whenCaptured = () => clockStartingAt(Date.parse('2026-06-08T11:48:30+09:00'))

export type FeedRig = {
  readonly simulator: Simulator
  readonly feed: Feed
  readonly internals: FeedInternals
  /** Everything the feed emitted so far. */
  readonly events: MarketEvent[]
  /** The first event, past or future, that fits. */
  until<T extends MarketEvent['type']>(
    type: T,
    fits?: (event: Extract<MarketEvent, { type: T }>) => boolean,
  ): Promise<Extract<MarketEvent, { type: T }>>
  of<T extends MarketEvent['type']>(type: T): Extract<MarketEvent, { type: T }>[]
  /** Of all sinks together. */
  ofSinks(what: keyof SinkCounts): number
}

export const planted = {
  appKey: 'PLANTED-APP-KEY-0123456789-ABCDEFGHIJ',
  appSecret: `PLANTED-APP-SECRET-${'x1Y2z3'.repeat(26)}`,
}

export async function feedRig(
  options: Partial<FeedOptions> & {
    simulator?: SimulatorOptions
    running?: Simulator
    isStarted?: boolean
    /** In place of `jobs`: an app key is shared, and gaps are reported only. */
    shared?: SharedAccess
  } = {},
): Promise<FeedRig> {
  const { simulator: simulatorOptions, running, isStarted = true, shared, ...feedOptions } = options
  // Both ends on the same day: records of another one are damaged.
  const clocks = feedOptions.clock === undefined ? {} : { clock: feedOptions.clock }
  const simulator = running ?? (await startSimulator({ tape: silentMarket(), ...clocks, ...simulatorOptions }))
  const jobs = shared && { forFeed: { shared, validate: () => new Subscription() } }
  const { feed, internals } = openFeed({
    ...planted,
    restUrl: simulator.restUrl,
    socketUrl: simulator.wsUrl,
    market: 'KR',
    instruments: ['KRX:005930'],
    seed: 1,
    timing: shortTiming,
    ...(jobs && { jobs }),
    ...feedOptions,
  })
  const events: MarketEvent[] = []
  // Asked for each millisecond, so what is of a type is not looked for among everything each
  // time.
  const byType = new Map<string, MarketEvent[]>()
  const waiting = new Set<(event: MarketEvent) => void>()
  feed.events$.subscribe(event => {
    events.push(event)
    const alike = byType.get(event.type) ?? []
    byType.set(event.type, alike)
    alike.push(event)
    for (const look of waiting) look(event)
  })
  onTestFinished(async () => {
    await feed.stop()
    if (running === undefined) await simulator.stop()
  })
  if (isStarted) feed.start()

  return {
    simulator,
    feed,
    internals,
    events,
    until(type, fits = () => true) {
      type Wanted = Extract<MarketEvent, { type: typeof type }>
      const isWanted = (event: MarketEvent): event is Wanted => event.type === type && fits(event as Wanted)
      return new Promise(resolve => {
        const look = (event: MarketEvent) => {
          if (!isWanted(event)) return
          waiting.delete(look)
          resolve(event)
        }
        waiting.add(look)
        events.slice().forEach(look)
      })
    },
    // What is kept under a type is of that type.
    ofSinks: what => Object.values(feed.status().counts.sinks).reduce((sum, one) => sum + one[what], 0),
    of: type => (byType.get(type) ?? []).slice() as Extract<MarketEvent, { type: typeof type }>[],
  }
}

/** What comes within a thirtieth of the shortest silence is one sign of life, however much it is. */
const momentMs = shortTiming.quietMs / 30

/**
 * Until every trade subscription had data at enough moments for its rhythm to be known: twice the 60 it
 * takes.
 */
export async function learnedRhythm({ feed, events }: FeedRig): Promise<void> {
  const moments = new Map<string, Set<number>>()
  for (const { instrument } of feed.subscriptions()) moments.set(instrument, new Set())
  let seen = 0
  await eventually(() => {
    for (; seen < events.length; seen++) {
      const event = events[seen]
      if (event?.type === 'trade') moments.get(event.instrument)?.add(Math.floor(event.receivedTime / momentMs))
    }
    return [...moments.values()].every(({ size }) => size > 120)
  })
}

/**
 * Resolves when `holds`, looking again each millisecond, so that a wait costs no core. What holds for a few
 * milliseconds only may be missed: wait for an event then (`until`).
 */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await nextLook(1)
}
