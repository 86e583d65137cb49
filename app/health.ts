// Ready, or not and why: whether data flowed as the calendar expects. A closed market is no illness; a regular session without data is.
import type { Calendar } from '../market/calendar.ts'
import { type Market, marketOf, markets } from '../market/instrument.ts'
import { formatKst } from '../market/korea-time.ts'
import type { SubscriptionState } from './feed-contract.ts'
import type { FeedStatus, SocketStatus } from './status.ts'

export type HealthReport = {
  readonly ready: boolean
  /** Why it is not. Empty when it is. */
  readonly reasons: readonly string[]
  /** What a person should know besides. */
  readonly notes: readonly string[]
  /** In Korean time. */
  readonly time: string
  readonly markets: Readonly<Record<Market, MarketHealth>>
}

export type MarketHealth = {
  /** The state of its socket. */
  readonly state: string
  readonly hasLine: boolean
  /** Subscriptions whose regular session is on while the market has the line: data must come. */
  readonly expected: number
  /** Since data last came; null when none did in this session of the line. */
  readonly quietMs: number | null
}

export type HealthInput = {
  readonly status: FeedStatus
  readonly subscriptions: readonly SubscriptionState[]
  readonly calendar: Calendar
  /** The longest a market may be silent in its regular session. */
  readonly silenceMs: number
}

/** What was found about one market: its reasons and notes go into the report. */
type Finding = { readonly health: MarketHealth; readonly reasons: readonly string[]; readonly notes: readonly string[] }

export function healthOf(input: HealthInput): HealthReport {
  const { status, subscriptions } = input
  const found = { KR: lookAt('KR', input), US: lookAt('US', input) }
  const reasons = markets.flatMap(market => found[market].reasons)
  const notes = markets.flatMap(market => found[market].notes)
  if (status.startedAt === undefined) reasons.unshift('the feed was not started')
  else if (status.handOver.state.startsWith('stop')) reasons.unshift('the feed is stopping')
  if (subscriptions.length === 0) notes.unshift('nothing is subscribed, so no data is expected')
  return {
    ready: reasons.length === 0,
    reasons,
    notes,
    time: formatKst(status.time),
    markets: { KR: found.KR.health, US: found.US.health },
  }
}

function lookAt(market: Market, { status, subscriptions, calendar, silenceMs }: HealthInput): Finding {
  const { time, startedAt = time, handOver } = status
  const socket = status.sockets[market]
  const own = subscriptions.filter(({ instrument }) => marketOf(instrument) === market)
  const hasLine = handOver.turn === market || handOver.turns?.includes(market) === true
  // Program trades or notices may rightly not come for hours.
  const streaming = own.filter(({ channel }) => channel === 'trade' || channel === 'order-book')
  const sessions = streaming.flatMap(({ instrument }) => {
    const session = calendar.sessionAt(instrument, time)
    return session?.session === 'regular' ? [session] : []
  })
  const lastData = latest(own.map(state => state.lastData))
  const health = {
    state: socket.phase,
    hasLine,
    expected: hasLine ? sessions.length : 0,
    quietMs: lastData === undefined ? null : time - lastData,
  }
  const notes = notesOn(market, own)
  if (sessions.length === 0) return { health, reasons: [], notes }
  if (!hasLine) {
    const note = `${market}: a regular session is on, and ${handOver.turn ?? 'no market'} has the line`
    return { health, reasons: [], notes: [...notes, note] }
  }

  const opened = Math.min(...sessions.map(({ opensAt }) => opensAt))
  const lastSign = lastData ?? lastLoss(socket)
  // Somebody who has just begun has shown nothing yet; a session that has just begun is given its time.
  const isNew = lastSign === undefined && startedAt >= opened
  const quietMs = time - Math.max(opened, lastSign ?? opened)
  if (!isNew && quietMs <= silenceMs) return { health, reasons: [], notes }
  const what = isNew
    ? `no data yet, ${seconds(time - startedAt)} after the start`
    : `no data for ${seconds(quietMs)} in a regular session; expected some every ${seconds(silenceMs)}`
  return { health, reasons: [`${market}: ${what}. ${whereabouts(socket, time)}`], notes }
}

function notesOn(market: Market, own: readonly SubscriptionState[]): string[] {
  const refused = own.filter(({ status }) => status === 'refused')
  const stale = own.filter(({ isStale }) => isStale === true)
  return [
    ...(refused.length === 0 ? [] : [`${market}: refused: ${refused.map(nameOf).join(', ')}`]),
    ...(stale.length === 0 ? [] : [`${market}: silent for longer than usual: ${stale.map(nameOf).join(', ')}`]),
  ]
}

function nameOf({ instrument, channel, code }: SubscriptionState): string {
  return `${instrument} ${channel}${code === undefined ? '' : ` (${code})`}`
}

function whereabouts({ phase, since, cause, triesAgainAt }: SocketStatus, time: number): string {
  const why = cause === undefined ? '' : ` (${cause})`
  const next = triesAgainAt === undefined ? '' : `; it tries again in ${seconds(Math.max(0, triesAgainAt - time))}`
  return `Its socket is in ${phase}${why} since ${seconds(time - since)}${next}`
}

/** When the line last was in order: data of a line that is gone is no longer told of. */
function lastLoss({ transitions }: SocketStatus): number | undefined {
  return transitions.findLast(({ from, to }) => isUp(from) && !isUp(to))?.at
}

function isUp(phase: string): boolean {
  return phase.startsWith('subscribed')
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`
}
