// Which request an answer belongs to: by transaction and key where KIS names them, else by the order of
// sending (a refusal often says `(null)`).
import type { WireKey } from '../../kis/channel.ts'
import type { Answer } from '../../kis/wire/control.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import type { Request } from './outbox.ts'

export type Sent = (Request & { readonly wire: WireKey }) | { readonly verb: 'heartbeat'; readonly sentAt: number }

export type PendingRequests = {
  sent(what: Sent): void
  /** The request that an answer at `now` belongs to. It is no longer pending. */
  settle(answer: Answer, now: number): Sent | undefined
  /** The key that an answer names, if it was requested in this session, answered before or not. */
  keyOf(answer: Answer): SubscriptionKey | undefined
}

/** A heartbeat that is not refused within `patienceMs` was accepted: KIS does not answer it. */
export function createPendingRequests(patienceMs: number): PendingRequests {
  let waiting: Sent[] = []
  const keys = new Map<string, SubscriptionKey>()

  return {
    sent(what) {
      waiting.push(what)
      if (what.verb !== 'heartbeat') keys.set(`${what.wire.tr} ${what.wire.key}`, what.key)
    },
    settle(answer, now) {
      waiting = waiting.filter(what => what.verb !== 'heartbeat' || now - what.sentAt <= patienceMs)
      const index = answer.tr === undefined ? indexOfOldest(waiting, answer) : indexOfAnswered(waiting, answer)
      if (index < 0) return undefined
      const answered = waiting[index]
      // Answers come in order, so a heartbeat sent before this request was accepted.
      waiting = waiting.filter((what, position) => position > index || (position < index && what.verb !== 'heartbeat'))
      return answered
    },
    keyOf: answer => keys.get(`${answer.tr} ${answer.key}`),
  }
}

/**
 * For an answer without a key. A success never belongs to a heartbeat: KIS answers only those that it
 * refuses.
 */
function indexOfOldest(waiting: readonly Sent[], { entry }: Answer): number {
  switch (entry.reaction) {
    case 'acknowledged':
    case 'duplicate':
      return waiting.findIndex(({ verb }) => verb === 'subscribe')
    case 'released':
      return waiting.findIndex(({ verb }) => verb === 'unsubscribe')
    default:
      return waiting.length > 0 ? 0 : -1
  }
}

function indexOfAnswered(waiting: readonly Sent[], answer: Answer): number {
  const named = (what: Sent) =>
    what.verb !== 'heartbeat' &&
    what.wire.tr === answer.tr &&
    (answer.key === undefined || what.wire.key === answer.key)
  const verb = answer.entry.reaction === 'released' ? 'unsubscribe' : 'subscribe'
  const exact = waiting.findIndex(what => named(what) && what.verb === verb)
  return exact >= 0 ? exact : waiting.findIndex(named)
}
