// REST's facts about a Korean issue beside its trades: limits, size, earnings, the year's extremes. Limits
// and pivots are computed as in captures of 2024-06-10 and 2024-12-02; earnings and owners come from the
// seed.
import type { DayBar } from './day-bars.ts'
import { koreanTick } from './price-grid.ts'
import { namesOf } from './names.ts'
import { createRandom, seedFor } from '../tape/random.ts'
import type { Seen } from './seen.ts'
import type { Values } from '../rest/shape.ts'

/** `days`: newest first, the running one included when it has begun. */
export function issueFacts(seen: Seen, days: readonly DayBar[], seed: number): Values {
  const { listing, symbol, trade } = seen
  const random = createRandom(seedFor(`facts ${symbol}`, seed))
  const price = Number(trade['stck_prpr'])
  const base = basePriceOf(seen)
  const limits = limitsOf(base)
  const parValue = random.next() < 0.4 ? 100 : random.next() < 0.5 ? 500 : 5_000
  const shares = listing.listedShares
  const capital = Math.floor((shares * parValue) / 1e8)
  const eps = Math.max(1, Math.round(base / (8 + 22 * random.next())))
  const bps = Math.max(1, Math.round(base / (0.5 + 2 * random.next())))
  const foreignShare = Math.round(random.next() * 5_500) / 100
  return {
    stck_sdpr: base,
    stck_prdy_clpr: base,
    ...limits,
    stck_sspr: Math.floor((base * 0.78) / 10) * 10,
    aspr_unit: koreanTick(price),
    hts_deal_qty_unit_val: 1,
    stck_fcam: parValue,
    fcam_cnnm: parValue.toLocaleString('en-US'),
    cpfn: capital,
    cpfn_cnnm: `${capital.toLocaleString('en-US')} 억`,
    lstn_stcn: shares,
    hts_avls: Math.floor((price * shares) / 1e8),
    vol_tnrt: trade['vol_tnrt'] ?? (Number(trade['acml_vol']) / shares) * 100,
    eps,
    bps,
    per: price / eps,
    pbr: price / bps,
    stac_month: '12',
    marg_rate: 20,
    crdt_rate: 20,
    hts_frgn_ehrt: foreignShare,
    frgn_hldn_qty: Math.round((shares * foreignShare) / 100),
    whol_loan_rmnd_rate: Math.round(random.next() * 80) / 100,
    'itewhol_loan_rmnd_ratem name': Math.round(random.next() * 80) / 100,
    // Of the running day these are 0 until after the close (captured); there is no short selling and no
    // programme trading here.
    frgn_ntby_qty: 0,
    pgtr_ntby_qty: 0,
    last_ssts_cntg_qty: 0,
    stck_shrn_iscd: symbol,
    hts_kor_isnm: namesOf(symbol).korean,
    ...pivots(days.find(({ date }) => date < Number(trade['bsop_date'] || Number.POSITIVE_INFINITY))),
    ...extremes(days, price),
  }
}

/** The previous close: no split, no dividend, so it is the base of limits and changes. */
export function basePriceOf({ trade }: Seen): number {
  return Number(trade['stck_prpr']) - changeOf(trade['prdy_vrss'], trade['prdy_vrss_sign'])
}

/** A change with its sign: KIS writes one for Korean issues, and for overseas ones only the code has it. */
export function changeOf(change = '', sign = ''): number {
  const size = Math.abs(Number(change)) || 0
  return ['4', '5'].includes(sign) ? -size : size
}

/** 30% of the base price, down to the tick (captured). */
function limitsOf(base: number): Values {
  const tick = koreanTick(base)
  const width = Math.floor((base * 0.3) / tick) * tick
  return { rstc_wdth_prc: width, stck_mxpr: base + width, stck_llam: base - width }
}

/** From the day before; the fractions are cut off. */
function pivots(day: DayBar | undefined): Values {
  if (day === undefined) return zeroPivots
  const { open, high, low, close } = day
  const pivot = (high + low + close) / 3
  const twice = close < open ? high + 2 * low + close : close > open ? 2 * high + low + close : high + low + 2 * close
  return {
    pvt_pont_val: Math.floor(pivot),
    pvt_frst_dmrs_prc: Math.floor(2 * pivot - low),
    pvt_scnd_dmrs_prc: Math.floor(pivot + high - low),
    pvt_frst_dmsp_prc: Math.floor(2 * pivot - high),
    pvt_scnd_dmsp_prc: Math.floor(pivot - high + low),
    dmrs_val: Math.floor(twice / 2 - low),
    dmsp_val: Math.floor(twice / 2 - high),
  }
}

const zeroPivots: Values = Object.fromEntries(
  [
    'pvt_pont_val',
    'pvt_frst_dmrs_prc',
    'pvt_scnd_dmrs_prc',
    'pvt_frst_dmsp_prc',
    'pvt_scnd_dmsp_prc',
    'dmrs_val',
    'dmsp_val',
  ].map(name => [name, 0]),
)

function extremes(days: readonly DayBar[], price: number): Values {
  const newest = days[0]?.date ?? 0
  const since = (first: number) => days.filter(({ date }) => date >= first)
  return {
    ...extremesOf(days.slice(0, 250), price, {
      high: ['d250_hgpr', 'd250_hgpr_date', 'd250_hgpr_vrss_prpr_rate'],
      low: ['d250_lwpr', 'd250_lwpr_date', 'd250_lwpr_vrss_prpr_rate'],
    }),
    ...extremesOf(since(Math.floor(newest / 10_000) * 10_000), price, {
      high: ['stck_dryy_hgpr', 'dryy_hgpr_date', 'dryy_hgpr_vrss_prpr_rate'],
      low: ['stck_dryy_lwpr', 'dryy_lwpr_date', 'dryy_lwpr_vrss_prpr_rate'],
    }),
    // The same day a year before: 52 weeks to the day, or one more.
    ...extremesOf(since(newest - 10_000), price, {
      high: ['w52_hgpr', 'w52_hgpr_date', 'w52_hgpr_vrss_prpr_ctrt'],
      low: ['w52_lwpr', 'w52_lwpr_date', 'w52_lwpr_vrss_prpr_ctrt'],
    }),
  }
}

type Names = readonly [price: string, date: string, rate: string]

function extremesOf(days: readonly DayBar[], price: number, names: { readonly high: Names; readonly low: Names }) {
  let [highest, lowest] = [days[0], days[0]]
  for (const day of days) {
    if (highest === undefined || day.high > highest.high) highest = day
    if (lowest === undefined || day.low < lowest.low) lowest = day
  }
  const name = ([ofPrice, ofDate, ofRate]: Names, extreme: number, date: number | undefined): Values => ({
    [ofPrice]: extreme,
    [ofDate]: `${date ?? ''}`,
    [ofRate]: ((price - extreme) / extreme) * 100,
  })
  return {
    ...name(names.high, highest?.high ?? price, highest?.date),
    ...name(names.low, lowest?.low ?? price, lowest?.date),
  }
}
