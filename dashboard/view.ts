// The status of the feed for the page, as one JSON value. Pure; the page only draws it.
import type { SharedLimits } from '../app/jobs/shared-access.ts'
import { type Explanation, explainRefusal } from '../app/observe/explanations.ts'
import type { SubscriptionState } from '../app/feed/subscription-states.ts'
import type { Counts } from '../app/observe/counts.ts'
import { turnsOf, type Verdict } from '../app/observe/status/market-health.ts'
import type { FeedStatus } from '../app/observe/status/status.ts'
import { type Market, marketOf } from '../market/instrument.ts'
import { type CertificateView, certificateView } from './certificate.ts'
import { type LimitView, limitsOf } from './limits.ts'

/** `waiting`: acknowledged, without data so far. `none`: not acknowledged by KIS. */
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

export type QueueView = { readonly name: string; readonly counts: Readonly<Record<string, number>> }

export type ProcessView = {
  readonly memoryBytes: number
  readonly heapBytes: number
  readonly uptimeSeconds: number
}

/** Counts by their names; those that are 0 may be missing. */
export type Counters = Readonly<Record<string, number>>

export type StatusView = Omit<FeedStatus, 'startedAt' | 'lines' | 'health' | 'counts' | 'openGaps'> & {
  readonly type: 'status'
  readonly startedAt: number | null
  /** The markets that have their turn: one, or with a line for each, both. */
  readonly turns: readonly Market[]
  /** Those of `turns` that are connected: their prices are current. */
  readonly up: readonly Market[]
  /** Of every market with a turn, the worst first. */
  readonly verdicts: readonly Verdict[]
  /** Gaps since the start: data may flow and some of it may be missing. */
  readonly gaps: number
  readonly subscriptions: readonly SubscriptionView[]
  /** Of the codes that stand in `subscriptions`. */
  readonly explanations: Readonly<Record<string, Explanation>>
  readonly counters: Counters
  readonly lastTroubles: readonly TroubleView[]
  /** For each app key. */
  readonly limits: readonly LimitView[]
  /** The pace of REST calls, kept by all processes together; null where nothing is shared. */
  readonly restPace: { readonly callsPerSecond: number; readonly slowedBy: number } | null
  readonly tokenIssuedAt: number | null
  readonly queues: readonly QueueView[] | null
  readonly certificate: CertificateView | 'unreadable' | null
  /** Whether this process can read certificates. */
  readonly hasCertificates: boolean
  readonly process: ProcessView
}

/** The last malformed frames and changes of columns; never the text itself, which may hold anything. */
export type TroubleView = { readonly kind: 'malformed' | 'schema-drift'; readonly at: number; readonly what: string }

export type ViewInput = {
  readonly status: FeedStatus
  readonly subscriptions: readonly SubscriptionState[]
  readonly lastTroubles: readonly TroubleView[]
  readonly tokenIssuedAt: number | undefined
  readonly sharedLimits: SharedLimits | undefined
  readonly queues: readonly QueueView[] | undefined
  /** As it was read from the disk. */
  readonly certificate: unknown
  readonly hasCertificates: boolean
  readonly process: ProcessView
}

export function viewOf(input: ViewInput): StatusView {
  const { lastTroubles, process, sharedLimits, hasCertificates } = input
  const { lines: _inLimits, openGaps: _notShown, health, counts, ...status } = input.status
  const subscriptions = input.subscriptions.map(subscriptionView)
  const codes = new Set(subscriptions.flatMap(({ code }) => code ?? []))
  const turns = turnsOf(input.status)
  return {
    type: 'status',
    ...status,
    startedAt: status.startedAt ?? null,
    turns,
    up: turns.filter(market => status.sockets[market].phase.startsWith('subscribed')),
    verdicts: health.verdicts,
    gaps: counts.events.gap ?? 0,
    subscriptions,
    explanations: Object.fromEntries([...codes].map(code => [code, explainRefusal(code)])),
    counters: countersOf(counts),
    lastTroubles,
    limits: limitsOf(input.status, sharedLimits),
    restPace:
      sharedLimits === undefined
        ? null
        : { callsPerSecond: sharedLimits.restCallsPerSecond, slowedBy: sharedLimits.restSlowedBy },
    tokenIssuedAt: input.tokenIssuedAt ?? null,
    queues: input.queues ?? null,
    certificate: certificateView(input.certificate),
    hasCertificates,
    process,
  }
}

function countersOf({ events, frames, duplicates, unfillable, mute, silences, sinks }: Counts): Counters {
  const ofSinks = (what: 'errors' | 'dropped' | 'conflated') =>
    Object.values(sinks).reduce((sum, sink) => sum + sink[what], 0)
  return {
    ...events,
    frames,
    duplicates,
    unfillable,
    mute,
    silences,
    sinkErrors: ofSinks('errors'),
    sinkDropped: ofSinks('dropped'),
    sinkConflated: ofSinks('conflated'),
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
