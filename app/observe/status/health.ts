// Ready, or not and why, for a health check; and the same judgement as a sentence for each market, for the
// page. A closed market is no illness; a regular session without data is.
import { type Market, markets } from '../../../market/instrument.ts'
import { formatKst } from '../../../market/calendar/korea-time.ts'
import {
  type HealthInput,
  lookAtMarket,
  type MarketFinding,
  type MarketHealth,
  turnsOf,
  type Verdict,
} from './market-health.ts'
import type { SinkTrouble } from '../journal.ts'
import type { ConnectionStatus } from './connection.ts'

export type HealthReport = {
  readonly ready: boolean
  /** Why it is not. Empty when it is. */
  readonly reasons: readonly string[]
  /**
   * What is wrong although data flows: refused and stale subscriptions, failed sinks, a connection just lost.
   */
  readonly warnings: readonly string[]
  /** What a person should know besides. */
  readonly notes: readonly string[]
  /**
   * Of every market with a turn, and of failed sinks, the worst first. In trouble exactly when there is a
   * reason or a warning.
   */
  readonly verdicts: readonly [Verdict, ...Verdict[]]
  /** In Korean time. */
  readonly time: string
  readonly markets: Readonly<Record<Market, MarketHealth>>
}

export function healthOf(input: HealthInput): HealthReport {
  const { status, subscriptions } = input
  const { sinkTroubles = [] } = status
  const found = { KR: lookAtMarket('KR', input), US: lookAtMarket('US', input) }
  const of = (what: 'reasons' | 'warnings' | 'notes') => markets.flatMap(market => found[market][what])
  const reasons = of('reasons')
  const verdicts = verdictsOf(status, found, reasons.length === 0)
  if (status.startedAt === undefined) reasons.unshift('the feed was not started')
  else if (isStopping(status)) reasons.unshift('the feed is stopping')
  const notes = of('notes')
  if (subscriptions.length === 0) notes.unshift('nothing is subscribed, so no data is expected')
  return {
    ready: reasons.length === 0,
    reasons,
    warnings: [...of('warnings'), ...sinkTroubles.map(sinkWarning)],
    notes,
    verdicts,
    time: formatKst(status.time),
    markets: { KR: found.KR.health, US: found.US.health },
  }
}

const worstFirst = ['trouble', 'waiting', 'good'] as const

function verdictsOf(
  status: ConnectionStatus,
  found: Readonly<Record<Market, MarketFinding>>,
  isReady: boolean,
): readonly [Verdict, ...Verdict[]] {
  const { state, turn, next } = status.handOver
  const waiting = (reason: Verdict['reason'], market: Market | undefined): Verdict => ({
    level: 'waiting',
    reason,
    market: market ?? null,
    count: 0,
    isReady: isReady && status.startedAt !== undefined && !isStopping(status),
  })
  if (isStopping(status)) return [waiting('stopping', turn)]
  if (state === 'handing-over' && isReady) return [waiting('handing-over', next)]
  const verdicts = turnsOf(status)
    .map(market => found[market].verdict)
    // Of two markets, one may rightly have nothing to do.
    .filter(({ reason }) => reason !== 'nothing-asked')
  if (verdicts.length === 0) verdicts.push(waiting('nothing-asked', turn))
  const { length: count } = status.sinkTroubles ?? []
  const sinks: Verdict = { ...waiting('sink-failed', undefined), level: 'trouble', count }
  const [first = sinks, ...others] = (count === 0 ? verdicts : [...verdicts, sinks]).toSorted(
    (a, b) => worstFirst.indexOf(a.level) - worstFirst.indexOf(b.level),
  )
  return [first, ...others]
}

function isStopping({ handOver }: ConnectionStatus): boolean {
  return handOver.state.startsWith('stop')
}

function sinkWarning({ sink, reason, since, isOver }: SinkTrouble): string {
  return `sink '${sink}': ${reason}; since ${formatKst(since)}, ${isOver ? 'for good' : 'it tries again'}`
}
