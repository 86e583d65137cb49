// The columns of the overtime market of single prices (16:00 to 18:00), which KRX closed on 2026-09-14. Here
// it goes on at any hour, so that its channels say something: a share's own price, and volumes of its own, a
// fiftieth of what waits.
//
// 005930^165020^77700^2^100^0.13^78209.85^77600^77800^77600^77800^77700^1034^13540^1052379900^… (H0STOUP0, the vendor's)
import { expectedQuantity } from './expected.ts'
import type { SimulatedInstrument } from '../market/market.ts'
import { percent, share, type Values } from './values.ts'

export function overtimeColumns(tr: string): Values {
  if (tr === 'H0STOAA0') return {}
  if (tr === 'H0STOAC0')
    return { ...overtimeMarket, ACML_VOL: expectedQuantity, CNTG_VOL: expectedQuantity, NEW_MKOP_CLS_CODE: () => '49' }
  let total = 0
  let value = 0
  const volume = ({ asks }: SimulatedInstrument) => 1 + Math.floor((asks.volumes[0] ?? 0) / 50)
  return {
    ...overtimeMarket,
    // The first of the columns that a trade adds to; the later ones are computed from its result.
    CNTG_VOL(instrument) {
      const traded = volume(instrument)
      total += traded
      value += traded * instrument.day.price
      return traded
    },
    ACML_VOL: () => total,
    ACML_TR_PBMN: () => value,
    WGHN_AVRG_STCK_PRC: ({ day }) => percent(total === 0 ? day.price : value / total),
    PRDY_VOL_VRSS_ACML_VOL_RATE: ({ listing }) => share(total, listing.previousVolume),
    VOL_TNRT: ({ listing }) => share(total, listing.listedShares),
  }
}

const overtimeMarket: Values = { NEW_MKOP_CLS_CODE: () => '40' }
