// What kis-stream is compared with: two ordinary ways to read a frame, and the pipeline they
// would stand in.
//
// "The obvious way" reads the same fields and nothing else: text, split, Number, a class. "The usual one" is
// what client libraries do: every column by name, numbers as numbers, and the fields taken from that.
import { dayMs, hourMs } from '../../../market/basics/durations.ts'
import { groupBy, mergeMap, scan, Subject } from 'rxjs'
import { columnsFor, layoutOf } from '../../../kis/wire/layout.ts'
import type { Level, OrderBook, Trade } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { tradeTransaction } from '../frames.ts'

export type Read<Event> = (frame: Buffer, receivedTime: number, emit: (event: Event) => void) => void

const kstOffsetMs = 9 * hourMs

class ObviousTrade implements Trade {
  readonly type = 'trade' as const
  readonly instrument: Instrument
  readonly price: number | null
  readonly volume: number | null
  readonly side: 'buy' | 'sell' | null
  readonly cumulativeVolume: number | null
  readonly cumulativeValue: number | null
  readonly open: number | null
  readonly high: number | null
  readonly low: number | null
  readonly previousClose: number | null
  readonly bidPrice: number | null
  readonly askPrice: number | null
  readonly bidVolume: number | null
  readonly askVolume: number | null
  readonly businessDate: number | null
  readonly eventTime: number | null
  readonly receivedTime: number

  constructor(values: readonly string[], at: number, receivedTime: number) {
    this.instrument = `KRX:${values[at]}`
    this.price = numberOf(values[at + 2])
    this.volume = numberOf(values[at + 12])
    this.side = sideOf(values[at + 21])
    this.cumulativeVolume = numberOf(values[at + 13])
    this.cumulativeValue = numberOf(values[at + 14])
    this.open = numberOf(values[at + 7])
    this.high = numberOf(values[at + 8])
    this.low = numberOf(values[at + 9])
    this.previousClose = previousCloseOf(this.price, values[at + 3] ?? '', numberOf(values[at + 4]))
    this.bidPrice = numberOf(values[at + 11])
    this.askPrice = numberOf(values[at + 10])
    this.bidVolume = numberOf(values[at + 37])
    this.askVolume = numberOf(values[at + 36])
    this.businessDate = numberOf(values[at + 33])
    this.eventTime = timeOf(values[at + 33] ?? '', values[at + 1] ?? '')
    this.receivedTime = receivedTime
  }
}

export const obviousTrades: Read<Trade> = (frame, receivedTime, emit) => {
  const parts = frame.toString().split('|')
  const count = Number(parts[2])
  const values = (parts[3] ?? '').split('^')
  const width = values.length / count
  for (let record = 0; record < count; record++) emit(new ObviousTrade(values, record * width, receivedTime))
}

type Row = Record<string, string | number | null>
type ReadColumn = { readonly name: string; readonly isNumber: boolean }

const columnsByWidth = new Map<number, readonly ReadColumn[]>()

function readColumns(width: number): readonly ReadColumn[] {
  let columns = columnsByWidth.get(width)
  if (columns === undefined) {
    const layout = layoutOf(tradeTransaction)
    if (layout === undefined) throw new Error(`no layout of ${tradeTransaction}`)
    columns = columnsFor(layout, width).map(([name, type]) => ({
      name,
      isNumber: type === 'int' || type === 'decimal',
    }))
    columnsByWidth.set(width, columns)
  }
  return columns
}

export const usualTrades: Read<Trade> = (frame, receivedTime, emit) => {
  const parts = frame.toString().split('|')
  const count = Number(parts[2])
  const values = (parts[3] ?? '').split('^')
  const columns = readColumns(values.length / count)
  for (let record = 0; record < count; record++) {
    const row: Row = {}
    let at = record * columns.length
    for (const { name, isNumber } of columns) {
      const value = values[at++] ?? ''
      row[name] = isNumber ? numberOf(value) : value
    }
    emit(tradeOf(row, receivedTime))
  }
}

