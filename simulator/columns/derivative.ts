// The columns of domestic futures and options, by day and by night: trades, books and expected prices.
//
// A05608^152955^-0.20^5^-0.02^1080.64^1131.06^1146.44^1079.36^1^134937^7588070494^1082.72^-0.57^-0.19^…^76672^571^000000^5^-50.42^… (2026-07-22)
import { expectedQuantity } from './expected.ts'
import { levels, type Side, type SimulatedInstrument, totalOf } from '../market/market.ts'
import { changeOf, decimal, percent, rateOf, share, signedDecimal, signOf, type Value, type Values } from './values.ts'

const price = (value: number, { listing }: SimulatedInstrument) => decimal(value, listing.grid.decimals)
const difference = (value: number, { listing }: SimulatedInstrument) => signedDecimal(value, listing.grid.decimals)

/**
 * What a total is worth: in thousands of won for index futures and options (250,000 won a point, 50,000 for
 * the minis), in won for the others: currency futures of 10,000 dollars, and ten shares. The unit of index
 * options is not known.
 */
function worthOf(tr: string, { day, listing }: SimulatedInstrument): number {
  const points = day.cumulativeValue / 10 ** listing.grid.decimals
  if (tr.startsWith('H0Z')) return Math.round(points * 10)
  if (tr.startsWith('H0CF')) return Math.round(points * 10_000)
  return Math.round(points * (/^[A-Z]05/.test(listing.symbol) ? 50 : 250))
}

/**
 * The theoretical price and the underlying index are a few ticks from the price; made up, but the three
 * differences agree.
 */
const theory = ({ bids }: SimulatedInstrument) => bids.prices[2] ?? 0
const underlying = ({ bids }: SimulatedInstrument) => bids.prices[4] ?? 0
/** Open interest grows with what was bought and falls with what was sold; made up. */
const interestAdded = ({ day }: SimulatedInstrument) => day.buyCount - day.sellCount
/** The last price and one percent, on either side. */
const limitAbove = (instrument: SimulatedInstrument) => price(Math.round(instrument.day.price * 1.01), instrument)
const limitBelow = (instrument: SimulatedInstrument) => price(Math.round(instrument.day.price * 0.99), instrument)

export function derivativeColumns(tr: string): Values {
  const last: Value = instrument => price(instrument.day.price, instrument)
  const change: Value = instrument => difference(changeOf(instrument.day), instrument)
  const rate: Value = ({ day }) => rateOf(changeOf(day), day)
  const since: Values = {
    // In every record of a future.
    OPRC_HOUR: () => '000000',
    HGPR_HOUR: () => '000000',
    LWPR_HOUR: () => '000000',
    ...against('OPRC', ({ day }) => day.open),
    ...against('HGPR', ({ day }) => day.high),
    ...against('LWPR', ({ day }) => day.low),
  }
  return {
    ...since,
    ...prices('FUTS'),
    ...prices('OPTN'),
    ...prices('STCK'),
    FUTS_PRDY_VRSS: change,
    OPTN_PRDY_VRSS: change,
    PRDY_VRSS: change,
    FUTS_PRDY_CTRT: rate,
    LAST_CNQN: ({ day }) => day.volume,
    ACML_TR_PBMN: instrument => worthOf(tr, instrument),
    HTS_THPR: instrument => price(theory(instrument), instrument),
    MRKT_BASIS: instrument => difference(instrument.day.price - underlying(instrument), instrument),
    DPRT: instrument => percent(((instrument.day.price - theory(instrument)) / theory(instrument)) * 100),
    ESDG: instrument => difference(instrument.day.price - theory(instrument), instrument),
    THPR_BASIS: instrument => difference(theory(instrument) - underlying(instrument), instrument),
    NMSC_FCTN_STPL_PRC: () => '0.00',
    FMSC_FCTN_STPL_PRC: () => '0.00',
    SPEAD_PRC: () => '0.00',
    HTS_OTST_STPL_QTY: instrument => instrument.listing.previousVolume + interestAdded(instrument),
    OTST_STPL_QTY_ICDC: interestAdded,
    OTST_STPL_RGBF_QTY_ICDC: () => 0,
    SHNU_RATE: ({ day }) => percent(day.buyVolume / day.cumulativeVolume),
    CTTR: ({ day }) => share(day.buyVolume, day.sellVolume),
    DSCS_BLTR_ACML_QTY: () => 0,
    DSCS_LRQN_VOL: () => 0,
    DYNM_MXPR: limitAbove,
    DYNM_LLAM: limitBelow,
    // Neither Y nor N.
    DYNM_PRC_LIMT_YN: () => '2',
    ...greeks,
    INVL_VAL: () => '0.00',
    PRMM_VAL: last,
    TMVL_VAL: last,
    ...bookOf(tr),
    ANTC_CNPR: last,
    ANTC_CNTG_VRSS: change,
    ANTC_CNTG_VRSS_SIGN: ({ day }) => signOf(changeOf(day)),
    ANTC_CNTG_PRDY_CTRT: rate,
    // 112 before the open, 311 in the middle of the session.
    ANTC_MKOP_CLS_CODE: ({ stamp }) => (stamp.korea.time < '084500' ? '112' : '311'),
    ANTC_CNQN: expectedQuantity,
  }
}

