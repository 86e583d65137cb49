// What is true of one market: whether data flows as the calendar expects, in the words of a health
// check and of the page. One judgement for both. Whatever the states of the socket did meanwhile, it is the
// time since data last came that counts.
import { minuteMs } from '../../../market/basics/durations.ts'
import type { Calendar } from '../../../market/calendar/calendar.ts'
import { type Market, marketOf } from '../../../market/instrument.ts'
import type { SubscriptionState } from '../../feed/subscription-states.ts'
import type { ConnectionStatus, SocketStatus } from './connection.ts'

export type HealthInput = {
  readonly status: ConnectionStatus
  readonly subscriptions: readonly SubscriptionState[]
  readonly calendar: Calendar
  /** The longest a market may be silent in its regular session. */
  readonly silenceMs: number
}

export type MarketHealth = {
  /** The state of its socket. */
  readonly state: string
  readonly hasLine: boolean
  /** Subscriptions whose regular session is on while the market has its turn: data must come. */
  readonly expected: number
  /** Since a trade or a book last came, in whichever session; null when none ever did. */
  readonly quietMs: number | null
}

/**
 * One sentence about one market: whether its data can be trusted, and if not, why. `reason` names the
 * sentence; the page has the words.
 * - `good`: data flows · `waiting`: nothing is wrong, and nothing flows yet · `trouble`: something is wrong
 */
export type Verdict = {
  readonly level: 'good' | 'waiting' | 'trouble'
  readonly reason:
    | 'flowing'
    | 'some-stale'
    | 'some-refused'
    | 'no-data'
    | 'no-data-yet'
    | 'connecting'
    | 'handing-over'
    | 'letting-go'
    | 'reconnecting'
    | 'nothing-asked'
    | 'sink-failed'
    | 'stopping'
  readonly market: Market | null
  /** Subscriptions, failed attempts, sinks, or for `no-data` seconds. */
  readonly count: number
  /** Whether a health check says so as well. */
  readonly isReady: boolean
}

