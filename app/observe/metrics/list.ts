// Every metric by name, what it means, and where its numbers come from. Names and units follow Prometheus's
// conventions: seconds, bytes, totals that only grow. Shares are shares.
import { socketMachine } from '../../../machines/socket.ts'
import { markets } from '../../../market/instrument.ts'
import type { Feed } from '../../feed/contract.ts'
import type { SubscriptionState } from '../../feed/subscription-states.ts'
import { outlineOf, type StateOutline } from '../../machine-docs/outline.ts'
import { variableOf } from '../../settings/lines.ts'
import type { LineStatus } from '../status/connection.ts'
import type { FeedStatus } from '../status/status.ts'

export type QueueDepth = { readonly queue: string; readonly state: string; readonly jobs: number }

/** Everything that is asked for one page of metrics. */
export type Reading = {
  readonly version: string
  readonly status: FeedStatus
  readonly subscriptions: readonly SubscriptionState[]
  readonly queues: readonly QueueDepth[]
  /** Of each line, the connections left to all processes together; undefined without a shared Redis. */
  readonly sharedConnectsLeft: readonly (number | undefined)[]
  readonly memory: { readonly residentBytes: number; readonly heapUsedBytes: number }
  /** Seconds the event loop was late, since the last reading. */
  readonly loopLag: { readonly p50: number; readonly p99: number; readonly max: number }
}

export type Labels = Readonly<Record<string, string>>

/** A number and its labels. */
export type Sample = readonly [value: number, labels?: Labels]

/** `counts[i]` values were at most `bounds[i]`; the last count has no bound. */
export type Distribution = {
  readonly labels?: Labels
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly sum: number
}

type Named = { readonly name: string; readonly help: string; readonly labels?: readonly string[] }

export type MetricDefinition =
  | (Named & { readonly type: 'gauge' | 'counter'; readonly read: (reading: Reading) => readonly Sample[] })
  | (Named & { readonly type: 'histogram'; readonly read: (reading: Reading) => readonly Distribution[] })

/** Of a socket, as the feed's status names them. */
const phases: readonly string[] = leavesOf(outlineOf(socketMachine))

const connections: readonly MetricDefinition[] = [
  {
    type: 'gauge',
    name: 'kis_stream_info',
    help: 'What runs: always 1.',
    labels: ['version', 'environment', 'node'],
    read: ({ version, status }) => [[1, { version, environment: status.environment, node: process.version }]],
  },
  {
    type: 'gauge',
    name: 'kis_stream_socket_state',
    help: 'The state each socket is in: 1 for that one, 0 for all others.',
    labels: ['market', 'state'],
    read: ({ status }) =>
      markets.flatMap(market =>
        phases.map(state => [status.sockets[market].phase === state ? 1 : 0, { market, state }] as const),
      ),
  },
  {
    type: 'gauge',
    name: 'kis_stream_socket_state_seconds',
    help: 'How long each socket has been in its state.',
    labels: ['market'],
    read: ({ status }) => markets.map(market => [(status.time - status.sockets[market].since) / 1_000, { market }]),
  },
  {
    type: 'gauge',
    name: 'kis_stream_socket_failures',
    help: 'Attempts to connect in a row that came to nothing.',
    labels: ['market'],
    read: ({ status }) => markets.map(market => [status.sockets[market].failures, { market }]),
  },
  {
    type: 'gauge',
    name: 'kis_stream_turn',
    help: 'Which market has its turn: 1 for that one.',
    labels: ['market'],
    read: ({ status }) => markets.map(market => [hasTurn(status.handOver, market) ? 1 : 0, { market }]),
  },
  {
    type: 'counter',
    name: 'kis_stream_disconnects_total',
    help: 'Times a market was disconnected, on purpose or not.',
    labels: ['market'],
    read: ({ status: { counts } }) => markets.map(market => [counts.disconnects[market], { market }]),
  },
  {
    type: 'gauge',
    name: 'kis_stream_slots_used',
    help: 'Slots taken of those that one session has, all channels together.',
    labels: ['market'],
    read: ({ status }) => markets.map(market => [status.sockets[market].slots, { market }]),
  },
  {
    type: 'gauge',
    name: 'kis_stream_slots_limit',
    help: 'Slots of one session.',
    read: ({ status }) => [[status.mostSlots]],
  },
  {
    type: 'gauge',
    name: 'kis_stream_subscriptions',
    help: 'Subscriptions by what KIS agreed to.',
    labels: ['status'],
    read: ({ subscriptions }) =>
      subscriptionStatuses.map(status => [subscriptions.filter(one => one.status === status).length, { status }]),
  },
  {
    type: 'gauge',
    name: 'kis_stream_subscriptions_flowing',
    help: 'Subscriptions whose data came in this session and has not gone stale.',
    read: ({ subscriptions }) => [
      [subscriptions.filter(({ flowingSince, isStale }) => flowingSince !== undefined && !isStale).length],
    ],
  },
  {
    type: 'gauge',
    name: 'kis_stream_subscriptions_stale',
    help: 'Subscriptions that are silent for longer than their own rhythm explains, while their market is open.',
    read: ({ subscriptions }) => [[subscriptions.filter(({ isStale }) => isStale === true).length]],
  },
  {
    type: 'gauge',
    name: 'kis_stream_connects_left',
    help: 'Connections that may still be opened in the current window before KIS might take it for abuse: of all processes where Redis counts them, else of this one.',
    labels: ['app_key'],
    read: ({ status, sharedConnectsLeft }) =>
      ofLines(status, ({ budgets }, index) => sharedConnectsLeft[index] ?? budgets.connects.left),
  },
  {
    type: 'gauge',
    name: 'kis_stream_requests_left',
    help: 'Subscriptions and releases that may still be asked for in the current window.',
    labels: ['app_key'],
    read: ({ status }) => ofLines(status, ({ budgets }) => budgets.requests.left),
  },
  {
    type: 'gauge',
    name: 'kis_stream_clock_skew_seconds',
    help: 'How far our clock is ahead of that in the last heartbeat of KIS, which carries whole seconds. Absent before the first.',
    read: ({ status: { clockSkew } }) => (clockSkew === undefined ? [] : [[clockSkew.aheadMs / 1_000]]),
  },
  {
    type: 'gauge',
    name: 'kis_stream_approval_key_age_seconds',
    help: 'Since the approval key in use was issued. KIS looks at it for 24 hours. Absent while there is none.',
    labels: ['app_key'],
    read: ({ status }) =>
      ofLines(status, ({ approvalKeyIssuedAt: at }) => (at === undefined ? undefined : (status.time - at) / 1_000)),
  },
]

