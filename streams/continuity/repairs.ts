// The finding of a gap validation → its news: the trades that are still missing, once, and the verdict. The
// missing ranges of each count are on disk with it, so a finding may come again, after a restart too.
import type { Backfill, BackfilledTrade, GapPart, GapVerdict } from '../../market/events.ts'
import { type GapFinding, type GapQuestion, volumeOf, type VolumeSpan } from '../../market/gap-finding.ts'
import type { ContinuityMemory } from './memory.ts'
import { type MissingRange, mostRanges, takeFromRange } from './missing-ranges.ts'
import type { Count } from './state.ts'

export function settleFinding(
  memory: ContinuityMemory,
  finding: GapFinding,
  receivedTime: number,
): readonly (Backfill | GapVerdict)[] {
  const { question } = finding
  const { businessDate, instrument } = question
  const count = countOf(memory, question)
  // What was delivered is not known.
  if (count === undefined) return [verdictOn(withoutCount(finding), [], receivedTime)]
  const backfills = finding.runs
    .flatMap(run => takeMissing(count, run.trades))
    .map((run): Backfill => ({ type: 'backfill', instrument, businessDate, ...run, receivedTime }))
  if (backfills.length > 0) memory.changes++

  const { from, to } = question
  const misfits = stillMissing(
    count.missing,
    finding.runs.map(({ fromVolume, toVolume }) => ({ fromVolume, toVolume, from, to })),
  )
  const lost = givenUpOf(count, question)
  const unknown = [...lost, ...stillMissing(count.missing, finding.unknown), ...misfits]
  const left = {
    ...finding,
    explained: stillMissing(count.missing, finding.explained),
    unknown: unknown.sort((a, b) => a.fromVolume - b.fromVolume),
    evidence: [
      ...finding.evidence,
      ...(misfits.length === 0 ? [] : [misfitText(misfits)]),
      ...(lost.length === 0 ? [] : [givenUpText(lost)]),
    ],
  }
  return [...backfills, verdictOn(left, backfills, receivedTime)]
}

type Left = {
  readonly question: GapQuestion
  readonly explained: readonly GapPart[]
  readonly unknown: readonly GapPart[]
  readonly evidence: readonly string[]
}

function verdictOn(
  { question, explained, unknown, evidence }: Left,
  backfills: readonly Backfill[],
  receivedTime: number,
): GapVerdict {
  const { instrument, businessDate, fromVolume, toVolume } = question
  const repairedVolume = volumeOf(backfills)
  const explainedVolume = volumeOf(explained)
  const unknownVolume = volumeOf(unknown)
  return {
    type: 'gap-verdict',
    instrument,
    verdict: unknown.length > 0 ? 'unfillable' : explained.length > 0 ? 'explained' : 'repaired',
    businessDate,
    fromVolume,
    toVolume,
    repairedVolume,
    settledVolume: toVolume - fromVolume - repairedVolume - explainedVolume - unknownVolume,
    explainedVolume,
    unknownVolume,
    unknown,
    evidence,
    receivedTime,
  }
}

function withoutCount({ question, evidence }: GapFinding): Left {
  const { instrument, businessDate, fromVolume, toVolume, from, to } = question
  const why = `the volume of ${instrument} on ${businessDate} is not followed any more, so nothing of it was delivered`
  return { question, explained: [], unknown: [{ fromVolume, toVolume, from, to }], evidence: [...evidence, why] }
}

/** The part of a gap below the ranges that were given up. It has no ranges any more, but was not filled. */
function givenUpOf({ givenUpTo }: Count, { fromVolume, toVolume, from, to }: GapQuestion): GapPart[] {
  return fromVolume < givenUpTo ? [{ fromVolume, toVolume: Math.min(toVolume, givenUpTo), from, to }] : []
}

function givenUpText(lost: readonly GapPart[]): string {
  return `more than ${mostRanges} gaps were open, so what became of these ${volumeOf(lost)} shares is not kept any more`
}

function misfitText(misfits: readonly GapPart[]): string {
  return `REST has trades for ${volumeOf(misfits)} shares that did not happen between the trades around the gap`
}

/** For a `backfill` in a recording: its trades are no longer missing. */
export function noteBackfill(memory: ContinuityMemory, backfill: Backfill): void {
  const count = countOf(memory, backfill)
  if (count !== undefined) takeMissing(count, backfill.trades)
}

/** Gaps that are not filled yet, as questions to ask after a restart. */
export function openGaps({ states }: ContinuityMemory): GapQuestion[] {
  return [...states].flatMap(({ instrument, count, other }) =>
    [count, other].flatMap(one =>
      (one?.missing ?? [])
        .filter(({ isGap }) => isGap)
        .map(({ fromVolume, toVolume, from, to }) => {
          const businessDate = (one as Count).businessDate
          return { instrument, businessDate, fromVolume, toVolume, from, to }
        }),
    ),
  )
}

function countOf(
  { states }: ContinuityMemory,
  { businessDate, instrument }: Pick<GapQuestion, 'businessDate' | 'instrument'>,
): Count | undefined {
  const state = states.get(instrument)
  return [state?.count, state?.other].find(count => count?.businessDate === businessDate)
}

/**
 * Removes a trade from its missing range, and joins what follows without a break. REST does not return
 * everything that distinguishes a record, so the totals up to there count as delivered: if the record itself
 * still comes, late, it is a repeat.
 */
function takeMissing(count: Count, trades: readonly BackfilledTrade[]): (VolumeSpan & Pick<Backfill, 'trades'>)[] {
  const runs: { fromVolume: number; toVolume: number; trades: BackfilledTrade[] }[] = []
  for (const trade of trades) {
    const fromVolume = trade.cumulativeVolume - trade.volume
    const toVolume = trade.cumulativeVolume
    if (takeFromRange(count.missing, { fromVolume, toVolume }, trade.eventTime) === undefined) continue
    count.forgetUpTo(toVolume)
    const last = runs.at(-1)
    if (last?.toVolume === fromVolume) {
      last.toVolume = toVolume
      last.trades.push(trade)
    } else {
      runs.push({ fromVolume, toVolume, trades: [trade] })
    }
  }
  return runs
}

/** The parts of these spans that are missing. */
function stillMissing(missing: readonly MissingRange[], spans: readonly GapPart[]): GapPart[] {
  return spans.flatMap(({ fromVolume, toVolume, from, to }) =>
    missing
      .filter(range => range.fromVolume < toVolume && fromVolume < range.toVolume)
      .map(range => ({
        fromVolume: Math.max(fromVolume, range.fromVolume),
        toVolume: Math.min(toVolume, range.toVolume),
        from,
        to,
      })),
  )
}
