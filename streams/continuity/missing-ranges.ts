// The arithmetic of what is missing: holes in a day's cumulative volume, and late trades that fit into them.

/** The volume [fromVolume, toVolume) of a day, of which no trade was delivered. Times are those of the trades around it. */
export type Hole = {
  readonly fromVolume: number
  readonly toVolume: number
  readonly from: number | null
  readonly to: number | null
  /** Told as a gap. What traded before we joined, or where the total could not be followed, was not. */
  readonly isGap: boolean
}

/** A repair may be hours late, after an outage of the queue or of KIS; what has as many newer holes above it is given up. */
export const mostHoles = 512

/** Adds a hole above all others. When there are too many the lowest one is given up; says up to where, or 0. */
export function addHole(holes: Hole[], hole: Hole): number {
  holes.push(hole)
  return holes.length > mostHoles ? (holes.shift()?.toVolume ?? 0) : 0
}

/**
 * Takes [fromVolume, toVolume) out of the hole that holds all of it, and gives the hole as it was. Undefined when there is none,
 * or when a trade at `time` cannot have happened between the trades around it.
 */
export function takeFromHole(
  holes: Hole[],
  fromVolume: number,
  toVolume: number,
  time: number | null,
): Hole | undefined {
  const at = holes.findLastIndex(
    hole => hole.fromVolume <= fromVolume && toVolume <= hole.toVolume && isBetween(time, hole.from, hole.to),
  )
  const hole = holes[at]
  if (hole === undefined) return undefined
  const below = { ...hole, toVolume: fromVolume }
  const above = { ...hole, fromVolume: toVolume }
  holes.splice(at, 1, ...[below, above].filter(part => part.fromVolume < part.toVolume))
  return hole
}

/** Whether any of [fromVolume, toVolume) was not delivered. */
export function touchesHole(holes: readonly Hole[], fromVolume: number, toVolume: number): boolean {
  return holes.some(hole => hole.fromVolume < toVolume && fromVolume < hole.toVolume)
}

function isBetween(time: number | null, from: number | null, to: number | null): boolean {
  return time === null || ((from === null || from <= time) && (to === null || time <= to))
}
