// What must hold after any placement, written a second time and without the code that makes it.
import type { Placed } from '../../../machines/placement/place.ts'
import { limitOf } from '../../../machines/placement/learn.ts'
import { keptMs, mostMoveRequests, moveWindowMs } from '../../../machines/placement/limits.ts'
import type { Entry, Move, Placement, PlacementLine, Slot, Wanted } from '../../../machines/placement/words.ts'
import { ranks } from '../../../machines/placement/words.ts'
import type { Market } from '../../../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../../../market/subscription.ts'

export type Step = {
  readonly before: Placement
  readonly wanted: readonly Wanted[]
  readonly lines: readonly PlacementLine[]
  readonly now: number
  readonly placed: Placed
}

type Standing = {
  readonly key: SubscriptionKey
  readonly entry: Entry
  readonly slot: Slot
  readonly isShadow: boolean
}

/** Requests for moves, by line, as the moves themselves say. */
export type Requests = Map<string, { at: number; requests: number }[]>

const open = (line: PlacementLine, market: Market) => line.now === market && (line.state ?? 'serving') === 'serving'
const entriesOf = ({ entries }: Placement) => Object.entries(entries) as [SubscriptionKey, Entry][]
const levelOf = (entry: Pick<Entry, 'rank'>) => ranks.indexOf(entry.rank)

function standings(placement: Placement): Standing[] {
  return entriesOf(placement).flatMap(([key, entry]) => [
    ...(entry.first === undefined ? [] : [{ key, entry, slot: entry.first, isShadow: false }]),
    ...(entry.shadow === undefined ? [] : [{ key, entry, slot: entry.shadow, isShadow: true }]),
  ])
}

function siblingOf(key: SubscriptionKey): SubscriptionKey | undefined {
  const { instrument, channel } = subscriptionOf(key)
  if (channel === 'trade') return `${instrument} order-book`
  return channel === 'order-book' ? `${instrument} trade` : undefined
}

