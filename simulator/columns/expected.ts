// The columns of an expected execution, while an auction collects its orders: a trade's columns, most of them
// empty.
//
// 005930^084945^77600^2^1300^1.70^0.00^0^0^0^77600^77500^64^221986^17226113600^0^0^0^0.00^0^0^1^0.01^0.00^000000^3^0^… (the vendor's)
import type { SimulatedInstrument } from '../market/market.ts'
import { elwColumns } from './elw.ts'
import type { Value, Values } from './values.ts'

/**
 * The volume that would be executed: that of the thinner side. It rises and falls, as KIS's does, so it is no
 * cumulative volume.
 */
export function expectedQuantity({ asks, bids }: SimulatedInstrument): number {
  return Math.min(asks.volumes[0] ?? 0, bids.volumes[0] ?? 0)
}

const zero: Value = () => '0'
const zeroRate: Value = () => '0.00'
const noTime: Value = () => '000000'
const flat: Value = () => '3'

export function expectedColumns(tr: string): Values {
  return {
    ...(tr.startsWith('H0EW') ? elwColumns() : {}),
    WGHN_AVRG_STCK_PRC: zeroRate,
    STCK_OPRC: zero,
    STCK_HGPR: zero,
    STCK_LWPR: zero,
    CNTG_VOL: ({ asks, bids }) => Math.abs((asks.volumes[0] ?? 0) - (bids.volumes[0] ?? 0)),
    ACML_VOL: expectedQuantity,
    ACML_TR_PBMN: instrument => expectedQuantity(instrument) * instrument.day.price,
    SELN_CNTG_CSNU: zero,
    SHNU_CNTG_CSNU: zero,
    NTBY_CNTG_CSNU: zero,
    CTTR: zeroRate,
    SELN_CNTG_SMTN: zero,
    SHNU_CNTG_SMTN: zero,
    CNTG_CLS_CODE: () => '1',
    SHNU_RATE: () => '0.01',
    PRDY_VOL_VRSS_ACML_VOL_RATE: zeroRate,
    OPRC_HOUR: noTime,
    OPRC_VRSS_PRPR_SIGN: flat,
    OPRC_VRSS_PRPR: zero,
    HGPR_HOUR: noTime,
    HGPR_VRSS_PRPR_SIGN: flat,
    HGPR_VRSS_PRPR: zero,
    LWPR_HOUR: noTime,
    LWPR_VRSS_PRPR_SIGN: flat,
    LWPR_VRSS_PRPR: zero,
    NEW_MKOP_CLS_CODE: () => '00',
    VOL_TNRT: zeroRate,
    PRDY_SMNS_HOUR_ACML_VOL: zero,
    PRDY_SMNS_HOUR_ACML_VOL_RATE: zeroRate,
    // B before the open; C after it, which is an auction in the middle of the session.
    HOUR_CLS_CODE: ({ stamp }) => (stamp.korea.time < '090000' ? 'B' : 'C'),
  }
}
