// The values of a fault: how they are checked when they come as JSON, and read when they come from the
// command line.
import { dayMs, hourMs, minuteMs, secondMs } from '../../market/basics/durations.ts'
import { isTransaction } from '../transactions.ts'

export type Field = {
  /** The description of a valid value: in JSON, and on the command line. */
  readonly expected: string
  readonly written: string
  fits(value: unknown): boolean
  /** From the command line; undefined for another spelling. */
  read(text: string): unknown
}

const units: Readonly<Record<string, number>> = { ms: 1, s: secondMs, m: minuteMs, h: hourMs }

/** `500ms`, `30s`, `1.5m` or `2h` in milliseconds. */
export function readDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? []
  return number === undefined ? undefined : Math.round(Number(number) * (units[unit] ?? 1))
}

const isWhole = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
const readNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)

export function wholeNumber(least: number, most: number): Field {
  const expected = `a whole number from ${least} to ${most}`
  return { expected, written: expected, fits: value => isWhole(value, least, most), read: readNumber }
}

function textLike(pattern: RegExp, expected: string): Field {
  const fits = (value: unknown) => typeof value === 'string' && pattern.test(value)
  return { expected, written: expected, fits, read: text => text }
}

export function oneOf(words: readonly string[]): Field {
  const expected = `one of ${words.join(', ')}`
  const fits = (value: unknown) => typeof value === 'string' && words.includes(value)
  return { expected, written: expected, fits, read: text => text }
}

const longestMs = 7 * dayMs
export const duration: Field = {
  expected: `milliseconds, a whole number from 1 to ${longestMs}`,
  written: 'a time as 500ms, 30s, 5m or 1h',
  fits: value => isWhole(value, 1, longestMs),
  read: readDuration,
}
export const share: Field = {
  expected: 'more than 0 and at most 1',
  written: 'more than 0% and at most 100%, as 10%',
  fits: value => typeof value === 'number' && value > 0 && value <= 1,
  read: text => (/^\d{1,3}(\.\d{1,6})?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : undefined),
}
export const flag: Field = {
  expected: 'true or false',
  written: 'yes or no',
  fits: value => typeof value === 'boolean',
  read: text => ({ yes: true, no: false })[text],
}
export const texts: Field = {
  expected: 'a list of 1 to 1000 texts',
  written: 'a text',
  fits: value =>
    Array.isArray(value) && value.length > 0 && value.length <= 1000 && value.every(text => typeof text === 'string'),
  read: text => [text],
}
export const transaction: Field = {
  expected: 'a transaction of KIS, as H0STCNT0',
  written: 'a transaction of KIS, as H0STCNT0',
  fits: value => typeof value === 'string' && isTransaction(value),
  read: text => text,
}
export const count = wholeNumber(1, 1_000_000)
export const session = wholeNumber(1, 1_000_000_000)
export const key = textLike(/^[\w./@-]{1,40}$/, 'a key of 1 to 40 letters and digits, as 005930 or DNASAAPL')
export const appKey = textLike(/^(#\d{1,6}|[\w./=-]{1,200})$/, 'an app key, or # and its number, as #2')
export const path = textLike(/^\/[\w./-]{0,199}$/, 'a path, as /oauth2/tokenP')
export const restCode = textLike(/^[A-Z]{2,6}\d{2,8}$/, 'a code of KIS, as EGW00201')
export const place = oneOf(['inside', 'between'])
export const codePlace = oneOf(['usual', 'message', 'nowhere', 'empty'])
export const tokenField = oneOf(['expires_in', 'access_token_token_expired'])
export const answerPart = oneOf(['msg_cd', 'header'])
