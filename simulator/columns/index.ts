// The columns of a domestic index, and of its expected value before the open.
//
// 0001^091240^2624.54^2^32.68^63952^1650684^439^10335^1.26^2615.72^2624.82^2610.00^23.86^2^32.96^2^18.14^2^0.92^1.27^0.70^… (the vendor's)
import type { SimulatedInstrument } from '../market/market.ts'
import { changeOf, decimal, rateOf, signedDecimal, signOf, type Values } from './values.ts'

/** Millions of won that a thousand shares come to: 25,800 won a share on the vendor's KOSPI line. */
const millionsPerThousand = 25.8
/** Names in an index that rise, stand or fall; made up, of 930 on KOSPI. */
const names = 930

export function indexColumns(): Values {
  return {
    BSTP_CLS_CODE: ({ listing }) => listing.symbol,
    PRPR_NMIX: ({ day, listing }) => decimal(day.price, listing.grid.decimals),
    BSTP_NMIX_PRDY_VRSS: ({ day, listing }) => signedDecimal(changeOf(day), listing.grid.decimals),
    // In thousands of shares and millions of won.
    ACML_VOL: ({ day }) => day.cumulativeVolume,
    ACML_TR_PBMN: ({ day }) => Math.floor(day.cumulativeVolume * millionsPerThousand),
    PCAS_VOL: ({ day }) => day.volume,
    PCAS_TR_PBMN: ({ day }) => Math.round(day.volume * millionsPerThousand),
    OPRC_NMIX: ({ day, listing }) => decimal(day.open, listing.grid.decimals),
    NMIX_HGPR: ({ day, listing }) => decimal(day.high, listing.grid.decimals),
    NMIX_LWPR: ({ day, listing }) => decimal(day.low, listing.grid.decimals),
    // Open, high and low against the previous close, and not against the index, as the names say.
    OPRC_VRSS_NMIX_PRPR: ({ day, listing }) => signedDecimal(day.open - day.previousClose, listing.grid.decimals),
    OPRC_VRSS_NMIX_SIGN: ({ day }) => signOf(day.open - day.previousClose),
    HGPR_VRSS_NMIX_PRPR: ({ day, listing }) => signedDecimal(day.high - day.previousClose, listing.grid.decimals),
    HGPR_VRSS_NMIX_SIGN: ({ day }) => signOf(day.high - day.previousClose),
    LWPR_VRSS_NMIX_PRPR: ({ day, listing }) => signedDecimal(day.low - day.previousClose, listing.grid.decimals),
    LWPR_VRSS_NMIX_SIGN: ({ day }) => signOf(day.low - day.previousClose),
    PRDY_CLPR_VRSS_OPRC_RATE: ({ day }) => rateOf(day.open - day.previousClose, day),
    PRDY_CLPR_VRSS_HGPR_RATE: ({ day }) => rateOf(day.high - day.previousClose, day),
    PRDY_CLPR_VRSS_LWPR_RATE: ({ day }) => rateOf(day.low - day.previousClose, day),
    UPLM_ISSU_CNT: () => 0,
    ASCN_ISSU_CNT: rising,
    STNR_ISSU_CNT: () => Math.round(names * 0.08),
    DOWN_ISSU_CNT: instrument => names - Math.round(names * 0.08) - rising(instrument),
    LSLM_ISSU_CNT: () => 0,
    QTQT_ASCN_ISSU_CNT: () => 0,
    QTQT_DOWN_ISSU_CNT: () => 0,
    // Not index points: 19 and 2 in the two captured records. Its meaning is not known.
    TICK_VRSS: ({ day }) => Math.abs(day.buyCount - day.sellCount) % 100,
  }
}

/** More of them the higher the index stands, a tenth of all for each percent. */
function rising({ day }: SimulatedInstrument): number {
  const part = Math.min(0.85, Math.max(0.05, 0.46 + (changeOf(day) / day.previousClose) * 10))
  return Math.round(names * part)
}
