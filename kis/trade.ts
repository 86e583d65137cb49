// A trade record in KIS's words → Trade. Positions are those of kis/layouts.ts; KIS only ever appended columns, so they hold
// for every width. A test checks each position below against the layouts.
//
// 005930^114827^314000^5^-15000^-4.56^303993.34^293000^315500^292500^314000^313500^489^21357216^6492458500000^… (KRX, 2026-06-08)
// DNASAAPL^AAPL^4^20230502^20230502^091912^20230502^221912^169.9200^170.1000^169.4200^169.7850^2^0.1950^… (US, 2023-05-02)
import type { Trade } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'
import { readCode, readDigits, readNumber, skipValues } from './scan.ts'
import { instantOf } from './time.ts'

const buyInitiated = 49 // '1'
const sellInitiated = 53 // '5'; '3' is an auction

/** Values read by `domesticTrade`; the cursor then stands behind the last of them. */
export const domesticTradeReads = 38

/** The cursor stands on the second value. H0STCNT0, H0NXCNT0, H0UNCNT0: the same layout. */
export function domesticTrade(instrument: Instrument, receivedTime: number): Trade {
  const time = readDigits(6) // 1 STCK_CNTG_HOUR
  const price = readNumber() // 2 STCK_PRPR
  skipValues(4)
  const open = readNumber() // 7 STCK_OPRC
  const high = readNumber() // 8 STCK_HGPR
  const low = readNumber() // 9 STCK_LWPR
  const askPrice = readNumber() // 10 ASKP1
  const bidPrice = readNumber() // 11 BIDP1
  const volume = readNumber() // 12 CNTG_VOL
  const cumulativeVolume = readNumber() // 13 ACML_VOL
  const cumulativeValue = readNumber() // 14 ACML_TR_PBMN
  skipValues(6)
  const aggressor = readCode() // 21 CCLD_DVSN
  skipValues(11)
  const date = readDigits(8) // 33 BSOP_DATE
  skipValues(2)
  const askVolume = readNumber() // 36 ASKP_RSQN1
  const bidVolume = readNumber() // 37 BIDP_RSQN1
  return {
    type: 'trade',
    instrument,
    price,
    volume,
    side: aggressor === buyInitiated ? 'buy' : aggressor === sellInitiated ? 'sell' : null,
    cumulativeVolume,
    cumulativeValue,
    open,
    high,
    low,
    bidPrice,
    askPrice,
    bidVolume,
    askVolume,
    businessDate: date < 0 ? null : date,
    eventTime: instantOf(date, time),
    receivedTime,
  }
}

export const overseasTradeReads = 22

/** The cursor stands on the second value. HDFSCNT0. Side stays null: KIS tells cumulative buys and sells, not this one's. */
export function overseasTrade(instrument: Instrument, receivedTime: number): Trade {
  skipValues(2)
  const businessDate = readDigits(8) // 3 TYMD
  skipValues(2)
  const date = readDigits(8) // 6 KYMD
  const time = readDigits(6) // 7 KHMS
  const open = readNumber() // 8 OPEN
  const high = readNumber() // 9 HIGH
  const low = readNumber() // 10 LOW
  const price = readNumber() // 11 LAST
  skipValues(3)
  const bidPrice = readNumber() // 15 PBID
  const askPrice = readNumber() // 16 PASK
  const bidVolume = readNumber() // 17 VBID
  const askVolume = readNumber() // 18 VASK
  const volume = readNumber() // 19 EVOL
  const cumulativeVolume = readNumber() // 20 TVOL
  const cumulativeValue = readNumber() // 21 TAMT
  return {
    type: 'trade',
    instrument,
    price,
    volume,
    side: null,
    cumulativeVolume,
    cumulativeValue,
    open,
    high,
    low,
    bidPrice,
    askPrice,
    bidVolume,
    askVolume,
    businessDate: businessDate < 0 ? null : businessDate,
    eventTime: instantOf(date, time),
    receivedTime,
  }
}
