// The types of trading sessions and of a venue's hours: tables with the date from which they hold, so that a
// recording of last August replays with last August's hours.

/**
 * - `pre-market`, `regular`, `after-market`, `day-market`: continuous trading (NXT calls its regular session
 *   main market)
 * - `opening-auction`, `closing-auction`: orders gather (동시호가), and one price ends them
 * - `single-price`: NXT's auction before its after-market
 * - `closing-price`: trades at the day's closing price only (시간외 종가)
 * - `overtime-single-price`: KRX's auctions every ten minutes (시간외 단일가), until 2026-09-13
 */
export type SessionName =
  | 'pre-market'
  | 'opening-auction'
  | 'regular'
  | 'closing-auction'
  | 'single-price'
  | 'closing-price'
  | 'overtime-single-price'
  | 'after-market'
  | 'day-market'

/**
 * One session on one day, [opensAt, closesAt) in epoch milliseconds. A lunch break makes two regular sessions
 * of a day.
 */
export type TradingSession = {
  readonly session: SessionName
  readonly opensAt: number
  readonly closesAt: number
  /** The business date it belongs to, 20260914. */
  readonly date: number
}

/** The country whose holidays a venue follows. */
export type Country = 'KR' | 'US' | 'HK' | 'JP' | 'CN' | 'VN'

/**
 * What sort of trading day it is. `half-day`: closes early · `late-open`: opens at 10:00, closes as usual
 * (Korea's first trading day of the year) · `exam-day`: opens and closes an hour later (Korea's university
 * entrance exam, 수능)
 */
export type DayKind = 'ordinary' | 'half-day' | 'late-open' | 'exam-day'

/** Name, opening and closing time by the table's wall clock. In order, without overlaps. */
export type Hours = readonly [session: SessionName, opens: string, closes: string]

/**
 * `from`: the first date it holds, until the next timetable's. A kind of day without hours here has the
 * ordinary ones.
 */
export type Timetable = {
  readonly from: number
  readonly ordinary: readonly Hours[]
} & { readonly [kind in Exclude<DayKind, 'ordinary'>]?: readonly Hours[] }

/** `zone`: the IANA zone of the hours and dates. Timetables are in order of date. */
export type VenueSessions = {
  readonly zone: string
  readonly country: Country
  readonly timetables: readonly Timetable[]
}

/** The hours of a kind of day on a date. None before the first timetable. */
export function hoursOn({ timetables }: VenueSessions, date: number, kind: DayKind): readonly Hours[] {
  const timetable = timetables.findLast(({ from }) => from <= date)
  return timetable?.[kind] ?? timetable?.ordinary ?? []
}
