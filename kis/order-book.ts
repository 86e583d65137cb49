// An order-book record in KIS's words → OrderBook. Domestic books list all ask prices, then all bid prices, then the volumes;
// overseas books interleave bid and ask, level by level.
//
// 005930^114827^0^314000^314500^…^313500^313000^…^5876^14949^…^37599^17795^…^245385^182540^… (KRX, 2026-06-08)
// DAMSSPY^SPY^4^20260710^105334^20260710^235334^1621^1950^-1200^-735^752.1400^752.1700^60^145^35^60^… (US, 2026-07-10)
import type { Level, OrderBook } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'
import { readDigits, readNumber, skipValues } from './scan.ts'
import { instantNear, instantOf } from './time.ts'

const domesticLevels = 10
export const domesticBookReads = 45

/** One side's ten prices, kept between the pass that reads prices and the pass that reads volumes. */
const askPrices: (number | null)[] = Array.from({ length: domesticLevels }, () => null)
const bidPrices: (number | null)[] = Array.from({ length: domesticLevels }, () => null)

/** The cursor stands on the second value. H0STASP0, H0NXASP0, H0UNASP0: the first 59 values are the same. */
export function domesticOrderBook(instrument: Instrument, receivedTime: number): OrderBook {
  const time = readDigits(6) // 1 BSOP_HOUR
  skipValues(1)
  for (let i = 0; i < domesticLevels; i++) askPrices[i] = readNumber() // 3–12 ASKP1…10
  for (let i = 0; i < domesticLevels; i++) bidPrices[i] = readNumber() // 13–22 BIDP1…10
  const asks = levelsOf(askPrices) // 23–32 ASKP_RSQN1…10
  const bids = levelsOf(bidPrices) // 33–42 BIDP_RSQN1…10
  const totalAskVolume = readNumber() // 43 TOTAL_ASKP_RSQN
  const totalBidVolume = readNumber() // 44 TOTAL_BIDP_RSQN
  return {
    type: 'order-book',
    instrument,
    bids,
    asks,
    totalBidVolume,
    totalAskVolume,
    eventTime: instantNear(receivedTime, time),
    receivedTime,
  }
}

function levelsOf(prices: readonly (number | null)[]): Level[] {
  const levels: Level[] = []
  for (let i = 0; i < domesticLevels; i++) addLevel(levels, prices[i] as number | null, readNumber())
  return levels
}

/** A level with neither price nor volume is KIS's way of leaving the line blank. */
function addLevel(levels: Level[], price: number | null, volume: number | null): void {
  if (price || volume) levels.push({ price, volume })
}

/** Values before the first level of an overseas book, and values of each level (price, volume and change, bid and ask). */
export const overseasBookHead = 11
export const overseasBookLevel = 6

/** The cursor stands on the second value. HDFSASP0 (ten levels, one in Asia) and HDFSASP1 (one level): width decides. */
export function overseasOrderBook(instrument: Instrument, receivedTime: number, width: number): OrderBook {
  skipValues(4)
  const date = readDigits(8) // 5 KYMD
  const time = readDigits(6) // 6 KHMS
  const totalBidVolume = readNumber() // 7 BVOL
  const totalAskVolume = readNumber() // 8 AVOL
  skipValues(2)
  const bids: Level[] = []
  const asks: Level[] = []
  for (let left = overseasLevels(width); left > 0; left--) {
    const bidPrice = readNumber() // 11 PBID1
    const askPrice = readNumber() // 12 PASK1
    addLevel(bids, bidPrice, readNumber()) // 13 VBID1
    addLevel(asks, askPrice, readNumber()) // 14 VASK1
    skipValues(2)
  }
  return {
    type: 'order-book',
    instrument,
    bids,
    asks,
    totalBidVolume,
    totalAskVolume,
    eventTime: instantOf(date, time),
    receivedTime,
  }
}

export function overseasLevels(width: number): number {
  return Math.min(10, Math.floor((width - overseasBookHead) / overseasBookLevel))
}
