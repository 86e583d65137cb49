// The quotations: their paths, the gateway before them, and the envelope around their answers. What they answer is in
// rest-domestic.ts, rest-overseas.ts and rest-calendar.ts.
import { randomUUID } from 'node:crypto'
import type { Quote, Quoting } from './quoting.ts'
import type { Gate } from './rest-gate.ts'
import type { RestAnswer, RestCall } from './rest.ts'
import { openingDays } from './rest-calendar.ts'
import { dailyMinutes, domesticConclusions, domesticMinutes } from './rest-domestic.ts'
import { overseasConclusions, overseasMinutes } from './rest-overseas.ts'

const domestic = '/uapi/domestic-stock/v1/quotations'
const overseas = '/uapi/overseas-price/v1/quotations'

const quotations: Readonly<Record<string, { readonly tr: string; readonly quote: Quote }>> = {
  [`GET ${domestic}/inquire-time-itemconclusion`]: { tr: 'FHPST01060000', quote: domesticConclusions },
  [`GET ${domestic}/inquire-time-itemchartprice`]: { tr: 'FHKST03010200', quote: domesticMinutes },
  [`GET ${domestic}/inquire-time-dailychartprice`]: { tr: 'FHKST03010230', quote: dailyMinutes },
  [`GET ${domestic}/chk-holiday`]: { tr: 'CTCA0903R', quote: openingDays },
  [`GET ${overseas}/inquire-ccnl`]: { tr: 'HHDFS76200300', quote: overseasConclusions },
  [`GET ${overseas}/inquire-time-itemchartprice`]: { tr: 'HHDFS76950200', quote: overseasMinutes },
}

export const quotationPaths = Object.keys(quotations)

/** Undefined for a call that asks for no quotation. */
export function answerQuotation(call: RestCall, gate: Gate, quoting: Quoting): RestAnswer | undefined {
  const name = `${call.method} ${call.path}`
  const quotation = Object.hasOwn(quotations, name) ? quotations[name] : undefined
  if (quotation === undefined) return undefined
  const { tr, quote } = quotation
  const answer = answerOf(call, gate, quoting, tr, quote)
  // All three are on every answer, `tr_cont` empty where nothing follows: the broker's own sample reads it without looking.
  return { ...answer, headers: { tr_id: tr, tr_cont: '', gt_uid: newGlobalId(), ...answer.headers } }
}

function answerOf(call: RestCall, gate: Gate, quoting: Quoting, tr: string, quote: Quote): RestAnswer {
  const refusal = gate.refusal(call, tr)
  if (refusal !== undefined) return refusal
  const quoted = quote(parameter => call.parameter(parameter), quoting, call.header('tr_cont') === 'N')
  if ('code' in quoted) return { status: 200, body: { rt_cd: '1', msg_cd: quoted.code, msg1: quoted.text } }
  const { hasMore = false, outputs } = quoted
  return {
    status: 200,
    headers: { tr_cont: hasMore ? 'M' : 'D' },
    body: { ...outputs, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' },
  }
}

/** Of this call alone; 32 letters and digits. */
function newGlobalId(): string {
  return randomUUID().replaceAll('-', '').toUpperCase()
}
