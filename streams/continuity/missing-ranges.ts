// The arithmetic of missing ranges of a day's cumulative volume, and of late trades that fit into them.
import type { VolumeSpan } from '../../market/gap-finding.ts'

/**
 * The volume [fromVolume, toVolume) of a day without a delivered trade. Times are of the trades around it.
 */
export type MissingRange = VolumeSpan & {
  readonly from: number | null
  readonly to: number | null
  /** Reported as a gap. Volume before we joined, or while the total could not be followed, is not. */
  readonly isGap: boolean
}

/** A repair may be hours late. A range with this many newer ones above it is given up. */
export const mostRanges = 512

/** Adds a range above all others. If they are too many, the lowest is given up; returns up to where, or 0. */
export function addRange(ranges: MissingRange[], range: MissingRange): number {
  ranges.push(range)
  return ranges.length > mostRanges ? (ranges.shift()?.toVolume ?? 0) : 0
}

/** Takes a span out of the range around it and returns that range; undefined when none fits span and time. */
export function takeFromRange(ranges: MissingRange[], { fromVolume, toVolume }: VolumeSpan, time: number | null) {
  const isBetween = ({ from, to }: MissingRange) => time === null || ((from ?? time) <= time && time <= (to ?? time))
  const at = ranges.findLastIndex(
    range => range.fromVolume <= fromVolume && toVolume <= range.toVolume && isBetween(range),
  )
  const range = ranges[at]
  if (range === undefined) return undefined
  const below = { ...range, toVolume: fromVolume }
  const above = { ...range, fromVolume: toVolume }
  ranges.splice(at, 1, ...[below, above].filter(part => part.fromVolume < part.toVolume))
  return range
}
