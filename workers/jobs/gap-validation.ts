// Asks REST about a gap: pages the executions back over it, has the minute bars judge what they leave open,
// and says what was found, with the evidence. Keeps nothing and delivers nothing: after a killed worker,
// another one asks the same question again.
import { minuteMs } from '../../market/basics/durations.ts'
import { KisError } from '../../kis/errors.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { ExplainedSpan, GapFinding, GapQuestion, UnknownSpan } from '../../market/gap-finding.ts'
import { volumeOf } from '../../market/gap-finding.ts'
import { marketOf } from '../../market/instrument.ts'
import { formatKst } from '../../market/calendar/korea-time.ts'
import type { Execution, ExecutionPage, Quotations } from '../../market/quotations.ts'
import { chain } from './chain.ts'
import { judge, type Minutes, minutesOf, type Witness } from './gap-judgement.ts'
import { TryLater } from '../try-later.ts'

export type GapValidationDeps = {
  readonly quotations: Quotations
  readonly clock: Clock
  readonly calendar: Calendar
}

/** What the queue gives to a job; a direct call needs none of it. */
export type GapValidationContext = {
  readonly signal?: AbortSignal
  /** No attempt follows: what REST does not return now remains unknown. */
  readonly isLastAttempt?: boolean
  progress?(done: number, of: number, what: string): void
}

/** 30,000 trades, a minute at 18 calls a second. Of a larger gap, only so much is read. */
const mostPages = 1_000
/**
 * REST is a little behind the stream; asked sooner than this after the gap, it may not have it yet. Our clock
 * is no further off.
 */
const behindMs = 10_000
const askAgainMs = 1_000
/** A minute's bar is complete a moment after the minute is over. */
const settledMs = 3_000

/**
 * Throws a TryLater while REST cannot have the answer yet, and a KisError when it gave none and may give one
 * later; on the last attempt neither. What REST refuses for good (the day market has no such call, for one)
 * takes nothing from what was proven without it: the rest remains unknown, and the evidence says why. Without
 * volumes (`toVolume` 0) they are taken from REST: everything between the two times.
 */
export async function validateGap(
  asked: GapQuestion,
  deps: GapValidationDeps,
  context: GapValidationContext = {},
): Promise<GapFinding> {
  const question = asked.toVolume > 0 ? asked : await measure(asked, deps)
  const isLast = context.isLastAttempt === true
  const { ask, trouble } = createAsk(isLast)
  const collected = await collect(question, deps, context, ask)
  const { executions, total } = collected
  const now = deps.clock.now()
  const isFresh = now - (question.to ?? now) < behindMs
  if (!isLast && collected.isOtherDay && (question.to ?? now) + minuteMs + settledMs > now) {
    throw new TryLater(
      minuteMs,
      'the rows of REST are of another day so far: the minute bars have no trade of this one yet',
    )
  }
  if (!isLast && isFresh && total !== undefined && total < question.toVolume) {
    throw new TryLater(askAgainMs, `REST has returned ${total} of ${question.toVolume} shares so far`)
  }

  const { runs, missing, contradicting } = chain(question, executions)
  const evidence = [...collected.evidence]
  if (!collected.isRefused)
    evidence.push(`they fill ${volumeOf(runs)} of ${question.toVolume - question.fromVolume} shares`)
  if (contradicting > 0)
    evidence.push(`${contradicting} of them contradict each other or the stream, and were left out`)

  const { asked: groups, undated } = minutesOf(missing)
  if (!isLast) waitForMinutes(question, groups, now)
  const explained: ExplainedSpan[] = []
  const unknown: UnknownSpan[] = [...undated]
  for (const [index, minutes] of groups.entries()) {
    context.signal?.throwIfAborted()
    context.progress?.(index, groups.length, 'minute bars')
    const witness = await witnessOf(question, minutes, collected.isRefused, deps, ask)
    // Once, for however many minutes.
    for (const refusal of witness.refusals) if (!evidence.includes(refusal)) evidence.push(refusal)
    if (witness.isSilent) {
      unknown.push(...minutes.spans)
      continue
    }
    const isWhole = collected.isWhole && contradicting === 0
    const judgement = judge(minutes, { ...witness, isWhole }, question.instrument, deps.calendar)
    explained.push(...judgement.explained)
    unknown.push(...judgement.unknown)
    evidence.push(judgement.evidence)
  }
  // Passing trouble and nothing proven: the job fails with it.
  const passing = trouble()
  if (passing !== undefined && runs.length === 0 && explained.length === 0) throw passing
  unknown.sort((a, b) => a.fromVolume - b.fromVolume)
  return { question, runs, explained, unknown, evidence }
}

