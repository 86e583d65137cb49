// The tables of an export: their columns, as SQL over the numbers and the text of a row, and how an event
// becomes a row. A change that breaks a user's query takes another schema version.
import type { Bar, Gap, GapFilled, Level, MarketEvent, OrderBook, Resync, Trade } from '../../market/events.ts'

export const schemaVersion = 1

export type ExportFormat = 'parquet' | 'csv'

/** `sql` names a number that may be null as `{n3}`. */
export type ExportedColumn = { readonly name: string; readonly type: string; readonly sql: string }

export type ExportedTable = {
  readonly name: TableName
  /** What a row is, for schema.json. */
  readonly row: string
  /** How many numbers a row has. */
  readonly numbers: number
  /** Each instrument has a folder, and its venue and symbol are columns; otherwise a date is one file. */
  readonly isByInstrument: boolean
  /** Which rows are exported, and in what order: SQL in place of a table. By default all, as they came. */
  rowsOf?(table: string): string
  columns(format: ExportFormat): readonly ExportedColumn[]
}

export type TableName = 'trades' | 'order_books' | 'bars' | 'gaps' | 'events'

/** KIS's deepest book. Levels beyond these go into `more`, as JSON. */
const depth = 10

// In a row NaN, which no event holds, stands for null, and an empty text for none: DuckDB's client takes ten
// times as long over nulls. The SQL looks for NaN only where there is some: planning that takes DuckDB as
// long as writing a few hundred rows.
const figure = (at: number) => `{n${at}}`
const text = `nullif(t, '')`
const whole = (at: number) => `CAST(${figure(at)} AS BIGINT)`

/** A column's SQL. `hasNulls`: whether some of these numbers are null. */
export function sqlOf({ sql }: ExportedColumn, hasNulls: (at: number) => boolean): string {
  return sql.replaceAll(/\{n(\d+)\}/g, (_, at: string) =>
    hasNulls(Number(at)) ? `CASE WHEN isnan(n${at}) THEN NULL ELSE n${at} END` : `n${at}`,
  )
}

const number = (name: string, at: number): ExportedColumn => ({ name, type: 'DOUBLE', sql: figure(at) })
const count = (name: string, at: number): ExportedColumn => ({ name, type: 'BIGINT', sql: whole(at) })
const flag = (name: string, at: number): ExportedColumn => ({ name, type: 'BOOLEAN', sql: `n${at} = 1` })
const json = (name: string): ExportedColumn => ({ name, type: 'VARCHAR (JSON)', sql: text })
const date = (name: string, at: number): ExportedColumn => ({
  name,
  type: 'DATE',
  sql: `CAST(try_strptime(CAST(${whole(at)} AS VARCHAR), '%Y%m%d') AS DATE)`,
})

/** Instants: in Parquet as such, in CSV as `2026-11-20T00:00:00.123Z`. */
function time(format: ExportFormat, name: string, at: number): ExportedColumn {
  const instant = `make_timestamptz(${whole(at)} * 1000)`
  if (format === 'parquet') return { name, type: 'TIMESTAMP WITH TIME ZONE', sql: instant }
  return {
    name,
    type: 'VARCHAR (ISO 8601, UTC)',
    sql: `strftime(${instant} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')`,
  }
}

function oneOf(name: string, at: number, words: readonly string[]): ExportedColumn {
  const cases = words.map((word, code) => `WHEN ${code} THEN '${word}'`)
  return { name, type: 'VARCHAR', sql: `CASE n${at} ${cases.join(' ')} END` }
}

const sides = ['buy', 'sell']
const kinds = ['gap', 'gap-filled', 'resync']

const levelColumns = Array.from({ length: depth }, (_, level) => [
  number(`bid_price_${level + 1}`, 3 + 4 * level),
  number(`bid_volume_${level + 1}`, 4 + 4 * level),
  number(`ask_price_${level + 1}`, 5 + 4 * level),
  number(`ask_volume_${level + 1}`, 6 + 4 * level),
]).flat()
const bookNumbers = 5 + 4 * depth

export const exportedTables: readonly ExportedTable[] = [
  {
    name: 'trades',
    row: 'an execution; `sequence` is its place among all events of the date',
    numbers: 18,
    isByInstrument: true,
    columns: format => [
      count('sequence', 0),
      time(format, 'event_time', 1),
      time(format, 'received_time', 2),
      date('business_date', 3),
      number('price', 4),
      number('volume', 5),
      oneOf('side', 6, sides),
      number('cumulative_volume', 7),
      number('cumulative_value', 8),
      number('open', 9),
      number('high', 10),
      number('low', 11),
      number('previous_close', 12),
      number('bid_price', 13),
      number('ask_price', 14),
      number('bid_volume', 15),
      number('ask_volume', 16),
      flag('is_halted', 17),
      json('columns'),
    ],
  },
  {
    name: 'order_books',
    row: 'a book; level 1 is the best, levels that KIS left blank are null',
    numbers: bookNumbers,
    isByInstrument: true,
    columns: format => [
      count('sequence', 0),
      time(format, 'event_time', 1),
      time(format, 'received_time', 2),
      ...levelColumns,
      number('total_bid_volume', bookNumbers - 2),
      number('total_ask_volume', bookNumbers - 1),
      json('more'),
    ],
  },
  {
    name: 'bars',
    row: 'a whole bar over [start_time, end_time), in order; bars of which anything is missing are not there. `is_repaired`: a part of it came late or from REST',
    numbers: 9,
    isByInstrument: true,
    rowsOf: latestBars,
    columns: format => [
      { name: 'interval', type: 'VARCHAR', sql: 't' },
      time(format, 'start_time', 0),
      time(format, 'end_time', 1),
      number('open', 2),
      number('high', 3),
      number('low', 4),
      number('close', 5),
      number('volume', 6),
      count('trade_count', 7),
      flag('is_repaired', 8),
    ],
  },
  {
    name: 'gaps',
    row: 'volume that traded and did not come (gap), came late (gap-filled), or cannot be known (resync); `cause` says why',
    numbers: 10,
    isByInstrument: true,
    columns: format => [
      count('sequence', 0),
      time(format, 'received_time', 1),
      oneOf('kind', 2, kinds),
      { name: 'cause', type: 'VARCHAR', sql: text },
      date('business_date', 3),
      number('missing_volume', 4),
      number('missing_value', 5),
      number('from_volume', 6),
      number('to_volume', 7),
      time(format, 'from_time', 8),
      time(format, 'to_time', 9),
    ],
  },
  {
    name: 'events',
    row: 'everything else that happened, whole, as JSON: disconnect, resume, subscription, malformed, record, …',
    numbers: 2,
    isByInstrument: false,
    columns: format => [
      count('sequence', 0),
      time(format, 'received_time', 1),
      { name: 'type', type: 'VARCHAR', sql: `json_extract_string(t, '$.type')` },
      { name: 'event', type: 'VARCHAR (JSON)', sql: 't' },
    ],
  },
]

