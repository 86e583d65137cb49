// Where the feed is connected, whose turn it is, and what KIS still allows, as plain values. Nothing here is
// a secret: of keys there are only ages.
import { nextTurnAfter } from '../../../market/calendar/calendar.ts'
import type { Clock } from '../../../market/clock.ts'
import type { LineId } from '../../../market/events.ts'
import type { Market } from '../../../market/instrument.ts'
import { entriesOf, mostSubscriptions } from '../../../machines/ledger.ts'
import type { Timing } from '../../../machines/timing.ts'
import type { ClockSkew } from '../../feed/clock-skew.ts'
import type { LineFacts, Sockets } from '../../feed/sockets.ts'
import type { Flow } from '../../feed/flow.ts'
import type { Journal, SinkTrouble } from '../journal.ts'
import type { FeedSettings } from '../../settings/settings.ts'
import type { Phase, Transition, TransitionLog } from '../transitions.ts'

export type SocketStatus = Phase & {
  readonly market: Market
  /** Where it connects to, host and port. */
  readonly host: string
  /** Oldest first. */
  readonly transitions: readonly Transition[]
  /** Failed attempts in a row. */
  readonly failures: number
  /** When it tries again; undefined unless it waits. */
  readonly triesAgainAt: number | undefined
  /** When its market got its turn; undefined while it has none. */
  readonly turnSince: number | undefined
  /** When a trade or a book last came, in whichever session; undefined when none ever did. */
  readonly lastData: number | undefined
  /** Slots taken of the session's 41, refused ones not counted. */
  readonly slots: number
}

export type BudgetStatus = { readonly left: number; readonly most: number; readonly windowMs: number }

/** What KIS still allows a line before it sees abuse, as far as this process knows. */
export type LineStatus = {
  readonly line: LineId
  readonly markets: readonly Market[]
  readonly budgets: { readonly connects: BudgetStatus; readonly requests: BudgetStatus }
  readonly approvalKeyIssuedAt: number | undefined
}

/** What health is judged by. */
export type ConnectionStatus = {
  readonly time: number
  readonly startedAt: number | undefined
  readonly environment: 'prod' | 'paper'
  /** Whose turn it is: by the schedule, or held by one market whatever the hour. */
  readonly market: 'auto' | Market
  /** `handing-over` while a line is, else `trading` while one is, else `standby`; `stopping`, `stopped`. */
  readonly handOver: {
    readonly state: string
    readonly turn: Market | undefined
    /** Only there when more than one has its turn, each on a line of its own; `turn` is then the first. */
    readonly turns?: readonly Market[]
    readonly next: Market | undefined
  }
  /** Undefined when one market has every turn. */
  readonly nextSwitch: { readonly at: number; readonly market: Market } | undefined
  readonly sockets: Readonly<Record<Market, SocketStatus>>
  readonly mostSlots: number
  readonly lines: readonly LineStatus[]
  /** How far our clock is from KIS's; undefined until KIS's first heartbeat. */
  readonly clockSkew: ClockSkew | undefined
  /** Sinks that cannot do their work at this moment. Only there when there are some. */
  readonly sinkTroubles?: readonly SinkTrouble[]
}

export type ConnectionParts = {
  readonly settings: FeedSettings
  readonly clock: Clock
  readonly sockets: Sockets
  readonly observers: Pick<Journal, 'sinkTroubles'> & { readonly transitionsOf: TransitionLog['of'] }
  readonly flow: Pick<Flow, 'lastDataOf'>
  readonly startedAt: number | undefined
  readonly clockSkew: ClockSkew | undefined
}

export function readConnection(parts: ConnectionParts): ConnectionStatus {
  const { settings, clock, sockets, observers, startedAt, clockSkew } = parts
  const { timing } = settings
  const time = clock.now()
  const sinkTroubles = observers.sinkTroubles()
  const facts = sockets.facts()
  return {
    time,
    startedAt,
    environment: settings.environment,
    market: settings.market,
    handOver: {
      state: facts.state,
      turn: facts.turns[0],
      next: facts.next[0],
      ...(facts.turns.length > 1 ? { turns: facts.turns } : {}),
    },
    nextSwitch: settings.market === 'auto' ? nextTurnAfter(settings.schedule, time) : undefined,
    sockets: { KR: socketStatus('KR', parts), US: socketStatus('US', parts) },
    mostSlots: mostSubscriptions,
    lines: facts.lines.map(line => lineStatus(line, timing)),
    clockSkew,
    ...(sinkTroubles.length === 0 ? {} : { sinkTroubles }),
  }
}

function lineStatus(facts: LineFacts, timing: Timing): LineStatus {
  const { line, markets, connectsLeft, requestsLeft, approvalKeyIssuedAt } = facts
  return {
    line,
    markets,
    budgets: {
      connects: { left: connectsLeft, most: timing.mostConnects, windowMs: timing.connectWindowMs },
      requests: { left: requestsLeft, most: timing.mostRequests, windowMs: timing.requestWindowMs },
    },
    approvalKeyIssuedAt,
  }
}

function socketStatus(market: Market, { sockets, observers, flow }: ConnectionParts): SocketStatus {
  const { current, transitions: steps } = observers.transitionsOf(market)
  const { failures, waitMs, host, turnSince } = sockets.socketFacts(market)
  const ledger = sockets.ledgerOf(market)
  return {
    market,
    ...current,
    host,
    transitions: [...steps],
    failures,
    triesAgainAt: current.phase === 'reconnecting' ? current.since + waitMs : undefined,
    turnSince,
    lastData: flow.lastDataOf(market),
    slots: entriesOf(ledger).filter(([, { status }]) => status !== 'refused').length,
  }
}
