// Gives a subscription a slot: on the line of its trade or order book, or on the emptiest line, or from a
// lower rank. Everything that moves is paid from the budget of its line.
import type { LineId } from '../../market/events.ts'
import {
  type Board,
  type Claim,
  freeOf,
  type Group,
  mayLeave,
  queueOf,
  sit,
  swapWithShadow,
  twinOf,
  type Turn,
  type TurnState,
  unseat,
} from './board.ts'
import { affordableAt, spend } from './move-budget.ts'
import { whyNot } from './why-not.ts'
import { evictFor, highestVictim, keptBelow, lowerThan, wantedBelow } from './victims.ts'
import { type Choice, type Leaving, noticeLevel } from './words.ts'

/** From the best to the worst: a group does not move to a worse one. */
const states: readonly TurnState[] = ['open', 'lost', 'later']

/** What a claim is looking for, and what kept it from a line. */
export type Search = {
  readonly board: Board
  readonly claim: Claim
  /** The soonest that the budget of a line allows what it does not allow now. */
  blocked: { readonly line: LineId; readonly until: number } | undefined
}

/** Seats a claim, with its group where that has to move; otherwise notes why it cannot. */
export function seat(board: Board, claim: Claim): void {
  const search: Search = { board, claim, blocked: undefined }
  if (claim.isShadow && !(twinOf(claim)?.turn ?? null)) claim.why = { code: 'no-first-slot' }
  else if (claim.level === noticeLevel) seatNotice(search)
  // A budget that forbids a slot now stays the reason, whatever is planned.
  else if (!isSeated(search) && claim.why?.code !== 'budget') claim.why = whyNot(board, claim, search.blocked)
}

function isSeated(search: Search): boolean {
  const { board, claim } = search
  const { group } = claim
  const { turn } = group
  const isLeaving = mayLeave(group)
  if (turn !== null && !isLeaving && joins(search, turn)) return true
  const company = turn === null || isLeaving ? [] : group.claims.filter(other => other.turn !== null && other.isWanted)
  const worst = isLeaving ? 'open' : turn?.state
  for (const state of board.filling) {
    if (worst !== undefined && states.indexOf(state) > states.indexOf(worst)) break
    if (goes(search, board.byState[state], company)) return true
    // A slot without a session is no substitute for one that the budget allows later.
    if (search.blocked !== undefined) return false
  }
  return isLeaving && claim.turn === null && turn?.state === 'lost' && joins(search, turn)
}

/** A slot on the line where the rest of its group stands. */
function joins(search: Search, turn: Turn): boolean {
  const { claim } = search
  const other = claim.group.claims.find(each => each !== claim && each.turn === turn)?.key
  if (freeOf(turn) >= 1) return affords(search, turn, [claim], 0) && settle(search, turn, [claim], 'shared', other)
  return lowerThan(turn, claim.level) > 0 && affords(search, turn, [claim], 1) && settle(search, turn, [claim], 'rank')
}

/** A slot on another line, for as much of the group as fits. `company` has to come along. */
function goes(search: Search, turns: readonly Turn[], company: readonly Claim[]): boolean {
  const { claim } = search
  if (turns.length === 0) return false
  const waiting = claim.group.claims.filter(each => each !== claim && each.isWanted && !company.includes(each))
  const alone = [...company, claim]
  const equals = waiting.filter(({ level }) => level >= claim.level)
  if (waiting.length > 0 && takesFree(search, turns, [...alone, ...waiting])) return true
  if (equals.length > 0 && takesLower(search, turns, [...alone, ...equals])) return true
  return takesFree(search, turns, alone) || takesLower(search, turns, alone)
}

