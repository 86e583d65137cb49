// The arithmetic of a repair: which executions fill a part of the day's cumulative volume exactly, and what
// they leave open. Pure; only executions that fit to the share count.
import type { Run, UnknownSpan, VolumeSpan } from '../../market/gap-finding.ts'
import type { Execution } from '../../market/quotations.ts'

export type Chain = {
  /** Together they cover the span, each part of it once. Lowest first. */
  readonly runs: readonly Run[]
  /** `from` and `to`: when the nearest executions around it happened. */
  readonly missing: readonly UnknownSpan[]
  /** Executions that contradict each other, or reach beyond the span. None of them is in a run. */
  readonly contradicting: number
}

type Bounds = VolumeSpan & { readonly from: number | null; readonly to: number | null }

/**
 * An execution of `volume` shares up to `cumulativeVolume` fills [cumulativeVolume − volume,
 * cumulativeVolume). Pages overlap, so one may come twice; two different ones that claim the same share are
 * both left out, because either may be wrong.
 */
export function chain(span: Bounds, candidates: readonly Execution[]): Chain {
  const all = distinct(candidates)
  const touching = all.filter(one => startOf(one) < span.toVolume && one.cumulativeVolume > span.fromVolume)
  const isWithin = (one: Execution) => startOf(one) >= span.fromVolume && one.cumulativeVolume <= span.toVolume
  const believed = withoutOverlaps(touching).filter(isWithin)

  const runs: { fromVolume: number; toVolume: number; trades: Execution[] }[] = []
  const missing: UnknownSpan[] = []
  let reached = span.fromVolume
  let lastTime = span.from
  for (const one of believed) {
    if (startOf(one) > reached) {
      missing.push({ fromVolume: reached, toVolume: startOf(one), from: lastTime, to: one.eventTime })
    }
    const run = runs.at(-1)
    if (run?.toVolume === startOf(one)) {
      run.trades.push(one)
      run.toVolume = one.cumulativeVolume
    } else {
      runs.push({ fromVolume: startOf(one), toVolume: one.cumulativeVolume, trades: [one] })
    }
    reached = one.cumulativeVolume
    lastTime = one.eventTime
  }
  if (reached < span.toVolume)
    missing.push({ fromVolume: reached, toVolume: span.toVolume, from: lastTime, to: span.to })
  return { runs, missing, contradicting: touching.length - believed.length }
}

/** By where they end, then by where they begin; one that came twice counts once. */
function distinct(candidates: readonly Execution[]): Execution[] {
  const byVolumes = new Map<string, Execution>()
  for (const one of candidates) if (one.volume > 0) byVolumes.set(`${one.cumulativeVolume} ${one.volume}`, one)
  return [...byVolumes.values()].sort((a, b) => a.cumulativeVolume - b.cumulativeVolume || startOf(a) - startOf(b))
}

/**
 * Those that share no share with another one. In the order of their ends, so the one before ends last of all
 * before.
 */
function withoutOverlaps(sorted: readonly Execution[]): Execution[] {
  const apart: Execution[] = []
  let lowestStartAbove = Number.POSITIVE_INFINITY
  for (let at = sorted.length - 1; at >= 0; at--) {
    const one = sorted[at] as Execution
    const endBelow = sorted[at - 1]?.cumulativeVolume ?? Number.NEGATIVE_INFINITY
    if (endBelow <= startOf(one) && lowestStartAbove >= one.cumulativeVolume) apart.push(one)
    lowestStartAbove = Math.min(lowestStartAbove, startOf(one))
  }
  return apart.reverse()
}

function startOf({ cumulativeVolume, volume }: Execution): number {
  return cumulativeVolume - volume
}
