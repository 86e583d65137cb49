// The parts and the interfaces of a feed: for programs (`Feed`), and for the rest of this one
// (`FeedInternals`).
import type { Observable, Subscription as RxSubscription } from 'rxjs'
import type { AnyActorRef } from 'xstate'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { Dropped, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { GapFinding, GapQuestion } from '../../market/gap-finding.ts'
import type { Market } from '../../market/instrument.ts'
import type { Channel } from '../../market/subscription.ts'
import type { Backpressure } from '../../sinks/queue/backpressure.ts'
import type { Sink } from '../../sinks/sink.ts'
import type { SharedAccess } from './line.ts'
import type { Inspect } from './sockets.ts'
import type { Jobs } from '../jobs/contract.ts'
import type { EventStream, StreamOptions } from '../replay/event-stream.ts'
import type { SubscriptionState } from './subscription-states.ts'
import type { Logger } from '../observe/log.ts'
import type { ShownFrame } from '../observe/recent-frames.ts'
import type { FeedInput } from '../settings/feed-input.ts'
import type { FeedStatus } from '../observe/status/status.ts'

export type FeedOptions = FeedInput & FeedParts

/** What a feed is made of besides its settings. */
export type FeedParts = {
  readonly clock?: Clock
  /** When which venue trades; with your own holidays if you know better. */
  readonly calendar?: Calendar
  /** Anything with pino's debug, info, warn and error. Silent by default. */
  readonly log?: Logger
  /** False passes every record on as it came: repeats are not dropped, and missing volume is not reported. */
  readonly continuity?: boolean
  /** Start of the random numbers that spread reconnections. */
  readonly seed?: number
  /**
   * A folder for the last seen state of each instrument, so that a restarted feed can report what it missed,
   * and for the volume of each minute, for the day's certificate. One feed to a folder: a second one is
   * refused. Without a folder, a feed begins without a past.
   */
  readonly dataFolder?: string | false
  /**
   * The result of `openJobs`. With it every gap of the feed is validated and repaired, and the app key is
   * shared with other processes. Without it, gaps are reported only, and this process counts for itself.
   */
  readonly jobs?: Pick<Jobs, 'forFeed'>
  /**
   * A folder for every frame as it came, for a replay. One feed to a folder at a time: a second one is
   * refused.
   */
  readonly recordFolder?: string | false
  /**
   * Called with every event and snapshot of the state machines, as XState's inspection. They hold neither
   * market data nor secrets.
   */
  inspect?(event: MachineEvent): void
}

/** What happened in a state machine: XState's `InspectionEvent`, as far as it matters here. */
export type MachineEvent =
  | {
      readonly type: '@xstate.snapshot'
      readonly rootId: string
      readonly actorRef: MachineRef
      readonly event: { readonly type: string }
      /** Of a machine, its `value` is the state. */
      readonly snapshot: object
    }
  | {
      readonly type: '@xstate.event'
      readonly rootId: string
      readonly actorRef: MachineRef
      /** Undefined where no machine sent it. */
      readonly sourceRef: MachineRef | undefined
      readonly event: { readonly type: string }
    }
  | {
      readonly type: '@xstate.actor' | '@xstate.transition' | '@xstate.microstep' | '@xstate.action'
      readonly rootId: string
      readonly actorRef: MachineRef
    }

/** A state machine, or an actor in one. */
export type MachineRef = { readonly sessionId: string; readonly id?: string }

export type Feed = {
  /**
   * All events, hot: earlier ones are not repeated. An exception in a subscriber does not affect the feed.
   */
  readonly events$: Observable<MarketEvent>
  readonly trades$: Observable<Trade>
  readonly orderBooks$: Observable<OrderBook>
  /**
   * Asks for a channel of an instrument. Returns nothing, because KIS has yet to confirm. Throws on a wrong
   * name.
   */
  subscribe(instrument: string, channel?: Channel): void
  unsubscribe(instrument: string, channel?: Channel): void
  /** Resolves when KIS confirmed the subscription. Rejects with a SubscriptionError that carries the code. */
  confirmed(instrument: string, channel?: Channel, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** What was agreed with KIS at this moment. */
  subscriptions(): readonly SubscriptionState[]
  attach(sink: Sink, name?: string): RxSubscription
  /**
   * Attaches a handler that may be slow: events that it has no time for are dropped, conflated or put on
   * disk, and it gets a report.
   */
  consume(
    handler: (event: MarketEvent | Dropped) => void | Promise<void>,
    options?: Backpressure & { readonly name?: string },
  ): RxSubscription
  /**
   * Events for a `for await` loop, from now on. Events that the loop has no time for are dropped, conflated
   * or put on disk, and it gets a `dropped` event in their place. After `stop` it can read what is queued;
   * `stop` does not wait for that. `for await (const event of feed)` does the same.
   */
  stream<T extends MarketEvent['type'] = MarketEvent['type']>(options?: StreamOptions<T>): EventStream<T>
  [Symbol.asyncIterator](): EventStream
  /** Moves a market to another address: release, grace, close, open there. */
  switchUrl(market: Market, url: string): void
  /**
   * The state of the feed, read at once: whether data can be trusted and why, its counts, its missing volume.
   */
  status(): FeedStatus
  /**
   * The signal stops the feed. Throws a FolderInUseError, without starting, when another process uses the
   * data or the recording folder.
   */
  start(options?: { readonly signal?: AbortSignal }): void
  /**
   * Releases everything, waits out the grace, closes, completes the streams, and waits for the attached
   * sinks. What hangs is left behind after `timing.stopTimeoutMs` more, and named in the log.
   */
  stop(): Promise<void>
}

/**
 * A feed for jobs, the dashboard and operations. Not public: `openFeed` returns it, `createFeed` does not.
 */
export type FeedInternals = {
  /**
   * Takes a finding of a gap validation, and emits its news as `backfill` and `gap-verdict`. A repeated
   * finding has none.
   */
  repair(finding: GapFinding): void
  /** The last data frames, oldest first, without secrets. */
  recentFrames(): readonly ShownFrame[]
  /** The present actors of the machines, and their events from now on. It costs nothing without a caller. */
  inspect(look: Inspect): { readonly actors: readonly AnyActorRef[]; readonly subscription: { unsubscribe(): void } }
}

export type OpenedFeed = { readonly feed: Feed; readonly internals: FeedInternals }

/** What the jobs do for a feed: `Jobs.forFeed`. */
export type JobsForFeed = {
  /** What all processes of an app key share through Redis. */
  readonly shared: SharedAccess
  /** Has gaps validated until it is unsubscribed. */
  validate(gaps: {
    readonly events$: Observable<MarketEvent>
    /** Gaps of an earlier run that nothing has filled. */
    readonly left: readonly GapQuestion[]
    readonly onFinding: (finding: GapFinding) => void
  }): RxSubscription
}
