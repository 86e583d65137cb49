// The composition root: the only place where machines, streams and KIS meet. Builds, plugs, starts, stops.
import { filter, interval, type Observable, of, Subject, Subscription as RxSubscription } from 'rxjs'
import { type ActorOptions, createActor, type SnapshotFrom, waitFor } from 'xstate'
import { createApprovalKeys } from '../kis/approval.ts'
import { problemWith, toWire } from '../kis/channel.ts'
import { issueApprovalKey } from '../kis/credentials.ts'
import { defaultSocketPath, socketAddress } from '../kis/endpoints.ts'
import type { RawFrame } from '../kis/frame.ts'
import { createRestClient } from '../kis/rest.ts'
import { redact } from '../kis/secret.ts'
import { createBudget } from '../machines/budget.ts'
import { createConnection, type HeardAnswer } from '../machines/connection.ts'
import { feedMachine } from '../machines/feed.ts'
import { fromStream } from '../machines/from-stream.ts'
import { entriesOf, type LedgerEntry } from '../machines/ledger.ts'
import { createLine } from '../machines/line.ts'
import { socketMachine } from '../machines/socket.ts'
import { type Calendar, standardCalendar, turnAt } from '../market/calendar.ts'
import { type Clock, systemClock } from '../market/clock.ts'
import type { Dropped, Lifecycle, MarketEvent, OrderBook, SubscriptionStatus, Trade } from '../market/events.ts'
import { type Instrument, type Market, marketOf, markets, parseInstrument } from '../market/instrument.ts'
import { type Channel, keyOf, type SubscriptionKey, subscriptionOf } from '../market/subscription.ts'
import { consume } from '../sinks/consume.ts'
import { isolate, type Sink } from '../sinks/sink.ts'
import { createContinuityMemory } from '../streams/continuity-memory.ts'
import { type Freshness, type FreshnessChange, watchFreshness } from '../streams/freshness.ts'
import { heartbeats } from '../streams/liveness.ts'
import { marketTurns } from '../streams/market-turns.ts'
import { marketEvents } from '../streams/pipeline.ts'
import { createConfirmations, SubscriptionError } from './confirmations.ts'
import { type Counters, createJournal } from './journal.ts'
import { keepLastSeen } from './last-seen.ts'
import { watchLifecycle } from './lifecycle.ts'
import { type Logger, silentLogger } from './log.ts'
import { type FeedInput, type FeedSettings, readSettings, subscriptionsOf, wireOptionsOf } from './settings.ts'

/** How often freshness is looked at. */
const lookEveryMs = 1_000

const continuousSessions: ReadonlySet<string> = new Set(['pre-market', 'regular', 'after-market', 'day-market'])

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
   * Where to keep what was last seen of each instrument, so that a feed that starts again can say what it missed. One folder to a
   * process. Without one, a feed begins anew.
   */
  readonly dataFolder?: string | false
  /** Sees every event and snapshot of the machines. They hold neither market data nor secrets. */
  readonly inspect?: NonNullable<ActorOptions<typeof feedMachine>['inspect']>
}

export type SubscriptionState = {
  readonly instrument: Instrument
  readonly channel: Channel
  readonly status: SubscriptionStatus
  readonly code?: string
  /** When data first came in this session, and last. An acknowledgement alone is no data. */
  readonly flowingSince?: number
  readonly lastData?: number
  /** Silent for longer than its own rhythm explains, while its market is open. */
  readonly isStale?: boolean
}

