// What the board has become, as plain entries.
import type { LineId } from '../../market/events.ts'
import type { Board, Claim, Outcome, Turn } from './board.ts'
import { keptMs } from './limits.ts'
import type { Entry, Leaving, Slot } from './words.ts'

const leftNone: ReadonlyMap<LineId, Leaving> = new Map()

/** Gives one to each subscription that is wanted, has a slot, or has just lost one. */
export function addOutcomes(board: Board): void {
  for (const { claims, twin } of board.groups) {
    for (const claim of claims) {
      if (claim.isShadow) continue
      const shadow = twin?.claims.find(({ key }) => key === claim.key)
      claim.item.outcome = outcomeOf(board, claim, shadow)
    }
  }
}

function outcomeOf(board: Board, first: Claim, shadow: Claim | undefined): Outcome {
  const { rank, isWanted, group, item } = first
  if (shadow === undefined && isUnchanged(first, item.entry))
    return { entry: item.entry, left: leftNone, isByRank: false, nextAt: nextAt(board, first) }
  const entry: { -readonly [Name in keyof Entry]: Entry[Name] } = { rank, isWanted, market: board.market }
  if (first.turn !== null) entry.first = slotOf(first, first.turn)
  if (first.why !== undefined) entry.why = first.why
  if (shadow !== undefined && shadow.turn !== null) entry.shadow = slotOf(shadow, shadow.turn)
  if (shadow?.isWanted === true && shadow.why !== undefined) entry.whyNoShadow = shadow.why
  if (isWanted && board.market === 'US' && group.family.feed !== undefined) entry.feed = group.family.feed
  return {
    entry,
    left: leftBy(first, shadow),
    isByRank: tookLower(first) || (shadow !== undefined && tookLower(shadow)),
    nextAt: Math.min(nextAt(board, first), shadow === undefined ? Number.POSITIVE_INFINITY : nextAt(board, shadow)),
  }
}

/** Nothing of it has changed, so that its entry still says all. */
function isUnchanged(
  { rank, isWanted, turn, before, since, why, group }: Claim,
  entry: Entry | undefined,
): entry is Entry {
  const slot = entry?.first
  if (entry === undefined || slot === undefined || turn === null || turn !== before || why !== undefined) return false
  return (
    slot.since === since &&
    slot.isLost === (turn.state === 'lost') &&
    entry.rank === rank &&
    entry.isWanted === isWanted &&
    entry.why === undefined &&
    entry.shadow === undefined &&
    entry.whyNoShadow === undefined &&
    (turn.market !== 'US' || entry.feed === group.family.feed)
  )
}

function tookLower({ turn, before, choice }: Claim): boolean {
  return choice === 'rank' && turn !== null && turn !== before
}

function leftBy(first: Claim, shadow: Claim | undefined): ReadonlyMap<LineId, Leaving> {
  if (first.left === undefined && shadow?.left === undefined) return leftNone
  return new Map([...leftOf(first), ...(shadow === undefined ? [] : leftOf(shadow))])
}

function leftOf({ turn, before, from, left }: Claim): [LineId, Leaving][] {
  const line = before === null ? from : before.line
  return left === undefined || line === undefined || (turn !== null && turn === before) ? [] : [[line, left]]
}

function slotOf({ since, choice, other, from, left }: Claim, { line, state }: Turn): Slot {
  const slot: { -readonly [Name in keyof Slot]: Slot[Name] } = {
    line,
    since,
    isPlanned: state === 'later',
    isLost: state === 'lost',
    choice,
  }
  if (other !== undefined) slot.other = other
  if (from !== undefined && left !== undefined) {
    slot.from = from
    slot.left = left
  }
  return slot
}

function nextAt(board: Board, { isWanted, turn, since, why }: Claim): number {
  if (!isWanted) return turn === null ? Number.POSITIVE_INFINITY : since + keptMs
  const until = why !== undefined && 'until' in why ? why.until : Number.POSITIVE_INFINITY
  return until > board.now ? until : Number.POSITIVE_INFINITY
}
