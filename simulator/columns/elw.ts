// The columns of a warrant (ELW): those of a share, its measures, and the quotes of its liquidity provider.
// The measures are made up; they are near the vendor's line.
//
// 57JN53^090333^265^2^50^23.26^…^265.00^98.62^1.99^133.32^2.14^0.00^0.00^2.15^49.09^0.37^0.03^24.30^29.04^4.15^17.94^293.24^… (the vendor's)
import { levels, type Side, totalOf } from '../market/market.ts'
import { percent, signOf, type Value, type Values } from './values.ts'

/** The part of the resting volume that the provider quotes. */
const providedPart = 0.6
const provided = (volume: number) => Math.floor(volume * providedPart)

export function elwColumns(): Values {
  return {
    TMVL_VAL: ({ day }) => percent(day.price),
    PRIT: () => '98.62',
    PRMM_VAL: () => '1.99',
    GEAR: () => '133.32',
    PRLS_QRYR_RATE: () => '2.14',
    INVL_VAL: () => '0.00',
    PRMM_RATE: () => '0.00',
    CFP: () => '2.15',
    LVRG_VAL: () => '49.09',
    DELTA: () => '0.37',
    GAMA: () => '0.03',
    VEGA: () => '24.30',
    THETA: () => '29.04',
    RHO: () => '4.15',
    HTS_INTS_VLTL: () => '17.94',
    HTS_THPR: ({ day }) => percent(day.price * 1.1),
    APPRCH_RATE: () => '0.00',
    LP_HVOL: ({ listing }) => Math.floor(listing.listedShares * 0.9),
    LP_HLDN_RATE: () => '90.00',
    LP_NTBY_QTY: ({ day }) => day.sellVolume - day.buyVolume,
    LP_TOTAL_ASKP_RSQN: ({ asks }) => provided(totalOf(asks)),
    LP_TOTAL_BIDP_RSQN: ({ bids }) => provided(totalOf(bids)),
    ...Object.fromEntries(Array.from({ length: levels }, (_, i) => providedAt(i)).flat()),
    ANTC_CNTG_VRSS_SIGN: ({ day }) => signOf(-day.previousClose),
  }
}

function providedAt(i: number): [string, Value][] {
  const volume = ({ volumes }: Side) => provided(volumes[i] ?? 0)
  return [
    [`LP_ASKP_RSQN${i + 1}`, ({ asks }) => volume(asks)],
    [`LP_BIDP_RSQN${i + 1}`, ({ bids }) => volume(bids)],
  ]
}
