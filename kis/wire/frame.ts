// The envelope of a data frame, `flag|TR|count|payload`, read from untrusted bytes without throwing.
//
// 0|H0STCNT0|005|005930^114827^314000^5^… (2026-06-08; five records, simply joined by carets)
import { isUtf8 } from 'node:buffer'
import type { LineId } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import { bar, brace, one, zero } from './bytes.ts'

/** Where the transaction id of every frame starts: after the flag and its bar. */
export const transactionAt = 2
export const transactionLength = 8
/** Where its record count starts. */
const countAt = transactionAt + transactionLength + 1
const mostCountDigits = 6

/** A data frame as it left the socket. */
export type RawFrame = {
  readonly line: LineId
  readonly market: Market
  readonly bytes: Uint8Array
  /** Epoch milliseconds, our clock. */
  readonly receivedTime: number
}

export type Envelope = {
  /** Account notices are; their payload is base64. */
  readonly encrypted: boolean
  /** Number of records by the frame's own count. KIS pads it to three digits; unpadded is accepted. */
  readonly count: number
  /** Where the first value starts. */
  readonly payload: number
}

/** Data frames start with 0 or 1 and control messages with `{`: one byte decides. */
export function isControl(frame: Uint8Array): boolean {
  return frame[0] === brace
}

/** The start of every frame of this transaction with unencrypted records. */
export function headOf(transaction: string): Uint8Array {
  return Buffer.from(`0|${transaction}|`)
}

export function hasHead(frame: Uint8Array, head: Uint8Array): boolean {
  for (let i = 0; i < countAt; i++) if (frame[i] !== head[i]) return false
  return true
}

/** The envelope, or what is wrong with it as a sentence: a `Result` were one more object for each frame. */
export function readEnvelope(frame: Uint8Array): Envelope | string {
  const flag = frame[0]
  if ((flag !== zero && flag !== one) || frame[1] !== bar) {
    return 'no envelope: expected a frame to start with 0| or 1|'
  }
  for (let i = transactionAt; i < transactionAt + transactionLength; i++) {
    const byte = frame[i] ?? 0
    const isCapital = byte >= 65 && byte <= 90
    if (!isCapital && !isDigitAt(frame, i))
      return 'no transaction id: expected 8 capital letters and digits behind the first |'
  }
  if (frame[countAt - 1] !== bar) return 'no transaction id: expected | behind its 8 characters'
  const payload = payloadOf(frame)
  if (payload === 0) return 'no record count: expected digits and | behind the transaction id'
  const count = countOf(frame, payload)
  if (count === 0) return 'record count 0: expected at least one record'
  return { encrypted: flag === one, count, payload }
}

/** Where the first value starts, or 0 when there is no record count in front of it. */
export function payloadOf(frame: Uint8Array): number {
  let p = countAt
  while (p < countAt + mostCountDigits && isDigitAt(frame, p)) p++
  return p > countAt && frame[p] === bar ? p + 1 : 0
}

/** The number of records by the frame's own count, given where the first value starts. */
export function countOf(frame: Uint8Array, payload: number): number {
  let count = 0
  for (let p = countAt; p < payload - 1; p++) count = count * 10 + (frame[p] as number) - zero
  return count
}

function isDigitAt(frame: Uint8Array, p: number): boolean {
  const byte = frame[p] ?? 0
  return byte >= zero && byte <= zero + 9
}

/** A frame's text for people. Bytes that are no UTF-8 are shown as Latin-1, so that none is lost. */
export function frameText(frame: Uint8Array): string {
  const buffer = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  return buffer.toString(isUtf8(buffer) ? 'utf8' : 'latin1')
}
