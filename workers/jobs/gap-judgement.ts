// Explains volume that is in no execution, by the minute bars and the calendar. Pure; what fits no rule
// remains unknown.
import { minuteMs } from '../../market/basics/durations.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import { type ExplainedSpan, type UnknownSpan, volumeOf } from '../../market/gap-finding.ts'
import type { Instrument } from '../../market/instrument.ts'
import { formatKst } from '../../market/calendar/korea-time.ts'
import type { MinuteBar } from '../../market/quotations.ts'
import type { SessionName } from '../../market/calendar/timetable.ts'

/** Spans that lie in the same minutes, [from, to), and so have the same witness. */
export type Minutes = { readonly from: number; readonly to: number; readonly spans: readonly UnknownSpan[] }

export type Witness = {
  /**
   * The bars of these minutes. Undefined where the last of them is not over, so that its bar says nothing.
   */
  readonly bars: readonly MinuteBar[] | undefined
  /** By how much the day's total moved in these minutes; undefined where the executions do not reach. */
  readonly moved: number | undefined
  /** The executions reach back to the beginning of the gap, and none of them was rejected. */
  readonly isWhole: boolean
}

export type Judgement = {
  readonly explained: readonly ExplainedSpan[]
  readonly unknown: readonly UnknownSpan[]
  readonly evidence: string
}

/**
 * Groups spans, lowest first, by the minutes between the trades around them. Without both times there is no
 * minute to read.
 */
export function minutesOf(spans: readonly UnknownSpan[]): {
  asked: readonly Minutes[]
  undated: readonly UnknownSpan[]
} {
  const asked: { from: number; to: number; spans: UnknownSpan[] }[] = []
  const undated: UnknownSpan[] = []
  for (const span of spans) {
    if (span.from === null || span.to === null) {
      undated.push(span)
      continue
    }
    const from = minuteOf(span.from)
    const to = minuteOf(span.to) + minuteMs
    const last = asked.at(-1)
    if (last === undefined || from >= last.to) {
      asked.push({ from, to, spans: [span] })
    } else {
      last.to = Math.max(last.to, to)
      last.spans.push(span)
    }
  }
  return { asked, undated }
}

const auctions: ReadonlySet<SessionName> = new Set(['opening-auction', 'closing-auction', 'single-price'])

/** In the order of what can be proven. */
export function judge(minutes: Minutes, witness: Witness, instrument: Instrument, calendar: Calendar): Judgement {
  const { spans } = minutes
  const { bars, moved, isWhole } = witness
  const when = `${clock(minutes.from)}–${clock(minutes.to)} KST`
  const missing = volumeOf(spans)
  if (bars === undefined) return remains(spans, `${when} was not over, so its minute bars said nothing yet`)
  const traded = bars.reduce((sum, { volume }) => sum + volume, 0)

  const [span] = spans
  const auction = bars.find(bar => isAuction(bar, instrument, calendar) && bar.volume === missing)
  if (spans.length === 1 && span !== undefined && auction !== undefined) {
    const evidence = `the minute bar of ${clock(auction.startTime)} KST is an auction's: ${missing} shares at ${auction.close}`
    return { explained: [{ ...span, reason: 'auction' }], unknown: [], evidence }
  }
  if (moved === undefined) {
    return remains(
      spans,
      `the minute bars of ${when} have ${traded} shares; the day's total there is not returned any more`,
    )
  }
  // The total moved by more than was traded on the book, and by exactly what is missing.
  if (moved - traded === missing) {
    const evidence = `the day's total moved by ${moved} shares in ${when}, the minute bars have ${traded}: the rest was traded off the book`
    return { explained: spans.map(one => ({ ...one, reason: 'off-book' })), unknown: [], evidence }
  }
  const evidence =
    moved === traded
      ? `the minute bars of ${when} have all ${traded} shares by which the day's total moved: it was traded, and ${isWhole ? 'the executions skip it' : 'no accepted execution has it'}`
      : `the day's total moved by ${moved} shares in ${when}, the minute bars have ${traded}: they do not agree`
  return remains(spans, evidence)
}

function remains(spans: readonly UnknownSpan[], evidence: string): Judgement {
  return { explained: [], unknown: spans, evidence }
}

/** An auction ended in this minute, and the minute has one price. */
function isAuction(
  { startTime, open, high, low, close }: MinuteBar,
  instrument: Instrument,
  calendar: Calendar,
): boolean {
  if (open !== close || high !== low) return false
  const before = calendar.sessionAt(instrument, startTime - 1)
  return before !== undefined && auctions.has(before.session) && minuteOf(before.closesAt) === startTime
}

function minuteOf(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs
}

function clock(time: number): string {
  return formatKst(time).slice(11, 16)
}
