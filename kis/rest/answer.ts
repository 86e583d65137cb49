// KIS's answer over REST: the body, or an error with KIS's refusal. Its code stands in `msg_cd`, under
// /oauth2 in `error_code`, and in some answers in `message`; without a code, the text and the status decide
// the reaction.
//
// {"rt_cd":"1","msg_cd":"EGW00123","msg1":"기간이 만료된 token 입니다."} (HTTP 500)
// {"error_code":"EGW00133","error_description":"접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)"} (HTTP 403)
// {"rt_cd":"1","msg1":"초당 거래건수를 초과하였습니다.","message":"EGW00201"} (HTTP 500, clients' logs)
import {
  type CodeEntry,
  explain,
  explainText,
  isCatalogued,
  patienceIn,
  type Reaction,
  sentenceOf,
} from '../codes/codes.ts'
import { KisError, type KisErrorKind } from '../errors.ts'
import { createRedaction, type Redaction } from '../redaction.ts'

const anybodys = createRedaction()

/**
 * The parsed body of a success. Throws a KisError for everything else. `redaction`: knows the secrets that
 * were sent.
 */
export function acceptAnswer(path: string, status: number, text: string, redaction: Redaction = anybodys): unknown {
  const body = parseJson(text)
  const envelope = envelopeOf(body, redaction)
  if (status === tooManyRequests) throw tooMany(path, envelope)
  const isGood = status >= 200 && status < 300
  if (envelope !== undefined && isRefusal(envelope, isGood)) throw refusalOf(path, status, envelope)
  if (isGood && body !== undefined) return body
  const kind = status >= 500 || body === undefined ? 'server' : statusKind(status)
  throw new KisError(
    kind ?? 'invalid-request',
    `${path} answered HTTP ${status} without a code; expected a JSON body with rt_cd or error_code`,
  )
}

const tooManyRequests = 429

/**
 * The fields of an answer about itself, empty where they are missing. `result`: `rt_cd`, undefined when
 * missing.
 */
type Envelope = {
  readonly result: string | undefined
  readonly code: string
  readonly text: string
  /** `error_description`, which only a refusal has. */
  readonly isDescribed: boolean
}

/** EGW00201, OPSQ2001. `message` may hold any text, so only what looks like a code is one. */
const codeShape = /^[A-Z]{2,6}\d{4,8}$/

function envelopeOf(body: unknown, redaction: Redaction): Envelope | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const said = (name: string) => textAt(body, name)
  const message = said('message') ?? ''
  const isCode = codeShape.test(message) || isCatalogued(message)
  const code = said('msg_cd') || said('error_code') || (isCode ? message : '')
  const text = said('msg1') || said('error_description') || (isCode ? '' : message)
  const result = said('rt_cd')
  return {
    result: result && redaction.code(result),
    code: redaction.code(code),
    text: redaction.quote(text),
    isDescribed: (said('error_description') ?? '') !== '',
  }
}

/** Text, and numbers as text. KIS pads with spaces, and sometimes writes `(null)` for an empty value. */
function textAt(body: object, name: string): string | undefined {
  const value: unknown = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim()
  return text === '(null)' ? '' : text
}

/** `rt_cd` decides where it is present. Bodies of /oauth2 have none, and a success has no code either. */
function isRefusal({ result, code, text, isDescribed }: Envelope, isGood: boolean): boolean {
  if (result !== undefined) return result !== '0'
  if (code !== '') return !isGood || !isCatalogued(code) || explain(code, text).reaction !== 'none'
  return !isGood && (isDescribed || explainText(text, 'rest') !== undefined || patienceIn(text) !== undefined)
}

/** By the code; without one by the text, then by the status. */
function refusalOf(path: string, status: number, { result, code, text }: Envelope): KisError {
  if (code !== '') return explained(path, explain(code, text))
  if (text === '') return wordless(path, status, result)
  const quoted = explainText(text, 'rest')
  if (quoted !== undefined && quoted.reaction !== 'none') return explained(path, quoted)
  const patience = patienceIn(text)
  const kind = (patience === undefined ? undefined : kindOf[patience]) ?? statusKind(status) ?? 'unknown'
  return new KisError(kind, `${path} refused, HTTP ${status} without a code. KIS said: ${sentenceOf(text)}`)
}

function wordless(path: string, status: number, result: string | undefined): KisError {
  const what =
    result === ''
      ? `answered HTTP ${status} with an empty envelope: rt_cd, msg_cd and msg1 are all empty`
      : `refused, HTTP ${status} with rt_cd ${result} and neither a code nor a text`
  const advice = 'Check the symbol and the market; if both are right, KIS has trouble of its own.'
  return new KisError(statusKind(status) ?? 'unknown', `${path} ${what}. ${advice}`)
}

/** Whatever stands in it. */
function tooMany(path: string, envelope: Envelope | undefined): KisError {
  const { code = '', text = '' } = envelope ?? {}
  const { meaning, remedy } = explain('EGW00201', '')
  const said = [code, text].filter(one => one !== '').join(' ')
  return new KisError(
    'rate-limit',
    `${path} refused, HTTP 429${said === '' ? '' : `, ${said}`}: ${meaning.en} ${remedy.en}`,
    code === '' ? {} : { code },
  )
}

/**
 * The meaning of a status without any other sign. HTTP 500 means nothing: KIS sends it with refusals of every
 * kind.
 */
function statusKind(status: number): KisErrorKind | undefined {
  if (status === 401) return 'authentication'
  return status > 500 ? 'server' : undefined
}

const kindOf: Partial<Record<Reaction, KisErrorKind>> = {
  'renew-token': 'authentication',
  'renew-approval': 'authentication',
  'wait-for-token': 'rate-limit',
  'slow-down': 'rate-limit',
  retry: 'server',
}

function explained(path: string, { code, message, meaning, reaction, remedy }: CodeEntry): KisError {
  const kind = kindOf[reaction] ?? 'invalid-request'
  const text = `${path} refused, ${code} ${message ?? ''}: ${meaning.en} ${remedy.en}`
  return new KisError(kind, text, { code, said: message ?? '', retryable: kind !== 'invalid-request' })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
