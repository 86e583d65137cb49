// A trade record in KIS's words → Trade. Positions are those of kis/wire/layouts.ts; KIS only ever appended columns, so they hold
// for every width. A test checks each position below against the layouts.
//
// 005930^114827^314000^5^-15000^-4.56^303993.34^293000^315500^292500^314000^313500^489^21357216^6492458500000^… (KRX, 2026-06-08)
// DNASAAPL^AAPL^4^20230502^20230502^091912^20230502^221912^169.9200^170.1000^169.4200^169.7850^2^0.1950^… (US, 2023-05-02)
import type { Trade } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { dateOf, digits, firstByteOf, moneyPlanFor, number, readColumns } from '../scan/scan.ts'
import { instantOf } from './time.ts'

const buyInitiated = 1
const sellInitiated = 5 // 3 is an auction

const haltColumn = 35 // TRHT_YN
const yes = 89 // 'Y'

const domesticMoney = 14 // ACML_TR_PBMN
const overseasMoney = 21 // TAMT

/** H0STCNT0, H0NXCNT0, H0UNCNT0: the same layout. */
const domestic = moneyPlanFor(domesticMoney, [
  1, // STCK_CNTG_HOUR
  2, // STCK_PRPR
  7, // STCK_OPRC
  8, // STCK_HGPR
  9, // STCK_LWPR
  10, // ASKP1
  11, // BIDP1
  12, // CNTG_VOL
  13, // ACML_VOL
  14, // ACML_TR_PBMN
  21, // CCLD_DVSN
  33, // BSOP_DATE
  36, // ASKP_RSQN1
  37, // BIDP_RSQN1
])

/** The record whose first value is `first`. */
export function domesticTrade(instrument: Instrument, receivedTime: number, first: number): Trade {
  readColumns(domestic, first)
  const aggressor = number(10)
  const date = dateOf(11)
  const trade: Trade = {
    type: 'trade',
    instrument,
    price: number(1),
    volume: number(7),
    side: aggressor === buyInitiated ? 'buy' : aggressor === sellInitiated ? 'sell' : null,
    cumulativeVolume: number(8),
    cumulativeValue: number(9),
    open: number(2),
    high: number(3),
    low: number(4),
    bidPrice: number(6),
    askPrice: number(5),
    bidVolume: number(13),
    askVolume: number(12),
    businessDate: date < 0 ? null : date,
    eventTime: instantOf(date, digits(0, 6)),
    receivedTime,
  }
  return firstByteOf(first + haltColumn) === yes ? { ...trade, isHalted: true } : trade
}

/** HDFSCNT0. */
const overseas = moneyPlanFor(overseasMoney, [
  3, // TYMD
  6, // KYMD
  7, // KHMS
  8, // OPEN
  9, // HIGH
  10, // LOW
  11, // LAST
  15, // PBID
  16, // PASK
  17, // VBID
  18, // VASK
  19, // EVOL
  20, // TVOL
  21, // TAMT
])

/** Side stays null: KIS tells cumulative buys and sells, not this one's. */
export function overseasTrade(instrument: Instrument, receivedTime: number, first: number): Trade {
  readColumns(overseas, first)
  const businessDate = dateOf(0)
  return {
    type: 'trade',
    instrument,
    price: number(6),
    volume: number(11),
    side: null,
    cumulativeVolume: number(12),
    cumulativeValue: number(13),
    open: number(3),
    high: number(4),
    low: number(5),
    bidPrice: number(7),
    askPrice: number(8),
    bidVolume: number(9),
    askVolume: number(10),
    businessDate: businessDate < 0 ? null : businessDate,
    eventTime: instantOf(dateOf(1), digits(2, 6)),
    receivedTime,
  }
}