function tradeOf(row: Row, receivedTime: number): Trade {
  return {
    type: 'trade',
    instrument: `KRX:${row['MKSC_SHRN_ISCD']}`,
    price: row['STCK_PRPR'] as number | null,
    volume: row['CNTG_VOL'] as number | null,
    side: sideOf(row['CCLD_DVSN'] as string),
    cumulativeVolume: row['ACML_VOL'] as number | null,
    cumulativeValue: row['ACML_TR_PBMN'] as number | null,
    open: row['STCK_OPRC'] as number | null,
    high: row['STCK_HGPR'] as number | null,
    low: row['STCK_LWPR'] as number | null,
    previousClose: previousCloseOf(
      row['STCK_PRPR'] as number | null,
      row['PRDY_VRSS_SIGN'] as string,
      row['PRDY_VRSS'] as number | null,
    ),
    bidPrice: row['BIDP1'] as number | null,
    askPrice: row['ASKP1'] as number | null,
    bidVolume: row['BIDP_RSQN1'] as number | null,
    askVolume: row['ASKP_RSQN1'] as number | null,
    businessDate: numberOf(row['BSOP_DATE'] as string),
    eventTime: timeOf(row['BSOP_DATE'] as string, row['STCK_CNTG_HOUR'] as string),
    receivedTime,
  }
}

/** Korean prices are whole, and their changes have a sign. */
function previousCloseOf(price: number | null, sign: string, change: number | null): number | null {
  return price === null || change === null || sign === '' ? null : price - change
}

export const obviousBooks: Read<OrderBook> = (frame, receivedTime, emit) => {
  const parts = frame.toString().split('|')
  const count = Number(parts[2])
  const values = (parts[3] ?? '').split('^')
  const width = values.length / count
  for (let record = 0; record < count; record++) emit(bookOf(values, record * width, receivedTime))
}

function bookOf(values: readonly string[], at: number, receivedTime: number): OrderBook {
  const midnight = Math.floor((receivedTime + kstOffsetMs) / dayMs) * dayMs - kstOffsetMs
  return {
    type: 'order-book',
    instrument: `KRX:${values[at]}`,
    bids: levelsOf(values, at + 13, at + 33),
    asks: levelsOf(values, at + 3, at + 23),
    totalBidVolume: numberOf(values[at + 44]),
    totalAskVolume: numberOf(values[at + 43]),
    eventTime: midnight + timeOfDay(values[at + 1] ?? ''),
    receivedTime,
  }
}

function levelsOf(values: readonly string[], prices: number, volumes: number): Level[] {
  const levels: Level[] = []
  for (let i = 0; i < 10; i++) {
    const price = numberOf(values[prices + i])
    const volume = numberOf(values[volumes + i])
    if (price || volume) levels.push({ price, volume })
  }
  return levels
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text)
}

function sideOf(code: string | undefined): 'buy' | 'sell' | null {
  return code === '1' ? 'buy' : code === '5' ? 'sell' : null
}

/** By arithmetic: parsing a date written for `Date.parse` takes several times as long. */
function timeOf(date: string, time: string): number {
  const day = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)))
  return day + timeOfDay(time) - kstOffsetMs
}

function timeOfDay(time: string): number {
  return (Number(time.slice(0, 2)) * 3600 + Number(time.slice(2, 4)) * 60 + Number(time.slice(4, 6))) * 1000
}

/**
 * State per instrument the way RxJS's documentation shows it. `count` gets each trade once its state is up to
 * date.
 */
export function obviousPipeline(read: Read<Trade>, count: () => void): (frame: Buffer, receivedTime: number) => void {
  const trades = new Subject<Trade>()
  trades
    .pipe(
      groupBy(({ instrument }) => instrument),
      mergeMap(group => group.pipe(scan((volume, trade) => volume + (trade.volume ?? 0), 0))),
    )
    .subscribe(count)
  const emit = (trade: Trade) => trades.next(trade)
  return (frame, receivedTime) => read(frame, receivedTime, emit)
}