const data: readonly MetricDefinition[] = [
  {
    type: 'counter',
    name: 'kis_stream_frames_total',
    help: 'Data frames from the sockets.',
    read: ({ status: { counts } }) => [[counts.frames]],
  },
  {
    type: 'counter',
    name: 'kis_stream_records_total',
    help: 'Records read, repeats included, by KIS transaction.',
    labels: ['tr'],
    read: ({ status: { counts } }) => Object.entries(counts.records).map(([tr, count]) => [count, { tr }]),
  },
  {
    type: 'histogram',
    name: 'kis_stream_lag_seconds',
    help: 'From the time in a trade to its arrival. KIS writes whole seconds, so up to one second of it is rounding; clocks that differ show here too.',
    labels: ['market'],
    read: ({ status }) =>
      markets.map(market => {
        const { bounds, counts, sum } = status.counts.lag[market]
        return { labels: { market }, bounds: bounds.map(bound => bound / 1_000), counts, sum: sum / 1_000 }
      }),
  },
  {
    type: 'histogram',
    name: 'kis_stream_latency_seconds',
    help: 'From a frame leaving the socket to the return of the last subscriber. Every 16th frame is timed.',
    read: ({ status: { latency } }) => [
      {
        bounds: latency.boundsMicros.map(bound => bound / 1e6),
        counts: latency.counts,
        sum: latency.totalMicros / 1e6,
      },
    ],
  },
  {
    type: 'counter',
    name: 'kis_stream_gaps_total',
    help: 'Times volume was found missing, by what happened meanwhile.',
    labels: ['cause'],
    read: ({ status: { counts } }) => causes.map(cause => [counts.gaps[cause] ?? 0, { cause }]),
  },
  {
    type: 'counter',
    name: 'kis_stream_missing_volume_shares_total',
    help: 'Shares that traded and did not come.',
    read: ({ status: { counts } }) => [[counts.missingVolume]],
  },
  {
    type: 'counter',
    name: 'kis_stream_late_volume_shares_total',
    help: 'Missing shares that came late after all.',
    read: ({ status: { counts } }) => [[counts.lateVolume]],
  },
  {
    type: 'counter',
    name: 'kis_stream_repairs_total',
    help: 'Gaps that jobs filled from REST.',
    read: ({ status: { counts } }) => [[counts.repairs]],
  },
  {
    type: 'counter',
    name: 'kis_stream_repaired_volume_shares_total',
    help: 'Missing shares that jobs fetched from REST.',
    read: ({ status: { counts } }) => [[counts.repairedVolume]],
  },
  {
    type: 'counter',
    name: 'kis_stream_resyncs_total',
    help: 'Times the total of a day could not be followed, so that missing volume is unknown, by reason.',
    labels: ['reason'],
    read: ({ status: { counts } }) => Object.entries(counts.resyncs).map(([reason, count]) => [count, { reason }]),
  },
  {
    type: 'counter',
    name: 'kis_stream_duplicates_total',
    help: 'Records dropped because they had been delivered before.',
    read: ({ status: { counts } }) => [[counts.duplicates]],
  },
  {
    type: 'counter',
    name: 'kis_stream_malformed_total',
    help: 'Frames and records that could not be read.',
    read: ({ status: { counts } }) => [[counts.events.malformed ?? 0]],
  },
  {
    type: 'counter',
    name: 'kis_stream_schema_drifts_total',
    help: 'Record widths never seen before: KIS changed its columns.',
    read: ({ status: { counts } }) => [[counts.events['schema-drift'] ?? 0]],
  },
  {
    type: 'counter',
    name: 'kis_stream_instruments_forgotten_total',
    help: 'Ceilings of instruments that were reached: from then on those that traded longest ago are forgotten.',
    read: ({ status: { counts } }) => [[counts.events['instruments-forgotten'] ?? 0]],
  },
  {
    type: 'counter',
    name: 'kis_stream_mute_total',
    help: 'Times a subscription was asked for again because it was silent while others flowed.',
    read: ({ status: { counts } }) => [[counts.mute]],
  },
  {
    type: 'counter',
    name: 'kis_stream_silences_total',
    help: 'Times a market was silent in trading hours, and its connection was left for a new one.',
    read: ({ status: { counts } }) => [[counts.silences]],
  },
  {
    type: 'counter',
    name: 'kis_stream_sink_dropped_total',
    help: 'Events a sink was too slow for.',
    labels: ['sink'],
    read: ({ status: { counts } }) => Object.entries(counts.sinks).map(([sink, { dropped }]) => [dropped, { sink }]),
  },
  {
    type: 'counter',
    name: 'kis_stream_sink_errors_total',
    help: 'Failures of a sink; its neighbours noticed nothing.',
    labels: ['sink'],
    read: ({ status: { counts } }) => Object.entries(counts.sinks).map(([sink, { errors }]) => [errors, { sink }]),
  },
]

