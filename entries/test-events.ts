// Events of one instrument for the tests of a strategy or a sink, each consistent with the ones before.
import { type OptionNames, refuseUnknown } from '../market/basics/did-you-mean.ts'
import { minuteMs } from '../market/basics/durations.ts'
import { dateDigits } from '../market/calendar/korea-time.ts'
import type {
  Backfill,
  Bar,
  Disconnect,
  Gap,
  Level,
  OrderBook,
  Resume,
  SubscriptionChange,
  Trade,
} from '../market/events.ts'
import { type Instrument, marketOf } from '../market/instrument.ts'

export type TestEventOptions = {
  /** Price of the first trade. 70,000 by default. */
  readonly price?: number
  /** Volume traded before the first trade. 1,000,000 by default. */
  readonly volumeBefore?: number
  /**
   * Epoch milliseconds of the first event; 10:00 KST on 2026-11-20 by default. Each next one is a second
   * later.
   */
  readonly startTime?: number
}

/** Each function makes the next event. `changes` take the place of the values that it would have had. */
export type TestEvents = {
  /** An execution of one share at the last price. The day's totals grow by it. */
  trade(changes?: Partial<Omit<Trade, 'type' | 'instrument'>>): Trade
  /** Ten levels around the last price. */
  orderBook(changes?: Partial<Omit<OrderBook, 'type' | 'instrument'>>): OrderBook
  /** So many shares did not come: the total of the next trade includes them. */
  gap(missingVolume: number, changes?: Partial<Pick<Gap, 'cause'>>): Gap
  /** The repair of a gap, as one trade at the last price. */
  backfill(gap: Gap): Backfill
  /** The minute of the last trade, with that trade alone unless `changes` say more. */
  bar(changes?: Partial<Omit<Bar, 'type' | 'instrument'>>): Bar
  disconnect(reason?: string): Disconnect
  resume(outageMs?: number): Resume
  /** `active` by default. */
  subscription(changes?: Partial<Omit<SubscriptionChange, 'type' | 'instrument'>>): SubscriptionChange
}

const levels = 10
const stepMs = 1_000
const line = '1'
const optionNames = Object.keys({
  price: true,
  volumeBefore: true,
  startTime: true,
} satisfies OptionNames<TestEventOptions>)

/** The day's totals follow the trades, as those of KIS do. Throws a TypeError on unknown options. */
export function testEvents(instrument: Instrument, options: TestEventOptions = {}): TestEvents {
  refuseUnknown(options, optionNames)
  const { volumeBefore = 1_000_000, startTime = Date.parse('2026-11-20T10:00:00+09:00') } = options
  const market = marketOf(instrument)
  let { price = 70_000 } = options
  let total = volumeBefore
  let value = volumeBefore * price
  let lastTime = startTime - stepMs
  const previousClose = price
  const day = { open: price, high: price, low: price }

  const nextTime = () => (lastTime += stepMs)
  const businessDate = dateDigits(startTime)
  const side = (step: number): Level[] =>
    Array.from({ length: levels }, (_, level) => ({ price: price + (level + 1) * step, volume: 100 }))
  const tick = () => Math.max(price / 1_000, 0.01)

  return {
    trade(changes = {}) {
      const time = nextTime()
      price = changes.price ?? price
      const { volume = 1 } = changes
      total = changes.cumulativeVolume ?? total + (volume ?? 0)
      value += (volume ?? 0) * price
      day.high = Math.max(day.high, price)
      day.low = Math.min(day.low, price)
      return {
        type: 'trade',
        instrument,
        price,
        volume,
        side: 'buy',
        cumulativeVolume: total,
        cumulativeValue: value,
        ...day,
        previousClose,
        bidPrice: price - tick(),
        askPrice: price,
        bidVolume: 100,
        askVolume: 100,
        businessDate,
        eventTime: time,
        receivedTime: time,
        ...changes,
      }
    },
    orderBook(changes = {}) {
      const time = nextTime()
      const total = { totalBidVolume: levels * 100, totalAskVolume: levels * 100 }
      const sides = { bids: side(-tick()), asks: side(tick()) }
      return { type: 'order-book', instrument, ...sides, ...total, eventTime: time, receivedTime: time, ...changes }
    },
    gap(missingVolume, { cause = 'lost' } = {}) {
      const fromVolume = total
      total += missingVolume
      value += missingVolume * price
      const span = { fromVolume, toVolume: total, from: lastTime, to: lastTime + stepMs }
      const missing = { missingVolume, missingValue: missingVolume * price, ...span }
      return { type: 'gap', instrument, cause, businessDate, ...missing, receivedTime: lastTime + stepMs }
    },
    backfill({ fromVolume, toVolume, missingVolume, from }) {
      const time = nextTime()
      const figures = { price, volume: missingVolume, cumulativeVolume: toVolume, bidPrice: null, askPrice: null }
      const trades = [{ ...figures, eventTime: from ?? time }]
      return { type: 'backfill', instrument, businessDate, fromVolume, toVolume, trades, receivedTime: time }
    },
    bar(changes = {}) {
      const startTime = Math.floor(lastTime / minuteMs) * minuteMs
      const figures = { open: price, high: price, low: price, close: price, volume: 1, tradeCount: 1 }
      return { type: 'bar', instrument, startTime, endTime: startTime + minuteMs, ...figures, ...changes }
    },
    disconnect: (reason = 'test') => ({ type: 'disconnect', line, market, reason, receivedTime: nextTime() }),
    resume: (outageMs = stepMs) => ({ type: 'resume', line, market, outageMs, receivedTime: nextTime() }),
    subscription: (changes = {}) => ({
      type: 'subscription',
      line,
      instrument,
      channel: 'trade',
      status: 'active',
      receivedTime: nextTime(),
      ...changes,
    }),
  }
}
