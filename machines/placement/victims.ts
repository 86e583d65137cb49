// Whose slot is taken for a higher rank. What is no longer wanted goes first, then the lowest rank; within
// it shadows before first slots, order books before trades, and the slot that was given last.
import { type Claim, type Turn, unseat } from './board.ts'
import type { Leaving } from './words.ts'

/** How many slots of a turn have a rank below a level, wanted or not. */
export function lowerThan(turn: Turn, level: number): number {
  return wantedBelow(turn, level) + keptBelow(turn, level)
}

export function wantedBelow({ wanted }: Turn, level: number): number {
  return sumBelow(wanted, level)
}

export function keptBelow({ kept }: Turn, level: number): number {
  return sumBelow(kept, level)
}

function sumBelow(counts: readonly number[], level: number): number {
  let sum = 0
  for (let each = 0; each < level && each < counts.length; each++) sum += counts[each] ?? 0
  return sum
}

/** The highest level among so many wanted victims. */
export function highestVictim({ wanted }: Turn, count: number): number {
  let left = count
  for (let level = 0; level < wanted.length; level++) {
    left -= wanted[level] ?? 0
    if (left <= 0) return level
  }
  return wanted.length
}

/** Takes slots from ranks below a level; returns who lost one, the unwanted included. */
export function evictFor(turn: Turn, level: number, count: number, left: Leaving): Claim[] {
  const victims = [...turn.seated]
    .filter(claim => claim.level < level)
    .toSorted(byWorth)
    .slice(0, count)
  for (const victim of victims) unseat(victim, victim.isWanted ? left : 'released')
  return victims
}

function byWorth(a: Claim, b: Claim): number {
  return (
    Number(a.isWanted) - Number(b.isWanted) ||
    a.level - b.level ||
    Number(b.isShadow) - Number(a.isShadow) ||
    Number(b.isBook) - Number(a.isBook) ||
    b.since - a.since
  )
}
