// The price and the book of a Korean issue (inquire-price, inquire-price-2, inquire-asking-price-exp-ccn,
// intstock-multprice, volume-rank). Values that the stream has too are taken from its record, column by
// column.
import type { DayBar } from '../../market/day-bars.ts'
import { basePriceOf, issueFacts } from '../../market/issue-facts.ts'
import { namedKoreanSymbols, namesOf } from '../../market/names.ts'
import {
  koreanIssue,
  koreanMarkets,
  type Parameter,
  type Quote,
  type Quoted,
  type Quoting,
  wrongInput,
} from '../quoting.ts'
import { restShapes } from '../shapes.ts'
import type { Seen } from '../../market/seen.ts'
import { type Block, fill, fillUnknown, type Values } from '../shape.ts'

/** All known values, by KIS's keys. */
export function valuesOf(seen: Seen, { days, seed }: Quoting): Values {
  const all = days.of(seen)
  return { ...seen.book, ...seen.trade, ...issueFacts(seen, all, seed), ...comparisons(seen, all) }
}

function comparisons({ trade, book }: Seen, days: readonly DayBar[]): Values {
  const volume = Number(trade['acml_vol'])
  const rate = trade['prdy_vol_vrss_acml_vol_rate']
  const previous = days.find(({ date }) => date < Number(trade['bsop_date'] || Number.POSITIVE_INFINITY))
  // In a recorded day only the rate shows the previous day.
  const previousVolume = previous?.volume ?? (Number(rate) > 0 ? Math.round((volume / Number(rate)) * 100) : 0)
  return {
    prdy_vol: previousVolume,
    prdy_vrss_vol: volume - previousVolume,
    // In percent of the day before, here and in inquire-price-2 (captured); in inquire-daily-price it is a
    // change.
    prdy_vrss_vol_rate: rate ?? (previousVolume === 0 ? 0 : (volume / previousVolume) * 100),
    askp: book['askp1'] ?? trade['askp1'] ?? '0',
    bidp: book['bidp1'] ?? trade['bidp1'] ?? '0',
    stck_prdy_oprc: previous?.open ?? 0,
    stck_prdy_hgpr: previous?.high ?? 0,
    stck_prdy_lwpr: previous?.low ?? 0,
    wghn_avrg_stck_prc: trade['wghn_avrg_stck_prc'] ?? (volume > 0 ? Number(trade['acml_tr_pbmn']) / volume : 0),
  }
}

/**
 * Unknown symbols: all keys with the price "0", by which python-kis recognises them (nothing is captured).
 */
const oneBlock =
  (block: Block, values: (seen: Seen, quoting: Quoting) => Values = valuesOf): Quote =>
  (parameter, quoting) => {
    const asked = koreanIssue(parameter, quoting)
    if ('wrong' in asked) return asked.wrong
    const { seen } = asked
    return {
      outputs: { output: seen === undefined ? fillUnknown(block, 'zeros') : fill(block, values(seen, quoting)) },
    }
  }

/** FHKST01010100. */
export const price = oneBlock(restShapes['domestic/inquire-price'].blocks.output)

/** FHPST01010000. */
export const priceMore = oneBlock(restShapes['domestic/inquire-price-2'].blocks.output, (seen, quoting) => {
  const { trade } = seen
  const base = basePriceOf(seen)
  const at = (name: string) => Number(trade[name])
  const against = (name: string) => (at(name) === 0 ? 0 : ((at(name) - base) / base) * 100)
  return {
    ...valuesOf(seen, quoting),
    prdy_clpr_vrss_oprc_rate: against('stck_oprc'),
    prdy_clpr_vrss_hgpr_rate: against('stck_hgpr'),
    prdy_clpr_vrss_lwpr_rate: against('stck_lwpr'),
    ...comparedWith('oprc', at('stck_prpr') - at('stck_oprc')),
    ...comparedWith('hgpr', at('stck_prpr') - at('stck_hgpr')),
    ...comparedWith('lwpr', at('stck_prpr') - at('stck_lwpr')),
    // The code of the issue, although the document says the sector (captured).
    bstp_cls_code: seen.symbol,
  }
})

