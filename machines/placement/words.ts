// The words of placement: subscriptions on the slots of several lines. Types only, and the order of ranks.
import type { LineId } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'

/** How much a subscription matters: `held` (a position) before `watched` before `scanned`. */
export type Rank = 'held' | 'watched' | 'scanned'

/** The lowest first: the position is the level that ranks are compared by. */
export const ranks: readonly Rank[] = ['scanned', 'watched', 'held']

/** Account notices stand above all ranks: they are placed first and never evicted. */
export const noticeLevel = ranks.length

/** Which of KIS's two overseas feeds a line asks for: the keys and the prices of the two differ. */
export type OverseasFeed = 'free' | 'paid'

/** A subscription that is asked for. Each key once; the order decides between equals. */
export type Wanted = {
  readonly key: SubscriptionKey
  readonly rank: Rank
  /** The same subscription on a second line. Default false. Ignored for account notices. */
  readonly shadow?: boolean
  /** Of account notices: the line of their account. Default: the first line that serves their market. */
  readonly line?: LineId
}

/** A line as the caller sees it at this moment. */
export type PlacementLine = {
  readonly id: LineId
  /**
   * The market whose turn it is on this line by its schedule, whatever its session does; null between turns.
   * Where several lines begin a turn together, one call shows all of them in it.
   */
  readonly now: Market | null
  /** The market of its following turn, or null. Slots of that turn are planned, and nothing is requested. */
  readonly next: Market | null
  readonly overseasFeed: OverseasFeed
  /** Slots of each turn that only account notices may have, wanted or not. Default 0. */
  readonly noticeSlots?: number
  /**
   * `serving`, the default; `lost`: without a session, it takes new subscriptions only where no other line
   * has room; `departing`: it still serves and takes none, and everything on it is placed elsewhere.
   */
  readonly state?: 'serving' | 'lost' | 'departing'
  /** Of a lost line: the ranks that may be placed elsewhere. Default none: it may come back at once. */
  readonly mayLeave?: readonly Rank[]
}

/** What made a subscription leave a slot. */
export type Leaving =
  /** No longer wanted, and its slot was not kept any longer. */
  | 'released'
  /** A higher rank has the slot. */
  | 'evicted'
  /** Its line lost its session, or departs. */
  | 'lost'
  | 'departing'
  /** Its line serves that market neither now nor next, or is no line of ours any more. */
  | 'gone'
  /** The line turned out to have fewer slots. */
  | 'limit'
  /** Trade and order book of an instrument share a line, and the other one goes there. */
  | 'shared'
  /** The slot was planned for a later turn; plans are made afresh. */
  | 'planned'

/** Why a subscription stands on its line. */
export type Choice =
  /** The line had the most free slots. */
  | 'emptiest'
  /** As `emptiest`, and only slots that are filled last were free. */
  | 'last-slots'
  /** No other line can have it. */
  | 'only-line'
  /** The trade or the order book of the same instrument stands there. */
  | 'shared'
  /** It took the slot of a lower rank. */
  | 'rank'
  /** It took the kept slot of a lower rank that is no longer wanted. */
  | 'unwanted'
  /** Account notices belong to the line of their account. */
  | 'account'

/** One of a line's slots, given to a subscription. */
export type Slot = {
  readonly line: LineId
  /** When it was given, epoch milliseconds. */
  readonly since: number
  /** A slot of the line's following turn: nothing is requested, and it is placed afresh at every call. */
  readonly isPlanned: boolean
  /** The line has no session at the moment: the subscription flows once it is back. */
  readonly isLost: boolean
  readonly choice: Choice
  /** Of `rank` and `unwanted`: whose slot it was. Of `shared`: the other subscription. */
  readonly other?: SubscriptionKey
  /** The line that it left for this one, and why. */
  readonly from?: LineId
  readonly left?: Leaving
}

/** Why a subscription, or its shadow, has no slot. Times in epoch milliseconds. */
export type Why =
  /** No line serves the market now or next. */
  | { readonly code: 'not-served'; readonly market: Market }
  /** Every slot has an equal or a higher rank. */
  | { readonly code: 'full'; readonly lines: number; readonly feed?: OverseasFeed }
  /** The line of the other subscription of this instrument has no slot left, and no other line has two. */
  | { readonly code: 'shared-full'; readonly line: LineId; readonly other: SubscriptionKey }
  /** A lower rank has a slot, and the line's requests for moves are used up. */
  | { readonly code: 'budget'; readonly line: LineId; readonly until: number }
  /** A slot that is no longer wanted is kept for the time that every slot is kept. */
  | { readonly code: 'kept'; readonly line: LineId; readonly until: number }
  /** Account notices: the line of their account cannot have them. */
  | { readonly code: 'account'; readonly line: LineId | null }
  /** A shadow: there is no second line. */
  | { readonly code: 'one-line'; readonly feed?: OverseasFeed }
  /** A shadow: the subscription itself has no slot. */
  | { readonly code: 'no-first-slot' }

/** What is known of a subscription. */
export type Entry = {
  readonly rank: Rank
  /** False for one that is no longer wanted and whose slot is still kept. */
  readonly isWanted: boolean
  readonly market: Market
  readonly first?: Slot
  readonly shadow?: Slot
  /** Why it has no slot; beside a slot, why it did not leave a lost or departing line. */
  readonly why?: Why
  readonly whyNoShadow?: Why
  /** Account notices: another key asks KIS for the same, so that this one needs no slot. */
  readonly sharesWith?: SubscriptionKey
  /** The overseas feed whose lines alone may have it in this turn. */
  readonly feed?: OverseasFeed
}

/** Requests that moves have used, at one time (epoch milliseconds). */
export type Spent = { readonly at: number; readonly requests: number }

export type LineMemory = {
  /** Slots of a session, where KIS has shown that they are fewer. */
  readonly limit?: number
  /** Requests for moves in the last ten minutes, oldest first. */
  readonly spent: readonly Spent[]
}

/** Who has which slot of which line. A plain object; only the functions of this folder make one. */
export type Placement = {
  readonly entries: Readonly<Record<SubscriptionKey, Entry>>
  readonly lines: Readonly<Record<LineId, LineMemory>>
}

export const emptyPlacement: Placement = { entries: {}, lines: {} }

/** One change of a slot. `from` null: newly placed. `to` null: it has no slot any more. */
export type Move = {
  readonly key: SubscriptionKey
  readonly market: Market
  readonly from: LineId | null
  readonly to: LineId | null
  readonly cause: Leaving | 'wanted'
  /** A lower rank lost its slot on `to`: its release is an earlier move of the list. */
  readonly isByRank: boolean
  /** `from` has a session that holds the subscription and has to release it. */
  readonly isReleased: boolean
  /** `to` serves the market now, so that KIS is asked; otherwise it is a plan for a following turn. */
  readonly isRequested: boolean
  /** `from` keeps the subscription until `to` has confirmed it: nothing is missing. */
  readonly isPlacedFirst: boolean
}

export type Unplaced = { readonly key: SubscriptionKey; readonly isShadow: boolean; readonly why: Why }
