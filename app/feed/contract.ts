// What a feed is made of, and what it offers: to programs (`Feed`), and to the rest of this one (`FeedInternals`).
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
   * Where to keep what was last seen of each instrument, so that a feed that starts again can say what it missed, and what came in each
   * minute, for the day's certificate. One feed to a folder: a second one is refused. Without one, a feed begins anew.
   */
  readonly dataFolder?: string | false
  /**
   * What `openJobs` resolves to. Every gap of the feed is validated and repaired then, and the app key is shared with other processes.
   * Without it, gaps are reported only, and this process counts for itself.
   */
  readonly jobs?: { readonly forFeed: JobsForFeed }
  /** Where to keep every frame as it came, for a replay. One feed to a folder at a time: a second one is refused. */
  readonly recordFolder?: string | false
  /** Sees every event and snapshot of the machines. They hold neither market data nor secrets. */
  readonly inspect?: Inspect
}

export type Feed = {
  /** Everything, hot: what happens before you subscribe is gone. An exception in your code stays with your code. */
  readonly events$: Observable<MarketEvent>
  readonly trades$: Observable<Trade>
  readonly orderBooks$: Observable<OrderBook>
  /** Asks for a channel of an instrument. Returns nothing, because nothing is true yet. Throws on a name that is none. */
  subscribe(instrument: string, channel?: Channel): void
  unsubscribe(instrument: string, channel?: Channel): void
  /** Resolves when KIS confirmed the subscription. Rejects with a SubscriptionError that carries the code. */
  confirmed(instrument: string, channel?: Channel, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** What was agreed with KIS at this moment. */
  subscriptions(): readonly SubscriptionState[]
  attach(sink: Sink, name?: string): RxSubscription
  /** Attaches a handler that may be slow: what it is too slow for is dropped, conflated or put on disk, and reported to it. */
  consume(
    handler: (event: MarketEvent | Dropped) => void | Promise<void>,
    options?: Backpressure & { readonly name?: string },
  ): RxSubscription
  /**
   * Events for a `for await` loop, from now on. What the loop is too slow for is dropped, conflated or put on disk, and it gets a `dropped`
   * event in place of it. `stop` lets it read what waits, and does not wait for it. `for await (const event of feed)` does the same.
   */
  stream<T extends MarketEvent['type'] = MarketEvent['type']>(options?: StreamOptions<T>): EventStream<T>
  [Symbol.asyncIterator](): EventStream
  /** Moves a market to another address: release, grace, close, open there. */
  switchUrl(market: Market, url: string): void
  /** Whether data can be trusted and why, what was counted, what is missing: everything about the feed, read at once. */
  status(): FeedStatus
  /** The signal stops the feed. Throws a FolderInUseError, and starts nothing, when another process uses the data or the recording folder. */
  start(options?: { readonly signal?: AbortSignal }): void
  /**
   * Releases everything, waits out the grace, closes, completes the streams, and waits for the sinks that were attached. What hangs is
   * left behind after `timing.stopTimeoutMs` more, and named in the log.
   */
  stop(): Promise<void>
}

/** What jobs, the dashboard and operations need of a feed besides. Not public: `openFeed` has it, `createFeed` does not. */
export type FeedInternals = {
  /** A gap validation found something. What of it is news comes out as `backfill` and `gap-verdict`; the same finding again emits nothing. */
  repair(finding: GapFinding): void
  /** The last data frames, oldest first, without secrets. */
  recentFrames(): readonly ShownFrame[]
  /** The machines' actors as they are, and everything that happens in them from now on. It costs nothing without a caller. */
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
