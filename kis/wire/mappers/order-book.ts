// An order-book record of KIS → OrderBook. Domestic books list all ask prices, then all bid prices, then the
// volumes; overseas books interleave bid and ask, level by level.
//
// 005930^114827^0^314000^314500^…^313500^313000^…^5876^14949^…^37599^17795^…^245385^182540^… (KRX, 2026-06-08)
// DAMSSPY^SPY^4^20260710^105334^20260710^235334^1621^1950^-1200^-735^752.1400^752.1700^60^145^35^60^… (US, 2026-07-10)
import type { Level, OrderBook } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { dateOf, digits, number, type Plan, planFor, readColumns } from '../scan/scan.ts'
import { instantNear, instantOf } from '../../kst-time.ts'

const domesticLevels = 10
const upTo = (count: number, first: number, step = 1) => Array.from({ length: count }, (_, i) => first + i * step)

/** H0STASP0, H0NXASP0, H0UNASP0: the first 59 values are the same. */
const domestic = planFor(
  {
    time: 1, // BSOP_HOUR
    totalAskVolume: 43, // TOTAL_ASKP_RSQN
    totalBidVolume: 44, // TOTAL_BIDP_RSQN
  },
  {
    more: [
      ...upTo(domesticLevels, 3), // ASKP1…10
      ...upTo(domesticLevels, 13), // BIDP1…10
      ...upTo(domesticLevels, 23), // ASKP_RSQN1…10
      ...upTo(domesticLevels, 33), // BIDP_RSQN1…10
    ],
  },
)

/** The record whose first value is `first`. */
export function domesticOrderBook(instrument: Instrument, receivedTime: number, first: number): OrderBook {
  readColumns(domestic, first)
  const { at, more } = domestic
  return {
    type: 'order-book',
    instrument,
    bids: domesticSide(more + domesticLevels),
    asks: domesticSide(more),
    totalBidVolume: number(at.totalBidVolume),
    totalAskVolume: number(at.totalAskVolume),
    eventTime: instantNear(receivedTime, digits(at.time, 6)),
    receivedTime,
  }
}

function domesticSide(from: number): Level[] {
  const levels: Level[] = []
  for (let i = from; i < from + domesticLevels; i++) addLevel(levels, number(i), number(i + 2 * domesticLevels))
  return levels
}

/** KIS writes an unused level as one with neither price nor volume. */
function addLevel(levels: Level[], price: number | null, volume: number | null): void {
  if (price || volume) levels.push({ price, volume })
}

/**
 * The number of values before the first level of an overseas book, and of each level (price, volume and
 * change, bid and ask).
 */
const overseasHead = 11
const overseasLevel = 6

const overseasNames = {
  date: 5, // KYMD
  time: 6, // KHMS
  totalBidVolume: 7, // BVOL
  totalAskVolume: 8, // AVOL
}

/** HDFSASP0 (ten levels, one in Asia) and HDFSASP1 (one level), by the number of levels: width decides. */
const overseas = upTo(domesticLevels + 1, 0).map(levels =>
  planFor(overseasNames, {
    more: upTo(levels, overseasHead, overseasLevel).flatMap(bidPrice => [
      bidPrice, // PBID1…10
      bidPrice + 1, // PASK1…10
      bidPrice + 2, // VBID1…10
      bidPrice + 3, // VASK1…10
    ]),
  }),
)

export function overseasOrderBook(
  instrument: Instrument,
  receivedTime: number,
  first: number,
  width: number,
): OrderBook {
  const levels = Math.min(domesticLevels, Math.floor((width - overseasHead) / overseasLevel))
  const plan = overseas[levels] as Plan<keyof typeof overseasNames>
  readColumns(plan, first)
  const { at, more } = plan
  const bids: Level[] = []
  const asks: Level[] = []
  for (let i = more; i < more + 4 * levels; i += 4) {
    addLevel(bids, number(i), number(i + 2))
    addLevel(asks, number(i + 1), number(i + 3))
  }
  return {
    type: 'order-book',
    instrument,
    bids,
    asks,
    totalBidVolume: number(at.totalBidVolume),
    totalAskVolume: number(at.totalAskVolume),
    eventTime: instantOf(dateOf(at.date), digits(at.time, 6)),
    receivedTime,
  }
}
