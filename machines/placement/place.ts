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
import { type Outcome, outcomesOf } from './outcome.ts'
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
  const { items, sharing } = itemsOf(placement, wanted)
  const outcomes = new Map<SubscriptionKey, Outcome>()
  for (const market of markets) {
    const board = openBoard(market, turnsOf(market, lines, placement, budgets), now)
    restore(
      board,
      items.filter(item => item.market === market),
    )
    fill(board, ['open', 'lost'])
    // The plan goes by rank and order alone: with nothing else changed, the next call makes the same.
    fill(board, ['later'])
    for (const outcome of outcomesOf(board)) outcomes.set(outcome.key, outcome)
  }
  const entries: Record<SubscriptionKey, Entry> = {}
  const unplaced: Unplaced[] = []
  let nextAt = Number.POSITIVE_INFINITY
  for (const { key } of items) {
    const outcome = outcomes.get(key)
    if (outcome === undefined) continue
    const { entry } = outcome
    if (!entry.isWanted && entry.first === undefined && entry.shadow === undefined) continue
    entries[key] = entry
    if (entry.isWanted && entry.why !== undefined && entry.first === undefined)
      unplaced.push({ key, isShadow: false, why: entry.why })
    if (entry.whyNoShadow !== undefined && entry.shadow === undefined)
      unplaced.push({ key, isShadow: true, why: entry.whyNoShadow })
    nextAt = Math.min(nextAt, outcome.nextAt)
  }
  for (const entry of sharing) entries[entry.key] = entry.entry
  return {
    placement: { entries, lines: memoriesOf(placement, budgets) },
    moves: movesOf(placement, entries, outcomes, lines),
    unplaced,
    nextAt: Number.isFinite(nextAt) ? nextAt : null,
  }
}

/** Serves the ranks from above, until nothing more can be given. */
function fill(board: Board, filling: Board['filling']): void {
  board.filling = filling
  for (let round = 0; round < mostRounds; round++) {
    const { freed } = board
    const waiting = board.groups.flatMap(({ claims }) => claims.filter(isWaiting))
    const isFirst = (claim: Claim) => hadSlot(claim) && !filling.includes('later')
    for (const claim of waiting) if (isFirst(claim)) board.queues[queueOf(claim)]?.push(claim)
    for (const claim of waiting) if (!isFirst(claim)) board.queues[queueOf(claim)]?.push(claim)
    for (const queue of board.queues.toReversed()) {
      // An eviction adds to the queues that are still to come.
      for (const claim of queue) if (isWaiting(claim)) seat(board, claim)
      queue.length = 0
    }
    endLoneShadows(board)
    if (board.freed === freed) return
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

type Sharing = { readonly key: SubscriptionKey; readonly entry: Entry }

/** Each key once, with the highest rank it is asked for, then what is no longer wanted and has a slot. */
function itemsOf({ entries }: Placement, wanted: readonly Wanted[]): { items: Item[]; sharing: Sharing[] } {
  const asked = new Map<SubscriptionKey, Wanted>()
  for (const each of wanted) {
    const known = asked.get(each.key)
    asked.set(each.key, known === undefined ? each : both(known, each))
  }
  const items: Item[] = []
  const sharing: Sharing[] = []
  const notices = new Map<string, SubscriptionKey>()
  for (const each of [...asked.values()].filter(one => entries[one.key]?.first !== undefined && isOfNotices(one)))
    notices.set(registrationOf(each), each.key)
  for (const each of asked.values()) {
    const item = itemOf(each, entries[each.key], true)
    if (isOfNotices(each)) {
      const name = registrationOf(each)
      const sharesWith = notices.get(name) ?? each.key
      notices.set(name, sharesWith)
      if (sharesWith !== each.key) {
        const { key, rank } = each
        sharing.push({ key, entry: { rank, isWanted: true, market: item.market, sharesWith } })
        continue
      }
    }
    items.push(item)
  }
  for (const [key, entry] of Object.entries(entries) as [SubscriptionKey, Entry][]) {
    if (!asked.has(key) && (entry.first !== undefined || entry.shadow !== undefined))
      items.push(itemOf({ key, rank: entry.rank }, entry, false))
  }
  return { items, sharing }
}

function both(some: Wanted, other: Wanted): Wanted {
  const higher = ranks.indexOf(other.rank) > ranks.indexOf(some.rank) ? other : some
  return { ...higher, shadow: some.shadow === true || other.shadow === true }
}

function itemOf(wanted: Wanted, entry: Entry | undefined, isWanted: boolean): Item {
  const { instrument, channel } = subscriptionOf(wanted.key)
  return { ...wanted, instrument, channel, market: entry?.market ?? marketOf(instrument), entry, isWanted }
}

function isOfNotices({ key }: Wanted): boolean {
  return !key.endsWith(' trade') && !key.endsWith(' order-book') && isNotice(subscriptionOf(key).channel)
}

/** KIS knows account notices by the account, whatever the instrument: asked for once in each turn. */
function registrationOf({ key, line = '' }: Wanted): string {
  const { instrument, channel } = subscriptionOf(key)
  return `${marketOf(instrument)} ${channel} ${line}`
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
