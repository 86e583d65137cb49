// Who has which slot of which line. A pure function over a plain object; it asks KIS for nothing, and its
// caller carries out the moves. The rules, in this order:
//
// 1. Nothing moves that need not.
// 2. The rank decides who has a slot. An equal never evicts an equal; a higher rank evicts at once, and only
//    the budget delays it.
// 3. Account notices belong to the line of their account and keep a slot.
// 4. Trade and order book of one instrument share a line.
// 5. A shadow stands on another line.
// 6. The emptiest line first; three slots of each are filled last.
// 7. A slot is kept for 60 s; moves use at most 150 of a line's requests in ten minutes.
//
// Slots of a turn that has not begun are only planned, so that a turn begins with a placement made afresh.
import { isNotice } from '../../kis/channel.ts'
import type { LineId } from '../../market/events.ts'
import { type Market, marketOf, markets } from '../../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'
import {
  type Board,
  type Claim,
  hadSlot,
  type Item,
  isWaiting,
  openBoard,
  queueOf,
  swapWithShadow,
  unseat,
} from './board.ts'
import { movesOf } from './moves.ts'
import { type MoveBudget, openBudget } from './move-budget.ts'
import { addOutcomes } from './outcome.ts'
import { restore } from './restore.ts'
import { seat } from './seat.ts'
import { turnsOf } from './turns.ts'
import {
  type Entry,
  type Move,
  type Placement,
  type PlacementLine,
  ranks,
  type Unplaced,
  type Wanted,
} from './words.ts'

export type Placed = {
  readonly placement: Placement
  /** In the order in which they are carried out: releases before what takes their slots. */
  readonly moves: readonly Move[]
  readonly unplaced: readonly Unplaced[]
  /** When time alone changes a decision, epoch milliseconds: place again then. Null for never. */
  readonly nextAt: number | null
}

/** A slot that becomes free may let a group move, which frees others. Two rounds are the most seen. */
const mostRounds = 4

/**
 * Places what is wanted. Call it when `wanted` or a line changes, and at `nextAt`; in `lines`, every line of
 * the process, the lost ones too. `now` in epoch milliseconds.
 */
export function place(
  placement: Placement,
  wanted: readonly Wanted[],
  lines: readonly PlacementLine[],
  now: number,
): Placed {
  const budgets = new Map(lines.map(({ id }) => [id, openBudget(placement.lines[id]?.spent ?? [], now)]))
  const items = itemsOf(placement, wanted)
  for (const market of markets) {
    const board = openBoard(market, turnsOf(market, lines, placement, budgets), now)
    restore(
      board,
      items.filter(item => item.market === market && item.outcome === undefined),
    )
    fill(board, ['open', 'lost'])
    // The plan goes by rank and order alone: with nothing else changed, the next call makes the same.
    fill(board, ['later'])
    addOutcomes(board)
  }
  const entries: Record<SubscriptionKey, Entry> = {}
  const unplaced: Unplaced[] = []
  let nextAt = Number.POSITIVE_INFINITY
  for (const { key, outcome } of items) {
    if (outcome === undefined) continue
    const { entry } = outcome
    const { first, shadow, why, whyNoShadow, isWanted } = entry
    if (!isWanted && first === undefined && shadow === undefined) continue
    entries[key] = entry
    if (isWanted && why !== undefined && first === undefined) unplaced.push({ key, isShadow: false, why })
    if (whyNoShadow !== undefined && shadow === undefined) unplaced.push({ key, isShadow: true, why: whyNoShadow })
    nextAt = Math.min(nextAt, outcome.nextAt)
  }
  return {
    placement: { entries, lines: memoriesOf(placement, budgets) },
    moves: movesOf(items, lines),
    unplaced,
    nextAt: Number.isFinite(nextAt) ? nextAt : null,
  }
}

/** Serves the ranks from above, until nothing more can be given. */
function fill(board: Board, filling: Board['filling']): void {
  board.filling = filling
  for (let round = 0; round < mostRounds; round++) {
    const { freed } = board
    if (!filling.includes('later')) enqueue(board, hadSlot)
    enqueue(board, claim => filling.includes('later') || !hadSlot(claim))
    for (const queue of board.queues.toReversed()) {
      // An eviction adds to the queues that are still to come.
      for (const claim of queue) if (isWaiting(claim)) seat(board, claim)
      queue.length = 0
    }
    endLoneShadows(board)
    if (board.freed === freed) return
  }
}

