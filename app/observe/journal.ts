// What happened, for people: one log line for each state change or trouble. It watches; nothing waits for it.
import type { ReceivedAnswer } from '../../machines/connection.ts'
import { sessionFull } from '../../machines/ledger.ts'
import type { Departure } from '../../machines/socket.ts'
import type { Clock } from '../../market/clock.ts'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import { foldRepeats } from './log-throttle.ts'
import type { Logger } from './log.ts'
import type { Counter } from './counts.ts'

/** A sink that cannot do its work. `isOver`: for good; otherwise it tries again by itself. */
export type SinkTrouble = {
  readonly sink: string
  readonly reason: string
  readonly since: number
  readonly isOver: boolean
}

export type Journal = {
  /** An event that is no trade and no book, after it was counted. */
  event(event: MarketEvent): void
  /** `facts`: why, and what follows. */
  transition(market: Market, from: string, to: string, facts: object): void
  answer(answer: ReceivedAnswer): void
  mute(key: SubscriptionKey): void
  silence(market: Market, quietMs: number): void
  sinkFailed(sink: string, error: unknown): void
  sinkDropped(sink: string, dropped: Pick<Dropped, 'count' | 'conflated'>): void
  sinkAway(sink: string, reason: string): void
  sinkBack(sink: string): void
  sinkEnded(sink: string, end: { readonly reason: string; readonly isReaderGone: boolean }): void
  /** At this moment. */
  sinkTroubles(): readonly SinkTrouble[]
  /** What did not end in time when the feed stopped. */
  overdue(what: readonly string[]): void
  /** Says what was left out of the log so far. */
  close(): void
}

/** KIS's catalogue has fewer codes. */
const mostExplained = 400

export type JournalParts = {
  readonly log: Logger
  readonly clock: Clock
  readonly redact: (text: string) => string
  readonly counter: Counter
}

/** A session that is left on purpose, by request or by the schedule. Any other one was lost. */
const ownReasons: ReadonlySet<string> = new Set<Departure>(['stop', 'market-close', 'endpoint-switch'])

