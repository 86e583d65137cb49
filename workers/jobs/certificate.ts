// The certificate of a day: what was received of each instrument, what was missing and repaired, and how it
// compares with REST's minute bars. It says what is not known as plainly as what is.
import { minuteMs } from '../../market/basics/durations.ts'
import { KisError } from '../../kis/errors.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Result } from '../../market/basics/result.ts'
import type { Clock } from '../../market/clock.ts'
import type { GapPart } from '../../market/events.ts'
import { volumeOf } from '../../market/gap-finding.ts'
import { type Instrument, partsOf } from '../../market/instrument.ts'
import { isoKst } from '../../market/calendar/korea-time.ts'
import type { MinuteBar, Quotations } from '../../market/quotations.ts'
import { homeOf } from '../../market/calendar/sessions.ts'
import { dayIn } from '../../market/calendar/zone.ts'
import type { DayBook, InstrumentDay } from './day-book-reader.ts'

/**
 * - `whole`: nothing is missing, and every minute has the volume that REST says · `repaired`: the same, after
 *   repairs
 * - `incomplete`: volume is missing, or a minute differs · `unchecked`: REST did not say, so only what was
 *   received is known
 */
export type CertificateVerdict = 'whole' | 'repaired' | 'incomplete' | 'unchecked'

export type MinuteDifference = {
  readonly minute: string
  readonly received: number
  readonly repaired: number
  readonly rest: number
}

export type InstrumentCertificate = {
  readonly instrument: Instrument
  readonly verdict: CertificateVerdict
  /** Why it is unchecked; null otherwise. */
  readonly problem: string | null
  /** When counting began, and what was traded that day before: not received, and no gap. */
  readonly countedFrom: string | null
  readonly volumeBefore: number | null
  readonly trades: number
  readonly volume: number
  readonly gaps: number
  readonly gapVolume: number
  readonly lateVolume: number
  readonly repairedTrades: number
  readonly repairedVolume: number
  readonly explainedVolume: number
  readonly unknownVolume: number
  /** What remains unknown of the gaps, and between when. */
  readonly unknown: readonly { readonly volume: number; readonly from: string | null; readonly to: string | null }[]
  /** How often it was not known whether anything was missing. */
  readonly resyncs: number
  readonly minutesCompared: number
  readonly minutesAgreeing: number
  /** Those that differ, the first hundred. */
  readonly differences: readonly MinuteDifference[]
  /** Shares that REST's minutes have and neither the stream nor a repair brought. */
  readonly missingByRest: number
}

export type DayCertificate = {
  readonly date: number
  readonly madeAt: string
  /** Lines of the day book that could not be read. */
  readonly unreadableLines: number
  readonly instruments: readonly InstrumentCertificate[]
}

export type CertificateDeps = {
  readonly quotations: Quotations
  readonly clock: Clock
  readonly calendar: Calendar
  /** What was received on a business date; undefined when there is no record of it. */
  readonly readBook: (date: number) => Promise<DayBook | undefined>
  readonly write: (certificate: DayCertificate) => Promise<void>
}

export type CertificateContext = {
  readonly signal?: AbortSignal
  /** Passing trouble with one instrument is then its `problem`, and the others are certified. */
  readonly isLastAttempt?: boolean
  progress?(done: number, of: number, what: string): void
}

const mostDifferences = 100
/**
 * A feed writes its day book every ten seconds: what was received in a minute is all there a little later
 * than that.
 */
const writtenMs = 15_000

/**
 * Writes and returns it. Throws a KisError when nothing was received, which trying again would not change.
 */
export async function certify(
  date: number,
  deps: CertificateDeps,
  context: CertificateContext = {},
): Promise<DayCertificate> {
  const book = await deps.readBook(date)
  if (book === undefined) {
    throw new KisError('invalid-request', `no record of ${date} in the data folder: was a feed run with it that day?`)
  }
  const instruments: InstrumentCertificate[] = []
  const isLast = context.isLastAttempt === true
  let trouble: KisError | undefined
  for (const [index, day] of book.instruments.entries()) {
    context.signal?.throwIfAborted()
    context.progress?.(index, book.instruments.length, 'instruments')
    const over = Math.floor((deps.clock.now() - writtenMs) / minuteMs) * minuteMs
    const bars = await barsOf(day, date, over, deps).catch((error: unknown) => {
      if (!isLast || !(error instanceof KisError)) throw error
      trouble = error
      return { problem: error.message }
    })
    instruments.push(certifyInstrument(day, bars, over))
  }
  if (trouble !== undefined && instruments.every(({ minutesCompared }) => minutesCompared === 0)) throw trouble
  const certificate = {
    date,
    madeAt: isoKst(deps.clock.now()),
    unreadableLines: book.unreadableLines,
    instruments,
  }
  await deps.write(certificate)
  return certificate
}

