// The envelope of a data frame, `flag|TR|count|payload`, read from untrusted bytes without throwing.
//
// 0|H0STCNT0|005|005930^114827^314000^5^… (2026-06-08; five records, simply joined by carets)
import { isUtf8 } from 'node:buffer'
import type { Market } from '../market/instrument.ts'

const bar = 124
const zero = 48

/** Where the transaction id of every frame starts: behind the flag and its bar. */
export const transactionAt = 2
export const transactionLength = 8

/** A data frame as it left the socket. */
export type RawFrame = {
  readonly market: Market
  readonly bytes: Uint8Array
  /** Epoch milliseconds, our clock. */
  readonly receivedTime: number
}

export type Envelope = {
  /** Account notices are; their payload is base64. */
  readonly encrypted: boolean
  /** Number of records the frame says it carries. KIS pads it to three digits; unpadded is accepted. */
  readonly count: number
  /** Where the first value starts. */
  readonly payload: number
}

/** Data frames start with 0 or 1 and control messages with `{`: one look at one byte. */
export function isControl(frame: Uint8Array): boolean {
  return frame[0] === 123
}

/** The envelope, or a sentence that says what is wrong with it. */
export function readEnvelope(frame: Uint8Array): Envelope | string {
  const flag = frame[0]
  if ((flag !== zero && flag !== zero + 1) || frame[1] !== bar) {
    return 'no envelope: expected a frame to start with 0| or 1|'
  }
  for (let i = transactionAt; i < transactionAt + transactionLength; i++) {
    const byte = frame[i] ?? 0
    const isCapital = byte >= 65 && byte <= 90
    const isDigit = byte >= zero && byte <= zero + 9
    if (!isCapital && !isDigit) return 'no transaction id: expected 8 capital letters and digits behind the first |'
  }
  let p = transactionAt + transactionLength
  if (frame[p] !== bar) return 'no transaction id: expected | behind its 8 characters'
  let count = 0
  const digits = ++p
  let digit = (frame[p] ?? 0) - zero
  while (digit >= 0 && digit <= 9 && p - digits < 6) {
    count = count * 10 + digit
    digit = (frame[++p] ?? 0) - zero
  }
  if (p === digits || frame[p] !== bar) return 'no record count: expected digits and | behind the transaction id'
  if (count === 0) return 'record count 0: expected at least one record'
  return { encrypted: flag === zero + 1, count, payload: p + 1 }
}

/** A frame's text for people. Bytes that are no UTF-8 are shown as Latin-1, so that none is lost. */
export function frameText(frame: Uint8Array): string {
  const buffer = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  return buffer.toString(isUtf8(buffer) ? 'utf8' : 'latin1')
}
