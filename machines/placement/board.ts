// The working state of one placement: the lines of a market, the subscriptions, and who sits where. Mutable,
// and gone when the placement is made.
import type { LineId } from '../../market/events.ts'
import type { Instrument, Market } from '../../market/instrument.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import type { MoveBudget } from './move-budget.ts'
import {
  type Choice,
  type Entry,
  type Leaving,
  noticeLevel,
  type OverseasFeed,
  type Rank,
  ranks,
  type Why,
} from './words.ts'

/** `open`: it serves the market now. `later`: it serves it in its following turn. */
export type TurnState = 'open' | 'lost' | 'departing' | 'later'

/** A line in the turn of one market, with that turn's slots. */
export type Turn = {
  readonly line: LineId
  readonly market: Market
  readonly state: TurnState
  readonly feed: OverseasFeed
  readonly limit: number
  readonly noticeSlots: number
  readonly filledLast: number
  readonly mayLeave: readonly Rank[]
  readonly budget: MoveBudget
  readonly seated: Set<Claim>
  /** Of its limit; negative where the line has too many. */
  free: number
  /** Of those seated: by level, wanted and no longer wanted. */
  readonly wanted: number[]
  readonly kept: number[]
}

/** What the subscriptions of one instrument have in common. */
export type Family = {
  feed: OverseasFeed | undefined
  /** The group of its trade and its order book. */
  pair: Group | undefined
}

/**
 * What shares a line: the trade and the order book of an instrument, or one other channel of it. The shadows
 * of those are another group, on another line.
 */
export type Group = {
  readonly family: Family
  readonly claims: Claim[]
  turn: Turn | null
  /** The shadows of a group, or the group of the shadows. */
  twin: Group | null
}

/** A wanted subscription, or one that is no longer wanted and may keep its slot for a while. */
export type Item = {
  readonly key: SubscriptionKey
  readonly rank: Rank
  readonly hasShadow: boolean
  /** Of account notices: the line of their account, where the caller names one. */
  readonly line: LineId | undefined
  readonly market: Market
  readonly instrument: Instrument
  readonly channel: string
  /** What the last placement knew of it. */
  readonly entry: Entry | undefined
  readonly isWanted: boolean
  /** What this placement makes of it. */
  outcome: Outcome | undefined
}

export type Outcome = {
  readonly entry: Entry
  /** What made it leave each line that it left. */
  readonly left: ReadonlyMap<LineId, Leaving>
  /** It, or its shadow, took the slot of a lower rank in this placement. */
  readonly isByRank: boolean
  /** When time alone changes what is decided of it. */
  readonly nextAt: number
}

/** A subscription's claim to one slot: its first, or the one of its shadow. */
export type Claim = {
  readonly key: SubscriptionKey
  readonly item: Item
  readonly isShadow: boolean
  readonly isBook: boolean
  readonly rank: Rank
  /** Position of the rank; account notices stand above. */
  readonly level: number
  readonly isWanted: boolean
  readonly group: Group
  turn: Turn | null
  since: number
  /** The registration it had before this placement; null for none, and for a slot that was only planned. */
  before: Turn | null
  beforeSince: number
  choice: Choice
  other: SubscriptionKey | undefined
  from: LineId | undefined
  left: Leaving | undefined
  why: Why | undefined
}

export type Board = {
  readonly now: number
  readonly market: Market
  readonly turns: readonly Turn[]
  readonly byState: Readonly<Record<TurnState, readonly Turn[]>>
  groups: readonly Group[]
  /** Waiting claims by `queueOf`; the highest is served first. */
  readonly queues: Claim[][]
  /** The turns that are filled at the moment, the better ones first. A line that departs takes nothing. */
  filling: readonly TurnState[]
  /** Slots that became free while others were waiting. */
  freed: number
}

