// The columns of Korean shares: trades and books, on KRX, NXT and the unified feed.
//
// 005930^114827^314000^5^-15000^-4.56^303993.34^293000^315500^292500^314000^313500^489^21357216^6492458500000^… (KRX, 2026-06-08)
import { levels, type Side, type SimulatedInstrument, totalOf } from '../market/market.ts'
import { changeOf, percent, rateOf, share, signOf, type Value, type Values } from './values.ts'

/** 1 pre-market, 2 regular, 3 after-market (since 2026-09-14). */
function koreanSession(time: string): string {
  return time < '090000' ? '1' : time < '153000' ? '2' : '3'
}

/** The part of the Korean trading day that is over, to guess yesterday's volume at this time. */
function partOfDay(time: string): number {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4))
  return Math.min(1, Math.max(0.01, (minutes - 540) / 390))
}

function volumeYesterdayBy({ listing, stamp }: SimulatedInstrument): number {
  return Math.round(listing.previousVolume * partOfDay(stamp.korea.time))
}

function midPrice({ asks, bids }: SimulatedInstrument): number {
  return ((asks.prices[0] ?? 0) + (bids.prices[0] ?? 0)) / 2
}

export const stockTrade: Values = {
  MKSC_SHRN_ISCD: ({ listing }) => listing.symbol,
  STCK_CNTG_HOUR: ({ stamp }) => stamp.korea.time,
  STCK_PRPR: ({ day }) => day.price,
  PRDY_VRSS_SIGN: ({ day }) => signOf(changeOf(day)),
  // Signed, although a sign code stands before it.
  PRDY_VRSS: ({ day }) => changeOf(day),
  PRDY_CTRT: ({ day }) => rateOf(changeOf(day), day),
  WGHN_AVRG_STCK_PRC: ({ day }) => percent(day.cumulativeValue / day.cumulativeVolume),
  STCK_OPRC: ({ day }) => day.open,
  STCK_HGPR: ({ day }) => day.high,
  STCK_LWPR: ({ day }) => day.low,
  CNTG_VOL: ({ day }) => day.volume,
  ACML_VOL: ({ day }) => day.cumulativeVolume,
  ACML_TR_PBMN: ({ day }) => day.cumulativeValue,
  SELN_CNTG_CSNU: ({ day }) => day.sellCount,
  SHNU_CNTG_CSNU: ({ day }) => day.buyCount,
  NTBY_CNTG_CSNU: ({ day }) => day.buyCount - day.sellCount,
  CTTR: ({ day }) => share(day.buyVolume, day.sellVolume),
  SELN_CNTG_SMTN: ({ day }) => day.sellVolume,
  SHNU_CNTG_SMTN: ({ day }) => day.buyVolume,
  CCLD_DVSN: ({ day }) => (day.buyInitiated ? '1' : '5'),
  CNTG_CLS_CODE: ({ day }) => (day.buyInitiated ? '1' : '5'),
  // A fraction of the day's whole volume, always a hundredth above the rounded-down value: 0.01 for none
  // (2026-09-08), 0.49 for 0.4825 (2026-06-08).
  SHNU_RATE: ({ day }) => percent((Math.floor((day.buyVolume / day.cumulativeVolume) * 100) + 1) / 100),
  PRDY_VOL_VRSS_ACML_VOL_RATE: ({ day, listing }) => share(day.cumulativeVolume, listing.previousVolume),
  OPRC_HOUR: ({ day }) => day.openTime,
  OPRC_VRSS_PRPR_SIGN: ({ day }) => signOf(day.price - day.open),
  OPRC_VRSS_PRPR: ({ day }) => day.price - day.open,
  HGPR_HOUR: ({ day }) => day.highTime,
  HGPR_VRSS_PRPR_SIGN: ({ day }) => signOf(day.price - day.high),
  HGPR_VRSS_PRPR: ({ day }) => day.price - day.high,
  LWPR_HOUR: ({ day }) => day.lowTime,
  LWPR_VRSS_PRPR_SIGN: ({ day }) => signOf(day.price - day.low),
  LWPR_VRSS_PRPR: ({ day }) => day.price - day.low,
  BSOP_DATE: ({ stamp }) => stamp.businessDate,
  // In session, normal.
  NEW_MKOP_CLS_CODE: () => '20',
  TRHT_YN: () => 'N',
  VOL_TNRT: ({ day, listing }) => share(day.cumulativeVolume, listing.listedShares),
  PRDY_SMNS_HOUR_ACML_VOL: volumeYesterdayBy,
  PRDY_SMNS_HOUR_ACML_VOL_RATE: instrument => share(instrument.day.cumulativeVolume, volumeYesterdayBy(instrument)),
  HOUR_CLS_CODE: () => '0',
  // Empty on the wire, almost always.
  MRKT_TRTM_CLS_CODE: () => '',
  // The reference of a static interruption is the last auction's price.
  VI_STND_PRC: ({ day }) => day.open,
  MARKET_CLS_CODE: ({ stamp }) => koreanSession(stamp.korea.time),
}

export const stockBook: Values = {
  BSOP_HOUR: ({ stamp }) => stamp.korea.time,
  TOTAL_ASKP_RSQN: ({ asks }) => totalOf(asks),
  TOTAL_BIDP_RSQN: ({ bids }) => totalOf(bids),
  OVTM_TOTAL_ASKP_RSQN: () => '0',
  OVTM_TOTAL_BIDP_RSQN: () => '0',
  // Without an auction the expected price reads 0, and its change minus the previous close; the volume is
  // that of the last one.
  ANTC_CNPR: () => '0',
  ANTC_CNQN: () => '0',
  ANTC_VOL: ({ day }) => day.auctionVolume,
  ANTC_CNTG_VRSS: ({ day }) => -day.previousClose,
  ANTC_CNTG_VRSS_SIGN: () => '5',
  ANTC_CNTG_PRDY_CTRT: () => '-100.00',
  TOTAL_ASKP_RSQN_ICDC: ({ asks }) => totalOf(asks) - asks.shownTotal,
  TOTAL_BIDP_RSQN_ICDC: ({ bids }) => totalOf(bids) - bids.shownTotal,
  OVTM_TOTAL_ASKP_ICDC: () => '0',
  OVTM_TOTAL_BIDP_ICDC: () => '0',
  STCK_DEAL_CLS_CODE: () => '0',
  // Mid-price orders: none here, as in most captures.
  MID_PRC: midPrice,
  MIDP_TOTAL_RSQN: () => '0',
  MIDP_CLS_CODE: () => '0',
  KMID_PRC: midPrice,
  KMID_TOTAL_RSQN: () => '0',
  KMID_CLS_CODE: () => '0',
  NMID_PRC: midPrice,
  NMID_TOTAL_RSQN: () => '0',
  NMID_CLS_CODE: () => '0',
  // 1 KRX, 2 NXT.
  ANTC_EXCH_CLS_CODE: () => '1',
}

/** The columns of each level. */
export const stockLevels: Values = Object.fromEntries(Array.from({ length: levels }, (_, i) => levelAt(i)).flat())

function levelAt(i: number): [name: string, value: Value][] {
  const price = (side: Side) => side.prices[i] ?? 0
  const volume = (side: Side) => side.volumes[i] ?? 0
  return [
    [`ASKP${i + 1}`, ({ asks }) => price(asks)],
    [`BIDP${i + 1}`, ({ bids }) => price(bids)],
    [`ASKP_RSQN${i + 1}`, ({ asks }) => volume(asks)],
    [`BIDP_RSQN${i + 1}`, ({ bids }) => volume(bids)],
  ]
}
