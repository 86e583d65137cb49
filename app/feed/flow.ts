// Whether data comes: freshness, checked once a second, reported to the sockets and emitted.
import { interval, type Subscription as RxSubscription } from 'rxjs'
import { haltIn } from '../../kis/halts.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { Lifecycle, MarketEvent } from '../../market/events.ts'
import { type Instrument, type Market, marketOf } from '../../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'
import { type Freshness, type FreshnessChange, watchFreshness } from '../../streams/freshness/freshness.ts'
import type { Sockets } from './sockets.ts'
import type { Journal } from '../observe/journal.ts'
import type { FeedSettings } from '../settings/settings.ts'

/** How often freshness is looked at. */
const lookEveryMs = 1_000

const continuousSessions: ReadonlySet<string> = new Set(['pre-market', 'regular', 'after-market', 'day-market'])

export type FlowParts = {
  readonly settings: FeedSettings
  readonly clock: Clock
  readonly calendar: Calendar
  readonly observers: Pick<Journal, 'mute' | 'silence'>
  readonly sockets: Pick<Sockets, 'report' | 'entryOf' | 'lineOf'>
  readonly emit: (event: Lifecycle) => void
}

export type Flow = {
  /** Every event, as it passes. */
  event(event: MarketEvent): void
  of(key: SubscriptionKey): FlowState
  /** When a trade or a book of the market last came, in whichever session of its line. */
  lastDataOf(market: Market): number | undefined
  /** `also` is called after each look. */
  start(also: () => void): RxSubscription
}

/** Empty until data came in this session. */
export type FlowState = {
  readonly flowingSince?: number
  readonly lastData?: number
  readonly isStale?: boolean
  readonly isHalted?: true
}

export function watchFlow({ settings, clock, calendar, observers, sockets, emit }: FlowParts): Flow {
  const freshness = watchFreshness({
    ...settings.timing,
    sessionOf: (instrument, time) => continuousSession(calendar, instrument, time),
  })

  function report(change: FreshnessChange): void {
    switch (change.type) {
      case 'proven':
        return sockets.report(change.market, { type: 'session.proven' })
      case 'silence':
        observers.silence(change.market, change.quietMs)
        return sockets.report(change.market, { type: 'silence.detected', quietMs: change.quietMs })
      case 'mute':
        observers.mute(change.key)
        return sockets.report(marketOfKey(change.key), { type: 'subscription.stale', key: change.key })
      case 'flowing':
        sockets.report(marketOfKey(change.key), { type: 'subscription.flowing', key: change.key })
        return emitFlow(change.key, 'flowing')
      case 'stale':
        return emitFlow(change.key, 'stale')
    }
  }

  function emitFlow(key: SubscriptionKey, flow: 'flowing' | 'stale'): void {
    const status = sockets.entryOf(key)?.status
    if (status === undefined) return
    emit({
      type: 'subscription',
      line: sockets.lineOf(marketOfKey(key)),
      ...subscriptionOf(key),
      status,
      flow,
      receivedTime: clock.now(),
    })
  }

  return {
    event(event) {
      freshness.note(event)
      const halt = event.type === 'record' ? haltIn(event) : undefined
      if (halt !== undefined) freshness.noteHalt(halt.instrument, halt.isHalted, event.receivedTime)
    },
    of: key => flowOf(freshness.of(key)),
    lastDataOf: freshness.lastDataOf,
    start: also =>
      interval(lookEveryMs).subscribe(() => {
        freshness.look(clock.now()).forEach(report)
        also()
      }),
  }
}

function marketOfKey(key: SubscriptionKey) {
  return marketOf(subscriptionOf(key).instrument)
}

/** Trading that never pauses by itself: auctions and closing-price trading may rightly be silent. */
function continuousSession(calendar: Calendar, instrument: Instrument, time: number): string | undefined {
  const session = calendar.sessionAt(instrument, time)?.session
  return session !== undefined && continuousSessions.has(session) ? session : undefined
}

function flowOf(freshness: Freshness | undefined): FlowState {
  if (freshness?.flowingSince === undefined) return {}
  const { flowingSince, lastData = flowingSince, isStale, isHalted } = freshness
  return { flowingSince, lastData, isStale, ...(isHalted ? { isHalted } : {}) }
}
