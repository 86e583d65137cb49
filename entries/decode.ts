// `kis-stream/decode`: KIS's frames without a feed. For a program that has its own connection, or files of
// captured frames: a decoder, the layouts of all transactions, and the catalogue of answer codes. Needs no
// other package.
import type { MarketEvent, OtherRecord } from '../market/events.ts'
import { englishLabels, type TransactionColumns } from '../kis/wire/typed-columns.ts'

export { type CodeEntry, catalogue, explain, type Reaction, type Severity } from '../kis/codes/codes.ts'
export {
  createDecoder,
  type DecodedEvent,
  type Decoder,
  type DecoderOptions,
  type Emit,
  type RecordCounts,
} from '../kis/wire/decoder.ts'
export {
  type Column,
  columnsFor,
  knownWidth,
  type Layout,
  layoutOf,
  transactionIds,
  type ValueType,
} from '../kis/wire/layout.ts'
export type { ColumnsOf, TransactionColumns } from '../kis/wire/typed-columns.ts'
export type { Malformed, MarketEvent, OrderBook, OtherRecord, SchemaDrift, Trade } from '../market/events.ts'
export type { Instrument } from '../market/instrument.ts'

/** KIS's id of a real-time transaction, as `H0STCNT0`. */
export type TransactionId = keyof TransactionColumns

/** A record whose columns have the types of its transaction. */
export type RecordOf<Id extends TransactionId> = OtherRecord & {
  readonly tr: Id
  readonly columns: TransactionColumns[Id]
}

/**
 * Whether an event is a record of this transaction; its columns are typed then. A decoder with `typed: false`
 * makes such records of trades and order books as well.
 */
export function isRecordOf<Id extends TransactionId>(event: Pick<MarketEvent, 'type'>, id: Id): event is RecordOf<Id> {
  return event.type === 'record' && (event as OtherRecord).tr === id
}

/** What a column means in English, as `price` for `STCK_PRPR`; undefined for a column that no layout has. */
export function englishLabelOf(column: string): string | undefined {
  return Object.hasOwn(englishLabels, column) ? englishLabels[column] : undefined
}