/** The emptiest line: so the slots that are filled last are filled last. A paid overseas feed goes first. */
function takesFree(search: Search, turns: readonly Turn[], hosts: readonly Claim[]): boolean {
  let best: Turn | undefined
  let most = 0
  const count = hosts.length
  for (const turn of turns) {
    const free = freeOf(turn)
    if (free < count || !isBetter(turn, free, best, most) || !mayMoveTo(search.claim, turn)) continue
    if (affords(search, turn, hosts, 0)) [best, most] = [turn, free]
  }
  if (best === undefined) return false
  const choice = search.board.turns.length === 1 ? 'only-line' : 'emptiest'
  return settle(search, best, hosts, most - hosts.length >= best.filledLast ? choice : 'last-slots')
}

/** A shadow stands on another line, and an overseas instrument keeps to the lines of one feed. */
export function mayMoveTo({ group }: Claim, turn: Turn): boolean {
  const { family, twin } = group
  return (
    turn !== group.turn &&
    twin?.turn?.line !== turn.line &&
    (family.feed === undefined || turn.market !== 'US' || family.feed === turn.feed)
  )
}

function isBetter(turn: Turn, free: number, best: Turn | undefined, most: number): boolean {
  if (best === undefined) return true
  if (turn.feed === best.feed) return free > most
  const more = worthOf(turn) - worthOf(best)
  return more > 0 || (more === 0 && free > most)
}

function worthOf({ market, feed }: Turn): number {
  return market === 'US' && feed === 'paid' ? 1 : 0
}

/** The line on which the fewest and the lowest ranks lose their slots. */
function takesLower(search: Search, turns: readonly Turn[], hosts: readonly Claim[]): boolean {
  const { level } = search.claim
  let best: Turn | undefined
  let least = Number.POSITIVE_INFINITY
  for (const turn of turns) {
    if (!mayMoveTo(search.claim, turn)) continue
    const missing = hosts.length - Math.max(0, freeOf(turn))
    if (missing <= 0 || lowerThan(turn, level) < missing) continue
    const wanted = Math.max(0, missing - keptBelow(turn, level))
    const loss = wanted === 0 ? 0 : wanted * 10 + highestVictim(turn, wanted)
    if (loss < least && affords(search, turn, hosts, missing)) [best, least] = [turn, loss]
  }
  return best !== undefined && settle(search, best, hosts, 'rank')
}

/** Whether the budgets allow the requests; otherwise notes when they will. */
function affords(search: Search, turn: Turn, hosts: readonly Claim[], missing: number): boolean {
  if (missing === 0 && hosts.every(isNew)) return true
  const [there, here] = costs(search, turn, hosts, missing)
  const from = search.claim.group.turn
  const until = Math.max(
    there === 0 ? 0 : affordableAt(turn.budget, there),
    here === 0 || from === null ? 0 : affordableAt(from.budget, here),
  )
  if (until <= search.board.now) return true
  const { blocked } = search
  const line = there > turn.budget.left || from === null ? turn.line : from.line
  if (blocked === undefined || until < blocked.until) search.blocked = { line, until }
  return false
}

/**
 * Requests for moves on the new line and on the old one. A release of what is no longer wanted, a new
 * subscription on a free slot, and anything without a session cost none.
 */
function costs({ claim }: Search, turn: Turn, hosts: readonly Claim[], missing: number): [number, number] {
  const from = claim.group.turn
  let moved = 0
  let released = 0
  for (const host of hosts) {
    if (isMoved(host, turn)) moved++
    if (from?.state === 'open' && from !== turn && host.turn === from && host.before === from) released++
  }
  if (turn.state !== 'open') return [0, released]
  const evicted = Math.min(wantedBelow(turn, claim.level), Math.max(0, missing - keptBelow(turn, claim.level)))
  return [evicted + Math.max(moved, evicted), released]
}

