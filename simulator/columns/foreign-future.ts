// The columns of overseas futures and options. No capture has them; meanings are the documents'. Prices have
// a shifted decimal point, which only the master file of the exchanges undoes: 6882.5 for 0.68825.
import type { Side, SimulatedInstrument } from '../market/market.ts'
import { changeOf, decimal, rateOf, signedDecimal, signOf, type Value, type Values } from './values.ts'

const price = (value: number, { listing }: SimulatedInstrument) => decimal(value, listing.grid.decimals)
const change = ({ day, listing }: SimulatedInstrument) => signedDecimal(changeOf(day), listing.grid.decimals)

export function foreignFutureColumns(tr: string): Values {
  const isBook = tr === 'HDFFF010'
  return {
    SERIES_CD: ({ listing }) => listing.symbol,
    BSNS_DATE: ({ stamp }) => stamp.businessDate,
    MRKT_OPEN_DATE: ({ stamp }) => stamp.businessDate,
    MRKT_OPEN_TIME: () => '090000',
    MRKT_CLOSE_DATE: ({ stamp }) => stamp.businessDate,
    MRKT_CLOSE_TIME: () => '153000',
    PREV_PRICE: instrument => price(instrument.day.previousClose, instrument),
    RECV_DATE: ({ stamp }) => stamp.korea.date,
    // Of 12 characters in the book. Which zone it has is not stated; clients take it for Korea's.
    RECV_TIME: ({ stamp }) => (isBook ? `${stamp.korea.time}000000` : stamp.korea.time),
    ACTIVE_FLAG: () => '1',
    LAST_PRICE: instrument => price(instrument.day.price, instrument),
    LAST_QNTT: ({ day }) => day.volume,
    PREV_DIFF_PRICE: change,
    PREV_DIFF_RATE: ({ day }) => rateOf(changeOf(day), day),
    OPEN_PRICE: instrument => price(instrument.day.open, instrument),
    HIGH_PRICE: instrument => price(instrument.day.high, instrument),
    LOW_PRICE: instrument => price(instrument.day.low, instrument),
    VOL: ({ day }) => day.cumulativeVolume,
    PREV_SIGN: ({ day }) => signOf(changeOf(day)),
    // 2 bought, 5 sold.
    QUOTSIGN: ({ day }) => (day.buyInitiated ? '2' : '5'),
    RECV_TIME2: () => '0000',
    // The settlement is the previous close here.
    PSTTL_PRICE: instrument => price(instrument.day.previousClose, instrument),
    PSTTL_SIGN: ({ day }) => signOf(changeOf(day)),
    PSTTL_DIFF_PRICE: change,
    PSTTL_DIFF_RATE: ({ day }) => rateOf(changeOf(day), day),
    STTL_PRICE: instrument => price(instrument.day.previousClose, instrument),
    ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => bookAt(i)).flat()),
  }
}

function bookAt(i: number): [string, Value][] {
  const volume = ({ volumes }: Side) => volumes[i] ?? 0
  // A contract or two an order.
  const orders = (side: Side) => Math.ceil(volume(side) / 2)
  return [
    [`BID_QNTT_${i + 1}`, ({ bids }) => volume(bids)],
    [`BID_NUM_${i + 1}`, ({ bids }) => orders(bids)],
    [`BID_PRICE_${i + 1}`, instrument => price(instrument.bids.prices[i] ?? 0, instrument)],
    [`ASK_QNTT_${i + 1}`, ({ asks }) => volume(asks)],
    [`ASK_NUM_${i + 1}`, ({ asks }) => orders(asks)],
    [`ASK_PRICE_${i + 1}`, instrument => price(instrument.asks.prices[i] ?? 0, instrument)],
  ]
}
