// Calls about an account: the balance of an empty one, the hash of an order, and orders, which are refused.
import { createHash } from 'node:crypto'
import { type Quote, wrongInput } from './quoting.ts'
import { parseObject } from '../request.ts'
import { restShapes } from './shapes.ts'
import type { RestAnswer, RestCall } from './call.ts'
import { fillUnknown } from './shape.ts'

const contextLength = 100

/**
 * TTTC8434R, of an empty account: no holdings, and one object of zeros (captured). Both values of INQR_DVSN
 * are accepted, although KIS refuses 02 since 2026-02-10: clients that still send it must work here too.
 */
export const balance: Quote = parameter => {
  const account = [parameter('CANO'), parameter('ACNT_PRDT_CD')] as const
  if (!/^\d{8}$/.test(account[0]) || !/^\d{2}$/.test(account[1])) {
    // Captured of an account that is not bound to the key, with rt_cd 2; some clients say 1.
    return { code: 'OPSQ2000', text: 'ERROR : INPUT INVALID_CHECK_ACNO', result: '2' }
  }
  const division = parameter('INQR_DVSN')
  if (!['01', '02'].includes(division)) return wrongInput('INQR_DVSN', division)
  const { output2 } = restShapes['domestic/inquire-balance'].blocks
  const echoed = ['AFHR_FLPR_YN', 'FUND_STTL_ICLD_YN', 'PRCS_DVSN', 'UNPR_DVSN', 'FNCG_AMT_AUTO_RDPT_YN'].map(parameter)
  const outputs = {
    // Request values with carets between, as captured; their order is not documented.
    ctx_area_fk100: `${[...account, ...echoed].join('^')}^`.padEnd(contextLength).slice(0, contextLength),
    ctx_area_nk100: ''.padEnd(contextLength),
    output1: [],
    output2: [fillUnknown(output2, 'zeros')],
  }
  // D: python-kis accepts only F, M, D and E.
  return { outputs, hasMore: false, message: 'KIOK0560' }
}

/**
 * KIS does not publish its hash; clients accept any 64 hex digits. Without the usual envelope, because it is
 * no quotation.
 */
export function hashkey({ body }: RestCall): RestAnswer {
  const order = parseObject(body)
  if (order === undefined)
    return { status: 400, body: { rt_cd: '1', msg_cd: 'EGW00101', msg1: '유효하지 않은 요청입니다.' } }
  return { status: 200, body: { BODY: order, HASH: createHash('sha256').update(JSON.stringify(order)).digest('hex') } }
}

/** Every path to which KIS takes an order, a correction or a cancellation is a POST below trading. */
const orderPath = /^\/uapi\/[a-z-]+\/v\d+\/trading\/[\w/-]+$/

/**
 * Orders are never accepted. KIS refuses one with HTTP 200, rt_cd and a code of its order system; no such
 * code means "not here", so the answer has the code of a service that does not exist.
 */
export function refuseOrder({ method, path }: RestCall): RestAnswer | undefined {
  if (method !== 'POST' || !orderPath.test(path)) return undefined
  const text = '없는 서비스 코드 입니다 (the simulator takes no orders)'
  return { status: 200, body: { rt_cd: '1', msg_cd: 'OPSQ0002', msg1: text } }
}
