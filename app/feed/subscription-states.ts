// What was agreed with KIS at this moment: the ledger of each socket, and whether data flows. Truth does not outlive the connection it was
// told on, so without a session nothing is agreed and nothing flows, whatever was said in the last one.
import { entriesOf, newSession } from '../../machines/ledger.ts'
import { markets } from '../../market/instrument.ts'
import { subscriptionOf } from '../../market/subscription.ts'
import type { Control } from './sockets.ts'
import type { SubscriptionState } from './contract.ts'
import type { Flow } from './flow.ts'
import type { TransitionLog } from '../observe/transitions.ts'

export type AgreementParts = {
  readonly control: Pick<Control, 'ledgerOf' | 'wantedSince' | 'reservedSlots'>
  readonly flow: Pick<Flow, 'of'>
  readonly transitions: Pick<TransitionLog, 'of'>
}

const withoutSession: ReadonlySet<string> = new Set(['market-switch', 'reconnecting', 'stopped'])

export function agreements({ control, flow, transitions }: AgreementParts): SubscriptionState[] {
  return markets.flatMap(market => {
    const hasSession = !withoutSession.has(transitions.of(market).current.phase)
    const ledger = control.ledgerOf(market)
    return entriesOf(hasSession ? ledger : newSession(ledger, control.reservedSlots)).map(
      ([key, { status, code, isResting, isUnplaced }]) => {
        const wantedSince = control.wantedSince(key)
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
