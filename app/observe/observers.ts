// What looks at a feed: counts, times, log, the last frames and state changes. Nothing waits for it, and it
// emits nothing.
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { Redaction } from '../../kis/redaction.ts'
import type { Clock } from '../../market/clock.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import type { SocketSnapshot } from '../feed/lifecycle.ts'
import type { SubscriptionState } from '../feed/subscription-states.ts'
import { type Counter, createCounter } from './counts.ts'
import { createJournal, type Journal } from './journal.ts'
import { createLatencyWatch, type Latency } from './latency.ts'
import type { Logger } from './log.ts'
import { createRecentFrames, type RecentFrames } from './recent-frames.ts'
import { createRefusalWatch } from './refusals.ts'
import { createTransitionLog, type TransitionLog } from './transitions.ts'

export type Observers = Omit<Journal, 'transition'> &
  Pick<Counter, 'duplicate' | 'records' | 'counts'> & {
    /** A frame before it is read. Returns what `done` takes. */
    frame(frame: RawFrame): number
    /** The same frame when its last event was delivered. */
    done(began: number): void
    /** Every state of a socket, in order. */
    socket(market: Market, snapshot: SocketSnapshot): void
    /** Once a second. */
    subscriptions(states: readonly SubscriptionState[]): void
    transitionsOf: TransitionLog['of']
    latency(): Latency
    recentFrames: Pick<RecentFrames, 'shown'>
  }

export type ObserversParts = {
  readonly log: Logger
  readonly clock: Clock
  readonly redaction: Pick<Redaction, 'line' | 'shown'>
}

export function observeFeed({ log, clock, redaction }: ObserversParts): Observers {
  const counter = createCounter()
  const journal = createJournal({ log, clock, redact: redaction.line, counter })
  const transitions = createTransitionLog(clock, redaction.line)
  const recentFrames = createRecentFrames(redaction)
  const latencies = createLatencyWatch()

  return {
    ...journal,
    frame(frame) {
      counter.frame(frame.market)
      recentFrames.note(frame)
      return latencies.begin()
    },
    done: latencies.end,
    event(event: MarketEvent) {
      counter.event(event)
      if (event.type !== 'trade' && event.type !== 'order-book') journal.event(event)
    },
    socket(market, snapshot) {
      const step = transitions.note(market, snapshot)
      if (step === undefined) return
      const { waitMs, failures } = snapshot.context
      const wait = snapshot.matches('reconnecting') ? { waitMs, failures } : {}
      journal.transition(market, step.from, step.to, { cause: step.cause, ...wait })
    },
    subscriptions: createRefusalWatch(clock, log).look,
    duplicate: counter.duplicate,
    records: counter.records,
    counts: counter.counts,
    transitionsOf: transitions.of,
    latency: latencies.latency,
    recentFrames,
  }
}
