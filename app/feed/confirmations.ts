// Promises of subscriptions: resolved when KIS confirms one, rejected with its code when it refuses one.
import { type LedgerEntry, unanswered } from '../../machines/ledger.ts'
import type { MarketEvent } from '../../market/events.ts'
import { keyOf, type SubscriptionKey } from '../../market/subscription.ts'
import { explainRefusal } from '../observe/explanations.ts'

/** KIS, or we in its place, refused a subscription. */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError'
  readonly key: SubscriptionKey
  /** KIS's code, or `UNANSWERED`, `MUTE`, `RELEASED`, `STOPPED`, `NOT_ASKED`. */
  readonly code: string

  constructor(key: SubscriptionKey, code: string) {
    super(`${key} is not subscribed, ${code}: ${reasonOf(code)}`)
    this.key = key
    this.code = code
  }
}

function reasonOf(code: string): string {
  const { meaning, remedy } = explainRefusal(code)
  return `${meaning.en} ${remedy.en}`.trim()
}

export type Confirmations = {
  /** Resolves when the key is active. Rejects with a SubscriptionError. */
  of(key: SubscriptionKey, entry: LedgerEntry | undefined): Promise<void>
  note(event: MarketEvent): void
  stop(): void
}

type Waiting = { readonly resolve: () => void; readonly reject: (error: SubscriptionError) => void }

export function createConfirmations(): Confirmations {
  const waiting = new Map<SubscriptionKey, Waiting[]>()

  function settle(key: SubscriptionKey, end: (one: Waiting) => void): void {
    const all = waiting.get(key) ?? []
    waiting.delete(key)
    for (const one of all) end(one)
  }

  const fail = (key: SubscriptionKey, code: string) => settle(key, one => one.reject(new SubscriptionError(key, code)))

  return {
    async of(key, entry) {
      if (entry?.status === 'active' && entry.isWanted) return
      if (entry?.status === 'refused') throw new SubscriptionError(key, entry.code ?? unanswered)
      if (entry === undefined || !entry.isWanted) throw new SubscriptionError(key, 'NOT_ASKED')
      await new Promise<void>((resolve, reject) => {
        waiting.set(key, [...(waiting.get(key) ?? []), { resolve, reject }])
      })
    },
    note(event) {
      if (event.type !== 'subscription' || event.instrument === null || event.channel === null) return
      const key = keyOf({ instrument: event.instrument, channel: event.channel })
      if (event.status === 'active') settle(key, one => one.resolve())
      if (event.status === 'refused') fail(key, event.code ?? unanswered)
      if (event.status === 'released') fail(key, 'RELEASED')
    },
    stop() {
      for (const key of waiting.keys()) fail(key, 'STOPPED')
    },
  }
}
