// A trade as REST returns it later, read from its frame. Every trade of the simulator passes here, so only
// the needed values are read.
import { instantOf } from '../../kis/kst-time.ts'

/** A trade as its record had it. Prices are KIS's text, with the decimals of their venue. */
export type PastTrade = {
  /** Epoch milliseconds, whole seconds. */
  readonly time: number
  /** As KIS writes them: 20260914, 090001; by the clock of the exchange and by Korea's. */
  readonly businessDate: string
  readonly localDate: string
  readonly localTime: string
  readonly koreanDate: string
  readonly koreanTime: string
  readonly price: string
  /** Against the previous close, as the record has it: code, amount (unsigned overseas) and percent. */
  readonly sign: string
  readonly change: string
  readonly rate: string
  /** Bought by 100 sold, of the day so far. */
  readonly strength: string
  readonly ask: string
  readonly bid: string
  readonly volume: number
  readonly cumulativeVolume: number
  readonly cumulativeValue: number
}

/**
 * Where a record has what is kept of it: positions of the tables in protocol notes 5.1 and 5.4, in wire
 * order.
 */
type Positions = { readonly [column: number]: keyof Values | undefined; readonly last: number }

type Values = {
  businessDate: string
  localDate: string
  localTime: string
  koreanDate: string
  koreanTime: string
  price: string
  sign: string
  change: string
  rate: string
  strength: string
  ask: string
  bid: string
  volume: string
  cumulativeVolume: string
  cumulativeValue: string
}

const domestic: Positions = {
  1: 'koreanTime',
  2: 'price',
  3: 'sign',
  4: 'change',
  5: 'rate',
  10: 'ask',
  11: 'bid',
  12: 'volume',
  13: 'cumulativeVolume',
  14: 'cumulativeValue',
  18: 'strength',
  33: 'businessDate',
  last: 33,
}
const overseas: Positions = {
  3: 'businessDate',
  4: 'localDate',
  5: 'localTime',
  6: 'koreanDate',
  7: 'koreanTime',
  11: 'price',
  12: 'sign',
  13: 'change',
  14: 'rate',
  15: 'bid',
  16: 'ask',
  19: 'volume',
  20: 'cumulativeVolume',
  21: 'cumulativeValue',
  24: 'strength',
  last: 24,
}

/** The trades of a frame. Records that tell no trade at a time are left out. */
export function readTrades(tr: string, frame: string): PastTrade[] {
  return wantedValues(frame, tr.startsWith('HDFS') ? overseas : domestic).flatMap(values => readTrade(values) ?? [])
}

/**
 * Every record of a busy market passes here, so it is walked through and not taken apart. None for a text
 * that is no frame.
 */
function wantedValues(frame: string, positions: Positions): Values[] {
  const [start, digits] = /^[01]\|[A-Z0-9]{8}\|(\d{1,6})\|/.exec(frame) ?? []
  if (start === undefined) return []
  const count = Number(digits)
  const width = (caretsIn(frame, start.length) + 1) / count
  if (!Number.isInteger(width) || width <= positions.last) return []
  const found: Values[] = []
  let at = start.length
  for (let record = 0; record < count; record++) {
    const values = { ...noValues }
    for (let column = 0; column < width; column++) {
      const caret = frame.indexOf('^', at)
      const end = caret < 0 ? frame.length : caret
      const name = column <= positions.last ? positions[column] : undefined
      if (name !== undefined) values[name] = frame.slice(at, end)
      at = end + 1
    }
    found.push(values)
  }
  return found
}

function caretsIn(text: string, from: number): number {
  let carets = 0
  for (let at = text.indexOf('^', from); at >= 0; at = text.indexOf('^', at + 1)) carets++
  return carets
}

const noValues: Values = {
  businessDate: '',
  localDate: '',
  localTime: '',
  koreanDate: '',
  koreanTime: '',
  price: '',
  sign: '',
  change: '',
  rate: '',
  strength: '',
  ask: '',
  bid: '',
  volume: '',
  cumulativeVolume: '',
  cumulativeValue: '',
}

/** Undefined for a record without a trade or its time. A Korean record has one date and one clock. */
function readTrade(values: Values): PastTrade | undefined {
  const { businessDate, koreanTime, price, sign, change, rate, strength, ask, bid } = values
  const koreanDate = values.koreanDate || businessDate
  const time = instantOf(Number(koreanDate), Number(koreanTime))
  const volume = Number(values.volume)
  const cumulativeVolume = Number(values.cumulativeVolume)
  if (time === null || price === '' || !(volume > 0) || !(cumulativeVolume > 0)) return undefined
  return {
    time,
    businessDate,
    localDate: values.localDate || businessDate,
    localTime: values.localTime || koreanTime,
    koreanDate,
    koreanTime,
    price,
    sign,
    change,
    rate,
    strength,
    ask,
    bid,
    volume,
    cumulativeVolume,
    cumulativeValue: Number(values.cumulativeValue),
  }
}