function comparedWith(name: string, change: number): Values {
  return { [`${name}_vrss_prpr`]: change, [`${name}_vrss_prpr_sign`]: change > 0 ? '2' : change < 0 ? '5' : '3' }
}

/**
 * FHKST01010200. Without a book: an object without `askp1`, by which python-kis recognises an unknown symbol.
 */
export const askingPrice: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const { output1, output2 } = restShapes['domestic/inquire-asking-price-exp-ccn'].blocks
  const { seen } = asked
  if (seen === undefined) return { outputs: { output1: {}, output2: fillUnknown(output2, 'zeros') } }
  const { book, trade } = seen
  const values = valuesOf(seen, quoting)
  const auction = Number(trade['stck_oprc'])
  const base = basePriceOf(seen)
  const total = (side: 'askp' | 'bidp') => Number(book[`total_${side}_rsqn`] ?? 0)
  const levels = {
    ...noChanges,
    ...values,
    aspr_acpt_hour: book['bsop_hour'],
    ntby_aspr_rsqn: total('bidp') - total('askp'),
  }
  // In session these are the last auction's (captured 2026-05-27 at 15:08), while the stream says 0.
  const expected = {
    antc_cnpr: auction,
    antc_cntg_vrss: auction === 0 ? 0 : auction - base,
    antc_cntg_vrss_sign: auction === 0 || auction === base ? '3' : auction > base ? '2' : '5',
    antc_cntg_prdy_ctrt: auction === 0 ? 0 : ((auction - base) / base) * 100,
    antc_vol: book['antc_vol'] ?? 0,
  }
  const hasBook = book['askp1'] !== undefined
  return {
    outputs: { output1: hasBook ? fill(output1, levels) : {}, output2: fill(output2, { ...values, ...expected }) },
  }
}

/** The stream has only the changes of the totals. */
const noChanges: Values = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`askp_rsqn_icdc${i + 1}`, `bidp_rsqn_icdc${i + 1}`])
    .flat()
    .map(name => [name, 0]),
)

const mostAsked = 30

/**
 * FHKST11300006: up to 30 issues in one call. KIS's treatment of an unknown one is not known: here its row is
 * left out.
 */
export const prices: Quote = (parameter, quoting) => {
  const block = restShapes['domestic/intstock-multprice'].blocks.output
  const rows = []
  for (let i = 1; i <= mostAsked; i++) {
    if (i > 1 && parameter(`FID_INPUT_ISCD_${i}`) === '') continue
    const asked = koreanIssue(parameter, quoting, `_${i}`)
    if ('wrong' in asked) return asked.wrong
    if (asked.seen !== undefined) rows.push(fill(block, listValues(asked.seen, quoting)))
  }
  return { outputs: { output: rows } }
}

function listValues(seen: Seen, quoting: Quoting): Values {
  const values = valuesOf(seen, quoting)
  const { book, symbol, trade } = seen
  const open = Number(trade['stck_oprc'])
  return {
    ...values,
    inter_shrn_iscd: symbol,
    inter_kor_isnm: namesOf(symbol).korean,
    inter2_prpr: trade['stck_prpr'],
    inter2_prdy_vrss: trade['prdy_vrss'],
    inter2_oprc: trade['stck_oprc'],
    inter2_hgpr: trade['stck_hgpr'],
    inter2_lwpr: trade['stck_lwpr'],
    inter2_llam: values['stck_llam'],
    inter2_mxpr: values['stck_mxpr'],
    inter2_askp: values['askp'],
    inter2_bidp: values['bidp'],
    inter2_prdy_clpr: values['stck_prdy_clpr'],
    inter2_sdpr: values['stck_sdpr'],
    seln_rsqn: book['askp_rsqn1'] ?? 0,
    shnu_rsqn: book['bidp_rsqn1'] ?? 0,
    total_askp_rsqn: book['total_askp_rsqn'] ?? 0,
    total_bidp_rsqn: book['total_bidp_rsqn'] ?? 0,
    oprc_vrss_hgpr_rate: open === 0 ? 0 : ((Number(trade['stck_hgpr']) - open) / open) * 100,
    intr_antc_cntg_vrss: 0,
    intr_antc_cntg_vrss_sign: '3',
    intr_antc_cntg_prdy_ctrt: 0,
    intr_antc_vol: 0,
  }
}

