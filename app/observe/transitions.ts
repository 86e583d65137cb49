// The last steps of each socket, for people: from where, to where, why, and how long it had been there.
import { held } from '../../machines/ledger.ts'
import type { Clock } from '../../market/clock.ts'
import type { Market } from '../../market/instrument.ts'
import { phaseOf, type SocketSnapshot } from '../feed/lifecycle.ts'

/**
 * Why a phase was entered: one of these words, or for a session that is being left or was lost, the machine's
 * own: a departure (`market-close`, `silence`, …) or what the network said.
 */
export type Cause =
  | 'its-turn'
  | 'endpoint-switch'
  | 'wait-over'
  | 'socket-opened'
  | 'all-answered'
  /** Nothing is awaited any more, because an answer did not come in time. */
  | 'answer-missing'
  | 'something-to-ask'
  | 'released'
  /** The grace is over, and KIS did not confirm every release. */
  | 'grace-over'
  | 'turn-over'
  | 'stopped'
  | (string & {})

export type Transition = {
  readonly from: string
  readonly to: string
  readonly at: number
  readonly cause: Cause
  /** How long it had been in `from`. */
  readonly lastedMs: number
}

export type Phase = { readonly phase: string; readonly since: number; readonly cause: Cause | undefined }

export type TransitionLog = {
  /** The step that was taken; undefined when the phase is still the same. */
  note(market: Market, snapshot: SocketSnapshot): Transition | undefined
  of(market: Market): { readonly current: Phase; readonly transitions: readonly Transition[] }
}

/** A day has a few; a bad one has dozens. */
const mostKept = 50

type Kept = { current: Phase; readonly transitions: Transition[] }

export function createTransitionLog(clock: Clock, redact: (text: string) => string): TransitionLog {
  const kept = new Map<Market, Kept>()

  function keptOf(market: Market): Kept {
    const known = kept.get(market)
    if (known !== undefined) return known
    const current = { phase: 'market-switch', since: clock.now(), cause: undefined }
    const one: Kept = { current, transitions: [] }
    kept.set(market, one)
    return one
  }

  return {
    note(market, snapshot) {
      const one = keptOf(market)
      const { phase: from, since } = one.current
      const to = phaseOf(snapshot.value)
      if (to === from) return undefined
      const at = clock.now()
      const cause = redact(causeOf(from, to, snapshot))
      one.current = { phase: to, since: at, cause }
      const step = { from, to, at, cause, lastedMs: at - since }
      one.transitions.push(step)
      if (one.transitions.length > mostKept) one.transitions.shift()
      return step
    },
    of: market => keptOf(market),
  }
}

/** The machine knows why it left a session; why it went on follows from where it was. */
function causeOf(from: string, to: string, { context }: SocketSnapshot): Cause {
  switch (to) {
    case 'connecting.opening':
      if (from === 'reconnecting') return 'wait-over'
      return context.loss === 'endpoint-switch' ? 'endpoint-switch' : 'its-turn'
    case 'connecting.subscribing':
      return 'socket-opened'
    case 'subscribed.settled':
      return context.isAnswerMissing ? 'answer-missing' : 'all-answered'
    case 'subscribed.asking':
      return 'something-to-ask'
    case 'market-switch':
      if (from === 'reconnecting') return 'turn-over'
      return held(context.ledger).length === 0 ? 'released' : 'grace-over'
    case 'stopped':
      return 'stopped'
    default:
      return context.loss ?? 'unknown'
  }
}
