// The description of an issue (search-info, search-stock-info, and search-info overseas). Dates of listing,
// sectors and the like are those of an ordinary issue.
import type { Instrument, Venue } from '../../../market/instrument.ts'
import { issueFacts } from '../../market/issue-facts.ts'
import { namesOf } from '../../market/names.ts'
import { type Parameter, type Quote, type Quoted, type Quoting, wrongInput } from '../quoting.ts'
import { createRandom, seedFor } from '../../tape/random.ts'
import { restShapes } from '../shapes.ts'
import type { Seen } from '../../market/seen.ts'
import { fill, type Values } from '../shape.ts'

/** PRDT_TYPE_CD → venue. Futures, bonds and the others are not simulated. */
const venuesByType: Readonly<Record<string, Venue>> = {
  '300': 'KRX',
  '512': 'NAS',
  '513': 'NYS',
  '529': 'AMS',
  '515': 'TSE',
  '501': 'HKS',
  '543': 'HKS',
  '558': 'HKS',
  '507': 'HNX',
  '508': 'HSX',
  '551': 'SHS',
  '552': 'SZS',
}

/**
 * python-kis takes rt_cd 7 for "none of this type" and tries the next type. The code beside it is not known;
 * this one is that of an empty account.
 */
const nothingFound: Quoted = { code: 'KIOK0560', text: '조회할 내용이 없습니다', result: '7' }

type Product = { readonly seen: Seen; readonly type: string; readonly symbol: string }

function productOf(parameter: Parameter, { look }: Quoting): Product | { readonly wrong: Quoted } {
  const type = parameter('PRDT_TYPE_CD')
  const asked = parameter('PDNO')
  if (asked === '') return { wrong: wrongInput('PDNO', '') }
  if (type === '') return { wrong: wrongInput('PRDT_TYPE_CD', '') }
  const venue = Object.hasOwn(venuesByType, type) ? venuesByType[type] : undefined
  // A Korean product is requested by its six digits, and its answer has 00000A005930.
  const symbol = type === '300' ? asked.replace(/^00000A/, '') : asked
  const instrument: Instrument | undefined = venue === undefined ? undefined : `${venue}:${symbol}`
  const seen = instrument === undefined ? undefined : look(instrument)
  return seen === undefined ? { wrong: nothingFound } : { seen, type, symbol }
}

/** CTPF1604R. */
export const product: Quote = (parameter, quoting) => {
  const found = productOf(parameter, quoting)
  if ('wrong' in found) return found.wrong
  const { symbol, type } = found
  const isKorean = type === '300'
  const output = fill(restShapes['domestic/search-info'].blocks.output, {
    ...namesIn(symbol),
    pdno: isKorean ? `00000A${symbol}` : symbol,
    prdt_type_cd: type,
    std_pdno: isin(symbol, found.seen.venue),
    shtn_pdno: symbol,
    ...(isKorean ? koreanClass : {}),
  })
  return { outputs: { output } }
}

/** The ordinary product of the shapes is an American one. */
const koreanClass: Values = {
  prdt_clsf_cd: '101110',
  prdt_clsf_name: '주권',
  ivst_prdt_type_cd: '1011',
  ivst_prdt_type_cd_name: '주식',
}

function namesIn(symbol: string): Values {
  const { english, korean } = namesOf(symbol)
  return {
    prdt_name: korean,
    prdt_name120: korean,
    prdt_abrv_name: korean,
    prdt_eng_name: english,
    prdt_eng_name120: english,
    prdt_eng_abrv_name: english,
    sale_strt_dt: '',
    sale_end_dt: '',
    frst_erlm_dt: '',
  }
}

/** CTPF1002R. */
export const koreanProduct: Quote = (parameter, quoting) => {
  const found = productOf(parameter, quoting)
  if ('wrong' in found) return found.wrong
  const { seen, symbol, type } = found
  if (type !== '300') return nothingFound
  const days = quoting.days.of(seen)
  const facts = issueFacts(seen, days, quoting.seed)
  const base = Number(facts['stck_prdy_clpr'])
  const shares = Number(facts['lstn_stcn'])
  const parValue = Number(facts['stck_fcam'])
  const output = fill(restShapes['domestic/search-stock-info'].blocks.output, {
    ...noDates,
    ...namesIn(symbol),
    pdno: `00000A${symbol}`,
    prdt_type_cd: type,
    std_pdno: isin(symbol, 'KRX'),
    setl_mmdd: '12',
    lstg_stqt: shares,
    lstg_cptl_amt: 0,
    cpta: shares * parValue,
    papr: parValue,
    issu_pric: parValue,
    scts_mket_lstg_dt: '19961226',
    frbd_mket_lstg_dt: '19961226',
    etf_cu_qty: 0,
    sbst_pric: facts['stck_sspr'],
    thco_sbst_pric: facts['stck_sspr'],
    thco_sbst_pric_chng_dt: seen.trade['bsop_date'],
    // The running day has no close yet (captured after a close: both are the same).
    thdt_clpr: base,
    bfdy_clpr: base,
    clpr_chng_dt: `${days[1]?.date ?? ''}`,
    ocr_no: 1_147,
    etf_chas_erng_rt_dbnb: 0,
    frnr_psnl_lmt_rt: 0,
  })
  return { outputs: { output } }
}