export type MarketFinding = {
  readonly health: MarketHealth
  readonly verdict: Verdict
  /** Why no data comes that should. Empty when it does. */
  readonly reasons: readonly string[]
  /** What is wrong although data comes. */
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/** The markets that have their turn. */
export function turnsOf({ handOver: { turn, turns } }: ConnectionStatus): readonly Market[] {
  return turns ?? (turn === undefined ? [] : [turn])
}

export function lookAtMarket(
  market: Market,
  { status, subscriptions, calendar, silenceMs }: HealthInput,
): MarketFinding {
  const { time } = status
  const socket = status.sockets[market]
  const own = subscriptions.filter(({ instrument }) => marketOf(instrument) === market)
  const hasLine = turnsOf(status).includes(market)
  const expected = own.flatMap(subscription => {
    const opensAt = expectedSince(subscription, calendar, time)
    return opensAt === undefined ? [] : [{ opensAt, wantedSince: subscription.wantedSince ?? opensAt }]
  })
  const health = {
    state: socket.phase,
    hasLine,
    expected: hasLine ? expected.length : 0,
    quietMs: socket.lastData === undefined ? null : Math.max(0, time - socket.lastData),
  }
  const others = turnsOf(status).join(' and ') || 'no market'
  const notes =
    hasLine || expected.length === 0 ? [] : [`${market}: a regular session is on, and ${others} has the line`]
  if (!hasLine) {
    return { health, verdict: verdictOn(market, socket, own, undefined, silenceMs), reasons: [], warnings: [], notes }
  }
  const silence = expected.length === 0 ? undefined : silenceOf(status, socket, expected)
  const isTooLong = silence !== undefined && (silence.isFirst || silence.ms > silenceMs)
  return {
    health,
    verdict: verdictOn(market, socket, own, silence, silenceMs),
    reasons: isTooLong ? [`${market}: ${textOf(silence, silenceMs)}. ${whereabouts(socket, time)}`] : [],
    warnings: [
      ...(isLost(socket) && own.length > 0 && !isTooLong
        ? [`${market}: the connection is lost. ${whereabouts(socket, time)}`]
        : []),
      ...warningsOn(market, own),
    ],
    notes,
  }
}

/**
 * When the regular session opened in which it must bring data; undefined when nothing is expected of it: out
 * of hours, while it is halted, and of channels that may rightly be silent for hours, as program trades and
 * notices.
 */
function expectedSince({ instrument, channel, isHalted }: SubscriptionState, calendar: Calendar, time: number) {
  if (isHalted || (channel !== 'trade' && channel !== 'order-book')) return undefined
  const session = calendar.sessionAt(instrument, time)
  return session?.session === 'regular' ? session.opensAt : undefined
}

type Silence = {
  readonly ms: number
  /** Nothing has come since the start: the feed has proven nothing yet. */
  readonly isFirst: boolean
}

/**
 * A session that has just begun is given its time, and so is a market that has just got its turn, or
 * its first subscription.
 */
function silenceOf(
  { time, startedAt = time }: ConnectionStatus,
  { lastData, turnSince = startedAt }: SocketStatus,
  expected: readonly { readonly opensAt: number; readonly wantedSince: number }[],
): Silence {
  const opened = Math.min(...expected.map(({ opensAt }) => opensAt))
  const wantedSince = Math.min(...expected.map(one => one.wantedSince))
  // What lies in the future was noted before the clock was set back.
  const past = [wantedSince, turnSince, lastData ?? startedAt].filter(at => at <= time)
  const since = Math.max(opened, ...past)
  return { ms: Math.max(0, time - since), isFirst: lastData === undefined && startedAt >= opened }
}

function verdictOn(
  market: Market,
  socket: SocketStatus,
  own: readonly SubscriptionState[],
  silence: Silence | undefined,
  silenceMs: number,
): Verdict {
  const isReady = silence === undefined || (!silence.isFirst && silence.ms <= silenceMs)
  const say = (level: Verdict['level'], reason: Verdict['reason'], count = 0) => ({
    level,
    reason,
    market,
    count,
    isReady,
  })
  const count = (fits: (one: SubscriptionState) => boolean) => own.filter(fits).length
  if (own.length === 0) return say('waiting', 'nothing-asked')
  if (silence !== undefined && silence.ms > silenceMs) return say('trouble', 'no-data', Math.round(silence.ms / 1_000))
  if (isLost(socket)) return say('trouble', 'reconnecting', socket.failures)
  if (socket.phase === 'unsubscribing-grace') return say('waiting', 'letting-go')
  if (!isUp(socket)) return say('waiting', 'connecting')
  const stale = count(({ isStale }) => isStale === true)
  if (stale > 0) return say('trouble', 'some-stale', stale)
  const refused = count(({ status }) => status === 'refused')
  if (refused > 0) return say('trouble', 'some-refused', refused)
  const flowing = count(({ flowingSince }) => flowingSince !== undefined)
  return flowing === 0 || silence?.isFirst ? say('waiting', 'no-data-yet') : say('good', 'flowing', flowing)
}

function isUp({ phase }: SocketStatus): boolean {
  return phase.startsWith('subscribed')
}

/** It went without being asked to, and has not come back yet. */
function isLost(socket: SocketStatus): boolean {
  const { phase, cause, failures } = socket
  if (phase === 'unsubscribing-grace') return cause === 'silence' || cause === 'dead-line'
  return phase === 'reconnecting' || (phase.startsWith('connecting') && failures > 0)
}

const mostNamed = 10

function warningsOn(market: Market, own: readonly SubscriptionState[]): string[] {
  const refused = own.filter(({ status }) => status === 'refused')
  const stale = own.filter(({ isStale }) => isStale === true)
  return [
    ...(refused.length === 0 ? [] : [`${market}: refused: ${listOf(refused)}`]),
    ...(stale.length === 0 ? [] : [`${market}: silent for longer than usual: ${listOf(stale)}`]),
  ]
}

function listOf(subscriptions: readonly SubscriptionState[]): string {
  const names = subscriptions.slice(0, mostNamed).map(nameOf)
  const more = subscriptions.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}

/** `KRX:005930 trade (OPSP0007, asked for again)`. */
export function nameOf({ instrument, channel, status, code, isPassing }: SubscriptionState): string {
  const what = `${instrument} ${channel}`
  if (status !== 'refused') return what
  return `${what} (${[code || 'no code', isPassing ? 'asked for again' : 'for good'].join(', ')})`
}

function textOf({ ms, isFirst }: Silence, silenceMs: number): string {
  return isFirst
    ? `no data yet, ${seconds(ms)} after it was asked for`
    : `no data for ${seconds(ms)} in a regular session; expected some every ${seconds(silenceMs)}`
}

function whereabouts({ phase, since, cause, triesAgainAt }: SocketStatus, time: number): string {
  const why = cause === undefined ? '' : ` (${cause})`
  const next = triesAgainAt === undefined ? '' : `; it tries again in ${seconds(Math.max(0, triesAgainAt - time))}`
  return `Its socket is in ${phase}${why} since ${seconds(time - since)}${next}`
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / minuteMs)} min`
}