const rankOrders: Readonly<Record<string, (values: Values) => number>> = {
  '0': values => Number(values['acml_vol']),
  '1': values => Number(values['vol_inrt']),
  '2': values => Number(values['vol_tnrt']),
  '3': values => Number(values['acml_tr_pbmn']),
  '4': values => Number(values['tr_pbmn_tnrt']),
}

/**
 * FHPST01710000: the named issues, which a generated market always has; of a tape those that it emitted.
 * Sectors are not distinguished.
 */
export const volumeRank: Quote = (parameter, quoting) => {
  const market = parameter('FID_COND_MRKT_DIV_CODE')
  const venue = Object.hasOwn(koreanMarkets, market) ? koreanMarkets[market] : undefined
  if (venue === undefined) return wrongRank(market)
  const order = parameter('FID_BLNG_CLS_CODE') || '0'
  const worth = Object.hasOwn(rankOrders, order) ? rankOrders[order] : undefined
  if (worth === undefined) return wrongInput('FID_BLNG_CLS_CODE', order)
  const isAsked = rankFilter(parameter)
  const rows = namedKoreanSymbols
    .flatMap(symbol => quoting.look(`${venue}:${symbol}`) ?? [])
    .map(seen => rankValues(seen, quoting))
    .filter(isAsked)
    .sort((a, b) => worth(b) - worth(a))
  const block = restShapes['domestic/volume-rank'].blocks.output
  return {
    outputs: { output: rows.slice(0, mostAsked).map((values, i) => fill(block, { ...values, data_rank: i + 1 })) },
  }
}

function wrongRank(market: string): Quoted {
  return market === ''
    ? wrongInput('FID_COND_MRKT_DIV_CODE', '')
    : { code: 'OPSQ2001', text: 'ERROR INVALID FID_COND_MRKT_DIV_CODE', result: '2' }
}

function rankFilter(parameter: Parameter): (values: Values) => boolean {
  const least = (name: string) => Number(parameter(name) || 0)
  const most = Number(parameter('FID_INPUT_PRICE_2')) || Number.POSITIVE_INFINITY
  return values => {
    const rowPrice = Number(values['stck_prpr'])
    return (
      rowPrice >= least('FID_INPUT_PRICE_1') && rowPrice <= most && Number(values['acml_vol']) >= least('FID_VOL_CNT')
    )
  }
}

function rankValues(seen: Seen, quoting: Quoting): Values {
  const values = valuesOf(seen, quoting)
  const volume = Number(values['acml_vol'])
  const value = Number(values['acml_tr_pbmn'])
  const shares = Number(values['lstn_stcn'])
  const turnover = (volume / shares) * 100
  const valueTurnover = (value / (shares * Number(values['stck_prpr']))) * 100
  return {
    ...values,
    mksc_shrn_iscd: seen.symbol,
    // Over a window of one day the averages are the day's own (official example).
    avrg_vol: volume,
    avrg_tr_pbmn: value,
    n_befr_clpr_vrss_prpr_rate: values['prdy_ctrt'],
    vol_inrt: Math.min(9_999.99, Number(values['prdy_vrss_vol_rate'])),
    nday_vol_tnrt: turnover,
    tr_pbmn_tnrt: valueTurnover,
    nday_tr_pbmn_tnrt: valueTurnover,
  }
}
