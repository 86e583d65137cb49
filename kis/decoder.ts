// Frames → market events. Stateful only in what it has seen: symbols, and the width each transaction had last. Never throws;
// what cannot be read comes out as `malformed`, whole.
import type { Malformed, MarketData, SchemaDrift } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'
import { overseasInstrument, readable, typedTransaction } from './channel.ts'
import { type ColumnPicker, columnPicker } from './columns.ts'
import { readControl, withoutKeys } from './control.ts'
import { countValues, frameText, isControl, readEnvelope, transactionAt, transactionLength } from './frame.ts'
import { createInterner, type Interned } from './intern.ts'
import { knownWidth, type Layout, layoutOf } from './layout.ts'
import {
  domesticBookReads,
  domesticOrderBook,
  overseasBookHead,
  overseasBookLevel,
  overseasLevels,
  overseasOrderBook,
} from './order-book.ts'
import { readRecord } from './record.ts'
import { position, scanFrom, skipValues } from './scan.ts'
import { domesticTrade, domesticTradeReads, overseasTrade, overseasTradeReads } from './trade.ts'

export type DecodedEvent = MarketData | SchemaDrift | Malformed

export type DecoderOptions = {
  /** Further columns for `trade.columns` and `orderBook.columns`, by KIS's own name. */
  readonly columns?: readonly string[]
  /** Where to count the records of each transaction, by its id. */
  readonly records?: RecordCounts
}

/** Filled by the decoder, one entry for each transaction with a layout; all others are one, `unknown`. */
export type RecordCounts = Map<string, { records: number }>

export type Decoder = {
  /**
   * Hands the events of one data frame to `emit`, in wire order, after the whole frame was checked. `frame` is only read, and
   * not kept. `receivedTime`: epoch milliseconds.
   */
  decode(frame: Uint8Array, receivedTime: number, emit: (event: DecodedEvent) => void): void
}

/** Reads one record of `width` values and leaves the cursor behind `reads` of them. */
type RecordReader = (instrument: Instrument, receivedTime: number, width: number) => MarketData

/** What the decoder knows of one transaction. */
type Transaction = {
  readonly tr: string
  readonly layout: Layout | undefined
  readonly symbol: Interned<Instrument | undefined>
  readonly read: RecordReader | undefined
  readonly reads: (width: number) => number
  readonly pick: ColumnPicker | undefined
  readonly tally: { records: number }
  /** The width of the last frame: almost always that of the next. */
  width: number
  readonly reportedWidths: Set<number>
}

export function createDecoder(options: DecoderOptions = {}): Decoder {
  const transactions = createInterner(124, tr =>
    createTransaction(tr, options.columns ?? [], options.records ?? new Map()),
  )
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
      if (count === 1 && transaction.read !== undefined) {
        const event = readOnly(transaction, frame, payload, receivedTime)
        if (event !== undefined) {
          transaction.tally.records++
          return emit(event)
        }
      }
      const events =
        readRecords(transaction, transaction.width, frame, payload, count, receivedTime) ??
        readMeasured(transaction, frame, payload, count, receivedTime)
      for (let i = 0; i < events.length; i++) emit(events[i] as DecodedEvent)
    },
  }
}

/** The fast road, for a frame of one typed record as wide as the last one; undefined for any other. */
function readOnly(
  transaction: Transaction,
  frame: Uint8Array,
  payload: number,
  receivedTime: number,
): MarketData | undefined {
  const { read, width, pick } = transaction
  if (width === 0 || read === undefined) return undefined
  const instrument = transaction.symbol(frame, payload)
  if (instrument === undefined) return undefined
  scanFrom(frame, payload)
  skipValues(1)
  const event = read(instrument, receivedTime, width)
  skipValues(width - transaction.reads(width))
  if (position() !== frame.length + 1) return undefined
  return pick === undefined ? event : pick(event, frame, payload, width)
}

/** The slow road, for the first frame of a transaction, a changed width, and damaged frames. */
function readMeasured(
  transaction: Transaction,
  frame: Uint8Array,
  payload: number,
  count: number,
  receivedTime: number,
): DecodedEvent[] {
  const { layout, tr } = transaction
  const values = countValues(frame, payload)
  const width = values / count
  if (!Number.isInteger(width)) {
    const reason = `${values} values do not divide into the ${count} records the frame announces`
    return [malformed(reason, shownText(frame), receivedTime)]
  }
  if (layout !== undefined && width < layout.minWidth) {
    const reason = `records of ${width} values; ${tr} has at least ${layout.minWidth}, so this one was cut off`
    return [malformed(reason, shownText(frame), receivedTime)]
  }
  const events = readRecords(transaction, width, frame, payload, count, receivedTime)
  if (events === undefined) throw new Error(`${values} values did not make ${count} records of ${width}`)
  transaction.width = width
  if (!transaction.reportedWidths.has(width)) {
    transaction.reportedWidths.add(width)
    const known = layout === undefined ? 0 : knownWidth(layout)
    events.unshift({ type: 'schema-drift', tr, width, knownWidth: known, receivedTime })
  }
  return events
}

/** All records of a frame, or undefined when they are not `width` values wide. */
function readRecords(
  transaction: Transaction,
  width: number,
  frame: Uint8Array,
  payload: number,
  count: number,
  receivedTime: number,
): DecodedEvent[] | undefined {
  if (width === 0) return undefined
  const { read, symbol, pick } = transaction
  const end = frame.length + 1
  const events: DecodedEvent[] = []
  scanFrom(frame, payload)
  if (read === undefined) {
    for (let record = 0; record < count; record++) {
      if (position() >= end) return undefined
      events.push(readRecord(transaction.tr, transaction.layout, width, receivedTime))
    }
    if (position() !== end) return undefined
    transaction.tally.records += count
    return events
  }
  const rest = width - transaction.reads(width)
  for (let record = 0; record < count; record++) {
    const start = position()
    if (start >= end) return undefined
    const instrument = symbol(frame, start)
    if (instrument === undefined) {
      skipValues(width)
      const text = frameText(frame.subarray(start, Math.min(position(), end) - 1))
      events.push(malformed(`record ${record + 1} of ${count} names no symbol`, text, receivedTime))
      continue
    }
    skipValues(1)
    const event = read(instrument, receivedTime, width)
    skipValues(rest)
    events.push(pick === undefined ? event : pick(event, frame, start, width))
  }
  if (position() !== end) return undefined
  transaction.tally.records += count
  return events
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

function createTransaction(tr: string, columns: readonly string[], records: RecordCounts): Transaction {
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
    reads: overseas
      ? isTrade
        ? () => overseasTradeReads
        : width => overseasBookHead + overseasBookLevel * overseasLevels(width)
      : () => (isTrade ? domesticTradeReads : domesticBookReads),
    pick: layout === undefined || typed === undefined ? undefined : columnPicker(layout, columns),
    tally: tallyOf(layout === undefined ? 'unknown' : tr, records),
    width: 0,
    reportedWidths: new Set(Object.keys(layout?.widths ?? {}).map(Number)),
  }
}

/** Rubbish can name endlessly many transactions; they share one count. */
function tallyOf(name: string, records: RecordCounts): { records: number } {
  const tally = records.get(name) ?? { records: 0 }
  records.set(name, tally)
  return tally
}
