// What the real-time server says, word for word: control.txt among the captured frames, and protocol notes
// 3.4 to 3.6.
//
// {"header":{"tr_id":"H0STASP0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS",
// "output":{"iv":"96de248bda413d58","key":"npudbpdylbqfsndkjgvknsjgsveanbca"}}} (2026-06-08)
// {"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9","msg_cd":"OPSP8996","msg1":"ALREADY IN USE appkey"}} (2025-11)
import { createCipheriv } from 'node:crypto'
import { isNotice, type Registration } from './transactions.ts'
import { koreanZone, wallTime } from './market/wall-clock.ts'

/** What opens a session's encrypted notices: 16 and 32 letters and digits, used as they are, as UTF-8. */
export type NoticeKey = { readonly iv: string; readonly key: string }

/** Answers that name their subscription. */
const addressed = {
  OPSP0000: ['0', 'SUBSCRIBE SUCCESS'],
  OPSP0001: ['0', 'UNSUBSCRIBE SUCCESS'],
  OPSP0002: ['1', 'ALREADY IN SUBSCRIBE'],
  OPSP0003: ['1', 'UNSUBSCRIBE ERROR(not found!)'],
  OPSP0007: ['1', 'SUBSCRIBE INTERNAL ERROR'],
  OPSP0008: ['1', 'MAX SUBSCRIBE OVER'],
  OPSP0009: ['1', 'SUBSCRIBE ERROR : mci send failed'],
  OPSP0010: ['1', 'SUBSCRIBE WARNING : invalid appkey'],
  OPSP0011: ['1', 'invalid approval : NOT FOUND'],
} as const

/** Refusals of the whole request, which name no subscription. */
const unaddressed = {
  OPSP8991: 'SUBSCRIBE ERROR : invalid tr_id',
  OPSP8992: 'SUBSCRIBE ERROR : invalid tr_key',
  OPSP8993: 'JSON PARSING ERROR : invalid tr_key',
  OPSP8994: 'JSON PARSING ERROR : personalseckey not found',
  OPSP8995: 'JSON PARSING ERROR : appsecret not found',
  OPSP8996: 'ALREADY IN USE appkey',
  OPSP8997: 'JSON PARSING ERROR : invalid tr_type',
  OPSP8998: 'JSON PARSING ERROR : invalid custtype',
  OPSP8999: 'resource not available (ALLOC_CALL_PARAM)',
  OPSP9990: 'JSON PARSING ERROR : tr_key not found',
  OPSP9991: 'JSON PARSING ERROR : input not found',
  OPSP9992: 'JSON PARSING ERROR : body not found',
  OPSP9993: 'JSON PARSING ERROR : internal error',
  OPSP9994: 'JSON PARSING ERROR : INVALID appkey',
  OPSP9995: 'resource not available',
  OPSP9996: 'JSON PARSING ERROR : appkey',
  OPSP9997: 'JSON PARSING ERROR : custtype not found',
  OPSP9998: 'JSON PARSING ERROR : header not found',
  OPSP9999: 'JSON PARSING ERROR : invalid json format',
} as const

export type AddressedCode = keyof typeof addressed
export type RefusalCode = keyof typeof unaddressed
export type AnswerCode = AddressedCode | RefusalCode

/** The codes that refuse a subscription. */
export type RefusingCode =
  | 'OPSP0002'
  | 'OPSP0007'
  | 'OPSP0008'
  | 'OPSP0009'
  | 'OPSP0010'
  | 'OPSP0011'
  | 'OPSP8991'
  | 'OPSP8992'
  | 'OPSP8993'
  | 'OPSP8994'
  | 'OPSP8995'
  | 'OPSP8996'
  | 'OPSP8997'
  | 'OPSP8998'
  | 'OPSP8999'
  | 'OPSP9990'
  | 'OPSP9991'
  | 'OPSP9992'
  | 'OPSP9993'
  | 'OPSP9994'
  | 'OPSP9995'
  | 'OPSP9996'
  | 'OPSP9997'
  | 'OPSP9998'
  | 'OPSP9999'

export function isAddressed(code: AnswerCode): code is AddressedCode {
  return Object.hasOwn(addressed, code)
}

export const refusingCodes = [...Object.keys(addressed), ...Object.keys(unaddressed)].filter(
  code => !['OPSP0000', 'OPSP0001', 'OPSP0003'].includes(code),
) as readonly RefusingCode[]

/**
 * `noticeKey` comes with every SUBSCRIBE SUCCESS, whether the transaction is encrypted or not, and with
 * nothing else.
 */
export function answer(code: AddressedCode, { tr, key }: Registration, noticeKey: NoticeKey): string {
  const [result, text] = addressed[code]
  const output = code === 'OPSP0000' ? { output: { iv: noticeKey.iv, key: noticeKey.key } } : {}
  return JSON.stringify({
    // Clients decrypt notices only when this says so (the broker's own sample).
    header: { tr_id: tr, tr_key: key, encrypt: isNotice(tr) ? 'Y' : 'N' },
    body: { rt_cd: result, msg_cd: code, msg1: text, ...output },
  })
}

export function refusal(code: RefusalCode): string {
  return `{"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9","msg_cd":"${code}","msg1":"${unaddressed[code]}"}}`
}

/** The server's heartbeat: `{"header":{"tr_id":"PINGPONG","datetime":"20230502221924"}}`, in Korean time. */
export function heartbeat(time: number): string {
  const wall = wallTime(koreanZone, time)
  return `{"header":{"tr_id":"PINGPONG","datetime":"${wall.date}${wall.time}"}}`
}

/**
 * An account notice of one record: AES-256-CBC with PKCS#7 padding, key and iv used as text (protocol notes
 * 4).
 */
export function noticeFrame(tr: string, plaintext: string, noticeKey: NoticeKey): string {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(noticeKey.key), Buffer.from(noticeKey.iv))
  return `1|${tr}|001|${cipher.update(plaintext, 'utf8', 'base64')}${cipher.final('base64')}`
}