const surroundings: readonly MetricDefinition[] = [
  {
    type: 'gauge',
    name: 'kis_stream_queue_jobs',
    help: 'Jobs in a queue, by state.',
    labels: ['queue', 'state'],
    read: ({ queues }) => queues.map(({ queue, state, jobs }) => [jobs, { queue, state }]),
  },
  {
    type: 'gauge',
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    read: ({ memory }) => [[memory.residentBytes]],
  },
  {
    type: 'gauge',
    name: 'nodejs_heap_size_used_bytes',
    help: 'Memory in use by objects.',
    read: ({ memory }) => [[memory.heapUsedBytes]],
  },
  {
    type: 'gauge',
    name: 'nodejs_eventloop_lag_p50_seconds',
    help: 'How late the event loop was, at the median since the last time this was asked.',
    read: ({ loopLag }) => [[loopLag.p50]],
  },
  {
    type: 'gauge',
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'The same at the 99th percentile.',
    read: ({ loopLag }) => [[loopLag.p99]],
  },
  {
    type: 'gauge',
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'The same at worst.',
    read: ({ loopLag }) => [[loopLag.max]],
  },
]

export const metricList: readonly MetricDefinition[] = [...connections, ...data, ...surroundings]

const subscriptionStatuses = ['wanted', 'requested', 'active', 'adopted', 'releasing', 'refused'] as const
const causes = ['lost', 'outage', 'unsubscribed', 'restart'] as const

function leavesOf(state: StateOutline): string[] {
  return state.children.length === 0 ? [state.path.replace(/^session\./, '')] : state.children.flatMap(leavesOf)
}

export type MetricsFeed = Pick<Feed, 'status' | 'subscriptions'>

function hasTurn({ turn, turns }: FeedStatus['handOver'], market: 'KR' | 'US'): boolean {
  return turn === market || turns?.includes(market) === true
}

/** A line is labelled with the setting of its app key. */
function ofLines(
  status: FeedStatus,
  valueOf: (line: LineStatus, index: number) => number | undefined,
): readonly Sample[] {
  return status.lines.flatMap((line, index): Sample[] => {
    const value = valueOf(line, index)
    return value === undefined ? [] : [[value, { app_key: variableOf(line.line) }]]
  })
}
