// Any market event at all, as fast-check makes them: in the order of properties that market/events.ts gives.
import fc from 'fast-check'
import type { Columns, Level, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import { type Instrument, type Venue, venues } from '../../market/instrument.ts'

const { constant, constantFrom } = fc
const plain = { noNullPrototype: true } as const

function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, plain) as fc.Arbitrary<T> // all keys are required, which its overloads do not say
}

/** JSON has neither -0 nor infinities, and KIS neither. */
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value))
const figure: fc.Arbitrary<number | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 6, arbitrary: finite },
)
const time = fc.integer({ min: 0, max: 4_102_444_800_000 })
const timeOrNull = fc.option(time)
const text = fc.string({ unit: 'binary', maxLength: 30 })

export const anyInstrument: fc.Arbitrary<Instrument> = fc
  .tuple(fc.constantFrom(...(Object.keys(venues) as Venue[])), fc.stringMatching(/^[A-Z0-9]{1,8}$/))
  .map(([venue, symbol]) => `${venue}:${symbol}` as const)

const columns: fc.Arbitrary<Columns> = fc.dictionary(fc.stringMatching(/^[A-Z_0-9]{1,12}$/), text, {
  maxKeys: 4,
  ...plain,
})
const maybeColumns = fc.option(
  columns.map(chosen => ({ columns: chosen })),
  { nil: {}, freq: 4 },
)

const tradeFields = record({
  type: constant('trade' as const),
  instrument: anyInstrument,
  price: figure,
  volume: figure,
  side: constantFrom('buy' as const, 'sell' as const, null),
  cumulativeVolume: figure,
  cumulativeValue: figure,
  open: figure,
  high: figure,
  low: figure,
  previousClose: figure,
  bidPrice: figure,
  askPrice: figure,
  bidVolume: figure,
  askVolume: figure,
  businessDate: fc.option(fc.integer({ min: 19_000_101, max: 20_991_231 })),
  eventTime: timeOrNull,
  receivedTime: time,
})
const maybeHalted = fc.constantFrom({}, { isHalted: true as const })
export const anyTrade: fc.Arbitrary<Trade> = fc
  .tuple(tradeFields, maybeHalted, maybeColumns)
  .map(([fields, halted, more]) => ({ ...fields, ...halted, ...more }))

const levels: fc.Arbitrary<Level[]> = fc.array(record({ price: figure, volume: figure }), { maxLength: 12 })
const bookFields = record({
  type: constant('order-book' as const),
  instrument: anyInstrument,
  bids: levels,
  asks: levels,
  totalBidVolume: figure,
  totalAskVolume: figure,
  eventTime: timeOrNull,
  receivedTime: time,
})
export const anyBook: fc.Arbitrary<OrderBook> = fc
  .tuple(bookFields, maybeColumns)
  .map(([fields, more]) => ({ ...fields, ...more }))

const anyOther: fc.Arbitrary<MarketEvent> = fc.oneof(
  record({
    type: constant('record' as const),
    tr: constantFrom('H0STPGM0', 'H0UPCNT0'),
    columns: fc.dictionary(fc.stringMatching(/^[A-Z_0-9]{1,12}$/), fc.oneof(text, figure), { maxKeys: 4, ...plain }),
    extra: fc.array(text, { maxLength: 3 }),
    receivedTime: time,
  }),
  record({
    type: constant('disconnect' as const),
    line: constantFrom('1', '2'),
    market: constantFrom('KR' as const, 'US' as const),
    reason: text,
    receivedTime: time,
  }),
  record({
    type: constant('resume' as const),
    line: constantFrom('1', '2'),
    market: constantFrom('KR' as const, 'US' as const),
    outageMs: fc.nat(),
    receivedTime: time,
  }),
  record({
    type: constant('subscription' as const),
    line: constantFrom('1', '2', null),
    instrument: fc.option(anyInstrument),
    channel: constantFrom('trade', 'H0STPGM0', null),
    status: constantFrom('wanted' as const, 'active' as const, 'refused' as const),
    code: text,
    receivedTime: time,
  }),
  record({
    type: constant('backfill' as const),
    instrument: anyInstrument,
    businessDate: fc.nat(),
    fromVolume: fc.nat(),
    toVolume: fc.nat(),
    trades: fc.array(
      record({
        price: finite,
        volume: finite,
        cumulativeVolume: finite,
        bidPrice: figure,
        askPrice: figure,
        eventTime: time,
      }),
      { maxLength: 3 },
    ),
    receivedTime: time,
  }),
  record({
    type: constant('gap-verdict' as const),
    instrument: anyInstrument,
    verdict: constantFrom('repaired' as const, 'explained' as const, 'unfillable' as const),
    businessDate: fc.nat(),
    fromVolume: fc.nat(),
    toVolume: fc.nat(),
    repairedVolume: fc.nat(),
    settledVolume: fc.nat(),
    explainedVolume: fc.nat(),
    unknownVolume: fc.nat(),
    unknown: fc.array(record({ fromVolume: fc.nat(), toVolume: fc.nat(), from: timeOrNull, to: timeOrNull }), {
      maxLength: 2,
    }),
    evidence: fc.array(text, { maxLength: 2 }),
    receivedTime: time,
  }),
  record({ type: constant('heartbeat' as const), serverTime: timeOrNull, receivedTime: time }),
  record({
    type: constant('schema-drift' as const),
    tr: text,
    width: fc.nat(),
    knownWidth: fc.nat(),
    receivedTime: time,
  }),
  record({
    type: constant('instruments-forgotten' as const),
    of: constantFrom('continuity', 'last-seen'),
    most: fc.nat(),
    receivedTime: time,
  }),
  record({
    type: constant('malformed' as const),
    reason: text,
    raw: fc.string({ unit: 'binary' }),
    receivedTime: time,
  }),
)

export const anyEvent: fc.Arbitrary<MarketEvent> = fc.oneof(
  { weight: 4, arbitrary: anyTrade },
  { weight: 2, arbitrary: anyBook },
  { weight: 2, arbitrary: anyOther },
)
