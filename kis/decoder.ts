// Frames → market events. Stateful only in what it has seen: symbols, and the width each transaction had last. Never throws;
// what cannot be read comes out as `malformed`, whole.
import type { Malformed, MarketData, SchemaDrift } from '../market/events.ts'
import { canonical, type Instrument } from '../market/instrument.ts'
import { noNumber, Numbering } from '../market/numbering.ts'
import { overseasInstrument, readable, typedTransaction } from './channel.ts'
import { type ColumnPicker, columnPicker } from './columns.ts'
import { readControl } from './control.ts'
import { countOf, frameText, hasHead, headOf, isControl, payloadOf, readEnvelope, transactionAt } from './frame.ts'
import { createInterner } from './intern.ts'
import { knownWidth, type Layout, layoutOf } from './layout.ts'
import { domesticOrderBook, overseasOrderBook } from './order-book.ts'
import { readRecord } from './record.ts'
import { shownText, withoutNamed } from './redaction.ts'
import { endOf, longestFrame, scanFrame, scanNumber, startOf } from './scan.ts'
import { createSymbols, type Numbered, type Symbols } from './symbols.ts'
import { domesticTrade, overseasTrade } from './trade.ts'

export type DecodedEvent = MarketData | SchemaDrift | Malformed

export type DecoderOptions = {
  /** Further columns for `trade.columns` and `orderBook.columns`, by KIS's own name. */
  readonly columns?: readonly string[]
  /** Where to count the records of each transaction, by its id. */
  readonly records?: RecordCounts
  /** Told the number of the instrument of each trade and book, right before it is handed on. */
  readonly numbering?: Numbering
}

/** Filled by the decoder, one entry for each transaction with a layout; all others are one, `unknown`. */
export type RecordCounts = Map<string, { records: number }>

export type Decoder = {
  /**
   * Hands the events of one data frame to `emit`, in wire order, after the whole frame was checked. `frame` is only read, and
   * not kept. `receivedTime`: epoch milliseconds.
   */
  decode(frame: Uint8Array, receivedTime: number, emit: Emit): void
}

type Emit = (event: DecodedEvent) => void

/** Reads the record whose first value is `first`. */
type RecordReader = (instrument: Instrument, receivedTime: number, first: number, width: number) => MarketData

/** What the decoder knows of one transaction. */
type Transaction = {
  readonly tr: string
  readonly head: Uint8Array
  readonly layout: Layout | undefined
  readonly symbol: Symbols<Instrument | undefined>
  readonly read: RecordReader | undefined
  readonly pick: ColumnPicker | undefined
  readonly tally: { records: number }
  /** The width of the last frame: almost always that of the next. */
  width: number
  readonly reportedWidths: Set<number>
}

export function createDecoder(options: DecoderOptions = {}): Decoder {
  const { columns = [], records = new Map(), numbering = new Numbering() } = options
  const transactions = createInterner(124, tr => createTransaction(tr, columns, records, numbering))
  /** That of the frame before: almost always that of the next. */
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
    // Whoever heard of the last record may have decoded a frame of their own.
    if (scanNumber() !== scan) {
      scanFrame(frame, payload)
      scan = scanNumber()
    }
    const first = record * width
    emit(readOne(transaction, first, width, receivedTime) ?? nameless(frame, first, width, count, receivedTime))
  }
}

/** Undefined when it names no symbol. */
function readOne(transaction: Transaction, first: number, width: number, receivedTime: number): MarketData | undefined {
  const { read, pick } = transaction
  if (read === undefined) return readRecord(transaction.tr, transaction.layout, receivedTime, first, width)
  const instrument = transaction.symbol(first)
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

function createTransaction(
  tr: string,
  columns: readonly string[],
  records: RecordCounts,
  numbering: Numbering,
): Transaction {
  const layout = layoutOf(tr)
  const typed = typedTransaction(tr)
  const venue = typed?.venue
  const isTrade = typed?.channel === 'trade'
  const overseas = typed !== undefined && venue === undefined
  return {
    tr,
    head: headOf(tr),
    layout,
    symbol: createSymbols(
      symbol => named(overseas ? overseasInstrument(symbol) : readable(`${venue}:${symbol}`), numbering),
      numbering,
    ),
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
    tally: tallyOf(layout === undefined ? 'unknown' : tr, records),
    width: 0,
    reportedWidths: new Set(Object.keys(layout?.widths ?? {}).map(Number)),
  }
}

function named(instrument: Instrument | undefined, numbering: Numbering): Numbered<Instrument | undefined> {
  if (instrument === undefined) return { made: undefined, number: noNumber }
  return { made: canonical(instrument), number: numbering.numberOf(instrument) }
}

/** Rubbish can name endlessly many transactions; they share one count. */
function tallyOf(name: string, records: RecordCounts): { records: number } {
  const tally = records.get(name) ?? { records: 0 }
  records.set(name, tally)
  return tally
}
