// Frames → market events. Stateful only in what it has seen: symbols, and the width each transaction had last. Never throws;
// what cannot be read comes out as `malformed`, whole.
import type { Malformed, MarketData, SchemaDrift } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'
import { overseasInstrument, readable, typedTransaction } from './channel.ts'
import { type ColumnPicker, columnPicker } from './columns.ts'
import { readControl, withoutKeys } from './control.ts'
import { frameText, isControl, readEnvelope, transactionAt, transactionLength } from './frame.ts'
import { createInterner, type Interned } from './intern.ts'
import { knownWidth, type Layout, layoutOf } from './layout.ts'
import { domesticOrderBook, overseasOrderBook } from './order-book.ts'
import { readRecord } from './record.ts'
import { endOf, longestFrame, scanFrame, startOf } from './scan.ts'
import { domesticTrade, overseasTrade } from './trade.ts'

export type DecodedEvent = MarketData | SchemaDrift | Malformed

export type DecoderOptions = {
  /** Further columns for `trade.columns` and `orderBook.columns`, by KIS's own name. */
  readonly columns?: readonly string[]
}

export type Decoder = {
  /**
   * Hands the events of one data frame to `emit`, in wire order, after the whole frame was checked. `frame` is only read, and
   * not kept. `receivedTime`: epoch milliseconds.
   */
  decode(frame: Uint8Array, receivedTime: number, emit: (event: DecodedEvent) => void): void
}

/** Reads the record whose first value is `first`. */
type RecordReader = (instrument: Instrument, receivedTime: number, first: number, width: number) => MarketData

/** What the decoder knows of one transaction. */
type Transaction = {
  readonly tr: string
  readonly layout: Layout | undefined
  readonly symbol: Interned<Instrument | undefined>
  readonly read: RecordReader | undefined
  readonly pick: ColumnPicker | undefined
  /** The width of the last frame: almost always that of the next. */
  width: number
  readonly reportedWidths: Set<number>
}

export function createDecoder(options: DecoderOptions = {}): Decoder {
  const transactions = createInterner(124, tr => createTransaction(tr, options.columns ?? []))
  return {
    decode(frame, receivedTime, emit) {
      const envelope = readEnvelope(frame)
      if (typeof envelope === 'string') return emit(notData(frame, envelope, receivedTime))
      const transaction = transactions(frame, transactionAt)
      if (envelope.encrypted) {
        const reason = 'encrypted, and no key: the key comes with the acknowledgement of its subscription'
        return emit(malformed(reason, frameText(frame), receivedTime))
      }
      const { count, payload } = envelope
      const width = frame.length > longestFrame ? Number.NaN : scanFrame(frame, payload) / count
      if (width !== transaction.width) {
        const problem = problemWith(transaction.layout, width, count)
        if (problem !== undefined) return emit(malformed(problem, shownText(frame), receivedTime))
      }
      if (count === 1 && width === transaction.width) {
        return emit(readOne(transaction, frame, 0, width, receivedTime) ?? nameless(frame, 0, width, 1, receivedTime))
      }
      const events = readAll(transaction, frame, width, count, receivedTime)
      for (let i = 0; i < events.length; i++) emit(events[i] as DecodedEvent)
    },
  }
}

/** All records are read before the first is handed out: whoever hears of one may decode another frame. */
function readAll(
  transaction: Transaction,
  frame: Uint8Array,
  width: number,
  count: number,
  receivedTime: number,
): DecodedEvent[] {
  const events: DecodedEvent[] = []
  if (width !== transaction.width) adopt(transaction, width, receivedTime, events)
  for (let record = 0; record < count; record++) {
    const first = record * width
    events.push(
      readOne(transaction, frame, first, width, receivedTime) ?? nameless(frame, first, width, count, receivedTime),
    )
  }
  return events
}

/** Undefined when it names no symbol. */
function readOne(
  transaction: Transaction,
  frame: Uint8Array,
  first: number,
  width: number,
  receivedTime: number,
): MarketData | undefined {
  const { read, pick } = transaction
  if (read === undefined) return readRecord(transaction.tr, transaction.layout, receivedTime, first, width)
  const instrument = transaction.symbol(frame, startOf(first))
  if (instrument === undefined) return undefined
  const event = read(instrument, receivedTime, first, width)
  return pick === undefined ? event : pick(event, first, width)
}

function nameless(frame: Uint8Array, first: number, width: number, count: number, receivedTime: number): Malformed {
  const text = frameText(frame.subarray(startOf(first), endOf(first + width - 1)))
  return malformed(`record ${first / width + 1} of ${count} names no symbol`, text, receivedTime)
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

/** A width that was never seen before is said so, once. */
function adopt(transaction: Transaction, width: number, receivedTime: number, events: DecodedEvent[]): void {
  transaction.width = width
  const { layout, reportedWidths, tr } = transaction
  if (reportedWidths.has(width)) return
  reportedWidths.add(width)
  const known = layout === undefined ? 0 : knownWidth(layout)
  events.push({ type: 'schema-drift', tr, width, knownWidth: known, receivedTime })
}

function notData(frame: Uint8Array, problem: string, receivedTime: number): Malformed {
  if (!isControl(frame)) return malformed(problem, shownText(frame), receivedTime)
  const message = readControl(frame)
  const reason = message.kind === 'unreadable' ? message.reason : 'a control message among the data'
  return malformed(reason, withoutKeys(frameText(frame)), receivedTime)
}

/** A frame's text. An account notice that was opened is not shown: what is broken may well be where the account number stands. */
export function shownText(frame: Uint8Array): string {
  const tr = frameText(frame.subarray(transactionAt, transactionAt + transactionLength))
  const isOpenNotice = frame[0] === 48 && layoutOf(tr)?.encrypted === true
  return isOpenNotice ? `${tr}: a notice of ${frame.length} bytes, [redacted]` : frameText(frame)
}

function malformed(reason: string, raw: string, receivedTime: number): Malformed {
  return { type: 'malformed', reason, raw, receivedTime }
}

function createTransaction(tr: string, columns: readonly string[]): Transaction {
  const layout = layoutOf(tr)
  const typed = typedTransaction(tr)
  const venue = typed?.venue
  const isTrade = typed?.channel === 'trade'
  const overseas = typed !== undefined && venue === undefined
  return {
    tr,
    layout,
    symbol: createInterner(94, overseas ? overseasInstrument : symbol => readable(`${venue}:${symbol}`)),
    read:
      typed === undefined
        ? undefined
        : overseas
          ? isTrade
            ? overseasTrade
            : overseasOrderBook
          : isTrade
            ? domesticTrade
            : domesticOrderBook,
    pick: layout === undefined || typed === undefined ? undefined : columnPicker(layout, columns),
    width: 0,
    reportedWidths: new Set(Object.keys(layout?.widths ?? {}).map(Number)),
  }
}
