// Account notices belong to a person, not to an instrument. Wanted under any number of names, they are one
// subscription of a line with one slot and one name, which is released when the last of them is unwanted.
import { isNotice } from '../../kis/channel.ts'
import { type Market, marketOf } from '../../market/instrument.ts'
import { keyOf, type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'

export type NoticeNames = {
  /** The one name of notices; any other subscription keeps its own. */
  nameOf(key: SubscriptionKey): SubscriptionKey
  /** The names to subscribe, each once. */
  want(keys: readonly SubscriptionKey[]): SubscriptionKey[]
  /** The name to release; undefined while another name is wanted. Its one name releases it at once. */
  unwant(key: SubscriptionKey): SubscriptionKey | undefined
}

const names = { KR: 'KRX:NOTICES', US: 'NAS:NOTICES' } as const satisfies Record<Market, string>

/**
 * `isSideBySide`: both markets have a line at the same time. A notice on both would count as two executions,
 * so it is subscribed on one: overseas notices on the line of the US market, all others on that of the Korean
 * market. Markets that take turns have it in each turn.
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
