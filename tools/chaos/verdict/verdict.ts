// Facts of a story → what is wrong with them, and the figures. Judges only; an empty list of differences is a
// story that went well.
import { toWire } from '../../../kis/channel.ts'
import { mostSubscriptions } from '../../../machines/ledger.ts'
import type { MarketEvent } from '../../../market/events.ts'
import type { FaultKind } from '../../../simulator/faults/faults.ts'
import { type ContinuityFigures, judgeContinuity } from './continuity.ts'
import type { Facts } from '../stories/run.ts'
import { chaosTiming } from '../stories/timing.ts'

export type Figures = ContinuityFigures & {
  /** How often each kind was injected. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  readonly recordsSent: number
  readonly recordsReceived: number
  /** Repeats that came and were dropped. */
  readonly repeatsDropped: number
  /** The most handshakes, and the most requests, in any ten minutes of the scaled time. */
  readonly connectionsPerWindow: number
  readonly requestsPerWindow: number
  readonly mostSocketsOpen: number
  readonly askedAgain: number
  readonly healedMs: number
}

export type Verdict = { readonly seed: number; readonly differences: readonly string[]; readonly figures: Figures }

/** The budget and we read the clock one after the other, and a machine may do something else in between. */
const shareOfConnectWindow = 0.98
/**
 * Requests are counted where they arrive, and a message may wait its turn there: a window is looked at a
 * little shorter than it is.
 */
const shareOfRequestWindow = 0.9

export function judge(facts: Facts): Verdict {
  const { story, events, stats } = facts
  const continuity = story.instruments.map(instrument => {
    const { tr, key } = toWire({ instrument, channel: 'trade' }, { overseasFeed: 'free' })
    const withheld = facts.withheld.filter(record => record.tr === tr && record.key === key)
    return judgeContinuity(instrument, events, facts.truth.get(instrument) ?? [], withheld)
  })
  const { connectWindowMs, requestWindowMs } = chaosTiming
  const figures: Figures = {
    ...(sum(continuity.map(({ figures }) => figures)) as ContinuityFigures), // a number under every name, as each of them
    faults: countFaults(facts),
    recordsSent: stats.tape.records,
    recordsReceived: events.filter(({ type }) => type === 'trade' || type === 'order-book').length,
    repeatsDropped: facts.counts.duplicates,
    connectionsPerWindow: mostWithin(facts.connectedAt, connectWindowMs * shareOfConnectWindow),
    requestsPerWindow: mostWithin(
      stats.requests.map(({ time }) => time),
      requestWindowMs * shareOfRequestWindow,
    ),
    mostSocketsOpen: facts.mostSocketsOpen,
    askedAgain: facts.askedAgain,
    healedMs: facts.healedMs ?? Number.NaN,
  }
  const differences = [
    ...continuity.flatMap(one => one.differences),
    ...judgeLine(figures),
    ...judgeEnd(facts),
    ...judgeEvents(facts),
  ]
  return { seed: story.seed, differences, figures }
}

function judgeLine({ connectionsPerWindow, mostSocketsOpen, requestsPerWindow }: Figures): string[] {
  const { mostConnects, mostRequests, connectWindowMs, requestWindowMs } = chaosTiming
  const differences: string[] = []
  if (mostSocketsOpen > 1) differences.push(`${mostSocketsOpen} sockets were open at once`)
  if (connectionsPerWindow > mostConnects) {
    differences.push(
      `${connectionsPerWindow} connections within ${connectWindowMs} ms, expected at most ${mostConnects}`,
    )
  }
  // Releases do not wait for the budget; a full session's worth may come on top.
  if (requestsPerWindow > mostRequests + mostSubscriptions) {
    differences.push(`${requestsPerWindow} requests within ${requestWindowMs} ms, expected at most ${mostRequests}`)
  }
  return differences
}

function judgeEnd({ ailing, connectedAt, hasStopped, hasCompleted, sessionsLeft, stats }: Facts): string[] {
  const differences = ailing.map(state => `did not heal: ${state}`)
  if (connectedAt.length < stats.handshakes.length) {
    differences.push(
      `${stats.handshakes.length} handshakes arrived, but ${connectedAt.length} were seen to leave: the watch is blind`,
    )
  }
  if (!hasStopped) differences.push('stop() did not resolve')
  if (hasStopped && !hasCompleted) differences.push('the events did not complete with stop()')
  if (sessionsLeft > 0) differences.push(`${sessionsLeft} sessions were still open after stop()`)
  return differences
}

function judgeEvents({ events, faults, counts }: Facts): string[] {
  const differences: string[] = []
  const struck = (kind: FaultKind) => faults.some(({ fault, acted }) => fault.kind === kind && acted > 0)
  const emitted = (type: MarketEvent['type']) => events.filter(event => event.type === type)
  if (new Set(events).size < events.length) differences.push('an event object was emitted twice')
  if (!struck('rubbish')) {
    for (const event of emitted('malformed'))
      differences.push(`malformed without a fault that causes it: ${JSON.stringify(event).slice(0, 200)}`)
  }
  if (!struck('new-column') && !struck('rubbish') && emitted('schema-drift').length > 0) {
    differences.push('schema drift without a new column')
  }
  const sinkErrors = Object.values(counts.sinks).reduce((sum, { errors }) => sum + errors, 0)
  if (sinkErrors > 0) differences.push(`${sinkErrors} errors in sinks`)
  let isDown = false
  let dataWhileDown = 0
  for (const { type } of events) {
    if (type === 'disconnect') isDown = true
    else if (type === 'resume') isDown = false
    else if (isDown && (type === 'trade' || type === 'order-book')) dataWhileDown++
  }
  if (dataWhileDown > 0) differences.push(`${dataWhileDown} records between disconnect and resume`)
  return differences
}

function countFaults({ faults }: Facts): Figures['faults'] {
  const counts: Partial<Record<FaultKind, number>> = {}
  for (const { fault } of faults) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1
  return counts
}

/** The most of these times that lie within `ms`. */
export function mostWithin(times: readonly number[], ms: number): number {
  let most = 0
  let oldest = 0
  for (const [i, time] of times.entries()) {
    while (time - (times[oldest] ?? time) >= ms) oldest++
    most = Math.max(most, i - oldest + 1)
  }
  return most
}

export function sum(figures: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const one of figures) for (const [name, value] of Object.entries(one)) total[name] = (total[name] ?? 0) + value
  return total
}