/** `instrument`: only where the table is by instrument. */
export type TableRow = {
  readonly table: TableName
  readonly instrument: string | undefined
  readonly numbers: readonly (number | null)[]
  readonly text: string
}

export function rowOfEvent(event: MarketEvent, sequence: number): TableRow {
  switch (event.type) {
    case 'trade':
      return tradeRow(event, sequence)
    case 'order-book':
      return bookRow(event, sequence)
    case 'gap':
    case 'gap-filled':
    case 'resync':
      return gapRow(event, sequence)
    default:
      return {
        table: 'events',
        instrument: undefined,
        numbers: [sequence, event.receivedTime],
        text: JSON.stringify(event),
      }
  }
}

export function rowOfBar(bar: Bar, interval: string): TableRow {
  const { instrument, startTime, endTime, open, high, low, close, volume, tradeCount, isRepaired } = bar
  const numbers = [startTime, endTime, open, high, low, close, volume, tradeCount, isRepaired ? 1 : 0]
  return { table: 'bars', instrument, numbers, text: interval }
}

/** Takes back what was added of a bar, if anything was: a row without trades. */
export function rowOfForgotten({
  instrument,
  startTime,
  endTime,
}: Pick<Bar, 'instrument' | 'startTime' | 'endTime'>): TableRow {
  return { table: 'bars', instrument, numbers: [startTime, endTime, 0, 0, 0, 0, 0, 0, 0], text: '' }
}

/**
 * A repaired bar comes behind later ones, and may replace one that was published: the last row of a start
 * time counts.
 */
function latestBars(table: string): string {
  const latest = `SELECT * FROM ${table} QUALIFY row_number() OVER (PARTITION BY n0 ORDER BY rowid DESC) = 1`
  return `(SELECT * FROM (${latest}) WHERE n7 > 0 ORDER BY n0)`
}

function tradeRow(trade: Trade, sequence: number): TableRow {
  const numbers = [
    sequence,
    trade.eventTime,
    trade.receivedTime,
    trade.businessDate,
    trade.price,
    trade.volume,
    trade.side === null ? null : sides.indexOf(trade.side),
    trade.cumulativeVolume,
    trade.cumulativeValue,
    trade.open,
    trade.high,
    trade.low,
    trade.previousClose,
    trade.bidPrice,
    trade.askPrice,
    trade.bidVolume,
    trade.askVolume,
    trade.isHalted === true ? 1 : 0,
  ]
  const text = trade.columns === undefined ? '' : JSON.stringify(trade.columns)
  return { table: 'trades', instrument: trade.instrument, numbers, text }
}

function bookRow(book: OrderBook, sequence: number): TableRow {
  const { bids, asks, columns } = book
  const numbers: (number | null)[] = [sequence, book.eventTime, book.receivedTime]
  for (let level = 0; level < depth; level++) {
    pushLevel(numbers, bids[level])
    pushLevel(numbers, asks[level])
  }
  numbers.push(book.totalBidVolume, book.totalAskVolume)
  const isDeeper = bids.length > depth || asks.length > depth
  const more = {
    ...(columns === undefined ? {} : { columns }),
    ...(isDeeper ? { bids: bids.slice(depth), asks: asks.slice(depth) } : {}),
  }
  const text = columns !== undefined || isDeeper ? JSON.stringify(more) : ''
  return { table: 'order_books', instrument: book.instrument, numbers, text }
}

function pushLevel(numbers: (number | null)[], level: Level | undefined): void {
  if (level === undefined) numbers.push(null, null)
  else numbers.push(level.price, level.volume)
}

function gapRow(gap: Gap | GapFilled | Resync, sequence: number): TableRow {
  const { instrument, receivedTime, businessDate, type } = gap
  const common = [sequence, receivedTime, kinds.indexOf(type), businessDate]
  switch (gap.type) {
    case 'gap': {
      const { missingVolume, missingValue, fromVolume, toVolume, from, to, cause } = gap
      const numbers = [...common, missingVolume, missingValue, fromVolume, toVolume, from, to]
      return { table: 'gaps', instrument, numbers, text: cause }
    }
    case 'gap-filled': {
      const numbers = [...common, -gap.filledVolume, null, gap.fromVolume, gap.toVolume, null, null]
      return { table: 'gaps', instrument, numbers, text: '' }
    }
    case 'resync': {
      const numbers = [...common, null, null, null, null, gap.from, gap.to]
      return { table: 'gaps', instrument, numbers, text: gap.reason }
    }
  }
}
