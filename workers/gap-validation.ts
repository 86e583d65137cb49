// Asks REST about a gap: pages the conclusions back over it, has the minute bars judge what they leave open, and says what was found,
// with the evidence. Keeps nothing and delivers nothing: the same question may be asked again by whoever comes after a killed worker.
import { KisError } from '../kis/errors.ts'
import type { Calendar } from '../market/calendar.ts'
import type { Clock } from '../market/clock.ts'
import type { ExplainedSpan, GapFinding, GapQuestion, UnknownSpan } from '../market/gap-finding.ts'
import { volumeOf } from '../market/gap-finding.ts'
import { marketOf } from '../market/instrument.ts'
import { formatKst } from '../market/korea-time.ts'
import type { Conclusion, ConclusionPage, Quotations } from '../market/quotations.ts'
import { chain } from './chain.ts'
import { judge, type Minutes, minutesOf, type Witness } from './gap-judgement.ts'
import { TryLater } from './try-later.ts'

export type GapValidationDeps = {
  readonly quotations: Quotations
  readonly clock: Clock
  readonly calendar: Calendar
}

/** What the queue lends to a job; a plain call needs none of it. */
export type GapValidationContext = {
  readonly signal?: AbortSignal
  progress?(done: number, of: number, what: string): void
}

/** 30,000 trades, a minute at 18 calls a second. A gap beyond is told as far as that goes. */
const mostPages = 1_000
/** REST is a little behind the stream; asked sooner than this after the gap, it may not have it yet. Our clock is no further off. */
const behindMs = 10_000
const askAgainMs = 1_000
/** A minute's bar is complete a moment after the minute is over. */
const settledMs = 3_000

/**
 * Throws a TryLater while REST cannot have the answer yet, and a KisError when it gave none and may give one later. What REST refuses
 * for good (the day market has no such call, for one) remains unknown, and the evidence says why.
 * Without volumes (`toVolume` 0) they are taken from REST: everything between the two times.
 */
export async function validateGap(
  asked: GapQuestion,
  deps: GapValidationDeps,
  context: GapValidationContext = {},
): Promise<GapFinding> {
  const question = asked.toVolume > 0 ? asked : await measure(asked, deps.quotations)
  try {
    return await investigate(question, deps, context)
  } catch (error) {
    if (!(error instanceof KisError) || error.retryable) throw error
    const { fromVolume, toVolume, from, to } = question
    return {
      question,
      runs: [],
      explained: [],
      unknown: [{ fromVolume, toVolume, from, to }],
      evidence: [error.message],
    }
  }
}

async function investigate(
  question: GapQuestion,
  deps: GapValidationDeps,
  context: GapValidationContext,
): Promise<GapFinding> {
  const { conclusions, total, evidence: calls } = await collect(question, deps, context)
  const now = deps.clock.now()
  if (total !== undefined && total < question.toVolume && now - (question.to ?? now) < behindMs) {
    throw new TryLater(askAgainMs, `REST has told ${total} of ${question.toVolume} shares so far`)
  }

  const { runs, missing, contradicting } = chain(question, conclusions)
  const evidence = [calls, `they fill ${volumeOf(runs)} of ${question.toVolume - question.fromVolume} shares`]
  if (contradicting > 0)
    evidence.push(`${contradicting} of them contradict each other or the stream, and were left out`)

  const { asked: groups, undated } = minutesOf(missing)
  waitForMinutes(question, groups, now)
  const explained: ExplainedSpan[] = []
  const unknown: UnknownSpan[] = [...undated]
  for (const [index, minutes] of groups.entries()) {
    context.signal?.throwIfAborted()
    context.progress?.(index, groups.length, 'minute bars')
    const judgement = judge(minutes, await witnessOf(question, minutes, deps), question.instrument, deps.calendar)
    explained.push(...judgement.explained)
    unknown.push(...judgement.unknown)
    evidence.push(judgement.evidence)
  }
  unknown.sort((a, b) => a.fromVolume - b.fromVolume)
  return { question, runs, explained, unknown, evidence }
}

