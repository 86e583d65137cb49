// Frames → market events. Its state is only the symbols and the last width of each transaction. It never
// throws; a record that cannot be read becomes a `malformed` event as a whole.
import type { Malformed, MarketData, OrderBook, SchemaDrift, Trade } from '../../market/events.ts'
import { canonical, type Instrument, partsOf, type Venue } from '../../market/instrument.ts'
import type { Channel } from '../../market/subscription.ts'
import { isStock, venueShapeInWords } from '../../market/symbol-shapes.ts'
import { overseasInstrument, readable, typedTransaction } from '../channel.ts'
import { bar } from './bytes.ts'
import { type ColumnPicker, columnPicker } from './columns.ts'
import { readControl } from './control.ts'
import {
  type DamageFinder,
  damageFinder,
  isOddBook,
  isOddDomesticTrade,
  isOddOverseasTrade,
  type LiveDates,
  liveDates,
} from './damage.ts'
import { countOf, frameText, hasHead, headOf, isControl, payloadOf, readEnvelope, transactionAt } from './frame.ts'
import { createInterner } from './scan/intern.ts'
import { knownWidth, type Layout, layoutOf } from './layout.ts'
import { domesticOrderBook, overseasOrderBook } from './mappers/order-book.ts'
import { readRecord } from './mappers/record.ts'
import { shownText, withoutNamed } from '../redaction.ts'
import { endOf, latinOf, longestFrame, scanFrame, scanNumber, startOf } from './scan/scan.ts'
import { createSymbols, type Symbols } from './scan/symbols.ts'
import { domesticTrade, overseasTrade } from './mappers/trade.ts'

export type DecodedEvent = MarketData | SchemaDrift | Malformed

export type DecoderOptions = {
  /** Further columns for `trade.columns` and `orderBook.columns`, by KIS's own name. */
  readonly columns?: readonly string[]
  /**
   * False: every record comes as `record`, by KIS's columns, trades and order books too. Default true. Values
   * are not checked for damage then.
   */
  readonly typed?: boolean
  /** Where to count the records of each transaction, by its id. */
  readonly records?: RecordCounts
  /**
   * For a live feed: how far our clock is ahead of KIS's, 0 while that is not known. A record whose date is
   * more than seven days from its receipt is then `malformed`. By default any date will do, as for captures
   * of any day.
   */
  readonly clockAheadMs?: () => number
}

/** Filled by the decoder, one entry for each transaction with a layout; all others share one, `unknown`. */
export type RecordCounts = Map<string, { records: number }>

export type Decoder = {
  /**
   * Passes the events of one data frame to `emit`, in wire order, after the whole frame was checked. `frame`
   * is only read, and not kept. `receivedTime`: epoch milliseconds.
   */
  decode(frame: Uint8Array, receivedTime: number, emit: Emit): void
}

export type Emit = (event: DecodedEvent) => void

/** Reads the record whose first value is `first`. */
type RecordReader = (instrument: Instrument, receivedTime: number, first: number, width: number) => Trade | OrderBook

/** The decoder's state of one transaction. */
type Transaction = {
  readonly tr: string
  readonly head: Uint8Array
  readonly layout: Layout | undefined
  /** The instrument of a record's first value, whether or not the venue has such symbols. */
  readonly instrumentIn: (text: string) => Instrument | undefined
  /** Undefined for a value that names no stock of the venue. */
  readonly symbol: Symbols<Instrument | undefined>
  readonly read: RecordReader | undefined
  readonly damage: DamageFinder | undefined
  readonly pick: ColumnPicker | undefined
  readonly tally: { records: number }
  /** The width of the last frame: almost always that of the next. */
  width: number
  readonly reportedWidths: Set<number>
}

export function createDecoder(options: DecoderOptions = {}): Decoder {
  const { columns = [], typed = true, records = new Map(), clockAheadMs } = options
  const live = clockAheadMs === undefined ? undefined : liveDates(clockAheadMs)
  const given = { columns, typed, records, live }
  const transactions = createInterner(bar, tr => createTransaction(tr, given))
  /** The symbol of the frame before: almost always that of the next. */
  let last: Transaction | undefined

  function start(frame: Uint8Array, receivedTime: number, emit: Emit): void {
    const envelope = readEnvelope(frame)
    if (typeof envelope === 'string') return emit(notData(frame, envelope, receivedTime))
    last = transactions(frame, transactionAt)
    if (!envelope.encrypted) return decodeRecords(last, frame, envelope.payload, envelope.count, receivedTime, emit)
    const reason = 'encrypted, and no key: the key comes with the acknowledgement of its subscription'
    emit(malformed(reason, frameText(frame), receivedTime))
  }

  return {
    decode(frame, receivedTime, emit) {
      if (last !== undefined && hasHead(frame, last.head)) {
        const payload = payloadOf(frame)
        const count = countOf(frame, payload)
        if (count > 0) return decodeRecords(last, frame, payload, count, receivedTime, emit)
      }
      start(frame, receivedTime, emit)
    },
  }
}

