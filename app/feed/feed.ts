// The composition root: the only place where machines, streams and KIS meet. Builds, plugs, starts, stops.
import { filter, of, ReplaySubject, Subscription as RxSubscription, timer } from 'rxjs'
import { problemWith } from '../../kis/channel.ts'
import { defaultSocketPath, socketAddress } from '../../kis/endpoints.ts'
import type { RawFrame } from '../../kis/wire/frame.ts'
import { createPreviousCloseReader } from '../../kis/wire/previous-close.ts'
import { addressOf, createRedaction } from '../../kis/redaction.ts'
import type { ReceivedAnswer } from '../../machines/connection.ts'
import { createCalendar } from '../../market/calendar/calendar.ts'
import { systemClock } from '../../market/clock.ts'
import type {
  Dropped,
  InstrumentsForgotten,
  Lifecycle,
  MarketEvent,
  OrderBook,
  RecordingTrouble,
  Trade,
} from '../../market/events.ts'
import { type Market, parseInstrument } from '../../market/instrument.ts'
import { turnsAt } from '../../market/calendar/schedules.ts'
import { type Channel, keyOf, type SubscriptionKey } from '../../market/subscription.ts'
import { consume } from '../../sinks/consume.ts'
import { isolate } from '../../sinks/sink.ts'
import { createBroadcast } from '../../streams/broadcast.ts'
import { createContinuityMemory } from '../../streams/continuity/memory.ts'
import { marketTurns } from '../../streams/market-turns.ts'
import { marketEvents, type PipelineOptions } from '../../streams/pipeline.ts'
import { openGaps, settleFinding } from '../../streams/continuity/repairs.ts'
import { End } from '../../streams/step.ts'
import { type ClockSkew, daysAheadMs, skewOf } from './clock-skew.ts'
import { createConfirmations, SubscriptionError } from './confirmations.ts'
import { agreements } from './subscription-states.ts'
import { createAttachments } from './attachments.ts'
import { createControl, type SocketSnapshot } from './sockets.ts'
import { keepDayBook } from '../persistence/day-book-writer.ts'
import { ended } from './ended.ts'
import type { Feed, FeedOptions, FeedParts } from './contract.ts'
import { watchFlow } from './flow.ts'
import { healthOf } from '../observe/health.ts'
import { holdFolders } from '../persistence/held-folders.ts'
import { createJournal } from '../observe/journal.ts'
import { keepLastSeen } from '../persistence/last-seen.ts'
import { createLatencyWatch } from '../observe/latency.ts'
import { countsForItself, openLineMemory } from '../persistence/line-memory.ts'
import { watchLifecycle } from './lifecycle.ts'
import { silentLogger } from '../observe/log.ts'
import { phaseOf, waitOf } from './phase.ts'
import { feedParts, readOptions } from '../settings/options.ts'
import { createNoticeNames } from './notice-names.ts'
import { createRecentFrames } from '../observe/recent-frames.ts'
import { createRefusalWatch } from './refusals.ts'
import { recordFeed } from '../persistence/feed-recorder.ts'
import { type FeedSettings, secretsOf } from '../settings/settings.ts'
import { readStatus } from '../observe/status.ts'
import { overflowOf, subscriptionsOf, wireOptionsOf } from './subscriptions.ts'
import { createTally } from '../observe/tally.ts'
import { createTransitionLog } from '../observe/transitions.ts'

/** A feed for one app key, or one for each market. Throws a SettingsError that lists everything wrong with the options. */
export function createFeed(options: FeedOptions): Feed {
  const { settings, parts } = readOptions<FeedParts>(options, feedParts)
  if (!parts.dataFolder && parts.shared === undefined) parts.log?.warn({}, countsForItself)
  return composeFeed(settings, parts)
}

