// What the board has become, as plain entries.
import type { LineId } from '../../market/events.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import type { Board, Claim } from './board.ts'
import { keptMs } from './limits.ts'
import type { Entry, Leaving, Slot } from './words.ts'

export type Outcome = {
  readonly key: SubscriptionKey
  readonly entry: Entry
  /** What made it leave each line that it left. */
  readonly left: ReadonlyMap<LineId, Leaving>
  /** It, or its shadow, took the slot of a lower rank in this placement. */
  readonly isByRank: boolean
  /** When time alone changes what is decided of it. */
  readonly nextAt: number
}

/** One for each subscription that is wanted or has a slot; those that left only because they are not. */
export function outcomesOf(board: Board): Outcome[] {
  const shadows = new Map<SubscriptionKey, Claim>()
  for (const { claims } of board.groups) for (const claim of claims) if (claim.isShadow) shadows.set(claim.key, claim)
  return board.groups.flatMap(({ claims }) =>
    claims.flatMap(claim => (claim.isShadow ? [] : [outcomeOf(board, claim, shadows.get(claim.key))])),
  )
}

function outcomeOf(board: Board, first: Claim, shadow: Claim | undefined): Outcome {
  const { key, rank, isWanted, why, group } = first
  const market = board.market
  const slots = {
    ...(first.turn === null ? {} : { first: slotOf(first) }),
    ...(shadow === undefined || shadow.turn === null ? {} : { shadow: slotOf(shadow) }),
  }
  const feed = isWanted && market === 'US' && group.family.feed !== undefined ? { feed: group.family.feed } : {}
  const whys = {
    ...(why === undefined ? {} : { why }),
    ...(shadow?.isWanted !== true || shadow.why === undefined ? {} : { whyNoShadow: shadow.why }),
  }
  const both = shadow === undefined ? [first] : [first, shadow]
  return {
    key,
    entry: { rank, isWanted, market, ...slots, ...whys, ...feed },
    left: new Map(both.flatMap(leftOf)),
    isByRank: both.some(({ turn, before, choice }) => turn !== null && turn !== before && choice === 'rank'),
    nextAt: Math.min(...both.map(claim => nextAt(board, claim))),
  }
}

function leftOf({ turn, before, from, left }: Claim): [LineId, Leaving][] {
  const line = before === null ? from : before.line
  return left === undefined || line === undefined || (turn !== null && turn === before) ? [] : [[line, left]]
}

function slotOf({ turn, since, choice, other, from, left }: Claim): Slot {
  if (turn === null) throw new Error('a claim without a seat has no slot')
  const { line, state } = turn
  return {
    line,
    since,
    isPlanned: state === 'later',
    isLost: state === 'lost',
    choice,
    ...(other === undefined ? {} : { other }),
    ...(from === undefined || left === undefined ? {} : { from, left }),
  }
}

function nextAt(board: Board, { isWanted, turn, since, why }: Claim): number {
  if (!isWanted) return turn === null ? Number.POSITIVE_INFINITY : since + keptMs
  const until = why !== undefined && 'until' in why ? why.until : Number.POSITIVE_INFINITY
  return until > board.now ? until : Number.POSITIVE_INFINITY
}
