// The reads: the table from calls to answers, the gateway before them, and the envelope around their answers.
// Paths, transaction ids and keys are those of shapes.ts.
import { randomUUID } from 'node:crypto'
import type { Quote, Quoting } from './quoting.ts'
import { balance, hashkey, refuseOrder } from './account.ts'
import { calendarDays } from './reads/calendar.ts'
import { dailyChart, dailyPrice, investors, overseasDays } from './reads/days.ts'
import { dailyMinutes, domesticExecutions, domesticMinutes, latestTrades } from './reads/domestic.ts'
import { members, overtimeTrades } from './reads/members.ts'
import { overseasExecutions, overseasMinutes } from './reads/overseas.ts'
import { overseasBook, overseasDetail, overseasPrice } from './reads/overseas-price.ts'
import type { Gate } from './gate.ts'
import { askingPrice, price, priceMore, prices, volumeRank } from './reads/price.ts'
import { koreanProduct, overseasProduct, product } from './reads/product.ts'
import { restShapes } from './shapes.ts'
import type { RestAnswer, RestCall } from './call.ts'

/** By their ids in the specification. */
const quotes: Partial<Readonly<Record<keyof typeof restShapes, Quote>>> = {
  'domestic/inquire-price': price,
  'domestic/inquire-price-2': priceMore,
  'domestic/inquire-daily-price': dailyPrice,
  'domestic/inquire-daily-itemchartprice': dailyChart,
  'domestic/inquire-asking-price-exp-ccn': askingPrice,
  'domestic/inquire-ccnl': latestTrades,
  'domestic/inquire-time-itemconclusion': domesticExecutions,
  'domestic/inquire-time-itemchartprice': domesticMinutes,
  'domestic/inquire-investor': investors,
  'domestic/inquire-member': members,
  'domestic/inquire-time-overtimeconclusion': overtimeTrades,
  'domestic/search-info': product,
  'domestic/search-stock-info': koreanProduct,
  'domestic/chk-holiday': calendarDays,
  'domestic/volume-rank': volumeRank,
  'domestic/intstock-multprice': prices,
  'domestic/inquire-balance': balance,
  'overseas/price': overseasPrice,
  'overseas/price-detail': overseasDetail,
  'overseas/dailyprice': overseasDays,
  'overseas/inquire-asking-price': overseasBook,
  'overseas/inquire-ccnl': overseasExecutions,
  'overseas/inquire-time-itemchartprice': overseasMinutes,
  'overseas/search-info': overseasProduct,
}

type Quotation = {
  /** KIS's. */
  readonly name: string
  readonly trs: readonly string[]
  readonly message: string
  readonly quote: Quote
}

const quotations: Readonly<Record<string, Quotation>> = {
  ...Object.fromEntries(
    Object.entries(quotes).map(([id, quote]) => {
      const { message, method, name, path, trs } = restShapes[id as keyof typeof quotes]
      return [`${method} ${path}`, { name, trs, message, quote }]
    }),
  ),
  // The one read here that is not in the specification of the shapes.
  'GET /uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice': {
    name: '주식일별분봉조회',
    trs: ['FHKST03010230'],
    message: 'MCA00000',
    quote: dailyMinutes,
  },
}

const hashkeyName = `POST ${restShapes['auth/hashkey'].path}`

export const quotationPaths = [...Object.keys(quotations), hashkeyName]

/** The names of each of them, and its transaction ids. */
export const readNames: Readonly<Record<string, { readonly name: string; readonly trs: readonly string[] }>> = {
  ...quotations,
  [hashkeyName]: restShapes['auth/hashkey'],
}

/** Undefined for a call that is no read and no order. */
export function answerQuotation(call: RestCall, gate: Gate, quoting: Quoting): RestAnswer | undefined {
  const name = `${call.method} ${call.path}`
  const quotation = Object.hasOwn(quotations, name) ? quotations[name] : undefined
  const answer =
    quotation !== undefined
      ? answerOf(call, gate, quoting, quotation)
      : name === hashkeyName
        ? (gate.refusal(call, []) ?? hashkey(call))
        : refuseOrder(call)
  if (answer === undefined) return undefined
  // All three are on every answer, `tr_cont` empty without a next page: the broker's own sample reads it
  // unchecked.
  const tr = call.header('tr_id').trim() || (quotation?.trs[0] ?? '')
  return { ...answer, headers: { tr_id: tr, tr_cont: '', gt_uid: newGlobalId(), ...answer.headers } }
}

function answerOf(call: RestCall, gate: Gate, quoting: Quoting, { message, quote, trs }: Quotation): RestAnswer {
  const refusal = gate.refusal(call, trs)
  if (refusal !== undefined) return refusal
  const quoted = quote(parameter => call.parameter(parameter), quoting, call.header('tr_cont') === 'N')
  if ('code' in quoted) {
    return { status: 200, body: { rt_cd: quoted.result, msg_cd: quoted.code, msg1: padded(quoted.code, quoted.text) } }
  }
  const { hasMore, outputs } = quoted
  const code = quoted.message ?? message
  return {
    status: 200,
    // M makes the broker's sample ask again, so it stands only before a next page. D ends a call that has
    // pages (captured). For the others nothing is known; clients accept the empty value.
    headers: hasMore === undefined ? {} : { tr_cont: hasMore ? 'M' : 'D' },
    body: { ...outputs, rt_cd: '0', msg_cd: code, msg1: padded(code, messages[code] ?? messages['MCA00000'] ?? '') },
  }
}

/** Captured. */
const messages: Readonly<Record<string, string>> = {
  MCA00000: '정상처리 되었습니다.',
  KIOK0500: '조회가 계속됩니다..다음버튼을 Click 하십시오.',
  KIOK0530: '조회되었습니다',
  KIOK0560: '조회할 내용이 없습니다',
}

const messageBytes = 80

/**
 * Texts of KIOK codes are filled with blanks to 80 bytes of EUC-KR, in which a Korean letter takes two; the
 * others are not.
 */
function padded(code: string, text: string): string {
  if (!code.startsWith('KIOK')) return text
  const bytes = Array.from(text).reduce((sum, letter) => sum + (letter > '\u007f' ? 2 : 1), 0)
  return text + ' '.repeat(Math.max(0, messageBytes - bytes))
}

/** Of this call alone; 32 letters and digits. */
function newGlobalId(): string {
  return randomUUID().replaceAll('-', '').toUpperCase()
}
