// What a gap validation found out, as plain data: it travels through a queue, maybe to another process, and
// maybe more than once. What of it is still news is for the feed to say (streams/continuity/repairs.ts).
import type { Instrument } from './instrument.ts'
import type { Execution } from './quotations.ts'

/** A part of a business date's cumulative volume, [fromVolume, toVolume). */
export type VolumeSpan = { readonly fromVolume: number; readonly toVolume: number }

/** What to look into: what a `gap` event says. */
export type GapQuestion = VolumeSpan & {
  readonly instrument: Instrument
  readonly businessDate: number
  /** When the trades around it happened. */
  readonly from: number | null
  readonly to: number | null
}

/** Trades that chain from `fromVolume` to `toVolume` without a gap. */
export type Run = VolumeSpan & { readonly trades: readonly Execution[] }

/**
 * - `auction`: one price ended an auction, and the minute bar has it, alone
 * - `off-book`: the total moved, but neither the executions nor the minute bars have a trade for it: a block
 *   or basket trade, or
 *   trading at the closing price
 */
export type ExplainedReason = 'auction' | 'off-book'

/** `from` and `to`: when the nearest known trades around it happened. */
export type ExplainedSpan = VolumeSpan & {
  readonly reason: ExplainedReason
  readonly from: number | null
  readonly to: number | null
}

export type UnknownSpan = VolumeSpan & { readonly from: number | null; readonly to: number | null }

export type GapFinding = {
  readonly question: GapQuestion
  /** Together with `explained` and `unknown` they cover the question, each part of it once. Lowest first. */
  readonly runs: readonly Run[]
  readonly explained: readonly ExplainedSpan[]
  readonly unknown: readonly UnknownSpan[]
  /** What was asked and what it said, in sentences for a person. */
  readonly evidence: readonly string[]
}

export function volumeOf(spans: readonly VolumeSpan[]): number {
  return spans.reduce((sum, { fromVolume, toVolume }) => sum + toVolume - fromVolume, 0)
}
