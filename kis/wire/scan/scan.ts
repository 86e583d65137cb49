// The hot primitives: where the values of a frame stand, and their numbers, without making a string of any. The loops themselves are
// in kis/wire/scan/wasm/scan.ts; here is what goes in and out. One frame at a time, module-wide, because decoding is synchronous and an
// object for each value would cost more than the value: `scanFrame` first, and nothing of it outlives the next call.
import { scanCode } from './scan-code.ts'

/** The memory the two sides share. Numbers are those of kis/wire/scan/wasm/scan.ts. */
const intsAt = 1024
const doublesAt = 2048
const powersAt = 4096
const frameAt = 8192
const pageBytes = 65_536
/** What is looked at together may begin at the frame's last byte, and be all carets. */
const slack = 64

/** As many as fit between two of the addresses above. */
const mostColumns = 64

/** The longest that a line takes from a server; twenty records are about 8 KB. */
export const longestFrame = 16 * 1024 * 1024

const caretsAt = frameAt + longestFrame + slack
const caretBytes = 4
const memoryBytes = caretsAt + caretBytes * (longestFrame + slack + 2)

type Code = {
  findCarets(start: number, stop: number, addresses: number): number
  readNumbers(columns: number, count: number, carets: number, money: number, signed: number): number
}

/** The part of the standard interface that is used here; the types of Node 20 do not have it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Which columns of a record to read: first those with a name, then more of them in a row. */
export type Plan<Name extends string = string> = {
  readonly columns: readonly number[]
  /** Where a column with a name is among them: `number(at.price)`. */
  readonly at: Readonly<Record<Name, number>>
  /** Of the first column without a name. */
  readonly more: number
  readonly address: number
  /** Which of them is a sum of money, and which may be negative; -1 for none. */
  readonly money: number
  readonly signed: number
}

// One memory with room for the longest frame: what was never written to, the operating system does not provide. That it never moves
// is what lets the engine put addresses into the code in the place of look-ups.
const memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / pageBytes) })
const module = new WebAssembly.Module(Buffer.from(scanCode, 'base64'))
const { findCarets, readNumbers } = new WebAssembly.Instance(module, { env: { memory } }).exports as Code // what kis/wire/scan/wasm/scan.ts exports
const bytes = Buffer.from(memory.buffer)
/** The same memory, for reading four bytes at once. */
const words = new DataView(memory.buffer)
const ints = new Int32Array(memory.buffer, intsAt, mostColumns)
const doubles = new Float64Array(memory.buffer, doublesAt, mostColumns)
/** Where the caret in front of the first value stands, then that behind each: addresses in `bytes`. */
const carets = new Int32Array(memory.buffer, caretsAt, longestFrame + 2)
new Float64Array(memory.buffer, powersAt).set(Array.from({ length: 16 }, (_, exponent) => 10 ** exponent))

let plansEnd = 0
/** A number and no frame: keeping what is young in what is old costs the engine more than counting. */
let scans = 0
let lastPlan: Plan = { columns: [], at: {}, more: 0, address: 0, money: -1, signed: -1 }
let lastFirst = 0
let lastIsOdd = 0

/** Shares of one name in a day: ten times the most that ever traded, some ten billion of a penny stock in Hong Kong. No price is more. */
export const mostShares = 1e11
/** Money of one name in a day, in a currency of small units: a hundred times what all of Korea trades in won. */
export const mostMoney = 1e16

/** Called once for each kind of record, when its file is loaded. `named`: the column of each name. */
export function planFor<Name extends string>(
  named: Readonly<Record<Name, number>>,
  { money, signed, more = [] }: { money?: NoInfer<Name>; signed?: NoInfer<Name>; more?: readonly number[] } = {},
): Plan<Name> {
  const names = Object.keys(named) as Name[]
  const columns = [...names.map(name => named[name]), ...more]
  const indexOf = (name: Name | undefined) => (name === undefined ? -1 : names.indexOf(name))
  const at = Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>
  const address = plansEnd
  plansEnd += columns.length
  if (plansEnd > intsAt || columns.length > mostColumns) throw new RangeError('no room for another plan')
  bytes.set(columns, address)
  return { columns, at, more: names.length, address, money: indexOf(money), signed: indexOf(signed) }
}

