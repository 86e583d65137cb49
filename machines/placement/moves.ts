// What changed between two placements, as the caller has to carry it out. The lines of a subscription are
// compared as a set: a shadow that becomes the first slot moves nothing.
import type { LineId } from '../../market/events.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import type { Outcome } from './outcome.ts'
import {
  type Entry,
  type Leaving,
  type Move,
  noticeLevel,
  type Placement,
  type PlacementLine,
  ranks,
  type Slot,
} from './words.ts'

export function movesOf(
  { entries: before }: Placement,
  after: Placement['entries'],
  outcomes: ReadonlyMap<SubscriptionKey, Outcome>,
  lines: readonly PlacementLine[],
): Move[] {
  const serving = new Map(lines.map(line => [line.id, line]))
  const releases: Move[] = []
  const byLevel: Move[][] = Array.from({ length: noticeLevel + 1 }, () => [])
  const add = (key: SubscriptionKey, entry: Entry, old: Slot | undefined, given: Slot | undefined) => {
    const outcome = outcomes.get(key)
    const cause = old === undefined ? 'wanted' : causeOf(old, outcome)
    const line = old && serving.get(old.line)
    const isReleased =
      old !== undefined && !old.isPlanned && line?.now === entry.market && (line.state ?? 'serving') !== 'lost'
    const move: Move = {
      key,
      market: entry.market,
      from: old?.line ?? null,
      to: given?.line ?? null,
      cause,
      isByRank: given?.choice === 'rank' && outcome?.isByRank === true,
      isReleased,
      isRequested: given !== undefined && !given.isPlanned && !given.isLost,
      isPlacedFirst: isReleased && given !== undefined && (cause === 'departing' || cause === 'shared'),
    }
    if (given === undefined) releases.push(move)
    else byLevel[ranks.indexOf(entry.rank)]?.push(move)
  }
  for (const key of Object.keys(after) as SubscriptionKey[]) {
    const entry = after[key] as Entry // its own keys
    const old = slotsOf(before[key])
    const given = slotsOf(entry)
    const gone = old.filter(({ line }) => !hasLine(given, line))
    const come = given.filter(({ line }) => !hasLine(old, line))
    for (let index = 0; index < Math.max(gone.length, come.length); index++) add(key, entry, gone[index], come[index])
  }
  for (const key of Object.keys(before) as SubscriptionKey[]) {
    const entry = before[key] as Entry // its own keys
    if (after[key] === undefined) for (const old of slotsOf(entry)) add(key, entry, old, undefined)
  }
  return [...releases, ...byLevel.toReversed().flat()]
}

function slotsOf(entry: Entry | undefined): Slot[] {
  if (entry === undefined) return []
  if (entry.shadow === undefined) return entry.first === undefined ? [] : [entry.first]
  return entry.first === undefined ? [entry.shadow] : [entry.first, entry.shadow]
}

function hasLine(slots: readonly Slot[], line: LineId): boolean {
  return slots.some(slot => slot.line === line)
}

function causeOf({ isPlanned, line }: Slot, outcome: Outcome | undefined): Leaving {
  return isPlanned ? 'planned' : (outcome?.left.get(line) ?? 'released')
}
