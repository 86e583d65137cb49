// The composition of a feed, and the path of a frame and of an event through it (`frame` and `deliver`):
//   frame: lifecycle watch → observers → keepers open → pipeline → keepers close → observers
//   event: keepers → observers → flow → outlet
import { createRedaction } from '../../kis/redaction.ts'
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { ReceivedAnswer } from '../../machines/connection.ts'
import { createCalendar } from '../../market/calendar/calendar.ts'
import { systemClock } from '../../market/clock.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import { createContinuityMemory } from '../../streams/continuity/memory.ts'
import { silentLogger } from '../observe/log.ts'
import { observeFeed } from '../observe/observers.ts'
import { keepFeed } from '../persistence/keepers.ts'
import { countsForItself, openLineMemory } from '../persistence/line-memory.ts'
import { feedParts, readOptions } from '../settings/options.ts'
import { type FeedSettings, secretsOf } from '../settings/settings.ts'
import { watchClockSkew } from './clock-skew.ts'
import { createConfirmations } from './confirmations.ts'
import type { Feed, FeedOptions, FeedParts, JobsForFeed, OpenedFeed } from './contract.ts'
import { createFace } from './face.ts'
import { watchFlow } from './flow.ts'
import { namelessRefusal, type SocketSnapshot, watchLifecycle } from './lifecycle.ts'
import { createOutlet } from './outlet.ts'
import { openPipeline } from '../../streams/pipeline.ts'
import { createRepairs } from './repairs.ts'
import { createRun } from './run.ts'
import { warnOfTwoCopies } from '../operations/rxjs-copies.ts'
import { createSockets } from './sockets.ts'

/** A feed for one app key, or one for each market. Throws a SettingsError that lists every mistake. */
export function createFeed(options: FeedOptions): Feed {
  return openFeed(options).feed
}

/** The same feed, with its internals. */
export function openFeed(options: FeedOptions): OpenedFeed {
  const { settings, parts } = readOptions<FeedParts>(options, feedParts)
  if (!parts.dataFolder && parts.jobs === undefined) parts.log?.warn({}, countsForItself)
  warnOfTwoCopies(parts.log)
  return composeFeed(settings, parts)
}

/** The same, from settings that were checked before. */
export function composeFeed(settings: FeedSettings, parts: FeedParts): OpenedFeed {
  const { calendar = createCalendar(settings.calendarChanges), clock = systemClock, log = silentLogger } = parts
  const dataFolder = parts.dataFolder || undefined
  // Public types hide what it is.
  const jobs = parts.jobs?.forFeed as JobsForFeed | undefined
  const redaction = createRedaction(secretsOf(settings))
  const memory = createContinuityMemory()
  const confirmations = createConfirmations()

  const observers = observeFeed({ log, clock, redaction })
  const keepers = keepFeed({
    settings,
    dataFolder,
    recordFolder: parts.recordFolder || undefined,
    memory,
    isUnfollowed: parts.continuity === false,
    clock,
    log,
    redaction,
    emit: outsideFrames,
  })
  const outlet = createOutlet(observers)
  const clockSkew = watchClockSkew(keepers.marker)
  const watches = {
    KR: watchLifecycle('KR', clock, outsideFrames),
    US: watchLifecycle('US', clock, outsideFrames),
  }
  const pipeline = openPipeline(
    {
      columns: settings.columns,
      redact: redaction.known,
      continuity: parts.continuity !== false && { memory, onDuplicate: observers.duplicate, onForgotten },
      records: observers.records,
      clockAheadMs: clockSkew.aheadMs,
    },
    deliver,
  )
  const sockets = createSockets({
    settings,
    clock,
    seed: parts.seed ?? clock.now() | 0,
    inspect: parts.inspect,
    shared: jobs?.shared,
    memory: openLineMemory(dataFolder, log),
    deliver: frame,
    settled: keepers.settled,
    onAnswer,
    heartbeat: clockSkew.heartbeat,
    onSocket,
    onSecret: redaction.add,
    redaction,
  })
  const flow = watchFlow({ settings, clock, calendar, observers, sockets, emit: outsideFrames })

  const repairs = createRepairs({ jobs, memory, keepers, clock, outlet, emit: outsideFrames })

  const built = { settings, clock, log, observers, keepers, sockets, flow, outlet, confirmations, repairs }
  const run = createRun({ ...built, pipeline })
  return createFace({ ...built, calendar, memory, clockSkew, run })

  function frame(frame: RawFrame): void {
    watches[frame.market].data(frame.receivedTime)
    const began = observers.frame(frame)
    keepers.opens(frame)
    pipeline.frame(frame)
    keepers.closes(frame)
    observers.done(began)
  }

  /**
   * An event from outside of frames. It is recorded before it is delivered, so events that a subscriber
   * causes follow it.
   */
  function outsideFrames(event: MarketEvent): void {
    keepers.marker(event)
    pipeline.lifecycle(event)
    confirmations.note(event)
  }

  /** Every event, from a frame or not. */
  function deliver(event: MarketEvent): void {
    keepers.event(event)
    observers.event(event)
    flow.event(event)
    outlet.next(event)
  }

  function onSocket(market: Market, snapshot: SocketSnapshot): void {
    observers.socket(market, snapshot)
    watches[market].snapshot(snapshot)
  }

  function onAnswer(answer: ReceivedAnswer): void {
    const { entry, key } = answer
    const isKnown = entry.reaction === 'duplicate' && key !== undefined && sockets.entryOf(key)?.status === 'active'
    if (!isKnown) observers.answer(answer)
    const refusal = namelessRefusal(answer, clock.now())
    if (refusal !== undefined) outsideFrames(refusal)
  }

  function onForgotten(most: number): void {
    outsideFrames({ type: 'instruments-forgotten', of: 'continuity', most, receivedTime: clock.now() })
  }
}
