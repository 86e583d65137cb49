// The columns of exchange-listed bonds and of bond indices. No capture has either but the vendor's line of an
// index; yields, durations and the like are made up.
//
// KBPR01^20240726^131500^163.55^163.56^163.52^163.54^163.53^0.00^2^0.00^98.92^99.50^163.54^161.83^0.00^9.45^181.22^3.07^0.00 (the vendor's)
import { type Side, type SimulatedInstrument, totalOf } from '../market/market.ts'
import { changeOf, decimal, percent, rateOf, signedDecimal, signOf, type Value, type Values } from './values.ts'

const price = (value: number, { listing }: SimulatedInstrument) => decimal(value, listing.grid.decimals)

/** A year's yield in percent: 3 at 10,000 won, less when the price is higher. */
const yieldAt = (value: number, { listing }: SimulatedInstrument) =>
  percent(3 + (10_000 - value / 10 ** listing.grid.decimals) / 1_000)

export function bondColumns(): Values {
  return {
    STND_ISCD: ({ listing }) => listing.symbol,
    BOND_ISNM: ({ listing }) => listing.symbol,
    PRDY_VRSS: ({ day, listing }) => signedDecimal(changeOf(day), listing.grid.decimals),
    STCK_PRPR: instrument => price(instrument.day.price, instrument),
    STCK_OPRC: instrument => price(instrument.day.open, instrument),
    STCK_HGPR: instrument => price(instrument.day.high, instrument),
    STCK_LWPR: instrument => price(instrument.day.low, instrument),
    STCK_PRDY_CLPR: instrument => price(instrument.day.previousClose, instrument),
    BOND_CNTG_ERT: instrument => yieldAt(instrument.day.price, instrument),
    OPRC_ERT: instrument => yieldAt(instrument.day.open, instrument),
    HGPR_ERT: instrument => yieldAt(instrument.day.high, instrument),
    LWPR_ERT: instrument => yieldAt(instrument.day.low, instrument),
    PRDY_VOL: ({ listing }) => listing.previousVolume,
    CNTG_TYPE_CLS_CODE: ({ day }) => (day.buyInitiated ? '1' : '5'),
    ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => bookAt(i)).flat()),
    // So KIS calls the fifth level.
    ASKP_RSQN52: ({ asks }) => asks.volumes[4] ?? 0,
    BIDP_RSQN53: ({ bids }) => bids.volumes[4] ?? 0,
    TOTAL_ASKP_RSQN: ({ asks }) => totalOf(asks),
    TOTAL_BIDP_RSQN: ({ bids }) => totalOf(bids),
  }
}

function bookAt(i: number): [string, Value][] {
  const at = (side: Side) => side.prices[i] ?? 0
  return [
    [`ASKP${i + 1}`, instrument => price(at(instrument.asks), instrument)],
    [`BIDP${i + 1}`, instrument => price(at(instrument.bids), instrument)],
    [`ASKP_ERT${i + 1}`, instrument => yieldAt(at(instrument.asks), instrument)],
    [`BIDP_ERT${i + 1}`, instrument => yieldAt(at(instrument.bids), instrument)],
  ]
}

export function bondIndexColumns(): Values {
  return {
    NMIX_ID: ({ listing }) => listing.symbol,
    STND_DATE1: ({ stamp }) => stamp.businessDate,
    TRNM_HOUR: ({ stamp }) => stamp.korea.time,
    TOTL_ERNN_NMIX_OPRC: instrument => price(instrument.day.open, instrument),
    TOTL_ERNN_NMIX_HGPR: instrument => price(instrument.day.high, instrument),
    TOTL_ERNN_NMIX_LWPR: instrument => price(instrument.day.low, instrument),
    TOTL_ERNN_NMIX: instrument => price(instrument.day.price, instrument),
    PRDY_TOTL_ERNN_NMIX: instrument => price(instrument.day.previousClose, instrument),
    TOTL_ERNN_NMIX_PRDY_VRSS: ({ day, listing }) => signedDecimal(changeOf(day), listing.grid.decimals),
    TOTL_ERNN_NMIX_PRDY_VRSS_SIGN: ({ day }) => signOf(changeOf(day)),
    TOTL_ERNN_NMIX_PRDY_CTRT: ({ day }) => rateOf(changeOf(day), day),
    CLEN_PRC_NMIX: () => '98.92',
    MRKT_PRC_NMIX: () => '99.50',
    BOND_CALL_RNVS_NMIX: instrument => price(instrument.day.price, instrument),
    BOND_ZERO_RNVS_NMIX: instrument => price(Math.round(instrument.day.price * 0.99), instrument),
    BOND_FUTS_THPR: () => '0.00',
    BOND_AVRG_DRTN_VAL: () => '9.45',
    BOND_AVRG_CNVX_VAL: () => '181.22',
    BOND_AVRG_YTM_VAL: () => '3.07',
    BOND_AVRG_FRDL_YTM_VAL: () => '0.00',
  }
}
