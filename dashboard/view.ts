// What the page is told about the line: one JSON-able value from what the feed knows. Pure; the page only draws it.
import { type Explanation, explainRefusal } from '../app/explanations.ts'
import type { SubscriptionState } from '../app/feed.ts'
import type { Counters } from '../app/journal.ts'
import type { FeedStatus } from '../app/status.ts'
import { type Market, marketOf } from '../market/instrument.ts'

/** `waiting`: acknowledged, and nothing came yet. `none`: not agreed with KIS, so nothing can. */
export type FlowView = 'flowing' | 'stale' | 'waiting' | 'none'

export type SubscriptionView = {
  readonly instrument: string
  readonly channel: string
  readonly market: Market
  readonly status: SubscriptionState['status']
  readonly flow: FlowView
  readonly lastData: number | null
  readonly code: string | null
}

/** The one sentence on top of the page. `reason` names it; the page has the words. */
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
  /** Gaps since the start: a line may be live and have lost something. */
  readonly gaps: number
}

export type QueueView = { readonly name: string; readonly counts: Readonly<Record<string, number>> }

export type ProcessView = {
  readonly memoryBytes: number
  readonly heapBytes: number
  readonly uptimeSeconds: number
}

export type StatusView = Omit<FeedStatus, 'startedAt'> & {
  readonly type: 'status'
  readonly startedAt: number | null
  readonly verdict: Verdict
  readonly subscriptions: readonly SubscriptionView[]
  /** Of the codes that stand in `subscriptions`. */
  readonly explanations: Readonly<Record<string, Explanation>>
  readonly counters: Counters
  readonly lastTroubles: readonly TroubleView[]
  readonly tokenIssuedAt: number | null
  readonly queues: readonly QueueView[] | null
  readonly certificate: unknown
  readonly process: ProcessView
}

/** The last rubbish and the last changes of columns; never the text itself, which may hold anything. */
export type TroubleView = { readonly kind: 'malformed' | 'schema-drift'; readonly at: number; readonly what: string }

export type ViewInput = {
  readonly status: FeedStatus
  readonly subscriptions: readonly SubscriptionState[]
  readonly counters: Counters
  readonly lastTroubles: readonly TroubleView[]
  readonly tokenIssuedAt: number | undefined
  readonly queues: readonly QueueView[] | undefined
  readonly certificate: unknown
  readonly process: ProcessView
}

export function viewOf(input: ViewInput): StatusView {
  const { status, counters, lastTroubles, process } = input
  const subscriptions = input.subscriptions.map(subscriptionView)
  const codes = new Set(subscriptions.flatMap(({ code }) => code ?? []))
  return {
    type: 'status',
    ...status,
    startedAt: status.startedAt ?? null,
    verdict: { ...verdictOf(status, subscriptions), gaps: counters.gap ?? 0 },
    subscriptions,
    explanations: Object.fromEntries([...codes].map(code => [code, explainRefusal(code)])),
    counters,
    lastTroubles,
    tokenIssuedAt: input.tokenIssuedAt ?? null,
    queues: input.queues ?? null,
    certificate: input.certificate ?? null,
    process,
  }
}

function subscriptionView(subscription: SubscriptionState): SubscriptionView {
  const { instrument, channel, status, code, lastData } = subscription
  const market = marketOf(instrument)
  return {
    instrument,
    channel,
    market,
    status,
    flow: flowOf(subscription),
    lastData: lastData ?? null,
    code: code ?? null,
  }
}

function flowOf({ status, flowingSince, isStale }: SubscriptionState): FlowView {
  if (status !== 'active' && status !== 'adopted') return 'none'
  if (isStale) return 'stale'
  return flowingSince === undefined ? 'waiting' : 'flowing'
}

export function verdictOf(status: FeedStatus, subscriptions: readonly SubscriptionView[]): Omit<Verdict, 'gaps'> {
  const { handOver, sockets } = status
  const { turn } = handOver
  const market = turn ?? null
  if (handOver.state.startsWith('stop')) return { level: 'waiting', reason: 'stopping', market, count: 0 }
  if (handOver.state === 'handing-over')
    return { level: 'waiting', reason: 'handing-over', market: handOver.next ?? null, count: 0 }
  const own = subscriptions.filter(subscription => subscription.market === turn)
  if (turn === undefined || own.length === 0) return { level: 'waiting', reason: 'nothing-asked', market, count: 0 }
  const { phase, failures } = sockets[turn]
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