function certifyInstrument(
  day: InstrumentDay,
  bars: Result<readonly MinuteBar[]>,
  over: number,
): InstrumentCertificate {
  const compared = 'problem' in bars ? undefined : compare(day, bars.value, over)
  const repaired = sumOf(day, ({ repairedVolume }) => repairedVolume)
  const unknownVolume = volumeOf(day.missing)
  const isShort = unknownVolume > 0 || (compared !== undefined && compared.minutesAgreeing < compared.minutesCompared)
  const verdict = isShort ? 'incomplete' : compared === undefined ? 'unchecked' : repaired > 0 ? 'repaired' : 'whole'
  return {
    instrument: day.instrument,
    verdict,
    problem: 'problem' in bars ? bars.problem : null,
    countedFrom: day.begin === undefined ? null : isoKst(day.begin.eventTime),
    volumeBefore: day.begin?.volumeBefore ?? null,
    trades: sumOf(day, ({ trades }) => trades),
    volume: sumOf(day, ({ volume }) => volume),
    gaps: day.gaps.size,
    gapVolume: day.gapVolume,
    lateVolume: day.lateVolume,
    repairedTrades: sumOf(day, ({ repairedTrades }) => repairedTrades),
    repairedVolume: repaired,
    explainedVolume: day.explainedVolume,
    unknownVolume,
    unknown: day.missing.map(({ fromVolume, toVolume, from, to }: GapPart) => ({
      volume: toVolume - fromVolume,
      from: from === null ? null : isoKst(from),
      to: to === null ? null : isoKst(to),
    })),
    resyncs: day.resyncs,
    minutesCompared: compared?.minutesCompared ?? 0,
    minutesAgreeing: compared?.minutesAgreeing ?? 0,
    differences: compared?.differences.slice(0, mostDifferences) ?? [],
    missingByRest: compared?.missingByRest ?? 0,
  }
}

/**
 * From when counting began to the end of the day, as far as its minutes are `over`, or why REST does not say.
 * What is worth trying again is thrown.
 */
async function barsOf(
  day: InstrumentDay,
  date: number,
  over: number,
  { quotations, calendar }: CertificateDeps,
): Promise<Result<readonly MinuteBar[]>> {
  const { venue } = partsOf(day.instrument)
  const first = firstWholeMinute(day)
  const last = calendar.sessionsOn(venue, date).at(-1)?.closesAt ?? dayIn(homeOf(venue).zone, date)?.endTime
  if (first === undefined || last === undefined) return { problem: 'no trade was received' }
  if (first >= over) return { problem: 'no whole minute of it is over yet' }
  // The closing auction's bar is the minute in which the session is over.
  const to = Math.max(last + minuteMs, Math.max(...day.minutes.keys()) + minuteMs)
  try {
    return { value: await quotations.minuteBars(day.instrument, first, Math.min(to, over)) }
  } catch (error) {
    if (error instanceof KisError && !error.retryable) return { problem: error.message }
    throw error
  }
}

/** The minute in which counting began is whole only if nothing was traded before. */
function firstWholeMinute({ begin, minutes }: InstrumentDay): number | undefined {
  if (minutes.size === 0) return undefined
  const first = Math.min(...minutes.keys())
  if (begin === undefined) return first + minuteMs
  const minute = Math.floor(begin.eventTime / minuteMs) * minuteMs
  return begin.volumeBefore > 0 ? minute + minuteMs : minute
}

type Comparison = Pick<InstrumentCertificate, 'minutesCompared' | 'minutesAgreeing' | 'differences' | 'missingByRest'>

function compare(day: InstrumentDay, bars: readonly MinuteBar[], over: number): Comparison {
  const returned = new Map(bars.map(bar => [bar.startTime, bar.volume]))
  const first = firstWholeMinute(day) ?? 0
  const minutes = [...new Set([...returned.keys(), ...day.minutes.keys()])].filter(
    minute => minute >= first && minute < over,
  )
  const differences = minutes
    .sort((a, b) => a - b)
    .map(minute => {
      const { volume: received = 0, repairedVolume: repaired = 0 } = day.minutes.get(minute) ?? {}
      return { minute: isoKst(minute), received, repaired, rest: returned.get(minute) ?? 0 }
    })
    .filter(({ received, repaired, rest }) => received + repaired !== rest)
  const missingByRest = differences.reduce(
    (sum, { received, repaired, rest }) => sum + Math.max(0, rest - received - repaired),
    0,
  )
  return {
    minutesCompared: minutes.length,
    minutesAgreeing: minutes.length - differences.length,
    differences,
    missingByRest,
  }
}

function sumOf(
  { minutes }: InstrumentDay,
  value: (minute: { trades: number; volume: number; repairedTrades: number; repairedVolume: number }) => number,
): number {
  let sum = 0
  for (const minute of minutes.values()) sum += value(minute)
  return sum
}
