// KIS numbers no record, but every trade tells its own volume and the day's total, and a trade's total less
// its volume must be the total of the trade before it. These are the cases in which it is not, or says
// nothing, and nothing went missing either; each with the capture or the reasoning behind it. Lines are those
// of test/fixtures/frames.
import { hourMs } from '../../market/basics/durations.ts'
import type { Trade } from '../../market/events.ts'
import { marketOf } from '../../market/instrument.ts'

export type CountedTrade = Trade & {
  readonly volume: number
  readonly cumulativeVolume: number
  readonly businessDate: number
}

/** How far the total had come, and when. */
export type Reached = { readonly businessDate: number; readonly volume: number; readonly eventTime: number | null }

/**
 * A trade that does not tell its volume, total and date takes no part in the count, and neither does a
 * negative volume. It is passed on: what cannot be shown to be a repeat is none. No capture has one.
 */
export function isCounted(trade: Trade): trade is CountedTrade {
  const { volume, cumulativeVolume, businessDate } = trade
  return volume !== null && volume >= 0 && cumulativeVolume !== null && businessDate !== null
}

/**
 * Holds for auctions as well: an auction is one record with all of its volume. The opening of 005930 on
 * 2026-09-08 (H0STCNT0, line 16) has 200,607 of a total of 200,731. It is neither buy nor sell (both sums
 * read 0), so those sums are no measure of the total.
 *
 * Holds for the free feed of the US: it sees a part of the volume, and its total counts that same part
 * (HDFSCNT0, lines 1 to 6), from the pre-market on through all sessions of the date. A gap overseas is what
 * is missing of that part.
 */
export function volumeBefore(trade: CountedTrade): number {
  return trade.cumulativeVolume - trade.volume
}

/**
 * Totals belong to a business date, by the venue's clock: midnight in Korea does not end it in New York, and
 * the US day market (a venue of its own: BAQ is not NAS) trades the next one. Dates are only compared for
 * being the same: captures played one after another jump back by years (H0STCNT0, lines 9 to 13).
 */
export function isSameDate(trade: CountedTrade, reached: Reached): boolean {
  return trade.businessDate === reached.businessDate
}

/** Money that changed hands before this trade. */
export function valueBefore({ price, volume, cumulativeValue }: CountedTrade): number | null {
  return price === null || cumulativeValue === null ? null : cumulativeValue - price * volume
}

/** A record of no volume that moves no total has nothing in it that could be missed. No capture has one. */
export function movesNothing(trade: CountedTrade, reached: Reached): boolean {
  return trade.volume === 0 && trade.cumulativeVolume <= reached.volume
}

/**
 * A record that repeats an older one has the older one's time: one that is later tells a lower total than
 * there was, and is news. This is how a total that began anew or was lowered differs from a replay (H0STCNT0,
 * lines 1 to 9: time and total only ever grow together; several trades share a second).
 */
export function isLater(trade: CountedTrade, reached: Reached): boolean {
  return trade.eventTime !== null && reached.eventTime !== null && trade.eventTime > reached.eventTime
}

/**
 * Nothing was traded before this one, on a date on which something was. Whether the total of the KRX goes on
 * or begins anew in the after-market (16:00, since 2026-09-14) is not established. Trading at the closing
 * price, from 15:40, is sent trade by trade (rest/inquire-ccnl.000660.json: 15:59:35, 15:59:55), so a total
 * that goes on does so without a jump.
 */
export function beginsAnew(trade: CountedTrade): boolean {
  return trade.cumulativeVolume === trade.volume
}

/** Live records are seconds old, those of delayed Asian feeds a quarter of an hour. */
const oldAfterMs = hourMs

/**
 * At about noon in Korea, after the close, KIS puts consolidated data in the place of what the free feed of
 * the US had counted; in its charts, and possibly in the last record that a new subscription is answered
 * with. A record that is hours old, no later than what we had seen, and tells a higher total, was restated
 * and reveals nothing. Only after an interruption: a line that was up has sent what happened then.
 */
export function isRestated(trade: CountedTrade, reached: Reached, wasInterrupted: boolean): boolean {
  const { eventTime, receivedTime, instrument } = trade
  if (!wasInterrupted || eventTime === null || marketOf(instrument) !== 'US') return false
  return receivedTime - eventTime > oldAfterMs && reached.eventTime !== null && eventTime <= reached.eventTime
}
