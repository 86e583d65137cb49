// The one sentence on top of the page: whether a market's line can be trusted, and if not, why. With two lines there is one for each.
import type { FeedStatus } from '../app/status.ts'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionView } from './view.ts'

/** `reason` names the sentence; the page has the words. */
export type Verdict = {
  readonly level: 'good' | 'waiting' | 'trouble'
  readonly reason:
    | 'flowing'
    | 'some-stale'
    | 'some-refused'
    | 'no-data-yet'
    | 'connecting'
    | 'handing-over'
    | 'letting-go'
    | 'reconnecting'
    | 'nothing-asked'
    | 'stopping'
  readonly market: Market | null
  readonly count: number
}

const worstFirst = ['trouble', 'waiting', 'good'] as const

/** Of every market that has a line, the worst first; never empty. */
export function verdictsOf(
  status: FeedStatus,
  subscriptions: readonly SubscriptionView[],
): readonly [Verdict, ...Verdict[]] {
  const { state, turn, next } = status.handOver
  const waiting = (reason: Verdict['reason'], market: Market | undefined): Verdict => ({
    level: 'waiting',
    reason,
    market: market ?? null,
    count: 0,
  })
  if (state.startsWith('stop')) return [waiting('stopping', turn)]
  if (state === 'handing-over') return [waiting('handing-over', next)]
  const [first, ...others] = turnsOf(status)
    .map(market => verdictOf(status, subscriptions, market))
    // Of two lines, one may rightly have nothing to do.
    .filter(({ reason }) => reason !== 'nothing-asked')
    .toSorted((a, b) => worstFirst.indexOf(a.level) - worstFirst.indexOf(b.level))
  return first === undefined ? [waiting('nothing-asked', turn)] : [first, ...others]
}

/** The markets that have a line. */
export function turnsOf({ handOver: { turn, turns } }: FeedStatus): readonly Market[] {
  return turns ?? (turn === undefined ? [] : [turn])
}

function verdictOf(status: FeedStatus, subscriptions: readonly SubscriptionView[], market: Market): Verdict {
  const own = subscriptions.filter(subscription => subscription.market === market)
  if (own.length === 0) return { level: 'waiting', reason: 'nothing-asked', market, count: 0 }
  const { phase, failures } = status.sockets[market]
  if (phase === 'reconnecting') return { level: 'trouble', reason: 'reconnecting', market, count: failures }
  if (phase === 'unsubscribing-grace') return { level: 'waiting', reason: 'letting-go', market, count: 0 }
  if (!phase.startsWith('subscribed')) return { level: 'waiting', reason: 'connecting', market, count: 0 }
  const count = (fits: (one: SubscriptionView) => boolean) => own.filter(fits).length
  const stale = count(({ flow }) => flow === 'stale')
  if (stale > 0) return { level: 'trouble', reason: 'some-stale', market, count: stale }
  const refused = count(one => one.status === 'refused')
  if (refused > 0) return { level: 'trouble', reason: 'some-refused', market, count: refused }
  const flowing = count(({ flow }) => flow === 'flowing')
  if (flowing === 0) return { level: 'waiting', reason: 'no-data-yet', market, count: 0 }
  return { level: 'good', reason: 'flowing', market, count: flowing }
}