/** Dates of events that did not happen: empty, as captured. */
const noDates: Values = Object.fromEntries(
  restShapes['domestic/search-stock-info'].blocks.output.fields
    .filter(([, kind]) => kind === 'date8')
    .map(([code]) => [code, '']),
)

type Place = {
  readonly nation: readonly [code: string, name: string]
  readonly exchange: readonly [code: string, name: string]
  readonly currency: readonly [code: string, name: string]
}

const america = { nation: ['840', '미국'], currency: ['USD', '미국달러'] } as const
const vietnam = { nation: ['704', '베트남'], currency: ['VND', '베트남동'] } as const
const china = { nation: ['156', '중국'], currency: ['CNY', '중국위안'] } as const
const places: Partial<Readonly<Record<Venue, Place>>> = {
  NAS: { ...america, exchange: ['NASD', '나스닥'] },
  NYS: { ...america, exchange: ['NYSE', '뉴욕'] },
  AMS: { ...america, exchange: ['AMEX', '아멕스'] },
  HKS: { nation: ['344', '홍콩'], currency: ['HKD', '홍콩달러'], exchange: ['SEHK', '홍콩'] },
  TSE: { nation: ['392', '일본'], currency: ['JPY', '일본엔'], exchange: ['TKSE', '도쿄'] },
  SHS: { ...china, exchange: ['SHAA', '상해A'] },
  SZS: { ...china, exchange: ['SZAA', '심천A'] },
  HSX: { ...vietnam, exchange: ['VNSE', '호치민'] },
  HNX: { ...vietnam, exchange: ['HASE', '하노이'] },
}

/** CTPF1702R. */
export const overseasProduct: Quote = (parameter, quoting) => {
  const found = productOf(parameter, quoting)
  if ('wrong' in found) return found.wrong
  const { seen, symbol } = found
  const place = places[seen.venue]
  if (place === undefined) return nothingFound
  const standard = isin(symbol, seen.venue)
  const output = fill(restShapes['overseas/search-info'].blocks.output, {
    ...namesIn(symbol),
    std_pdno: standard,
    istt_usge_isin_cd: standard,
    natn_cd: place.nation[0],
    natn_name: place.nation[1],
    tr_mket_name: place.exchange[1],
    ovrs_excg_cd: place.exchange[0],
    ovrs_excg_name: place.exchange[1],
    tr_crcy_cd: place.currency[0],
    crcy_name: place.currency[1],
    ovrs_papr: 0,
    sll_unit_qty: 1,
    buy_unit_qty: 1,
    tr_unit_amt: 0,
    lstg_stck_num: seen.listing.listedShares,
    lstg_dt: '',
    lstg_abol_dt: '',
    etp_chas_erng_rt_dbnb: 0,
    mint_frst_svc_erlm_dt: '',
    mint_svc_yn_chng_dt: '',
    ptp_item_trfx_exmt_strt_dt: '',
    ptp_item_trfx_exmt_end_dt: '',
    // Not empty, unlike the other missing dates (official example).
    sdrf_stop_ecls_erlm_dt: '00000000',
    sedol_no: '',
    lei_cd: '',
    ovrs_stck_prdt_grp_no: '',
    blbg_tckr_text: `${symbol} ${place.nation[0] === '840' ? 'US' : ''}`.trim(),
  })
  return { outputs: { output } }
}

const nations: Partial<Readonly<Record<Venue, string>>> = {
  HKS: 'HK',
  TSE: 'JP',
  SHS: 'CN',
  SZS: 'CN',
  HSX: 'VN',
  HNX: 'VN',
}

/**
 * KR7005930003, which is the real one; overseas nine letters and digits of our own. The last digit is the
 * check digit.
 */
function isin(symbol: string, venue: Venue): string {
  const isKorean = venue === 'KRX'
  const random = createRandom(seedFor(`isin ${symbol}`, 1))
  const own = Array.from({ length: 9 }, () => random.below(10)).join('')
  const body = isKorean ? `KR7${symbol.padStart(6, '0').slice(-6)}00` : `${nations[venue] ?? 'US'}${own}`
  return `${body}${checkDigit(body)}`
}

/** Luhn, over letters as 10 to 35. */
function checkDigit(body: string): number {
  const digits = body
    .split('')
    .map(letter => Number.parseInt(letter, 36))
    .join('')
  let sum = 0
  for (const [i, digit] of digits.split('').reverse().entries()) {
    const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return (10 - (sum % 10)) % 10
}
