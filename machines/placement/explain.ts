// Each decision of a placement as sentences for people: where a subscription stands and why, why it has no
// slot, and what to do. Made on demand; nothing else reads them.
import { formatKst } from '../../market/calendar/korea-time.ts'
import { type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'
import { limitOf } from './learn.ts'
import { slotsFilledLast } from './limits.ts'
import type { Entry, Leaving, Placement, Slot, Why } from './words.ts'

/** Why a subscription stands where it does, or why it has no slot. */
export function explain(placement: Placement, key: SubscriptionKey): string {
  const entry = placement.entries[key]
  const name = nameOf(key)
  if (entry === undefined) return `${name} is not wanted. Subscribe to it, and it is placed.`
  const { sharesWith, first, shadow, why, whyNoShadow, rank } = entry
  if (sharesWith !== undefined)
    return `${name} needs no slot: KIS sends the same account notices as for ${nameOf(sharesWith)}.`
  const sentences =
    first === undefined
      ? [`${name} (${rank}) has no slot: ${sentence(why)}`]
      : [
          `${name} (${rank}) has a slot on ${whereOf(placement, first)}: ${choiceOf(first)}.`,
          ...leftOf(first),
          ...stateOf(entry, first),
        ]
  if (shadow !== undefined)
    sentences.push(`Its shadow has a slot on ${whereOf(placement, shadow)}: ${choiceOf(shadow)}.`, ...leftOf(shadow))
  if (whyNoShadow !== undefined)
    sentences.push(
      `${shadow === undefined ? 'It runs without a shadow' : 'The shadow stays there'}: ${sentence(whyNoShadow)}`,
    )
  return sentences.join(' ')
}

/** Why there is no slot, and what to do. */
export function sentence(why: Why | undefined): string {
  switch (why?.code) {
    case undefined:
      return 'it waits for the next placement.'
    case 'not-served':
      return `no line serves the ${why.market} market now or next. Give a line that market in its settings.`
    case 'full':
      return `every slot of ${linesOf(why.lines, why.feed)} has an equal or a higher rank, and an equal is not evicted. Release one, raise its rank, or add an app key.`
    case 'shared-full':
      return `it has to share line ${why.line} with ${nameOf(why.other)}; that line has no slot left for its rank, and no other line has room for both. Release one, raise its rank, or add an app key.`
    case 'budget':
      return `line ${why.line} has used its requests for moves until ${time(why.until)}; then it is placed. Nothing needs to be done.`
    case 'kept':
      return `a slot of line ${why.line} that is no longer wanted is kept until ${time(why.until)}, in case its holder comes back; then it becomes free. Nothing needs to be done.`
    case 'account':
      return why.line === null
        ? 'account notices belong to the line of their account, and no line serves their market.'
        : `account notices belong to the line of their account, and line ${why.line} cannot have them. Give that line their market in its settings.`
    case 'one-line':
      return `a shadow stands on another line, and there is only one${why.feed === undefined ? '' : ` with the ${why.feed} overseas feed`}. Add an app key.`
    case 'no-first-slot':
      return 'a shadow needs a first slot beside it.'
  }
}

function whereOf(placement: Placement, { line, since, isPlanned }: Slot): string {
  const limit = limitOf(placement, line)
  return isPlanned ? `line ${line}, planned for its next turn with ${limit} slots` : `line ${line} since ${time(since)}`
}

function choiceOf({ choice, other }: Slot): string {
  switch (choice) {
    case 'emptiest':
      return 'no line had more free slots'
    case 'last-slots':
      return `no line had more free slots, and only the ${slotsFilledLast} that are filled last were free there`
    case 'only-line':
      return 'it is the only line that serves this market'
    case 'shared':
      return `it shares the line of ${nameOf(other)}, because trade and order book of an instrument stand together`
    case 'rank':
      return `no slot was free for it, and it took that of ${nameOf(other)}, which has a lower rank`
    case 'unwanted':
      return `no slot was free for it, and it took that of ${nameOf(other)}, which is no longer wanted`
    case 'account':
      return 'account notices belong to the line of their account'
  }
}

const causes: Readonly<Record<Leaving, string>> = {
  released: 'it was released there',
  evicted: 'a higher rank needed its slot there',
  lost: 'that line lost its session',
  departing: 'that line departs',
  gone: 'that line does not serve its market any more',
  limit: 'KIS allows that line fewer slots',
  shared: 'trade and order book share a line, and the old one had no room for both',
  planned: 'the plan was made afresh',
}

function leftOf({ from, left }: Slot): string[] {
  return from === undefined || left === undefined ? [] : [`It came from line ${from}: ${causes[left]}.`]
}

function stateOf({ isWanted, why }: Entry, { isLost, isPlanned, line }: Slot): string[] {
  const sentences: string[] = []
  if (!isWanted) sentences.push('It is no longer wanted, and the slot is kept for a while.')
  if (isLost) sentences.push(`Line ${line} has no session at the moment: it flows once the line is back.`)
  if (why !== undefined)
    sentences.push(`${isPlanned ? 'It has no slot before that turn' : 'It stays there'}: ${sentence(why)}`)
  return sentences
}

function linesOf(lines: number, feed: string | undefined): string {
  return `${lines === 1 ? 'the line' : `the ${lines} lines`}${feed === undefined ? '' : ` with the ${feed} overseas feed`}`
}

function nameOf(key: SubscriptionKey | undefined): string {
  if (key === undefined) return 'another one'
  const { instrument, channel } = subscriptionOf(key)
  return `${instrument} ${channel}`
}

function time(at: number): string {
  return Number.isFinite(at) ? `${formatKst(at).slice(0, 19)} KST` : 'later'
}
