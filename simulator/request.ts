// A client's text → its request, or the code of KIS's refusal. Untrusted: never throws.
//
// {"header":{"approval_key":"…","custtype":"P","tr_type":"1","content-type":"utf-8"},
//  "body":{"input":{"tr_id":"H0STCNT0","tr_key":"005930"}}} (protocol notes 3.1)
import type { RefusalCode } from './answers.ts'
import { isKeyOf, isTransaction } from './transactions.ts'

export type Verb = 'subscribe' | 'unsubscribe'

export type SubscriptionRequest = {
  readonly kind: 'subscription'
  readonly verb: Verb
  readonly approvalKey: string
  readonly tr: string
  readonly key: string
}

export type Request =
  /** PINGPONG; `dated` when it has a datetime, as an echo has and a client's own has not. */
  | { readonly kind: 'heartbeat'; readonly dated: boolean }
  | SubscriptionRequest
  | {
      readonly kind: 'refused'
      readonly code: RefusalCode
      readonly verb: Verb | 'unreadable'
      readonly tr: string
      readonly key: string
    }

const verbs: Readonly<Record<string, Verb>> = { '1': 'subscribe', '2': 'unsubscribe' }

/**
 * Which of several mistakes KIS reports is not known. Here it is the outermost, from left to right as the
 * documents print the request.
 */
export function readRequest(text: string): Request {
  const message = parseObject(text)
  if (message === undefined) return refused('OPSP9999')
  const header = objectAt(message, 'header')
  if (header === undefined) return refused('OPSP9998')
  if (textAt(header, 'tr_id') === 'PINGPONG') return { kind: 'heartbeat', dated: Object.hasOwn(header, 'datetime') }

  const type = textAt(header, 'tr_type') ?? ''
  const verb = Object.hasOwn(verbs, type) ? verbs[type] : undefined
  const input = objectAt(objectAt(message, 'body'), 'input')
  const tr = textAt(input, 'tr_id') ?? ''
  const key = textAt(input, 'tr_key') ?? ''
  const approvalKey = textAt(header, 'approval_key') ?? ''
  const customer = textAt(header, 'custtype')
  const no = (code: RefusalCode) => refused(code, verb, tr, key)

  if (approvalKey === '') return no('OPSP9996')
  if (customer === undefined) return no('OPSP9997')
  if (customer !== 'P' && customer !== 'B') return no('OPSP8998')
  if (verb === undefined) return no('OPSP8997')
  if (objectAt(message, 'body') === undefined) return no('OPSP9992')
  if (input === undefined) return no('OPSP9991')
  if (!isTransaction(tr)) return no('OPSP8991')
  if (!Object.hasOwn(input, 'tr_key')) return no('OPSP9990')
  if (!isKeyOf(tr, key)) return no('OPSP8992')
  return { kind: 'subscription', verb, approvalKey, tr, key }
}

function refused(code: RefusalCode, verb?: Verb, tr = '', key = ''): Request {
  return { kind: 'refused', code, verb: verb ?? 'unreadable', tr, key }
}

type JsonObject = Readonly<Record<string, unknown>>

/** The JSON object that `text` is, or undefined for anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Text of that name, undefined when it is absent or is no text. */
export function textAt(parent: JsonObject | undefined, name: string): string | undefined {
  const value = parent !== undefined && Object.hasOwn(parent, name) ? parent[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function objectAt(parent: JsonObject | undefined, name: string): JsonObject | undefined {
  return parent !== undefined && Object.hasOwn(parent, name) ? asObject(parent[name]) : undefined
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}
