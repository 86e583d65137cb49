// The REST side: one table of routes. Everything under /oauth2 has an envelope of its own for errors,
// `error_code` and `error_description`, without the `rt_cd` of ordinary calls (protocol notes 6.3).
import { type Credentials, lifetimeMs } from '../credentials.ts'
import type { CodePlace } from '../faults/faults.ts'
import type { RestAnswer, RestCall } from './call.ts'
import type { Gate } from './gate.ts'
import type { Quoting } from './quoting.ts'
import { answerQuotation, quotationPaths } from './quotations.ts'
import { parseObject, textAt } from '../request.ts'
import { koreanZone, wallTime } from '../market/wall-clock.ts'

type Route = (body: string) => RestAnswer

export type Rest = {
  answer(call: RestCall): RestAnswer | Promise<RestAnswer>
}

/** KIS's refusal for a fault of its own: HTTP 500 with a code (protocol notes 6.3). */
export function serverError(path: string, code: string): RestAnswer {
  const text = serverText(code)
  const body = path.startsWith('/oauth2/')
    ? { error_code: code, error_description: text }
    : { rt_cd: '1', msg_cd: code, msg1: text }
  return { status: 500, body }
}

/**
 * Refusals that clients report and no document has. The code in `message`, with HTTP 500, stands in one
 * project's logs, on calls of every kind; HTTP 429 is reported with and without a code. Clients must be ready
 * for the others too.
 */
export function oddRefusal(path: string, code: string, codeIn: CodePlace, status: number): RestAnswer {
  const text = serverText(code)
  switch (codeIn) {
    case 'usual':
      return { ...serverError(path, code), status }
    case 'message':
      return { status, body: { rt_cd: '1', msg1: text, message: code } }
    case 'nowhere':
      return { status, body: { rt_cd: '1', msg1: text } }
    case 'empty':
      return { status, body: { rt_cd: '', msg_cd: '', msg1: '' } }
  }
}

function serverText(code: string): string {
  return (Object.hasOwn(serverErrors, code) ? serverErrors[code] : undefined) ?? '서버 에러가 발생했습니다.'
}

const serverErrors: Readonly<Record<string, string>> = {
  EGW00001: '일시적으로 오류가 발생했습니다.',
  EGW00002: '서버 에러가 발생했습니다.',
  EGW00123: '기간이 만료된 token 입니다.',
  EGW00201: '초당 거래건수를 초과하였습니다.',
}

/** The calls for access, and behind the gateway the quotations. */
export function createRest(credentials: Credentials, gate: Gate, quoting: Quoting): Rest {
  const routes: Readonly<Record<string, Route>> = {
    'POST /oauth2/tokenP': body => issueToken(credentials, body),
    'POST /oauth2/revokeP': body => revokeToken(credentials, body),
    'POST /oauth2/Approval': body => issueApproval(credentials, body),
  }
  const notFound: RestAnswer = {
    status: 404,
    // KIS's answer for an unknown path is not known. Clients read these three fields of every answer.
    body: {
      rt_cd: '1',
      msg_cd: 'OPSQ0002',
      msg1: '없는 서비스 코드 입니다 (the simulator has no such path)',
      exists: [...Object.keys(routes), ...quotationPaths, 'WebSocket on any path'],
    },
  }
  return {
    answer(call) {
      const name = `${call.method} ${call.path}`
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined
      return route?.(call.body) ?? answerQuotation(call, gate, quoting) ?? notFound
    },
  }
}

/** Codes and texts of KIS's FAQ list of error codes. */
const gatewayErrors = {
  EGW00101: '유효하지 않은 요청입니다.',
  EGW00102: 'AppKey는 필수입니다.',
  EGW00104: 'AppSecret은 필수입니다.',
  EGW00115: '권한부여 타입(grant_type)은 필수입니다.',
  EGW00116: '지원하지 않는 권한부여 타입(grant_type)입니다.',
  EGW00121: '유효하지 않은 token 입니다.',
  EGW00122: 'token을 찾을 수 없습니다.',
  EGW00133: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)',
} as const

/** 403 is known only for EGW00133; the others get the same. */
function gatewayError(code: keyof typeof gatewayErrors, text: string = gatewayErrors[code]): RestAnswer {
  return { status: 403, body: { error_code: code, error_description: text } }
}

function issueToken(credentials: Credentials, body: string): RestAnswer {
  const asked = readClientCredentials(body, 'appsecret')
  if ('status' in asked) return asked
  const token = credentials.issueToken(asked.appKey)
  if (token === undefined) return gatewayError('EGW00133')
  return {
    status: 200,
    body: {
      access_token: token.token,
      access_token_token_expired: koreanDateTime(token.issuedAt + lifetimeMs),
      token_type: 'Bearer',
      // A token that is issued again has 86400 too: KIS's value then is not known, so clients must use the
      // date above.
      expires_in: lifetimeMs / 1000,
    },
  }
}

/**
 * KIS wants the app secret under another name here, and says that `secretkey` is mandatory when it comes as
 * `appsecret`.
 */
function issueApproval(credentials: Credentials, body: string): RestAnswer {
  const asked = readClientCredentials(body, 'secretkey')
  if ('status' in asked) return asked
  return { status: 200, body: { approval_key: credentials.issueApproval(asked.appKey) } }
}

function revokeToken(credentials: Credentials, body: string): RestAnswer {
  const request = parseObject(body)
  if (request === undefined) return gatewayError('EGW00101')
  const appKey = textAt(request, 'appkey') || undefined
  const token = textAt(request, 'token') || undefined
  if (appKey === undefined) return gatewayError('EGW00102')
  if (!textAt(request, 'appsecret')) return gatewayError('EGW00104')
  if (token === undefined) return gatewayError('EGW00122')
  if (!credentials.revokeToken(appKey, token)) return gatewayError('EGW00121')
  return { status: 200, body: { code: 200, message: '접근토큰 폐기에 성공하였습니다' } }
}

function readClientCredentials(body: string, secretName: 'appsecret' | 'secretkey'): { appKey: string } | RestAnswer {
  const request = parseObject(body)
  if (request === undefined) return gatewayError('EGW00101')
  const grantType = textAt(request, 'grant_type')
  const appKey = textAt(request, 'appkey')
  if (!grantType) return gatewayError('EGW00115')
  if (grantType !== 'client_credentials') return gatewayError('EGW00116')
  if (!appKey) return gatewayError('EGW00102')
  if (!textAt(request, secretName)) {
    return secretName === 'appsecret' ? gatewayError('EGW00104') : gatewayError('EGW00104', 'secretkey는 필수입니다.')
  }
  return { appKey }
}

/** `2026-09-15 08:16:59`, Korean time without an offset. */
function koreanDateTime(time: number): string {
  const wall = wallTime(koreanZone, time)
  const date = wall.date.replace(/(....)(..)(..)/, '$1-$2-$3')
  return `${date} ${wall.time.replace(/(..)(..)(..)/, '$1:$2:$3')}`
}
