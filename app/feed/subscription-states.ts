// The state of each subscription: the ledger of its socket, and whether data comes. What KIS acknowledged
// ends with the connection, so without a session nothing is active and nothing flows.
import { entriesOf, newSession } from '../../machines/ledger.ts'
import type { SubscriptionStatus } from '../../market/events.ts'
import { type Instrument, markets } from '../../market/instrument.ts'
import { type Channel, subscriptionOf } from '../../market/subscription.ts'
import type { Sockets } from './sockets.ts'
import type { Flow } from './flow.ts'
import type { TransitionLog } from '../observe/transitions.ts'

export type SubscriptionState = {
  readonly instrument: Instrument
  readonly channel: Channel
  readonly status: SubscriptionStatus
  /** When `subscribe` asked for it. */
  readonly wantedSince?: number
  readonly code?: string
  /** It was refused for a reason that passes, as the lack of a slot, and is asked for again by itself. */
  readonly isPassing?: true
  /** When data first came in this session, and last. An acknowledgement alone is no data. */
  readonly flowingSince?: number
  readonly lastData?: number
  /** Silent for longer than its own rhythm explains, while its market is open. */
  readonly isStale?: boolean
  /** Trading in it is halted, as far as KIS sent it: no data is expected. */
  readonly isHalted?: true
}

export type SubscriptionStateParts = {
  readonly sockets: Pick<Sockets, 'ledgerOf' | 'wantedSince' | 'reservedSlots'>
  readonly flow: Pick<Flow, 'of'>
  readonly observers: { readonly transitionsOf: TransitionLog['of'] }
}

const withoutSession: ReadonlySet<string> = new Set(['market-switch', 'reconnecting', 'stopped'])

export function subscriptionStates({ sockets, flow, observers }: SubscriptionStateParts): SubscriptionState[] {
  return markets.flatMap(market => {
    const hasSession = !withoutSession.has(observers.transitionsOf(market).current.phase)
    const ledger = sockets.ledgerOf(market)
    return entriesOf(hasSession ? ledger : newSession(ledger, sockets.reservedSlots)).map(
      ([key, { status, code, isResting, isUnplaced }]) => {
        const wantedSince = sockets.wantedSince(key)
        return {
          ...subscriptionOf(key),
          status,
          ...(wantedSince === undefined ? {} : { wantedSince }),
          ...(code === undefined ? {} : { code }),
          ...(status === 'refused' && (isResting || isUnplaced) ? { isPassing: true as const } : {}),
          ...(hasSession ? flow.of(key) : {}),
        }
      },
    )
  })
}