/** Finds the values of a frame of up to `longestFrame` bytes from `payload` on, and says how many: one more than it has carets. */
export function scanFrame(frame: Uint8Array, payload: number): number {
  scans = (scans + 1) | 0
  bytes.set(frame, frameAt)
  carets[0] = frameAt + payload - 1
  return findCarets(frameAt + payload, frameAt + frame.length, caretsAt + caretBytes)
}

/** Another number for each scan, to tell whether a frame is still the one that was scanned last. */
export function scanNumber(): number {
  return scans
}

/** Where a value starts in its frame. */
export function startOf(value: number): number {
  return (carets[value] as number) + 1 - frameAt
}

/** Where its caret stands, or the frame ends. */
export function endOf(value: number): number {
  return (carets[value + 1] as number) - frameAt
}

export function lengthOf(value: number): number {
  return (carets[value + 1] as number) - (carets[value] as number) - 1
}

/** The first four bytes of a value as one number, which has zeros in the place of those that a shorter one lacks. */
export function headOf(value: number, length: number): number {
  const word = words.getInt32((carets[value] as number) + 1, true)
  return length >= 4 ? word : word & ~(-1 << (8 * length))
}

/** The same of the four bytes behind them. */
export function tailOf(value: number, length: number): number {
  if (length <= 4) return 0
  const word = words.getInt32((carets[value] as number) + 5, true)
  return length >= 8 ? word : word & ~(-1 << (8 * (length - 4)))
}

/** The first byte of a value; a caret, or whatever lies behind the frame, when it is empty. */
export function firstByteOf(value: number): number {
  return bytes[(carets[value] as number) + 1] as number
}

/** A value as text. Column text is UTF-8 (member names are Korean). */
export function textOf(value: number): string {
  return bytes.toString('utf8', (carets[value] as number) + 1, carets[value + 1])
}

/** A value's bytes as one letter each. */
export function latinOf(value: number): string {
  return bytes.toString('latin1', (carets[value] as number) + 1, carets[value + 1])
}

/** A value as a number. */
export function numberOf(value: number): number | null {
  readColumns(single, value)
  return number(0)
}

const single = planFor({ value: 0 })

/** Reads the columns of the record whose first value is `first`; `number`, `digits` and `code` then hand them out. */
export function readColumns(plan: Plan, first: number): void {
  lastPlan = plan
  lastFirst = first
  const { address, columns, money, signed } = plan
  lastIsOdd = readNumbers(address, columns.length, caretsAt + caretBytes * first, money, signed)
}

/** The i-th column of the plan: null when it is empty or no number (`nan`, `(null)`). Accepts a sign and a decimal point. */
export function number(i: number): number | null {
  const int = ints[i] as number
  if (int >= 0) return int
  const double = doubles[i] as number
  return Math.abs(double) < Number.POSITIVE_INFINITY ? double : longNumber(i)
}

/** More than fifteen digits; or no number at all. */
function longNumber(i: number): number | null {
  if (Number.isNaN(doubles[i])) return null
  const value = Number(plannedText(i))
  return Number.isFinite(value) ? value : null
}

/** How many columns the record was read of that was read last. */
export function plannedCount(): number {
  return lastPlan.columns.length
}

/** The place of its i-th column. */
export function plannedColumn(i: number): number {
  return lastPlan.columns[i] as number
}

export function plannedText(i: number): string {
  return textOf(lastFirst + plannedColumn(i))
}

/** Whether one of its numbers is negative, or more than any price, volume or sum of money is. */
export function hasOddNumber(): boolean {
  return lastIsOdd !== 0
}

/** The i-th column of the plan if it is a date of eight digits, else -1. No int has more than eight, and no year begins with a zero. */
export function dateOf(i: number): number {
  const int = ints[i] as number
  return int >= 10_000_000 ? int : -1
}

/** The i-th column of the plan if it is exactly `length` digits, else -1; for times of day, which may begin with zeros. */
export function digits(i: number, length: number): number {
  const value = lastFirst + (lastPlan.columns[i] as number)
  const isExact = (carets[value + 1] as number) - (carets[value] as number) === length + 1
  return isExact ? (ints[i] as number) : -1
}
