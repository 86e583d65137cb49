// Puts back what has a slot already: nothing moves that need not. Slots of a turn that had not begun are not
// put back: they are placed afresh, at every call and when the turn begins.
import { isNotice } from '../../kis/channel.ts'
import type { Instrument } from '../../market/instrument.ts'
import {
  type Board,
  type Claim,
  type Family,
  freeOf,
  type Group,
  type Item,
  levelOf,
  mayLeave,
  sit,
  swapWithShadow,
  twinOf,
  type Turn,
  unseat,
} from './board.ts'
import { keptMs } from './limits.ts'
import { type Entry, noticeLevel, type OverseasFeed, type Slot } from './words.ts'
import { evictFor, lowerThan } from './victims.ts'

/** Fills the board with the groups of a market, in the order in which they are served within a rank. */
export function restore(board: Board, items: readonly Item[]): void {
  const turnOf = new Map(board.turns.map(turn => [turn.line, turn]))
  board.groups = groupsOf(board, items)
  for (const { claims } of board.groups) {
    for (const claim of claims) {
      const slot = claim.isShadow ? claim.item.entry?.shadow : claim.item.entry?.first
      if (slot !== undefined) putBack(board, claim, slot, turnOf.get(slot.line))
    }
  }
  for (const turn of board.turns) fit(turn)
  for (const group of board.groups) mend(group)
}

function groupsOf(board: Board, items: readonly Item[]): Group[] {
  const families = new Map<Instrument, Family>()
  const groups: Group[] = []
  const open = (family: Family) => {
    const group: Group = { family, claims: [], turn: null, twin: null }
    groups.push(group)
    return group
  }
  for (const item of items) {
    const { instrument, channel, entry } = item
    let family = families.get(instrument)
    if (family === undefined) families.set(instrument, (family = { feed: undefined, pair: undefined }))
    family.feed ??= rememberedFeed(board, entry)
    const isOfPair = channel === 'trade' || channel === 'order-book'
    const group = isOfPair ? (family.pair ??= open(family)) : open(family)
    addClaim(group, item, false, item.isWanted)
    const isShadowWanted = item.isWanted && item.hasShadow && (isOfPair || !isNotice(channel))
    if (!isShadowWanted && entry?.shadow === undefined) continue
    if (group.twin === null) {
      group.twin = open(family)
      group.twin.twin = group
    }
    addClaim(group.twin, item, true, isShadowWanted)
  }
  return groups
}

/** An instrument keeps to its overseas feed as long as its turn lasts and there are lines of it. */
function rememberedFeed({ market, turns }: Board, entry: Entry | undefined): OverseasFeed | undefined {
  const feed = entry?.feed
  return market === 'US' && feed !== undefined && turns.some(turn => turn.state !== 'later' && turn.feed === feed)
    ? feed
    : undefined
}

function addClaim(group: Group, item: Item, isShadow: boolean, isWanted: boolean): void {
  const { key, channel, rank } = item
  const isBook = channel === 'order-book'
  const claim: Claim = {
    key,
    item,
    isShadow,
    isBook,
    rank,
    level: channel !== 'trade' && !isBook && isNotice(channel) ? noticeLevel : levelOf(rank),
    isWanted,
    group,
    turn: null,
    since: 0,
    before: null,
    beforeSince: 0,
    choice: 'emptiest',
    other: undefined,
    from: undefined,
    left: undefined,
    why: undefined,
  }
  // The trade comes first: where one slot is left, it has it.
  if (isBook) group.claims.push(claim)
  else group.claims.unshift(claim)
}

function putBack(board: Board, claim: Claim, slot: Slot, turn: Turn | undefined): void {
  if (slot.isPlanned || turn === undefined || turn.state === 'later') {
    claim.left = slot.isPlanned ? 'planned' : 'gone'
    if (!slot.isPlanned) claim.from = slot.line
    return
  }
  // A clock that was set back must not keep a slot longer.
  const since = Math.min(slot.since, board.now)
  if (!claim.isWanted && (since + keptMs <= board.now || turn.state !== 'open')) {
    claim.left = 'released'
    return
  }
  claim.before = turn
  claim.beforeSince = since
  claim.choice = slot.choice
  claim.other = slot.other
  claim.from = slot.from
  claim.left = slot.left
  sit(claim, turn, since)
  if (turn.market === 'US') claim.group.family.feed ??= turn.feed
  const account = claim.item.line
  if (claim.level === noticeLevel && account !== undefined && account !== turn.line) unseat(claim, 'gone')
}

/** A line that turned out to have fewer slots lets go of what is too much, budget or not. */
function fit(turn: Turn): void {
  const tooMany = turn.seated.size - turn.limit
  if (tooMany > 0) evictFor(turn, noticeLevel + 1, tooMany, 'limit')
}

/** A shadow whose first slot is gone, or on a line that may be left, becomes the first one. */
function mend(group: Group): void {
  const { twin, turn } = group
  if (twin === null || twin.turn === null || group.claims[0]?.isShadow === true) return
  if (turn === twin.turn) for (const claim of twin.claims) unseat(claim, 'gone')
  else if (turn === null || (mayLeave(group) && twin.turn.state === 'open' && haveRoom(group, turn, twin.turn)))
    swapWithShadow(group)
}

/** What has no shadow there has to follow to its line. From one that still serves, it needs a free slot. */
function haveRoom({ claims }: Group, from: Turn, to: Turn): boolean {
  const followers = claims.filter(claim => claim.turn !== null && (twinOf(claim)?.turn ?? null) === null)
  const level = Math.min(...followers.map(claim => claim.level))
  const lower = from.state === 'lost' && followers.length > 0 ? lowerThan(to, level) : 0
  return followers.length <= Math.max(0, freeOf(to)) + lower
}
