// Account notices are of a person, not of an instrument: asked for under however many names, they are one
// subscription of a line, and take one slot. It goes by one name, and is let go of when it is asked for under
// no name any more.
import { isNotice } from '../../kis/channel.ts'
import { type Market, marketOf } from '../../market/instrument.ts'
import { keyOf, type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'

export type NoticeNames = {
  /** The name that a subscription goes by; of everything but notices, its own. */
  nameOf(key: SubscriptionKey): SubscriptionKey
  /** The names to ask for, each once. */
  want(keys: readonly SubscriptionKey[]): SubscriptionKey[]
  /**
   * The name to let go of; undefined while it is asked for under another one. Under the name it goes by, it
   * is let go of at once.
   */
  unwant(key: SubscriptionKey): SubscriptionKey | undefined
}

const names = { KR: 'KRX:NOTICES', US: 'NAS:NOTICES' } as const satisfies Record<Market, string>

/**
 * `isSideBySide`: both markets have a line at the same time. A notice that comes on both counts as two
 * executions, so it is asked for on one: overseas ones on that of the US market, all others on that of the
 * Korean one, whatever they are asked under. Lines that take turns have it each in its turn.
 */
export function createNoticeNames(isSideBySide: boolean): NoticeNames {
  const askedAs = new Map<SubscriptionKey, Set<SubscriptionKey>>()

  function nameOf(key: SubscriptionKey): SubscriptionKey {
    const { instrument, channel } = subscriptionOf(key)
    if (!isNotice(channel)) return key
    const byChannel = channel.startsWith('H0GS') ? 'US' : 'KR'
    return keyOf({ instrument: names[isSideBySide ? byChannel : marketOf(instrument)], channel })
  }

  return {
    nameOf,
    want(keys) {
      for (const key of keys) {
        const name = nameOf(key)
        const asked = askedAs.get(name) ?? new Set()
        askedAs.set(name, asked.add(key))
      }
      return [...new Set(keys.map(nameOf))]
    },
    unwant(key) {
      const name = nameOf(key)
      const asked = askedAs.get(name)
      asked?.delete(key)
      if (key !== name && asked !== undefined && asked.size > 0) return undefined
      askedAs.delete(name)
      return name
    },
  }
}
