// What flows, as far as the control plane and those who watch care: freshness looked at once a second, and passed on.
import { interval, type Subscription as RxSubscription } from 'rxjs'
import { haltIn } from '../../kis/wire/mappers/halts.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { Lifecycle, MarketEvent } from '../../market/events.ts'
import { type Instrument, type Market, marketOf } from '../../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'
import { type Freshness, type FreshnessChange, watchFreshness } from '../../streams/freshness/freshness.ts'
import type { Control } from './sockets.ts'
import type { Journal } from '../observe/journal.ts'
import type { FeedSettings } from '../settings/settings.ts'

/** How often freshness is looked at. */
const lookEveryMs = 1_000

const continuousSessions: ReadonlySet<string> = new Set(['pre-market', 'regular', 'after-market', 'day-market'])

export type FlowParts = {
  readonly settings: FeedSettings
  readonly clock: Clock
  readonly calendar: Calendar
  readonly journal: Journal
  readonly control: Control
  readonly emit: (event: Lifecycle) => void
}

export type Flow = {
  /** Every event, as it passes. */
  note(event: MarketEvent): void
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

export function watchFlow({ settings, clock, calendar, journal, control, emit }: FlowParts): Flow {
  const freshness = watchFreshness({
    ...settings.timing,
    sessionOf: (instrument, time) => continuousSession(calendar, instrument, time),
  })

  /** What the data says about the subscriptions, to the machine that may do something about it, and to those who watch. */
  function tell(change: FreshnessChange): void {
    switch (change.type) {
      case 'proven':
        return control.tell(change.market, { type: 'session.proven' })
      case 'silence':
        journal.silence(change.market, change.quietMs)
        return control.tell(change.market, { type: 'silence.detected', quietMs: change.quietMs })
      case 'mute':
        journal.mute(change.key)
        return control.tell(marketOfKey(change.key), { type: 'subscription.stale', key: change.key })
      case 'flowing':
        control.tell(marketOfKey(change.key), { type: 'subscription.flowing', key: change.key })
        return say(change.key, 'flowing')
      case 'stale':
        return say(change.key, 'stale')
    }
  }

  function say(key: SubscriptionKey, flow: 'flowing' | 'stale'): void {
    const status = control.entryOf(key)?.status
    if (status === undefined) return
    emit({ type: 'subscription', ...subscriptionOf(key), status, flow, receivedTime: clock.now() })
  }

  return {
    note(event) {
      freshness.note(event)
      const halt = event.type === 'record' ? haltIn(event) : undefined
      if (halt !== undefined) freshness.noteHalt(halt.instrument, halt.isHalted, event.receivedTime)
    },
    of: key => flowOf(freshness.of(key)),
    lastDataOf: freshness.lastDataOf,
    start: also =>
      interval(lookEveryMs).subscribe(() => {
        freshness.look(clock.now()).forEach(tell)
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