export type Feed = {
  /** Everything, hot: what happens before you subscribe is gone. An exception in your code stays with your code. */
  readonly events$: Observable<MarketEvent>
  readonly trades$: Observable<Trade>
  readonly orderBooks$: Observable<OrderBook>
  /** Wishes for a channel of an instrument. Returns nothing, because nothing is true yet. Throws on a name that is none. */
  subscribe(instrument: string, channel?: Channel): void
  unsubscribe(instrument: string, channel?: Channel): void
  /** Resolves when KIS confirmed the subscription. Rejects with a SubscriptionError that carries the code. */
  confirmed(instrument: string, channel?: Channel): Promise<void>
  /** What was agreed with KIS at this moment. */
  subscriptions(): readonly SubscriptionState[]
  attach(sink: Sink, name?: string): RxSubscription
  /** Attaches a handler that may take its time: what it is too slow for is dropped, oldest first, and it is told so. */
  consume(
    handler: (event: MarketEvent | Dropped) => void | Promise<void>,
    options?: { readonly name?: string; readonly limit?: number },
  ): RxSubscription
  /** Moves a market to another address: release, grace, close, open there. */
  switchUrl(market: Market, url: string): void
  counters(): Counters
  start(): void
  /** Releases everything, waits out the grace, closes, completes the streams. */
  stop(): Promise<void>
}

/** A feed for one app key. Throws a SettingsError that lists everything wrong with the options. */
export function createFeed({
  clock,
  calendar,
  log,
  continuity,
  seed,
  dataFolder,
  inspect,
  ...input
}: FeedOptions): Feed {
  const parts = { clock, calendar, log, continuity, seed, dataFolder, inspect }
  const given = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
  return composeFeed(readSettings(input), given)
}

