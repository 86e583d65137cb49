// Who asks for which subscription in this process: counts that are right however often a holder asks or lets
// go. Pure functions over a plain object.
import type { SubscriptionKey } from '../../market/subscription.ts'
import { type Rank, ranks, type Wanted } from './words.ts'

export type Ask = {
  /** Default `watched`. */
  readonly rank?: Rank
  /** Default false. */
  readonly shadow?: boolean
  /** A named holder holds once, however often it asks. Default: a holder of its own for each handle. */
  readonly holder?: string
}

type Hold = {
  readonly rank: Rank
  readonly shadow: boolean
  /** Number of the handle that began this hold: an older handle of that name does not end it. */
  readonly since: number
}

/** Holds by holder. A name stands behind `name:`, the number of an unnamed handle behind `handle:`. */
export type HoldsOf = Readonly<Record<string, Hold>>

export type Holders = {
  readonly holds: Readonly<Record<SubscriptionKey, HoldsOf>>
  /** Number of the next handle. */
  readonly next: number
}

/** What a call of `hold` gives back. Letting go of it twice is harmless. */
export type Handle = {
  readonly keys: readonly SubscriptionKey[]
  readonly holder: string
  readonly number: number
}

export const noHolders: Holders = { holds: {}, next: 1 }

/** One holder asks for some subscriptions. What a named one asked for before is replaced. */
export function hold(
  { holds, next }: Holders,
  keys: readonly SubscriptionKey[],
  { rank = 'watched', shadow = false, holder }: Ask = {},
): { readonly holders: Holders; readonly handle: Handle } {
  const id = holder === undefined ? `handle:${next}` : `name:${holder}`
  const changed: Record<SubscriptionKey, HoldsOf> = { ...holds }
  for (const key of keys) {
    const since = changed[key]?.[id]?.since ?? next
    changed[key] = { ...changed[key], [id]: { rank, shadow, since } }
  }
  return { holders: { holds: changed, next: next + 1 }, handle: { keys, holder: id, number: next } }
}

/** Lets go of what a handle holds. A handle whose hold has ended changes nothing. */
export function letGo(holders: Holders, { keys, holder, number }: Handle): Holders {
  const changed: Record<SubscriptionKey, HoldsOf> = { ...holders.holds }
  for (const key of keys) {
    const { [holder]: ended, ...rest } = changed[key] ?? {}
    if (ended === undefined || number < ended.since) continue
    if (Object.keys(rest).length > 0) changed[key] = rest
    else delete changed[key]
  }
  return { ...holders, holds: changed }
}

/** `unsubscribe`: lets go of all that this process holds of some subscriptions. */
export function letGoOfAll(holders: Holders, keys: readonly SubscriptionKey[]): Holders {
  const changed = { ...holders.holds }
  for (const key of keys) delete changed[key]
  return { ...holders, holds: changed }
}

/** How many holders a subscription has. */
export function holderCount({ holds }: Holders, key: SubscriptionKey): number {
  return Object.keys(holds[key] ?? {}).length
}

/** What is wanted, in the order in which it was first asked for, with the highest rank and shadow of all. */
export function wantedBy({ holds }: Holders): Wanted[] {
  return (Object.entries(holds) as [SubscriptionKey, HoldsOf][]).map(([key, byHolder]) => {
    const all = Object.values(byHolder)
    const level = Math.max(...all.map(({ rank }) => ranks.indexOf(rank)))
    return { key, rank: ranks[level] as Rank, shadow: all.some(({ shadow }) => shadow) }
  })
}