/** A feed from settings that were checked before. */
export function composeFeed(settings: FeedSettings, parts: FeedParts): Feed {
  const { calendar = createCalendar(settings.calendarChanges), clock = systemClock, log = silentLogger } = parts
  const wireOptions = wireOptionsOf(settings)
  const redaction = createRedaction(secretsOf(settings))
  const tally = createTally()
  const recentFrames = createRecentFrames(redaction)
  const readPreviousClose = createPreviousCloseReader()
  const journal = createJournal({ log, clock, redact: redaction.line, tally })
  const confirmations = createConfirmations()
  const notices = createNoticeNames(settings.schedule === 'side-by-side')
  const refusals = createRefusalWatch(clock, log)

  const frames = createBroadcast<RawFrame>()
  const lifecycle = createBroadcast<Lifecycle | RecordingTrouble | InstrumentsForgotten>()
  const events = createBroadcast<MarketEvent>()
  const watches = {
    KR: watchLifecycle('KR', clock, emitLifecycle),
    US: watchLifecycle('US', clock, emitLifecycle),
  }
  const phases: Partial<Record<Market, string>> = {}
  const transitions = createTransitionLog(clock, redaction.line)
  const latencies = createLatencyWatch()

  const memory = createContinuityMemory()
  const { environment, restUrl, overseasFeed, timing } = settings
  const source = `${environment} ${restUrl} ${overseasFeed}`
  const folder = parts.dataFolder
  const locks = holdFolders({
    dataFolder: folder || undefined,
    recordFolder: parts.recordFolder || undefined,
    clock,
    log,
    onRecordingLost: reason => recording?.giveUp(reason),
  })
  const lastSeen = folder
    ? keepLastSeen({ folder, source, memory, log, mayWrite: locks.isDataOurs, onForgotten: tellForgotten('last-seen') })
    : undefined
  const dayBook = folder ? keepDayBook({ folder, log, mayWrite: locks.isDataOurs }) : undefined

  const control = createControl({
    settings,
    clock,
    seed: parts.seed ?? clock.now() | 0,
    inspect: parts.inspect,
    shared: parts.shared,
    memory: openLineMemory(folder || undefined, log),
    deliver,
    onAnswer,
    heartbeat: (serverTime, receivedTime) => {
      const before = daysAheadMs(clockSkew)
      clockSkew = skewOf(serverTime, receivedTime)
      // What decides whether a record's date is near has to be in the recording.
      const isOtherDay = before !== 0 || daysAheadMs(clockSkew) !== 0
      if (isOtherDay) recording?.marker({ type: 'heartbeat', serverTime, receivedTime })
    },
    onSocket,
    onSecret: redaction.add,
    redaction,
  })
  const flow = watchFlow({ settings, clock, calendar, journal, control, emit: event => lifecycle.next(event) })
  const marketsAt = (time: number) => turnsAt(settings.schedule, time)
  const turns = settings.market === 'auto' ? marketTurns(clock, marketsAt) : of([settings.market])
  /** There once the feed was started. */
  let running: RxSubscription | undefined
  let startedAt: number | undefined
  let clockSkew: ClockSkew | undefined
  let stopped: Promise<void> | undefined

  const continuity =
    parts.continuity === false
      ? false
      : { memory, onDuplicate: journal.duplicate, onForgotten: tellForgotten('continuity') }
  const recording = parts.recordFolder
    ? recordFeed({
        folder: parts.recordFolder,
        columns: settings.columns,
        memory: continuity === false ? undefined : memory,
        turnAt: time => (settings.market === 'auto' ? (marketsAt(time)[0] ?? 'KR') : settings.market),
        clock,
        redaction,
        emit: trouble => lifecycle.next(trouble),
      })
    : undefined
  // Before anybody else: what a subscriber causes comes behind what caused it.
  if (recording !== undefined) lifecycle.values$.subscribe(event => recording.marker(event))
  const { records } = tally.tally()
  const { columns } = settings
  const told = new End<MarketEvent>(event => {
    recording?.note(event)
    emit(event)
  }, events.complete)
  const clockAheadMs = () => daysAheadMs(clockSkew)
  const reading: PipelineOptions = { columns, redact: redaction.known, continuity, records, clockAheadMs }
  marketEvents(frames.values$, lifecycle.values$, reading).subscribe(told)
  const events$ = isolate(events.values$, error => journal.sinkFailed('events$', error))
  const attachments = createAttachments(events.values$, journal)

  function emit(event: MarketEvent): void {
    journal.event(event)
    tally.event(event)
    flow.note(event)
    dayBook?.note(event)
    events.next(event)
  }

  function deliver(frame: RawFrame, moreFollow: boolean): void {
    journal.frame()
    tally.frame(frame.market)
    recentFrames.note(frame)
    watches[frame.market].data(frame.receivedTime)
    recording?.opens(frame)
    const began = latencies.begin()
    frames.next(frame)
    latencies.end(began)
    recording?.closes(frame, moreFollow)
  }

  function tellForgotten(of: InstrumentsForgotten['of']) {
    return (most: number) => lifecycle.next({ type: 'instruments-forgotten', of, most, receivedTime: clock.now() })
  }

  function emitLifecycle(event: Lifecycle): void {
    lifecycle.next(event)
    confirmations.note(event)
  }

  /** An answer that names nobody still happened: it becomes an event without an instrument. */
  function onAnswer(answer: ReceivedAnswer): void {
    const isOldNews =
      answer.entry.reaction === 'duplicate' && answer.key && control.entryOf(answer.key)?.status === 'active'
    if (!isOldNews) journal.answer(answer)
    const { code, severity } = answer.entry
    if (answer.key !== undefined || severity === 'info') return
    const whom = { instrument: null, channel: null }
    lifecycle.next({ type: 'subscription', ...whom, status: 'refused', code, receivedTime: clock.now() })
  }

  function onSocket(market: Market, snapshot: SocketSnapshot): void {
    const before = phases[market]
    const phase = phaseOf(snapshot.value)
    phases[market] = phase
    transitions.note(market, snapshot)
    const { cause } = transitions.of(market).current
    if (before !== undefined && phase !== before)
      journal.transition(market, before, phase, { cause, ...waitOf(snapshot) })
    watches[market].snapshot(snapshot)
  }

  function readKey(name: string, channel: Channel): SubscriptionKey {
    const parsed = parseInstrument(name)
    if ('problem' in parsed) throw new TypeError(parsed.problem)
    const problem = problemWith({ instrument: parsed.value, channel }, wireOptions)
    if (problem !== undefined) throw new TypeError(problem)
    return keyOf({ instrument: parsed.value, channel })
  }

  /** A feed that ends has its calls on the way still, so that is no error of theirs. */
  function isIgnored(call: string): boolean {
    if (stopped !== undefined) log.warn({}, `${call}: ignored, because the feed was stopped`)
    return stopped !== undefined
  }

  function subscriptions() {
    return agreements({ control, flow, transitions })
  }

  function status() {
    const latency = latencies.latency()
    const sinkTroubles = journal.sinkTroubles()
    return readStatus({ settings, clock, control, transitions, flow, startedAt, clockSkew, latency, sinkTroubles })
  }

  /** Whatever hangs, this ends: within the grace, the pacing of every release, and `stopTimeoutMs`. */
  async function shutDown(): Promise<void> {
    running?.unsubscribe()
    const { stopTimeoutMs } = settings.timing
    const late = new ReplaySubject<unknown>(1)
    const alarm = timer(control.releaseMs() + 0.9 * stopTimeoutMs).subscribe(late)
    const overdue = await control.stop(stopTimeoutMs / 2)
    confirmations.stop()
    lifecycle.complete()
    frames.complete()
    const kept = Promise.all([lastSeen?.stop(), dayBook?.stop(), recording?.stop()])
    const [areKept, sinks] = await Promise.all([ended(kept, late), attachments.settled(late)])
    alarm.unsubscribe()
    // What is still written to is still ours; the lock of a process that is gone is stale.
    if (areKept) locks.release()
    journal.overdue([
      ...overdue,
      ...(areKept ? [] : ['what is kept in the data folder and the recording']),
      ...sinks.map(name => `the sink '${name}'`),
    ])
    journal.close()
  }

  return {
    events$,
    trades$: events$.pipe(filter(isTrade)),
    orderBooks$: events$.pipe(filter(isOrderBook)),
    subscribe(name, channel = 'trade') {
      const key = readKey(name, channel)
      if (!isIgnored(`subscribe ${key}`)) control.subscribe(notices.want([key]))
    },
    unsubscribe(name, channel = 'trade') {
      const key = readKey(name, channel)
      if (stopped !== undefined) return
      const unwanted = notices.unwant(key)
      if (unwanted !== undefined) control.unsubscribe([unwanted])
    },
    confirmed: async (name, channel = 'trade') => {
      const key = notices.nameOf(readKey(name, channel))
      if (stopped !== undefined) throw new SubscriptionError(key, 'STOPPED')
      await confirmations.of(key, control.entryOf(key))
    },
    subscriptions,
    attach: attachments.attach,
    consume(handler, { name = handler.name || attachments.newName(), ...options } = {}) {
      const onLost = (count: number) => journal.sinkDropped(name, { count })
      const onDropped = (dropped: Dropped) => dropped.conflated && journal.sinkDropped(name, dropped)
      const onError = (error: unknown) => journal.sinkFailed(name, error)
      return attachments.attach(consume(handler, { ...options, onDropped, onLost, onError }), name)
    },
    noteDropped: (sink, count) => journal.sinkDropped(sink, { count }),
    switchUrl(market, url) {
      if (!URL.canParse(url) || !/^wss?:/.test(url)) {
        throw new TypeError(`'${addressOf(url)}' is no address of a WebSocket; expected ws://HOST:PORT`)
      }
      if (isIgnored(`switchUrl ${market}`)) return
      control.switchEndpoint(market, { url: socketAddress(url, defaultSocketPath) })
    },
    counters: () => journal.counters(),
    openGaps: () => openGaps(memory),
    repair(finding) {
      if (stopped !== undefined) return
      const news = settleFinding(memory, finding, clock.now())
      // Before anybody is told: a process that is killed then does not tell it again.
      if (news.some(({ type }) => type === 'backfill')) lastSeen?.settled(finding.question.instrument)
      for (const event of news) {
        recording?.marker(event)
        emit(event)
      }
    },
    tally: () => tally.tally(),
    previousClose(trade) {
      const frame = recentFrames.latest()
      return frame === undefined ? undefined : readPreviousClose(frame.bytes, trade)
    },
    recentFrames: () => recentFrames.shown(),
    status,
    health: () => healthOf({ status: status(), subscriptions: subscriptions(), calendar, silenceMs: timing.silenceMs }),
    inspect: look => ({ actors: control.actors(), subscription: control.inspect(look) }),
    start() {
      if (stopped !== undefined)
        throw new Error('this feed was stopped, which is for good; make another with createFeed')
      if (running !== undefined) return
      locks.take()
      startedAt = clock.now()
      lastSeen?.start()
      dayBook?.start()
      control.start()
      for (const { market, slots, most, says } of overflowOf(settings)) {
        log.warn({ market, slots, most }, `${says}; the last ${slots - most} are refused`)
      }
      control.subscribe(notices.want(subscriptionsOf(settings).map(keyOf)))
      const started = (running = new RxSubscription())
      const takeTurns = () => {
        if (!started.closed) started.add(turns.subscribe(markets => control.turn(markets)))
      }
      // No socket before its recorder is at work: a process that is killed then loses the last moment and not the first.
      if (recording === undefined) takeTurns()
      else void recording.ready.then(takeTurns)
      started.add(flow.start(() => refusals.look(subscriptions())))
    },
    stop() {
      stopped ??= shutDown()
      return stopped
    },
  }
}

function isTrade(event: MarketEvent): event is Trade {
  return event.type === 'trade'
}

function isOrderBook(event: MarketEvent): event is OrderBook {
  return event.type === 'order-book'
}