function enqueue({ groups, queues }: Board, isNext: (claim: Claim) => boolean): void {
  for (const { claims } of groups) {
    for (const claim of claims) if (isWaiting(claim) && isNext(claim)) queues[queueOf(claim)]?.push(claim)
  }
}

/** A shadow stands beside its first slot, or becomes it. */
function endLoneShadows(board: Board): void {
  for (const group of board.groups) {
    const { twin, claims, turn } = group
    if (twin === null || twin.turn === null || claims[0]?.isShadow === true) continue
    if (turn === null) swapWithShadow(group)
    for (const shadow of twin.claims) {
      const first = claims.find(({ key }) => key === shadow.key)
      if (shadow.turn === null || first === undefined || first.turn !== null) continue
      unseat(shadow, 'shared')
      shadow.why = { code: 'no-first-slot' }
      board.freed++
    }
  }
}

/** Each key once, with the highest rank it is asked for, then what is no longer wanted and has a slot. */
function itemsOf({ entries }: Placement, wanted: readonly Wanted[]): Item[] {
  const items = new Map<SubscriptionKey, Item>()
  for (const each of wanted) {
    const known = items.get(each.key)
    items.set(each.key, known === undefined ? itemOf(each, entries[each.key], true) : both(known, each))
  }
  shareNotices([...items.values()].filter(isOfNotices))
  for (const key of Object.keys(entries) as SubscriptionKey[]) {
    if (items.has(key)) continue
    const entry = entries[key] as Entry // its own keys
    if (entry.first !== undefined || entry.shadow !== undefined)
      items.set(key, itemOf({ key, rank: entry.rank }, entry, false))
  }
  return [...items.values()]
}

/** One of several that KIS knows as the same has the slot: the one that has it already, or else the first. */
function shareNotices(notices: readonly Item[]): void {
  const first = new Map<string, SubscriptionKey>()
  for (const item of [...notices.filter(({ entry }) => entry?.first !== undefined), ...notices]) {
    const name = registrationOf(item)
    const sharesWith = first.get(name) ?? item.key
    first.set(name, sharesWith)
    if (sharesWith === item.key) continue
    const { rank, market } = item
    const entry: Entry = { rank, isWanted: true, market, sharesWith }
    item.outcome = { entry, left: new Map(), isByRank: false, nextAt: Number.POSITIVE_INFINITY }
  }
}

function both(known: Item, other: Wanted): Item {
  const rank = ranks.indexOf(other.rank) > ranks.indexOf(known.rank) ? other.rank : known.rank
  return { ...known, rank, hasShadow: known.hasShadow || other.shadow === true }
}

function itemOf(wanted: Wanted, entry: Entry | undefined, isWanted: boolean): Item {
  const { key, rank, shadow = false, line } = wanted
  const { instrument, channel } = subscriptionOf(key)
  const market = entry?.market ?? marketOf(instrument)
  return { key, rank, hasShadow: shadow, line, market, instrument, channel, entry, isWanted, outcome: undefined }
}

function isOfNotices({ channel }: Item): boolean {
  return channel !== 'trade' && channel !== 'order-book' && isNotice(channel)
}

/** KIS knows account notices by the account, whatever the instrument: asked for once in each turn. */
function registrationOf({ market, channel, line = '' }: Item): string {
  return `${market} ${channel} ${line}`
}

function memoriesOf(placement: Placement, budgets: ReadonlyMap<LineId, MoveBudget>): Placement['lines'] {
  const kept = { ...placement.lines }
  for (const [id, { spent }] of budgets) kept[id] = { ...kept[id], spent }
  return kept
}

/** What a line has in the turn of a market, planned or given. */
export function keysOn(placement: Placement, line: LineId, market: Market): SubscriptionKey[] {
  return (Object.entries(placement.entries) as [SubscriptionKey, Entry][]).flatMap(([key, entry]) =>
    entry.market === market && (entry.first?.line === line || entry.shadow?.line === line) ? [key] : [],
  )
}