/** A feed from settings that were checked before. */
export function composeFeed(settings: FeedSettings, parts: FeedParts): Feed {
  const { timing } = settings
  const clock = parts.clock ?? systemClock
  const wireOptions = wireOptionsOf(settings)
  const secrets = [settings.appKey, settings.appSecret, ...(settings.htsId ? [settings.htsId] : [])]
  const hide = (text: string) => redact(text, secrets)
  const log = parts.log ?? silentLogger
  const journal = createJournal(log, hide)
  const confirmations = createConfirmations()

  const frames = new Subject<RawFrame>()
  const lifecycle = new Subject<Lifecycle>()
  const events = new Subject<MarketEvent>()
  const calendar = parts.calendar ?? standardCalendar
  const freshness = watchFreshness({ ...timing, sessionOf: (where, time) => continuousSession(calendar, where, time) })

  const memory = createContinuityMemory()
  const { environment, restUrl, overseasFeed } = settings
  const source = `${environment} ${restUrl} ${overseasFeed}`
  const lastSeen = parts.dataFolder ? keepLastSeen({ folder: parts.dataFolder, source, memory, log }) : undefined

  const rest = createRestClient({
    baseUrl: settings.restUrl,
    clock,
    spacingMs: timing.pacingMs,
    timeoutMs: timing.openTimeoutMs,
    checkCertificate: settings.checkCertificate,
  })
  const approvalKeys = createApprovalKeys(async () => {
    const key = await issueApprovalKey(rest, settings)
    secrets.push(key)
    return key
  }, clock)

  const line = createLine()
  const budgets = {
    connects: createBudget(timing.mostConnects, timing.connectWindowMs, clock),
    requests: createBudget(timing.mostRequests, timing.requestWindowMs, clock),
  }
  const connection = createConnection({
    approvalKeys,
    customerType: settings.customerType,
    wireOf: key => toWire(subscriptionOf(key), wireOptions),
    deliver,
    heard,
    clock,
    timing,
    line,
    connects: budgets.connects,
    requests: budgets.requests,
  })
  const socket = socketMachine.provide({
    actors: { connection, heartbeat: fromStream(() => heartbeats(timing.heartbeatMs)) },
  })
  const actor = createActor(feedMachine.provide({ actors: { socket } }), {
    input: { timing, endpoints: settings.endpoints, seed: parts.seed ?? clock.now() | 0 },
    ...(parts.inspect === undefined ? {} : { inspect: parts.inspect }),
  })
  const watches = {
    KR: watchLifecycle('KR', clock, emitLifecycle),
    US: watchLifecycle('US', clock, emitLifecycle),
  }
  const turns = settings.market === 'auto' ? marketTurns(clock, turnAt) : of(settings.market)
  /** There once the feed was started. */
  let running: RxSubscription | undefined
  let stopped: Promise<void> | undefined
  let sinks = 0

  const continuity = parts.continuity === false ? false : { memory, onDuplicate: journal.duplicate }
  marketEvents(frames, lifecycle, { columns: settings.columns, redact: hide, continuity }).subscribe({
    next(event) {
      journal.event(event)
      freshness.note(event)
      events.next(event)
    },
    complete: () => events.complete(),
  })
  const events$ = isolate(events, error => journal.sinkFailed('events$', error))

  function deliver(frame: RawFrame): void {
    journal.frame()
    watches[frame.market].data()
    frames.next(frame)
  }

  function emitLifecycle(event: Lifecycle): void {
    lifecycle.next(event)
    confirmations.note(event)
  }

  /** An answer that names nobody still happened: it becomes an event without an instrument. */
  function heard(answer: HeardAnswer): void {
    const isOldNews =
      answer.entry.reaction === 'duplicate' && answer.key && ledgerEntry(answer.key)?.status === 'active'
    if (!isOldNews) journal.answer(answer)
    const { code, severity } = answer.entry
    if (answer.key !== undefined || severity === 'info') return
    const whom = { instrument: null, channel: null }
    lifecycle.next({ type: 'subscription', ...whom, status: 'refused', code, receivedTime: clock.now() })
  }

  /** What the data says about the subscriptions, to the machine that may do something about it, and to those who watch. */
  function tellFreshness(change: FreshnessChange): void {
    switch (change.type) {
      case 'proven':
        return socketOf(change.market)?.send({ type: 'session.proven' })
      case 'silence':
        journal.silence(change.market, change.quietMs)
        return socketOf(change.market)?.send({ type: 'silence.detected', quietMs: change.quietMs })
      case 'mute':
        journal.mute(change.key)
        return socketOfKey(change.key)?.send({ type: 'subscription.mute', key: change.key })
      case 'flowing':
        socketOfKey(change.key)?.send({ type: 'subscription.flowing', key: change.key })
        return emitFlow(change.key, 'flowing')
      case 'stale':
        return emitFlow(change.key, 'stale')
    }
  }

  function emitFlow(key: SubscriptionKey, flow: 'flowing' | 'stale'): void {
    const status = ledgerEntry(key)?.status
    if (status === undefined) return
    lifecycle.next({ type: 'subscription', ...subscriptionOf(key), status, flow, receivedTime: clock.now() })
  }

  function socketOfKey(key: SubscriptionKey) {
    return socketOf(marketOf(subscriptionOf(key).instrument))
  }

  function socketOf(market: Market) {
    return actor.getSnapshot().children[market]
  }

  function watchSocket(market: Market): void {
    let phase: string | undefined
    const watch = (snapshot: SnapshotFrom<typeof socketMachine>) => {
      const next = phaseOf(snapshot.value)
      if (phase !== undefined && next !== phase) journal.transition(market, phase, next, causeOf(snapshot))
      phase = next
      watches[market].snapshot(snapshot)
    }
    const child = socketOf(market)
    if (child !== undefined) watch(child.getSnapshot())
    child?.subscribe(watch)
  }

  function ledgerEntry(key: SubscriptionKey): LedgerEntry | undefined {
    const { instrument } = subscriptionOf(key)
    return socketOf(marketOf(instrument))?.getSnapshot().context.ledger[key]
  }

  function send(type: 'subscribe' | 'unsubscribe', keys: readonly SubscriptionKey[]): void {
    if (stopped !== undefined) return
    for (const market of markets) {
      const own = keys.filter(key => marketOf(subscriptionOf(key).instrument) === market)
      if (own.length > 0) actor.send({ type, market, keys: own })
    }
  }

  function readKey(name: string, channel: Channel): SubscriptionKey {
    const parsed = parseInstrument(name)
    if ('problem' in parsed) throw new TypeError(parsed.problem)
    const problem = problemWith({ instrument: parsed.instrument, channel }, wireOptions)
    if (problem !== undefined) throw new TypeError(problem)
    return keyOf({ instrument: parsed.instrument, channel })
  }

  function attach(sink: Sink, name = sink.name || `sink ${++sinks}`): RxSubscription {
    try {
      return sink(isolate(events, error => journal.sinkFailed(name, error)))
    } catch (error) {
      journal.sinkFailed(name, error)
      return RxSubscription.EMPTY
    }
  }

  async function shutDown(): Promise<void> {
    running?.unsubscribe()
    if (running !== undefined) {
      actor.send({ type: 'stop' })
      await waitFor(actor, snapshot => snapshot.status === 'done')
      // The machine has left; the line is free once the socket is really closed.
      await line.take()
    }
    confirmations.stop()
    lifecycle.complete()
    frames.complete()
    await lastSeen?.stop()
    await rest.close()
  }

  return {
    events$,
    trades$: events$.pipe(filter(isTrade)),
    orderBooks$: events$.pipe(filter(isOrderBook)),
    subscribe: (name, channel = 'trade') => send('subscribe', [readKey(name, channel)]),
    unsubscribe: (name, channel = 'trade') => send('unsubscribe', [readKey(name, channel)]),
    confirmed: async (name, channel = 'trade') => {
      const key = readKey(name, channel)
      if (stopped !== undefined) throw new SubscriptionError(key, 'STOPPED')
      await confirmations.of(key, ledgerEntry(key))
    },
    subscriptions: () =>
      markets.flatMap(market =>
        entriesOf(socketOf(market)?.getSnapshot().context.ledger ?? {}).map(([key, { status, code }]) => ({
          ...subscriptionOf(key),
          status,
          ...(code === undefined ? {} : { code }),
          ...flowOf(freshness.of(key)),
        })),
      ),
    attach,
    consume(handler, { name = handler.name || `sink ${++sinks}`, ...options } = {}) {
      const onDropped = (dropped: Dropped) => journal.sinkDropped(name, dropped.count)
      const onError = (error: unknown) => journal.sinkFailed(name, error)
      return attach(consume(handler, { ...options, onDropped, onError }), name)
    },
    switchUrl(market, url) {
      if (!URL.canParse(url) || !/^wss?:/.test(url)) {
        throw new TypeError(`'${url}' is no address of a WebSocket; expected ws://HOST:PORT`)
      }
      if (stopped !== undefined) return
      actor.send({ type: 'endpoint.switch', market, endpoint: { url: socketAddress(url, defaultSocketPath) } })
    },
    counters: () => journal.counters(),
    start() {
      if (running !== undefined || stopped !== undefined) return
      lastSeen?.start()
      actor.start()
      for (const market of markets) watchSocket(market)
      send('subscribe', subscriptionsOf(settings).map(keyOf))
      running = new RxSubscription()
      running.add(turns.subscribe(market => actor.send({ type: 'market.turn', market })))
      running.add(interval(lookEveryMs).subscribe(() => freshness.look(clock.now()).forEach(tellFreshness)))
    },
    stop() {
      stopped ??= shutDown()
      return stopped
    },
  }
}