/** Everything that is wrong with a step, as sentences. */
export function problemsOf(step: Step, requests: Requests): string[] {
  const { before, placed, lines, now, wanted } = step
  const problems: string[] = []
  const must = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem)
  }
  const after = placed.placement
  const all = standings(after)
  const lineOf = new Map(lines.map(line => [line.id, line]))
  const byTurn = new Map<string, Standing[]>()
  for (const each of all) {
    const name = `${each.slot.line} ${each.entry.market}`
    const others = byTurn.get(name)
    if (others === undefined) byTurn.set(name, [each])
    else others.push(each)
  }

  // Never more than the limit in a turn, and only where the market is served.
  for (const [name, those] of byTurn) {
    const [id = ''] = name.split(' ')
    must(those.length <= limitOf(after, id), `${name} has ${those.length} of ${limitOf(after, id)}`)
  }
  for (const { key, slot, entry } of all) {
    const line = lineOf.get(slot.line)
    must(
      line?.now === entry.market || line?.next === entry.market,
      `${key} stands on ${slot.line}, which serves it not`,
    )
    must(slot.isPlanned === (line?.now !== entry.market), `${key} is planned on ${slot.line} or not`)
    must(slot.since <= now, `${key} has a slot from the future`)
  }

  // Everything wanted has a slot or a reason.
  const unplaced = new Set(placed.unplaced.map(({ key, isShadow }) => `${key} ${isShadow}`))
  for (const { key, shadow } of wanted) {
    const entry = after.entries[key]
    must(entry?.isWanted === true, `${key} is unknown`)
    must((entry?.first === undefined) === unplaced.has(`${key} false`), `${key} has neither slot nor reason, or both`)
    if (shadow === true)
      must(
        (entry?.shadow === undefined) === unplaced.has(`${key} true`),
        `${key}: its shadow has neither slot nor reason`,
      )
  }

  for (const [key, { first, shadow }] of entriesOf(after)) {
    must(
      shadow === undefined || (first !== undefined && first.line !== shadow.line),
      `${key}: its shadow stands alone or with it`,
    )
    const sibling = siblingOf(key)
    const other = sibling === undefined ? undefined : after.entries[sibling]
    must(!first || !other?.first || first.line === other.first.line, `${key} and ${sibling} stand apart`)
    must(
      !shadow || !other?.shadow || shadow.line === other.shadow.line,
      `the shadows of ${key} and ${sibling} stand apart`,
    )
  }

  const wantedKeys = new Map(wanted.map(each => [each.key, each]))
  // No lower rank on a slot while a higher one waits.
  for (const { key, rank, shadow } of wanted) {
    const entry = after.entries[key]
    if (entry === undefined) continue
    for (const isShadow of shadow === true ? [false, true] : [false]) {
      const slot = isShadow ? entry.shadow : entry.first
      const twin = isShadow ? entry.first : entry.shadow
      if (isShadow && entry.first === undefined) continue
      const sibling = siblingOf(key)
      const isAlone = sibling === undefined || (isShadow && wantedKeys.get(sibling)?.shadow !== true)
      const other = isAlone ? undefined : after.entries[sibling]
      const otherSlot = isShadow ? other?.shadow : other?.first
      const otherTwin = isShadow ? other?.first : other?.shadow
      const isFixed = (each: Slot | undefined) => {
        if (each === undefined) return false
        const line = lineOf.get(each.line)
        if (line === undefined || each.isPlanned) return false
        if (open(line, entry.market)) return true
        const leave = line.state === 'departing' ? ranks : (line.mayLeave ?? [])
        return !leave.includes(rank) && !(other?.isWanted === true && leave.includes(other.rank))
      }
      if (isFixed(slot)) continue
      const company = otherSlot !== undefined && isFixed(otherSlot) ? otherSlot.line : undefined
      const why = isShadow ? entry.whyNoShadow : entry.why
      for (const line of lines) {
        if (!open(line, entry.market) || line.id === twin?.line || line.id === otherTwin?.line) continue
        if (entry.market === 'US' && entry.feed !== undefined && entry.feed !== line.overseasFeed) continue
        const those = byTurn.get(`${line.id} ${entry.market}`) ?? []
        const free = limitOf(after, line.id) - those.length
        const lower = those.filter(each => levelOf(each.entry) < ranks.indexOf(rank)).length
        const needed = company === undefined || company === line.id ? 1 : other?.isWanted === true ? 2 : 1
        if (free + lower < needed) continue
        must(
          why?.code === 'budget' && why.until > now,
          `${key} ${isShadow} waits (${why?.code}), and ${line.id} has ${free} free, ${lower} lower`,
        )
        if (why?.code === 'budget') {
          const used = usedIn(requests, placed.moves, lines, why.line, now)
          must(used > mostMoveRequests - 4, `${key} waits for the budget of ${why.line}, which used ${used}`)
        }
      }
    }
  }

  // No move without cause.
  const counts = new Map<string, number>()
  for (const { slot, entry } of standings(before)) {
    const name = `${slot.line} ${entry.market}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const move of placed.moves) must(hasCause(move, step, wantedKeys, counts), `no cause: ${JSON.stringify(move)}`)

  // The budget of each line.
  for (const line of lines) {
    const used = usedIn(requests, placed.moves, lines, line.id, now)
    const isForced = placed.moves.some(({ cause }) => cause === 'limit')
    must(used <= mostMoveRequests || isForced, `${line.id} used ${used} requests for moves`)
  }
  return problems
}

function hasCause(
  { key, from, to, cause, market }: Move,
  { before, placed, lines, now }: Step,
  wanted: ReadonlyMap<SubscriptionKey, Wanted>,
  counts: ReadonlyMap<string, number>,
): boolean {
  const known = before.entries[key]
  const after = placed.placement.entries[key]
  const line = lines.find(({ id }) => id === from)
  const old = [known?.first, known?.shadow].find(slot => slot?.line === from)
  const sibling = siblingOf(key)
  const siblingCame = placed.moves.some(other => other.key === sibling && other.to !== null)
  switch (cause) {
    case 'wanted':
      return from === null && to !== null && wanted.has(key)
    case 'planned':
      return old?.isPlanned === true
    case 'gone':
      return line?.now !== market
    case 'departing':
      return line?.state === 'departing'
    case 'lost':
      return line?.state === 'lost' && (line.mayLeave ?? []).length > 0
    case 'limit':
      return (counts.get(`${from} ${market}`) ?? 0) > limitOf(placed.placement, from ?? '')
    case 'shared':
      return siblingCame || (to === null && known?.shadow !== undefined)
    case 'evicted':
      return placed.moves.some(
        other =>
          other.to === from &&
          other.market === market &&
          levelOf(placed.placement.entries[other.key] as Entry) > levelOf(after ?? (known as Entry)),
      )
    case 'released': {
      const isUnwanted = !wanted.has(key) || wanted.get(key)?.shadow !== true
      const isOver = old !== undefined && now - Math.min(old.since, now) >= keptMs
      const isTooMany = (counts.get(`${from} ${market}`) ?? 0) > limitOf(placed.placement, from ?? '')
      const isTaken = placed.moves.some(other => other.to === from && other.market === market)
      return isUnwanted && (isTooMany || isOver || isTaken || siblingCame || line === undefined || !open(line, market))
    }
  }
}

/** Notes the requests of a step. */
export function note(requests: Requests, { placed, lines, now }: Step): void {
  for (const line of lines) {
    const used = ownRequests(placed.moves, line.id)
    const known = requests.get(line.id) ?? []
    requests.set(line.id, [...known, { at: now, requests: used }])
  }
}

function usedIn(
  requests: Requests,
  moves: readonly Move[],
  lines: readonly PlacementLine[],
  line: string,
  now: number,
): number {
  if (!lines.some(({ id }) => id === line)) return 0
  const known = (requests.get(line) ?? []).filter(({ at }) => now - at < moveWindowMs)
  return known.reduce((sum, each) => sum + each.requests, ownRequests(moves, line))
}

/** Releases of what is still wanted, and subscriptions that moved or took the slot of a lower rank. */
function ownRequests(moves: readonly Move[], line: string): number {
  let count = 0
  for (const { from, to, cause, isReleased, isRequested, isByRank } of moves) {
    if (from === line && isReleased && (cause === 'evicted' || cause === 'shared')) count++
    if (to === line && isRequested && (isByRank || (from !== null && cause !== 'planned'))) count++
  }
  return count
}