type Answer<T> = { readonly value: T } | { readonly refusal: string }
type Ask = <T>(call: () => Promise<T>) => Promise<Answer<T>>

/**
 * What was asked for, or why it is refused for good. What may be had later is thrown, unless there is no
 * later: then it is a refusal too, and `trouble` has it.
 */
function createAsk(isLast: boolean): { readonly ask: Ask; trouble(): KisError | undefined } {
  let trouble: KisError | undefined
  return {
    async ask(call) {
      try {
        return { value: await call() }
      } catch (error) {
        if (!(error instanceof KisError) || (error.retryable && !isLast)) throw error
        if (error.retryable) trouble = error
        return { refusal: error.message }
      }
    },
    trouble: () => trouble,
  }
}

/** Between which totals two times lie, by the executions: what was traded in [from, to). */
async function measure(asked: GapQuestion, { quotations }: GapValidationDeps): Promise<GapQuestion> {
  const { instrument, from, to } = asked
  if (from === null || to === null) {
    throw new KisError('invalid-request', `a gap of ${instrument} without volumes needs two times`)
  }
  const [before, until] = [
    await quotations.executions(instrument, from - 1_000),
    await quotations.executions(instrument, to - 1_000),
  ]
  const fromVolume = totalOf(before)
  const toVolume = totalOf(until)
  if (fromVolume === undefined || toVolume === undefined) {
    const span = `${formatKst(from)} to ${formatKst(to)}`
    throw new KisError('invalid-request', `${instrument}: ${whyUnmeasured(span, from, until)}`)
  }
  return { ...asked, fromVolume, toVolume }
}

/** Claims that there are none only where REST returned none. */
function whyUnmeasured(span: string, from: number, until: ExecutionPage): string {
  const reason = reasons[until.end ?? 'today-only']
  const within = until.executions.filter(({ eventTime }) => eventTime >= from).length
  if (within > 0) {
    return `${within} executions of ${span} and none before them, so the volume between the two times is not known; ${reason}`
  }
  const others = until.executions.length + (until.later ?? 0)
  return `no executions of ${span}${others === 0 ? '' : `; the ${others} that REST returned are of other times`}; ${reason}`
}

const reasons: Readonly<Record<NonNullable<ExecutionPage['end']>, string>> = {
  'day-begins': 'the day had none before',
  'latest-only': 'REST returns only the latest of an overseas instrument',
  'today-only': 'only those of today are returned',
  closed: 'the calendar has no trading on that day, and the minute bars have none either',
  'other-day': 'by the minute bars, those that REST returned are of another day',
}

/** The day's total by the newest of a page; 0 before the day's first trade. */
function totalOf({ executions, end }: ExecutionPage): number | undefined {
  return executions[0]?.cumulativeVolume ?? (end === 'day-begins' ? 0 : undefined)
}

type Collected = {
  readonly executions: readonly Execution[]
  /** The day's total, as REST knew it at first. */
  readonly total: number | undefined
  readonly evidence: readonly string[]
  /** They reach back to the beginning of the gap. */
  readonly isWhole: boolean
  /** Not one call was answered. */
  readonly isRefused: boolean
  /** By the minute bars, the rows are of another day. */
  readonly isOtherDay: boolean
}