export function openBoard(market: Market, turns: readonly Turn[], now: number): Board {
  const of = (state: TurnState) => turns.filter(turn => turn.state === state)
  const byState = { open: of('open'), lost: of('lost'), departing: of('departing'), later: of('later') }
  const queues = Array.from({ length: (noticeLevel + 1) * 2 }, (): Claim[] => [])
  return { now, market, turns, byState, groups: [], queues, filling: ['open', 'lost'], freed: 0 }
}

export function levelOf(rank: Rank): number {
  return ranks.indexOf(rank)
}

/** Within a level, first slots before shadows. An evicted claim is lower, so its queue is still to come. */
export function queueOf({ level, isShadow }: Claim): number {
  return level * 2 + (isShadow ? 0 : 1)
}

/** Some of its ranks may be placed elsewhere; a trade and an order book leave together. */
export function mayLeave({ turn, claims }: Group): boolean {
  if (turn === null || turn.mayLeave.length === 0) return false
  return claims.some(({ isWanted, rank, level }) => isWanted && level !== noticeLevel && turn.mayLeave.includes(rank))
}

/** It was registered before this placement: it is served before an equal that was not. */
export function hadSlot({ before }: Claim): boolean {
  return before !== null
}

export function isWaiting({ isWanted, turn, group }: Claim): boolean {
  return isWanted && (turn === null || mayLeave(group))
}

/** Slots that are free for anything but account notices; negative where the line has too many. */
export function freeOf(turn: Turn): number {
  if (turn.noticeSlots === 0) return turn.free
  const notices = (turn.wanted[noticeLevel] ?? 0) + (turn.kept[noticeLevel] ?? 0)
  return turn.free - Math.max(0, turn.noticeSlots - notices)
}

export function sit(claim: Claim, turn: Turn, since: number): void {
  claim.turn = turn
  claim.since = since
  claim.group.turn = turn
  turn.seated.add(claim)
  turn.free--
  const counts = claim.isWanted ? turn.wanted : turn.kept
  counts[claim.level] = (counts[claim.level] ?? 0) + 1
}

export function unseat(claim: Claim, left: Leaving): void {
  const { turn, group } = claim
  if (turn === null) return
  turn.seated.delete(claim)
  turn.free++
  const counts = claim.isWanted ? turn.wanted : turn.kept
  counts[claim.level] = (counts[claim.level] ?? 0) - 1
  claim.turn = null
  claim.left = left
  if (claim.before === turn || turn.state === 'departing') claim.from = turn.line
  group.turn = group.claims.find(other => other.turn !== null)?.turn ?? null
}

/** The same subscription's claim in the other group of first slots and shadows. */
export function twinOf(claim: Claim): Claim | undefined {
  return claim.group.twin?.claims.find(({ key }) => key === claim.key)
}

/**
 * The shadow's slot becomes the first one, without a request. What has no shadow is left without a slot: it
 * has to follow.
 */
export function swapWithShadow(first: Group): Claim[] {
  const shadow = first.twin
  if (shadow === null || shadow.turn === null) return []
  const followers: Claim[] = []
  for (const claim of first.claims) {
    const { turn } = claim
    const twin = twinOf(claim)
    if (twin !== undefined) {
      const [mine, its] = [takeSeat(claim), takeSeat(twin)]
      giveSeat(claim, its)
      giveSeat(twin, mine)
    } else if (turn !== null) {
      unseat(claim, turn.state === 'lost' || turn.state === 'departing' ? turn.state : 'shared')
      followers.push(claim)
    }
  }
  for (const group of [first, shadow]) group.turn = group.claims.find(({ turn }) => turn !== null)?.turn ?? null
  return followers
}

type Seat = Pick<Claim, 'turn' | 'since' | 'before' | 'beforeSince' | 'choice' | 'other' | 'left' | 'from'>

function takeSeat(claim: Claim): Seat {
  const { turn, since, before, beforeSince, choice, other, from, left } = claim
  unseat(claim, 'shared')
  return { turn, since, before, beforeSince, choice, other, from, left }
}

function giveSeat(claim: Claim, seat: Seat): void {
  Object.assign(claim, seat)
  if (seat.turn !== null) sit(claim, seat.turn, seat.since)
}
