// All that a feed says about itself, read at once: where it is connected, whether data flows as the calendar
// expects, what it counted.
import type { Calendar } from '../../../market/calendar/calendar.ts'
import type { GapQuestion } from '../../../market/gap-finding.ts'
import { openGaps } from '../../../streams/continuity/repairs.ts'
import type { ContinuityMemory } from '../../../streams/continuity/memory.ts'
import type { SubscriptionState } from '../../feed/subscription-states.ts'
import type { Counts } from '../counts.ts'
import type { Latency } from '../latency.ts'
import { type ConnectionParts, type ConnectionStatus, readConnection } from './connection.ts'
import { type HealthReport, healthOf } from './health.ts'

export type FeedStatus = ConnectionStatus & {
  /** Whether data flows as the calendar expects: what `/health` answers and the page shows. */
  readonly health: HealthReport
  readonly counts: Counts
  readonly latency: Latency
  /** Volume that is missing and that nothing has filled yet. */
  readonly openGaps: readonly GapQuestion[]
}

export type StatusParts = ConnectionParts & {
  readonly observers: { readonly counts: () => Counts; readonly latency: () => Latency }
  readonly subscriptions: readonly SubscriptionState[]
  readonly calendar: Calendar
  readonly memory: ContinuityMemory
}

export function readStatus(parts: StatusParts): FeedStatus {
  const { observers, subscriptions, calendar, memory, settings } = parts
  const connection = readConnection(parts)
  return {
    ...connection,
    health: healthOf({ status: connection, subscriptions, calendar, silenceMs: settings.timing.silenceMs }),
    counts: observers.counts(),
    latency: observers.latency(),
    openGaps: openGaps(memory),
  }
}
