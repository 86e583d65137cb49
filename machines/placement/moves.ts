// What changed between two placements, as the caller has to carry it out. The lines of a subscription are
// compared as a set: a shadow that becomes the first slot moves nothing.
import type { LineId } from '../../market/events.ts'
import type { Item, Outcome } from './board.ts'
import { type Entry, type Leaving, type Move, noticeLevel, type PlacementLine, ranks, type Slot } from './words.ts'

export function movesOf(items: readonly Item[], lines: readonly PlacementLine[]): Move[] {
  const serving = new Map(lines.map(line => [line.id, line]))
  const releases: Move[] = []
  const byLevel: Move[][] = Array.from({ length: noticeLevel + 1 }, () => [])
  const add = ({ key, outcome, market, rank }: Item, old: Slot | undefined, given: Slot | undefined) => {
    const line = old && serving.get(old.line)
    const cause = old === undefined ? 'wanted' : causeOf(old, outcome, line?.now === market)
    const isReleased =
      old !== undefined && !old.isPlanned && line?.now === market && (line.state ?? 'serving') !== 'lost'
    const move: Move = {
      key,
      market,
      from: old?.line ?? null,
      to: given?.line ?? null,
      cause,
      isByRank: given?.choice === 'rank' && outcome?.isByRank === true,
      isReleased,
      isRequested: given !== undefined && !given.isPlanned && !given.isLost,
      isPlacedFirst: isReleased && given !== undefined && (cause === 'departing' || cause === 'shared'),
    }
    if (given === undefined) releases.push(move)
    else byLevel[ranks.indexOf(rank)]?.push(move)
  }
  for (const item of items) {
    const known = item.entry
    const entry = item.outcome?.entry
    if (isSame(known?.first, entry?.first) && isSame(known?.shadow, entry?.shadow)) continue
    const old = slotsOf(known)
    const given = slotsOf(entry)
    const gone = old.filter(({ line }) => !hasLine(given, line))
    const come = given.filter(({ line }) => !hasLine(old, line))
    for (let index = 0; index < Math.max(gone.length, come.length); index++) add(item, gone[index], come[index])
  }
  return [...releases, ...byLevel.toReversed().flat()]
}

function isSame(some: Slot | undefined, other: Slot | undefined): boolean {
  return some?.line === other?.line
}

function slotsOf(entry: Entry | undefined): Slot[] {
  if (entry === undefined) return []
  if (entry.shadow === undefined) return entry.first === undefined ? [] : [entry.first]
  return entry.first === undefined ? [entry.shadow] : [entry.first, entry.shadow]
}

function hasLine(slots: readonly Slot[], line: LineId): boolean {
  return slots.some(slot => slot.line === line)
}

function causeOf({ isPlanned, line }: Slot, outcome: Outcome | undefined, isServed: boolean): Leaving {
  if (isPlanned) return 'planned'
  return isServed ? (outcome?.left.get(line) ?? 'released') : 'gone'
}