/**
 * Of one option on one day (2026-10-01); the others are made up. At night the vendor's are `nan` and `-nan`.
 */
const greeks: Values = {
  DELTA: () => '0.46',
  GAMA: () => '0.00',
  VEGA: () => '0.85',
  THETA: () => '-3.18',
  RHO: () => '0.21',
  HTS_INTS_VLTL: () => '36.18',
  UNAS_HIST_VLTL: () => '32.50',
  AVRG_VLTL: () => '35.00',
}

function prices(product: string): Values {
  return {
    [`${product}_SHRN_ISCD`]: ({ listing }) => listing.symbol,
    [`${product}_PRPR`]: instrument => price(instrument.day.price, instrument),
    [`${product}_OPRC`]: instrument => price(instrument.day.open, instrument),
    [`${product}_HGPR`]: instrument => price(instrument.day.high, instrument),
    [`${product}_LWPR`]: instrument => price(instrument.day.low, instrument),
  }
}

/** The price against open, high and low: last minus each of them, unlike in an index. */
function against(name: string, valueOf: (instrument: SimulatedInstrument) => number): Values {
  const from: Value = instrument => difference(instrument.day.price - valueOf(instrument), instrument)
  return {
    [`${name}_VRSS_PRPR_SIGN`]: instrument => signOf(instrument.day.price - valueOf(instrument)),
    [`${name}_VRSS_NMIX_PRPR`]: from,
    [`${name}_VRSS_PRPR`]: from,
  }
}

function bookOf(tr: string): Values {
  const shown = tr.startsWith('H0Z') ? levels : 5
  const orders = (side: Side, i: number) => Math.ceil((side.volumes[i] ?? 0) / 3)
  const allOrders = (side: Side) => Array.from({ length: shown }, (_, i) => orders(side, i)).reduce((sum, n) => sum + n)
  const at = (i: number): [string, Value][] =>
    ['', 'FUTS_', 'OPTN_'].flatMap(product => [
      [`${product}ASKP${i + 1}`, instrument => price(instrument.asks.prices[i] ?? 0, instrument)],
      [`${product}BIDP${i + 1}`, instrument => price(instrument.bids.prices[i] ?? 0, instrument)],
    ])
  const counts = (i: number): [string, Value][] => [
    [`ASKP_CSNU${i + 1}`, ({ asks }) => orders(asks, i)],
    [`BIDP_CSNU${i + 1}`, ({ bids }) => orders(bids, i)],
  ]
  return {
    ...Object.fromEntries(Array.from({ length: levels }, (_, i) => [...at(i), ...counts(i)]).flat()),
    TOTAL_ASKP_CSNU: ({ asks }) => allOrders(asks),
    TOTAL_BIDP_CSNU: ({ bids }) => allOrders(bids),
    TOTAL_ASKP_RSQN: ({ asks }) => totalOf(asks),
    TOTAL_BIDP_RSQN: ({ bids }) => totalOf(bids),
  }
}