export function createJournal({ log, clock, redact, counter }: JournalParts): Journal {
  // State changes are said each time; troubles come by the thousand.
  const troubles = foldRepeats(log, clock)
  const explained = new Set<string>()
  const sinkTroubles = new Map<string, SinkTrouble>()

  return {
    event(event) {
      const soFar = counter.eventsOf(event.type)
      switch (event.type) {
        case 'malformed':
          return troubles.warn({ reason: redact(event.reason), soFar }, 'malformed frame')
        case 'schema-drift':
          return troubles.warn(
            { tr: event.tr, width: event.width, knownWidth: event.knownWidth },
            'KIS changed the columns of a transaction; the known ones were read. Please report it',
          )
        case 'gap': {
          const { instrument, cause, missingVolume, from, to } = event
          // As many as there are instruments after every outage.
          return troubles.warn({ instrument, cause, missingVolume, from, to, soFar }, 'volume is missing')
        }
        case 'gap-verdict': {
          const { instrument, verdict, repairedVolume, explainedVolume, unknownVolume } = event
          const facts = { instrument, verdict, repairedVolume, explainedVolume, unknownVolume, soFar }
          if (verdict !== 'unfillable') return log.debug(facts, 'a gap was validated')
          const evidence = event.evidence.map(redact)
          return troubles.warn({ ...facts, evidence, unfillable: counter.unfillable() }, 'volume remains unknown')
        }
        case 'resync': {
          const { instrument, reason, from, to } = event
          return troubles.warn({ instrument, reason, from, to, soFar }, 'whether volume is missing is unknown')
        }
        case 'instruments-forgotten': {
          const { of, most } = event
          const text = `more than ${most} instruments: those that traded longest ago are forgotten, and what is missing of them`
          return log.warn({ of, most }, text)
        }
        case 'disconnect': {
          const facts = { market: event.market, reason: redact(event.reason) }
          const level = ownReasons.has(event.reason) ? 'info' : 'warn'
          return log[level](facts, `${event.market} is disconnected`)
        }
        case 'resume':
          return log.info({ market: event.market, outageMs: event.outageMs }, `${event.market} is connected again`)
        case 'recording-trouble': {
          const { reason, lost, isOver } = event
          if (isOver) log.warn({ reason, lost }, 'recording again; what was lost meanwhile is marked in it')
          else log.error({ reason, lost }, 'the recording cannot be written; the feed goes on without it')
          return
        }
        case 'subscription': {
          const { instrument, channel, status, code } = event
          if (status === 'refused' && code === sessionFull) {
            troubles.warn({ instrument, channel, code }, 'no slot is left for a subscription, so it is refused')
          }
          return log.debug(event, 'subscription')
        }
      }
    },

    transition(market, from, to, facts) {
      const text = `${market} socket: ${from} → ${to}`
      if (to === 'reconnecting') log.warn({ market, from, to, ...redactAll(facts, redact) }, text)
      else log.info({ market, from, to, ...redactAll(facts, redact) }, text)
    },

    answer({ market, entry, key }) {
      const isNews = explained.size < mostExplained && !explained.has(entry.code)
      // A server may invent endlessly many codes: after this many they are not logged one by one.
      if (explained.size < mostExplained) explained.add(entry.code)
      if (entry.severity === 'info') return
      const facts = { market, subscription: key, code: entry.code, says: redact(entry.message ?? '') }
      if (!isNews) return log.debug(facts, 'KIS refused again')
      const text = redact(`KIS: ${entry.meaning.en} ${entry.remedy.en}`)
      if (entry.severity === 'critical') log.error(facts, text)
      else log.warn(facts, text)
    },

    mute(key) {
      counter.mute()
      troubles.warn({ subscription: key }, 'subscribed, and silent while others flow; asking for it again')
    },

    silence(market, quietMs) {
      counter.silence()
      log.warn({ market, quietMs }, `${market} is silent in trading hours; leaving its connection for a new one`)
    },

    sinkFailed(sink, error) {
      const soFar = counter.sinkFailed(sink)
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
      troubles.error({ sink, soFar, error: redact(what) }, 'a sink failed; the others go on')
    },

    sinkDropped(sink, dropped) {
      const soFar = counter.sinkDropped(sink, dropped)
      // A consumer that asked for the present only is given receipts all the time: nothing is wrong.
      if (dropped.conflated !== undefined) return
      troubles.warn({ sink, dropped: dropped.count, soFar }, 'a sink is too slow; events were dropped for it')
    },

    sinkAway(sink, given) {
      const reason = redact(given)
      const soFar = counter.sinkFailed(sink)
      sinkTroubles.set(sink, { sink, reason, since: clock.now(), isOver: false })
      log.error({ sink, soFar, reason }, 'a sink cannot do its work; it tries again, and the others go on')
    },

    sinkBack(sink) {
      const trouble = sinkTroubles.get(sink)
      sinkTroubles.delete(sink)
      log.warn({ sink, reason: trouble?.reason }, 'a sink works again')
    },

    sinkEnded(sink, { reason: given, isReaderGone }) {
      const reason = redact(given)
      sinkTroubles.set(sink, { sink, reason, since: clock.now(), isOver: true })
      if (isReaderGone) return log.info({ sink, reason }, 'a sink has no reader any more; the others go on')
      const soFar = counter.sinkFailed(sink)
      log.error({ sink, soFar, reason }, 'a sink ended; the others go on')
    },

    sinkTroubles: () => [...sinkTroubles.values()],

    overdue(what) {
      if (what.length > 0) log.error({ overdue: what }, 'stopped without waiting any longer for some of it')
    },

    close: () => troubles.flush(),
  }
}

function redactAll(facts: object, redact: (text: string) => string): object {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  )
}