function decodeRecords(
  transaction: Transaction,
  frame: Uint8Array,
  payload: number,
  count: number,
  receivedTime: number,
  emit: Emit,
): void {
  const width = frame.length > longestFrame ? Number.NaN : scanFrame(frame, payload) / count
  if (width !== transaction.width) {
    const problem = problemWith(transaction.layout, width, count)
    if (problem !== undefined) return emit(malformed(problem, shownText(frame), receivedTime))
    const drift = adopt(transaction, width, receivedTime)
    if (drift !== undefined) emit(drift)
  }
  transaction.tally.records += count
  let scan = scanNumber()
  for (let record = 0; record < count; record++) {
    // A subscriber may have decoded another frame re-entrantly: scan again.
    if (scanNumber() !== scan) {
      scanFrame(frame, payload)
      scan = scanNumber()
    }
    const first = record * width
    const event = readOne(transaction, first, width, receivedTime)
    emit(typeof event === 'string' ? broken(event, frame, first, width, count, receivedTime) : event)
  }
}

/** Otherwise the problem with it, which is reported in its place in the frame. */
function readOne(transaction: Transaction, first: number, width: number, receivedTime: number): MarketData | string {
  const { read, damage, pick } = transaction
  if (read === undefined) return readRecord(transaction.tr, transaction.layout, receivedTime, first, width)
  const instrument = transaction.symbol(first)
  if (instrument === undefined) return noSymbol(transaction.instrumentIn(latinOf(first)))
  const event = read(instrument, receivedTime, first, width)
  const found = damage?.isOdd(event) ? damage.find(event, width) : undefined
  if (found !== undefined) return `: ${found}`
  return pick === undefined ? event : pick(event, first, width)
}

function broken(
  problem: string,
  frame: Uint8Array,
  first: number,
  width: number,
  count: number,
  receivedTime: number,
): Malformed {
  const text = frameText(frame.subarray(startOf(first), endOf(first + width - 1)))
  return malformed(`record ${first / width + 1} of ${count}${problem}`, text, receivedTime)
}

function noSymbol(instrument: Instrument | undefined): string {
  if (instrument === undefined) return ' names no symbol'
  const { venue, symbol } = partsOf(instrument)
  return ` names '${symbol}', which is no symbol of ${venue}; expected ${venueShapeInWords(venue)}`
}

/** Why records of this width cannot be read. */
function problemWith(layout: Layout | undefined, width: number, count: number): string | undefined {
  if (Number.isNaN(width)) return `a frame of more than ${longestFrame} bytes; KIS sends a few thousand`
  if (!Number.isInteger(width)) {
    return `${Math.round(width * count)} values do not divide into the ${count} records the frame announces`
  }
  if (layout !== undefined && width < layout.minWidth) {
    return `records of ${width} values; ${layout.tr} has at least ${layout.minWidth}, so this one was cut off`
  }
  return undefined
}

/** A width that was never seen before is reported once. */
function adopt(transaction: Transaction, width: number, receivedTime: number): SchemaDrift | undefined {
  transaction.width = width
  const { layout, reportedWidths, tr } = transaction
  if (reportedWidths.has(width)) return undefined
  reportedWidths.add(width)
  return { type: 'schema-drift', tr, width, knownWidth: layout === undefined ? 0 : knownWidth(layout), receivedTime }
}

function notData(frame: Uint8Array, problem: string, receivedTime: number): Malformed {
  if (!isControl(frame)) return malformed(problem, shownText(frame), receivedTime)
  const message = readControl(frame)
  const reason =
    message.kind === 'unreadable'
      ? message.reason
      : message.kind === 'heartbeat'
        ? `a PINGPONG of ${frame.length} bytes, where none is expected`
        : 'a control message among the data'
  return malformed(reason, frameText(frame), receivedTime)
}

function malformed(reason: string, raw: string, receivedTime: number): Malformed {
  return { type: 'malformed', reason, raw: withoutNamed(raw), receivedTime }
}

type Given = Required<Omit<DecoderOptions, 'clockAheadMs'>> & { readonly live: LiveDates | undefined }

function createTransaction(tr: string, { columns, typed: isTyped, records, live }: Given): Transaction {
  const layout = layoutOf(tr)
  const typed = isTyped ? typedTransaction(tr) : undefined
  const reader = layout && typed && readerOf(typed.channel, typed.venue)
  const instrumentIn = (text: string) =>
    typed?.venue === undefined ? overseasInstrument(text) : readable(`${typed.venue}:${text}`)
  return {
    tr,
    head: headOf(tr),
    layout,
    instrumentIn,
    symbol: createSymbols(text => stockOf(instrumentIn(text))),
    read: reader?.read,
    damage: reader && damageFinder(layout, reader.isOdd, live),
    pick: reader && columnPicker(layout, columns),
    tally: tallyOf(layout === undefined ? 'unknown' : tr, records),
    width: 0,
    reportedWidths: new Set(Object.keys(layout?.widths ?? {}).map(Number)),
  }
}

/**
 * How records of a channel are read, and which of them are checked twice. Without a venue they are overseas
 * ones.
 */
function readerOf(channel: Channel, venue: Venue | undefined): { read: RecordReader; isOdd: DamageFinder['isOdd'] } {
  if (channel === 'trade') {
    return venue === undefined
      ? { read: overseasTrade, isOdd: isOddOverseasTrade }
      : { read: domesticTrade, isOdd: isOddDomesticTrade }
  }
  return { read: venue === undefined ? overseasOrderBook : domesticOrderBook, isOdd: isOddBook }
}

/** Called once for each symbol. Undefined when its venue has no such symbol. */
function stockOf(instrument: Instrument | undefined): Instrument | undefined {
  return instrument !== undefined && isStock(instrument) ? canonical(instrument) : undefined
}

/** Malformed input can name endlessly many transactions; they share one count. */
function tallyOf(name: string, records: RecordCounts): { records: number } {
  const tally = records.get(name) ?? { records: 0 }
  records.set(name, tally)
  return tally
}
