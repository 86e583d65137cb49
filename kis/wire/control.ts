// A JSON system message → its content. The text is untrusted: reading never throws, and unknown content is
// kept as far as it may be shown.
//
// {"header":{"tr_id":"H0STASP0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"0","msg_cd":"OPSP0000",
//  "msg1":"SUBSCRIBE SUCCESS","output":{"iv":"…","key":"…"}}} (acknowledgement, 2026-06-08)
// {"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9","msg_cd":"OPSP8996",…}} (refusal, 2025-11)
// {"header":{"tr_id":"PINGPONG","datetime":"20230502221924"}} (heartbeat, 2023-05-02)
import { type CodeEntry, explain, isCatalogued } from '../codes/codes.ts'
import { frameText } from './frame.ts'
import { createRedaction, type Redaction } from '../redaction.ts'
import { instantOf } from '../kst-time.ts'

/** The key of one transaction's encrypted records in this session. Secret: it stays where it is used. */
export type NoticeKey = { readonly iv: string; readonly key: string }

export type ControlMessage =
  | { readonly kind: 'heartbeat'; readonly serverTime: number | null }
  | Answer
  | { readonly kind: 'unreadable'; readonly reason: string }

export type Answer = {
  readonly kind: 'answer'
  /** The subscription that KIS answers; undefined where it has `(null)` or nothing. */
  readonly tr: string | undefined
  readonly key: string | undefined
  readonly entry: CodeEntry
  readonly noticeKey: NoticeKey | undefined
}

const anybodys = createRedaction()

/** `redaction`: removes from the answer any secret of ours that a server repeats in it. */
export function readControl(frame: Uint8Array, redaction: Redaction = anybodys): ControlMessage {
  const message = parseObject(frameText(frame))
  if (message === undefined) return { kind: 'unreadable', reason: 'a control message that is no JSON object' }
  const header = objectAt(message, 'header')
  const body = objectAt(message, 'body')
  const tr = textAt(header, 'tr_id')
  if (tr === 'PINGPONG') return { kind: 'heartbeat', serverTime: serverTimeOf(textAt(header, 'datetime')) }
  const code = redaction.code(textAt(body, 'msg_cd') ?? '')
  const text = textAt(body, 'msg1')
  // The operating guide's mark of an answer is `msg1` in the body.
  if (body === undefined || (text === undefined && code === '')) {
    return { kind: 'unreadable', reason: 'a control message with neither PINGPONG nor an answer (body.msg1) in it' }
  }
  const output = objectAt(body, 'output')
  const iv = textAt(output, 'iv')
  const key = textAt(output, 'key')
  return {
    kind: 'answer',
    tr: tr === undefined ? undefined : redaction.code(tr),
    key: textAt(header, 'tr_key'),
    entry: inLightOf(textAt(body, 'rt_cd'), explain(code, redaction.quote(text ?? ''))),
    noticeKey: iv !== undefined && key !== undefined ? { iv, key } : undefined,
  }
}

/** An unknown code with `rt_cd` 0 is a success of some kind; `rt_cd` other than 0 never activates a key. */
function inLightOf(resultCode: string | undefined, entry: CodeEntry): CodeEntry {
  if (resultCode === '0' && !isCatalogued(entry.code)) return { ...entry, reaction: 'none', severity: 'info' }
  const failed = resultCode !== undefined && resultCode !== '0'
  return failed && entry.reaction === 'acknowledged' ? { ...entry, reaction: 'refused', severity: 'high' } : entry
}

function serverTimeOf(datetime: string | undefined): number | null {
  if (datetime === undefined || !/^\d{14}$/.test(datetime)) return null
  return instantOf(Number(datetime.slice(0, 8)), Number(datetime.slice(8)))
}

type JsonObject = Readonly<Record<string, unknown>>

function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

function objectAt(parent: JsonObject | undefined, name: string): JsonObject | undefined {
  return parent !== undefined && Object.hasOwn(parent, name) ? asObject(parent[name]) : undefined
}

/** Text, with KIS's spellings of an empty value (`(null)` and the empty string) as undefined. */
function textAt(parent: JsonObject | undefined, name: string): string | undefined {
  const value = parent !== undefined && Object.hasOwn(parent, name) ? parent[name] : undefined
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' && text !== '(null)' ? text : undefined
}
