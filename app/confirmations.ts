// Promises about subscriptions: kept when KIS says so, broken with its code when it says no.
import { explain } from '../kis/codes.ts'
import { type LedgerEntry, mute, sessionFull, unanswered } from '../machines/ledger.ts'
import type { Lifecycle } from '../market/events.ts'
import { keyOf, type SubscriptionKey } from '../market/subscription.ts'

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

const ownReasons: Readonly<Record<string, string>> = {
  [sessionFull]: 'the session carries 41 subscriptions, all channels together. Drop some, or use another app key',
  [unanswered]: 'KIS did not answer in time. It is asked again shortly, three times at most, and in the next session',
  [mute]:
    'KIS says it is subscribed and sends nothing, however often it is asked. Check the symbol and your entitlement',
  RELEASED: 'it was released meanwhile',
  STOPPED: 'the feed was stopped',
  NOT_ASKED: 'nobody asked for it. Call subscribe() first',
}

function reasonOf(code: string): string {
  const entry = explain(code, '')
  return ownReasons[code] ?? `${entry.meaning.en} ${entry.remedy.en}`
}

export type Confirmations = {
  /** Resolves when the key is active. Rejects with a SubscriptionError. */
  of(key: SubscriptionKey, entry: LedgerEntry | undefined): Promise<void>
  note(event: Lifecycle): void
  stop(): void
}

type Waiting = { readonly resolve: () => void; readonly reject: (error: SubscriptionError) => void }

export function createConfirmations(): Confirmations {
  const waiting = new Map<SubscriptionKey, Waiting[]>()

  function settle(key: SubscriptionKey, tell: (one: Waiting) => void): void {
    const all = waiting.get(key) ?? []
    waiting.delete(key)
    for (const one of all) tell(one)
  }

  const fail = (key: SubscriptionKey, code: string) => settle(key, one => one.reject(new SubscriptionError(key, code)))

  return {
    async of(key, entry) {
      if (entry?.status === 'active' && entry.wished) return
      if (entry?.status === 'refused') throw new SubscriptionError(key, entry.code ?? unanswered)
      if (entry === undefined || !entry.wished) throw new SubscriptionError(key, 'NOT_ASKED')
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