/** Seats the hosts on a turn that has or makes room for them. */
function settle(search: Search, turn: Turn, hosts: readonly Claim[], choice: Choice, other?: Claim['key']): true {
  const { board, claim } = search
  const { group } = claim
  const free = claim.level === noticeLevel ? turn.free : freeOf(turn)
  const missing = Math.max(0, hosts.length - Math.max(0, free))
  const [there, here] = costs(search, turn, hosts, missing)
  const from = group.turn
  spend(turn.budget, there)
  if (from !== null) spend(from.budget, here)
  const victims = missing > 0 ? evictFor(turn, claim.level, missing, 'evicted') : []
  // It gave way to the other subscription of its own instrument.
  for (const victim of victims) if (victim.isWanted && victim.group === group) victim.left = 'shared'
  const behind = from !== null && from !== turn ? leave(board, group, from, hosts) : []
  if (victims.length === 0) for (const host of hosts) take(board, host, turn, choice, other)
  else divide(board, hosts, turn, victims, choice)
  if (turn.market === 'US' && turn.state !== 'later') group.family.feed ??= turn.feed
  // After the hosts have their seats: a group without any would give way to its shadow.
  for (const each of [...victims, ...behind]) requeue(board, each)
  return true
}

function take(board: Board, host: Claim, turn: Turn, choice: Choice, other: Claim['key'] | undefined): void {
  const isBack = host.before === turn
  host.choice = choice
  host.other = other
  if (turn.state !== 'later' || board.byState.open.length === 0) host.why = undefined
  if (host.left === 'planned' || isBack) host.from = undefined
  sit(host, turn, isBack ? host.beforeSince : board.now)
}

/** Of the hosts, what moves anyway takes the slots that cost a request, so that each request counts once. */
function divide(board: Board, hosts: readonly Claim[], turn: Turn, victims: readonly Claim[], choice: Choice): void {
  const ordered = hosts.toSorted((a, b) => Number(isMoved(b, turn)) - Number(isMoved(a, turn)))
  for (const [index, host] of ordered.entries()) {
    const victim = victims.at(-1 - index)
    if (victim === undefined) take(board, host, turn, 'shared', ordered[0]?.key)
    else take(board, host, turn, choiceFor(victim, choice), victim.key)
  }
}

function choiceFor(victim: Claim, otherwise: Choice): Choice {
  if (otherwise === 'account') return otherwise
  return victim.isWanted ? 'rank' : 'unwanted'
}

/** It is requested for the first time, which is no move. */
function isNew({ before, from, turn }: Claim): boolean {
  return before === null && from === undefined && turn === null
}

function isMoved({ before, from }: Claim, to: Turn): boolean {
  return before === null ? from !== undefined : before !== to
}

/** The whole group leaves its line; returned is what is not among the hosts and has to wait again. */
function leave(board: Board, group: Group, from: Turn, hosts: readonly Claim[]): Claim[] {
  const cause: Leaving = from.state === 'open' || from.state === 'later' ? 'shared' : from.state
  const leaving = group.claims.filter(({ turn }) => turn === from)
  for (const claim of leaving) unseat(claim, claim.isWanted ? cause : 'released')
  board.freed++
  return leaving.filter(claim => claim.isWanted && !hosts.includes(claim))
}

/** An evicted subscription waits with its rank; where it has a shadow, that takes over. */
export function requeue(board: Board, claim: Claim): void {
  if (!claim.isWanted) return
  const { group } = claim
  // Its line is open again to its first slot.
  if (claim.isShadow) board.freed++
  const followers = !claim.isShadow && group.turn === null ? swapWithShadow(group) : []
  const waiting = claim.turn === null ? claim : twinOf(claim)
  for (const each of [...followers, ...(waiting?.isWanted ? [waiting] : [])]) board.queues[queueOf(each)]?.push(each)
}

/** Account notices have the line of their account alone, and a slot of any rank there. */
function seatNotice(search: Search): void {
  const { board, claim } = search
  const account = claim.item.line
  const turn = account === undefined ? board.turns[0] : board.turns.find(({ line }) => line === account)
  const missing = turn === undefined || turn.free > 0 ? 0 : 1
  if (turn === undefined || missing > lowerThan(turn, claim.level))
    claim.why = { code: 'account', line: turn?.line ?? account ?? null }
  else if (affords(search, turn, [claim], missing)) settle(search, turn, [claim], 'account')
  else if (search.blocked !== undefined) claim.why = { code: 'budget', ...search.blocked }
}
