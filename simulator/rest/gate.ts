// The gateway before the quotations: counts the calls of each app key, checks the token and the other
// headers, and refuses in KIS's words (protocol notes 6.1 to 6.3).
import { secondMs } from '../../market/basics/durations.ts'
import type { Clock } from '../../market/clock.ts'
import type { Credentials } from '../credentials.ts'
import type { RestAnswer, RestCall } from './call.ts'

export type GateStats = {
  /** Calls that were let through, and those that came too soon: more than the limit in the second before. */
  readonly quotationsAnswered: number
  readonly quotationsTooSoon: number
  /** Refused for their token. */
  readonly tokensNotTaken: number
}

export type Gate = {
  /**
   * Undefined when the call is allowed. `trs`: the ids of the call, on production and on paper; a call
   * without one needs no token either.
   */
  refusal(call: RestCall, trs: readonly string[]): RestAnswer | undefined
  stats(): GateStats
}

const refusals = {
  EGW00102: 'AppKey는 필수입니다.',
  EGW00103: '유효하지 않은 AppKey입니다.',
  EGW00104: 'AppSecret은 필수입니다.',
  EGW00121: '유효하지 않은 token 입니다.',
  EGW00123: '기간이 만료된 token 입니다.',
  EGW00201: '초당 거래건수를 초과하였습니다.',
  EGW00205: '잘못된 credentials_type 입니다. (Bearer)',
  EGW00208: '잘못된 custtype 입니다.',
  OPSQ0002: '없는 서비스 코드 입니다.',
} as const

/**
 * KIS does not say how it counts its calls a second. This is the strictest way: no second, at any start, may
 * hold more than `callsPerSecond`. Refused calls do not count.
 */
export function createGate(credentials: Credentials, clock: Clock, callsPerSecond: number): Gate {
  const calls = new Map<string, number[]>()
  const counts = { quotationsAnswered: 0, quotationsTooSoon: 0, tokensNotTaken: 0 }

  function isTooSoon(appKey: string): boolean {
    const now = clock.now()
    const recent = (calls.get(appKey) ?? []).filter(time => now - time < secondMs)
    const isFull = recent.length >= callsPerSecond
    if (!isFull) recent.push(now)
    calls.set(appKey, recent)
    return isFull
  }

  return {
    refusal({ header }, trs) {
      const appKey = header('appkey')
      if (appKey === '') return refuse('EGW00102')
      if (header('appsecret') === '') return refuse('EGW00104')
      if (isTooSoon(appKey)) {
        counts.quotationsTooSoon++
        return refuse('EGW00201')
      }
      counts.quotationsAnswered++
      if (trs.length === 0) return undefined
      const bearer = /^Bearer +(.+)$/i.exec(header('authorization'))?.[1]
      if (bearer === undefined) return refuse('EGW00205')
      const token = credentials.tokenOf(bearer)
      if (token === undefined || token.expired) counts.tokensNotTaken++
      if (token === undefined) return refuse('EGW00121')
      if (token.expired) return refuse('EGW00123')
      if (token.appKey !== appKey) return refuse('EGW00103')
      // Documents require it; clients that never send it work (python-kis, mojito).
      if (!['', 'P', 'B'].includes(header('custtype'))) return refuse('EGW00208')
      // The official Postman sends one id with a blank before it.
      if (!trs.includes(header('tr_id').trim())) return refuse('OPSQ0002')
      return undefined
    },
    stats: () => ({ ...counts }),
  }
}

/** With HTTP 500, as known of EGW00123 and EGW00201. */
function refuse(code: keyof typeof refusals): RestAnswer {
  return { status: 500, body: { rt_cd: '1', msg_cd: code, msg1: refusals[code] } }
}
