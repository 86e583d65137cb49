// The start and the end of a feed.
import { of, ReplaySubject, Subscription, timer } from 'rxjs'
import { turnsAt } from '../../market/calendar/schedules.ts'
import type { Clock } from '../../market/clock.ts'
import { keyOf, type SubscriptionKey } from '../../market/subscription.ts'
import { marketTurns } from '../../streams/market-turns.ts'
import type { Logger } from '../observe/log.ts'
import type { Observers } from '../observe/observers.ts'
import type { Keepers } from '../persistence/keepers.ts'
import type { FeedSettings } from '../settings/settings.ts'
import type { Confirmations } from './confirmations.ts'
import { ended } from '../patience.ts'
import type { Flow } from './flow.ts'
import type { Outlet } from './outlet.ts'
import type { Repairs } from './repairs.ts'
import type { Pipeline } from '../../streams/pipeline.ts'
import type { Sockets } from './sockets.ts'
import { overflowOf, subscriptionsOf } from './subscriptions.ts'

export type RunParts = {
  readonly settings: FeedSettings
  readonly clock: Clock
  readonly log: Logger
  readonly observers: Observers
  readonly keepers: Keepers
  readonly pipeline: Pipeline
  readonly outlet: Outlet
  readonly sockets: Sockets
  readonly flow: Flow
  readonly confirmations: Confirmations
  readonly repairs: Repairs
}

export type Run = {
  /** `subscribe` is called with what the settings ask for, and `look` once a second. */
  start(subscribe: (keys: readonly SubscriptionKey[]) => void, look: () => void): void
  /** Whatever hangs, this ends: within the grace, the pacing of every release, and `stopTimeoutMs`. */
  stop(): Promise<void>
  isStopped(): boolean
  startedAt(): number | undefined
}

export function createRun(parts: RunParts): Run {
  const { settings, clock, log, observers, keepers, pipeline, outlet, sockets, flow, confirmations, repairs } = parts
  const { market, schedule, timing } = settings
  const turns = market === 'auto' ? marketTurns(clock, time => turnsAt(schedule, time)) : of([market])
  let running: Subscription | undefined
  let startedAt: number | undefined
  let stopped: Promise<void> | undefined

  function start(subscribe: (keys: readonly SubscriptionKey[]) => void, look: () => void): void {
    if (stopped !== undefined) throw new Error('this feed was stopped, which is for good; make another with createFeed')
    if (running !== undefined) return
    keepers.start()
    startedAt = clock.now()
    sockets.start()
    for (const { market: full, slots, most, says } of overflowOf(settings)) {
      log.warn({ market: full, slots, most }, `${says}; the last ${slots - most} are refused`)
    }
    subscribe(subscriptionsOf(settings).map(keyOf))
    const started = (running = new Subscription())
    started.add(repairs.start())
    const takeTurns = () => {
      if (!started.closed) started.add(turns.subscribe(markets => sockets.turn(markets)))
    }
    // No connection before the recorder works: a process that is killed then loses the last moment and not
    // the first.
    if (keepers.ready === undefined) takeTurns()
    else void keepers.ready.then(takeTurns)
    started.add(flow.start(look))
  }

  async function shutDown(): Promise<void> {
    running?.unsubscribe()
    const { stopTimeoutMs } = timing
    const late = new ReplaySubject<unknown>(1)
    const alarm = timer(sockets.releaseMs() + 0.9 * stopTimeoutMs).subscribe(late)
    const overdue = await sockets.stop(stopTimeoutMs / 2)
    confirmations.stop()
    pipeline.complete()
    outlet.complete()
    const [areKept, sinks] = await Promise.all([ended(keepers.stop(), late), outlet.settled(late)])
    alarm.unsubscribe()
    observers.overdue([
      ...overdue,
      ...(areKept ? [] : ['what is kept in the data folder and the recording']),
      ...sinks.map(name => `the sink '${name}'`),
    ])
    observers.close()
  }

  return {
    start,
    stop() {
      stopped ??= shutDown()
      return stopped
    },
    isStopped: () => stopped !== undefined,
    startedAt: () => startedAt,
  }
}
