// Events with one thing changed. Everything else is a quiet minute of a Monday morning in Seoul.
import type { OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'

export const samsung: Instrument = 'KRX:005930'
export const hynix: Instrument = 'KRX:000660'
export const apple: Instrument = 'NAS:AAPL'

/** Epoch milliseconds of a Korean time on 14 September 2026. */
export function at(time: string): number {
  return Date.parse(`2026-09-14T${time}+09:00`)
}

export function trade(changes: Partial<Trade> = {}): Trade {
  const eventTime = changes.eventTime === undefined ? at('10:00:00') : changes.eventTime
  return {
    type: 'trade',
    instrument: samsung,
    price: 70_000,
    volume: 1,
    side: 'buy',
    cumulativeVolume: 1_000_000,
    cumulativeValue: 70_000_000_000,
    open: 69_000,
    high: 71_000,
    low: 68_000,
    previousClose: 69_500,
    bidPrice: 69_900,
    askPrice: 70_000,
    bidVolume: 100,
    askVolume: 200,
    businessDate: 20260914,
    eventTime,
    receivedTime: eventTime ?? at('10:00:00'),
    ...changes,
  }
}

export function orderBook(changes: Partial<OrderBook> = {}): OrderBook {
  return {
    type: 'order-book',
    instrument: samsung,
    bids: [
      { price: 69_900, volume: 100 },
      { price: 69_800, volume: 300 },
    ],
    asks: [
      { price: 70_000, volume: 200 },
      { price: 70_100, volume: 400 },
    ],
    totalBidVolume: 400,
    totalAskVolume: 600,
    eventTime: at('10:00:00'),
    receivedTime: at('10:00:00'),
    ...changes,
  }
}
