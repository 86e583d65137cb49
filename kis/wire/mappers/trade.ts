// A trade record of KIS → Trade. Positions are those of kis/wire/layouts.ts; KIS only ever appended columns,
// so they hold for every width. A test checks each position below against the layouts.
//
// 005930^114827^314000^5^-15000^-4.56^303993.34^293000^315500^292500^314000^313500^489^21357216^6492458500000^… (KRX, 2026-06-08)
// DNASAAPL^AAPL^4^20230502^20230502^091912^20230502^221912^169.9200^170.1000^169.4200^169.7850^2^0.1950^… (US, 2023-05-02)
import type { Trade } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { dateOf, digits, onlyByteOf, number, planFor, readColumns } from '../scan/scan.ts'
import { instantOf } from '../../kst-time.ts'
import { zero } from '../bytes.ts'

const aggressorColumn = 21 // CCLD_DVSN
const buyInitiated = 49 // '1'
const sellInitiated = 53 // '5'; '3' is an auction

const changeSignColumn = 3 // PRDY_VRSS_SIGN
const haltColumn = 35 // TRHT_YN
const yes = 89 // 'Y'

/** H0STCNT0, H0NXCNT0, H0UNCNT0: the same layout. */
const domestic = planFor(
  {
    time: 1, // STCK_CNTG_HOUR
    price: 2, // STCK_PRPR
    change: 4, // PRDY_VRSS
    open: 7, // STCK_OPRC
    high: 8, // STCK_HGPR
    low: 9, // STCK_LWPR
    askPrice: 10, // ASKP1
    bidPrice: 11, // BIDP1
    volume: 12, // CNTG_VOL
    cumulativeVolume: 13, // ACML_VOL
    cumulativeValue: 14, // ACML_TR_PBMN
    businessDate: 33, // BSOP_DATE
    askVolume: 36, // ASKP_RSQN1
    bidVolume: 37, // BIDP_RSQN1
  },
  { money: 'cumulativeValue', signed: 'change' },
)

/** The record whose first value is `first`. */
export function domesticTrade(instrument: Instrument, receivedTime: number, first: number): Trade {
  readColumns(domestic, first)
  const { at } = domestic
  const aggressor = onlyByteOf(first + aggressorColumn)
  const date = dateOf(at.businessDate)
  const price = number(at.price)
  const trade: Trade = {
    type: 'trade',
    instrument,
    price,
    volume: number(at.volume),
    side: aggressor === buyInitiated ? 'buy' : aggressor === sellInitiated ? 'sell' : null,
    cumulativeVolume: number(at.cumulativeVolume),
    cumulativeValue: number(at.cumulativeValue),
    open: number(at.open),
    high: number(at.high),
    low: number(at.low),
    previousClose: previousCloseOf(price, onlyByteOf(first + changeSignColumn), number(at.change)),
    bidPrice: number(at.bidPrice),
    askPrice: number(at.askPrice),
    bidVolume: number(at.bidVolume),
    askVolume: number(at.askVolume),
    businessDate: date < 0 ? null : date,
    eventTime: instantOf(date, digits(at.time, 6)),
    receivedTime,
  }
  return onlyByteOf(first + haltColumn) === yes ? { ...trade, isHalted: true } : trade
}

/** HDFSCNT0. */
const overseas = planFor(
  {
    businessDate: 3, // TYMD
    date: 6, // KYMD
    time: 7, // KHMS
    open: 8, // OPEN
    high: 9, // HIGH
    low: 10, // LOW
    price: 11, // LAST
    change: 13, // DIFF
    bidPrice: 15, // PBID
    askPrice: 16, // PASK
    bidVolume: 17, // VBID
    askVolume: 18, // VASK
    volume: 19, // EVOL
    cumulativeVolume: 20, // TVOL
    cumulativeValue: 21, // TAMT
  },
  { money: 'cumulativeValue', signed: 'change' },
)

const overseasChangeSignColumn = 12 // SIGN

/** Side stays null: KIS sends cumulative buys and sells, not the side of this trade. */
export function overseasTrade(instrument: Instrument, receivedTime: number, first: number): Trade {
  readColumns(overseas, first)
  const { at } = overseas
  const businessDate = dateOf(at.businessDate)
  const price = number(at.price)
  return {
    type: 'trade',
    instrument,
    price,
    volume: number(at.volume),
    side: null,
    cumulativeVolume: number(at.cumulativeVolume),
    cumulativeValue: number(at.cumulativeValue),
    open: number(at.open),
    high: number(at.high),
    low: number(at.low),
    previousClose: previousCloseOf(price, onlyByteOf(first + overseasChangeSignColumn), number(at.change)),
    bidPrice: number(at.bidPrice),
    askPrice: number(at.askPrice),
    bidVolume: number(at.bidVolume),
    askVolume: number(at.askVolume),
    businessDate: businessDate < 0 ? null : businessDate,
    eventTime: instantOf(dateOf(at.date), digits(at.time, 6)),
    receivedTime,
  }
}

/** More decimals than any price has; the difference of two doubles has more. */
const decimals = 1e6

/**
 * By the byte of the sign code, which way back the close is: 1 at the upper limit, 2 up, 3 unchanged, 4 at
 * the lower limit, 5 down. NaN for any other. Domestic changes are signed and overseas ones are not: the code
 * is right for both.
 */
const waysBack = new Float64Array(256).fill(Number.NaN)
waysBack.set([-1, -1, 0, 1, 1], zero + 1)

function previousCloseOf(price: number | null, signByte: number, change: number | null): number | null {
  if (price === null || change === null) return null
  const close = price + (waysBack[signByte] as number) * Math.abs(change)
  // A whole number as an integer: the engine makes an object of every other number that is kept.
  const whole = close | 0
  if (whole === close && whole > 0) return whole
  return close > 0 ? Math.round(close * decimals) / decimals : null
}