/** The executions from the end of the gap back to its beginning, as far back as REST returns them. */
async function collect(
  { instrument, fromVolume, toVolume, to }: GapQuestion,
  { quotations, clock }: GapValidationDeps,
  { signal, progress }: GapValidationContext,
  ask: Ask,
): Promise<Collected> {
  const executions: Execution[] = []
  let pages = 0
  let returned = 0
  let later = 0
  let total: number | undefined
  let oldest = Number.POSITIVE_INFINITY
  let end: ExecutionPage['end'] | 'too-many' | 'refused' | undefined
  const refusals: string[] = []
  // `to` is by KIS's clock: ours may be behind it.
  let until: number | undefined = to === null ? clock.now() : Math.min(to, clock.now() + behindMs)
  while (until !== undefined && oldest > fromVolume) {
    signal?.throwIfAborted()
    if (pages >= mostPages) {
      end = 'too-many'
      break
    }
    const time: number = until
    const answer: Answer<ExecutionPage> = await ask(() => quotations.executions(instrument, time))
    if ('refusal' in answer) {
      refusals.push(answer.refusal)
      end = 'refused'
      break
    }
    const page = answer.value
    pages++
    if (page.undated !== undefined && refusals.length === 0)
      refusals.push(
        `the executions carry no date and only the calendar dates them, because the minute bars are refused: ${page.undated}`,
      )
    returned += page.executions.length + (page.later ?? 0)
    later += page.later ?? 0
    total ??= page.total
    for (const one of page.executions) {
      oldest = Math.min(oldest, one.cumulativeVolume - one.volume)
      if (one.cumulativeVolume > fromVolume && one.cumulativeVolume - one.volume < toVolume) executions.push(one)
    }
    end = page.end
    until = page.older
    if (oldest > fromVolume && toVolume > fromVolume) {
      progress?.(Math.max(0, toVolume - oldest), toVolume - fromVolume, 'shares looked at')
    }
  }
  const reason = oldest > fromVolume ? `, and no older ones (${end ?? 'the gap is over'})` : ''
  const after = later === 0 ? '' : `, ${later} of them after the gap`
  const calls = `${returned} executions in ${pages} ${pages === 1 ? 'call' : 'calls'}${after}${reason}`
  const isRefused = pages === 0 && refusals.length > 0
  return {
    executions,
    total,
    evidence: isRefused ? refusals : [calls, ...refusals],
    isRefused,
    isOtherDay: end === 'other-day',
    isWhole: oldest <= fromVolume || end === 'day-begins',
  }
}

/**
 * The bar of a running minute proves nothing yet. Korean executions are still returned when it is over;
 * overseas only the latest are, so they are judged at once.
 */
function waitForMinutes({ instrument }: GapQuestion, groups: readonly Minutes[], now: number): void {
  const over = Math.max(...groups.map(({ to }) => to)) + settledMs
  if (marketOf(instrument) === 'KR' && over > now) {
    throw new TryLater(over - now, 'the executions leave a part open, and its minute is not over yet')
  }
}

type Testimony = Omit<Witness, 'isWhole'> & {
  readonly refusals: readonly string[]
  /** There is nothing to judge by. */
  readonly isSilent: boolean
}

async function witnessOf(
  { instrument }: GapQuestion,
  { from, to }: Minutes,
  areExecutionsRefused: boolean,
  { quotations, clock }: GapValidationDeps,
  ask: Ask,
): Promise<Testimony> {
  const isOver = to + settledMs <= clock.now()
  if (!isOver) return { bars: undefined, moved: undefined, refusals: [], isSilent: areExecutionsRefused }
  const refusals: string[] = []
  async function have<T>(call: () => Promise<T>): Promise<T | undefined> {
    const answer = await ask(call)
    if ('value' in answer) return answer.value
    refusals.push(answer.refusal)
    return undefined
  }
  const totalAt = async (time: number) => {
    const page = await have(() => quotations.executions(instrument, time))
    return page === undefined ? undefined : totalOf(page)
  }
  const bars = await have(() => quotations.minuteBars(instrument, from, to))
  if (bars === undefined) return { bars, moved: undefined, refusals, isSilent: true }
  const before = areExecutionsRefused ? undefined : await totalAt(from - 1_000)
  const until = before === undefined ? undefined : await totalAt(to - 1_000)
  const moved = before === undefined || until === undefined ? undefined : until - before
  return { bars, moved, refusals, isSilent: false }
}