/** Between which totals two times lie, by the conclusions: what was traded in [from, to). */
async function measure(asked: GapQuestion, quotations: Quotations): Promise<GapQuestion> {
  const { instrument, from, to } = asked
  if (from === null || to === null) {
    throw new KisError('invalid-request', `a gap of ${instrument} without volumes needs two times`)
  }
  const [before, until] = [
    await quotations.conclusions(instrument, from - 1_000),
    await quotations.conclusions(instrument, to - 1_000),
  ]
  const fromVolume = totalOf(before)
  const toVolume = totalOf(until)
  if (fromVolume === undefined || toVolume === undefined) {
    const reason = until.end === 'latest-only' ? 'only the latest are told abroad' : 'only those of today are told'
    const text = `${instrument}: no conclusions of ${formatKst(from)} to ${formatKst(to)}; ${reason}`
    throw new KisError('invalid-request', text)
  }
  return { ...asked, fromVolume, toVolume }
}

/** The day's total by the newest of a page; 0 before the day's first trade. */
function totalOf({ conclusions, end }: ConclusionPage): number | undefined {
  return conclusions[0]?.cumulativeVolume ?? (end === 'day-begins' ? 0 : undefined)
}

type Collected = {
  readonly conclusions: readonly Conclusion[]
  /** The day's total, as REST knew it at first. */
  readonly total: number | undefined
  readonly evidence: string
}

/** The conclusions from the end of the gap back to its beginning, or as far back as KIS tells them. */
async function collect(
  { instrument, fromVolume, toVolume, to }: GapQuestion,
  { quotations, clock }: GapValidationDeps,
  { signal, progress }: GapValidationContext,
): Promise<Collected> {
  const conclusions: Conclusion[] = []
  let pages = 0
  let told = 0
  let total: number | undefined
  let oldest = Number.POSITIVE_INFINITY
  let end: ConclusionPage['end'] | 'too-many' | undefined
  // A trade told us `to`, by KIS's clock: ours may be behind it.
  let until: number | undefined = to === null ? clock.now() : Math.min(to, clock.now() + behindMs)
  while (until !== undefined && oldest > fromVolume) {
    signal?.throwIfAborted()
    if (pages >= mostPages) {
      end = 'too-many'
      break
    }
    const page: ConclusionPage = await quotations.conclusions(instrument, until)
    pages++
    told += page.conclusions.length
    total ??= page.total
    for (const one of page.conclusions) {
      oldest = Math.min(oldest, one.cumulativeVolume - one.volume)
      if (one.cumulativeVolume > fromVolume && one.cumulativeVolume - one.volume < toVolume) conclusions.push(one)
    }
    end = page.end
    until = page.older
    if (oldest > fromVolume && toVolume > fromVolume) {
      progress?.(Math.max(0, toVolume - oldest), toVolume - fromVolume, 'shares looked at')
    }
  }
  const reason = oldest > fromVolume ? `, and no older ones (${end ?? 'the gap is over'})` : ''
  return { conclusions, total, evidence: `${told} conclusions in ${pages} ${pages === 1 ? 'call' : 'calls'}${reason}` }
}

/**
 * The bar of a minute that runs says nothing yet. At home the conclusions can still be had when it is over; abroad only the latest are
 * told, so what they said is judged at once.
 */
function waitForMinutes({ instrument }: GapQuestion, groups: readonly Minutes[], now: number): void {
  const over = Math.max(...groups.map(({ to }) => to)) + settledMs
  if (marketOf(instrument) === 'KR' && over > now) {
    throw new TryLater(over - now, 'the conclusions leave a part open, and its minute is not over yet')
  }
}

async function witnessOf(
  { instrument }: GapQuestion,
  { from, to }: Minutes,
  { quotations, clock }: GapValidationDeps,
): Promise<Witness> {
  if (to + settledMs > clock.now()) return { bars: undefined, moved: undefined }
  const bars = await quotations.minuteBars(instrument, from, to)
  const before = totalOf(await quotations.conclusions(instrument, from - 1_000))
  const until = totalOf(await quotations.conclusions(instrument, to - 1_000))
  return { bars, moved: before === undefined || until === undefined ? undefined : until - before }
}