/** Trading that never pauses by itself: auctions and closing-price trading may rightly be silent. */
function continuousSession(calendar: Calendar, instrument: Instrument, time: number): string | undefined {
  const session = calendar.sessionAt(instrument, time)?.session
  return session !== undefined && continuousSessions.has(session) ? session : undefined
}

function flowOf(freshness: Freshness | undefined): Partial<SubscriptionState> {
  if (freshness?.flowingSince === undefined) return {}
  const { flowingSince, lastData = flowingSince, isStale } = freshness
  return { flowingSince, lastData, isStale }
}

function isTrade(event: MarketEvent): event is Trade {
  return event.type === 'trade'
}

function isOrderBook(event: MarketEvent): event is OrderBook {
  return event.type === 'order-book'
}

/** `{ session: { connecting: 'opening' } }` → `connecting.opening`: the lifecycle's own words. */
function phaseOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [[state, inner] = ['', '']] = Object.entries(value as object)
  return state === 'session' ? phaseOf(inner) : `${state}.${phaseOf(inner)}`
}

/** Why a session is being left or was lost, and what follows. */
function causeOf(snapshot: SnapshotFrom<typeof socketMachine>): object {
  const { loss: cause, waitMs, failures } = snapshot.context
  if (snapshot.matches('reconnecting')) return { cause, waitMs, failures }
  return snapshot.matches({ session: 'unsubscribing-grace' }) ? { cause } : {}
}
