// KIS does not number records. A trade has its volume and the day's total, and total less volume is the total
// of the trade before. Here are the cases in which that fails and nothing is missing, each with its capture
// (lines of test/fixtures/frames) or reason.
import { hourMs } from '../../market/basics/durations.ts'
import type { Trade } from '../../market/events.ts'
import { marketOf } from '../../market/instrument.ts'

export type CountedTrade = Trade & {
  readonly volume: number
  readonly cumulativeVolume: number
  readonly businessDate: number
}

/** The total and the time up to which the volume is known. */
export type Reached = { readonly businessDate: number; readonly volume: number; readonly eventTime: number | null }

/** A trade without volume, total or date, or with a negative volume, is not counted. None was captured. */
export function isCounted(trade: Trade): trade is CountedTrade {
  const { volume, cumulativeVolume, businessDate } = trade
  return volume !== null && volume >= 0 && cumulativeVolume !== null && businessDate !== null
}

/**
 * An auction is one record with all of its volume: the opening of 005930 on 2026-09-08 (H0STCNT0, line 16)
 * has 200,607 of a total of 200,731. It is neither buy nor sell: the sums of both are no total.
 *
 * The free feed of the US sees a part of the volume, and its total counts that same part in all sessions of a
 * date (HDFSCNT0, lines 1 to 6). A gap overseas is what is missing of that part.
 */
export function volumeBefore(trade: CountedTrade): number {
  return trade.cumulativeVolume - trade.volume
}

/**
 * Totals belong to a business date of the venue: midnight in Korea does not end it in New York, and the US
 * day market (BAQ is not NAS) trades the next one. Dates are compared for equality alone: captures that are
 * played in a row go back by years (H0STCNT0, lines 9 to 13).
 */
export function isSameDate(trade: CountedTrade, reached: Reached): boolean {
  return trade.businessDate === reached.businessDate
}

/** The day's value before this trade. */
export function valueBefore({ price, volume, cumulativeValue }: CountedTrade): number | null {
  return price === null || cumulativeValue === null ? null : cumulativeValue - price * volume
}

/** A record without volume that does not raise the total: it shows no missing volume. None was captured. */
export function movesNothing(trade: CountedTrade, reached: Reached): boolean {
  return trade.volume === 0 && trade.cumulativeVolume <= reached.volume
}

/**
 * A repeat has the time of the trade that it repeats; a lower total with a later time was lowered or began
 * anew. (H0STCNT0, lines 1 to 9: time and total only grow together; several trades share a second.)
 */
export function isLater(trade: CountedTrade, reached: Reached): boolean {
  return trade.eventTime !== null && reached.eventTime !== null && trade.eventTime > reached.eventTime
}

/**
 * The total holds this trade alone, on a date that had trades. It is not known whether the total of the KRX
 * continues or restarts in the after-market (16:00, since 2026-09-14). Trading at the closing price, from
 * 15:40, is sent trade by trade (rest/inquire-ccnl.000660.json: 15:59:35), so a total that continues has no
 * jump.
 */
export function beginsAnew(trade: CountedTrade): boolean {
  return trade.cumulativeVolume === trade.volume
}

/** Live records are seconds old, those of delayed Asian feeds a quarter of an hour. */
const oldAfterMs = hourMs

/**
 * At about noon in Korea, after the close, KIS replaces the totals of the free US feed by consolidated ones:
 * in its charts, and possibly in the first record of a new subscription. A record that is hours old, not
 * later than the last trade and with a higher total was restated: no gap. Only after an interruption: a line
 * that was up has sent what happened then.
 */
export function isRestated(trade: CountedTrade, reached: Reached, wasInterrupted: boolean): boolean {
  const { eventTime, receivedTime, instrument } = trade
  if (!wasInterrupted || eventTime === null || marketOf(instrument) !== 'US') return false
  return receivedTime - eventTime > oldAfterMs && reached.eventTime !== null && eventTime <= reached.eventTime
}
