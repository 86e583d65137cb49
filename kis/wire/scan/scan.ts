// The fast primitives of decoding: the positions of a frame's values, and their numbers, without making a
// string of any. The loops are in kis/wire/scan/wasm/scan.ts; this file calls them. It works on one frame at
// a time, module-wide, because decoding is synchronous and an object for each value would cost more than the
// value: `scanFrame` first; the next call overwrites its results.
import { scanCode } from './scan-code.ts'

/** The shared memory of the two sides. The numbers equal those of kis/wire/scan/wasm/scan.ts. */
const intsAt = 1024
const doublesAt = 2048
const powersAt = 4096
const frameAt = 8192
const pageBytes = 65_536
/** A block that is read at once may begin at the frame's last byte, and hold only carets. */
const slack = 64

/** As many as fit between two of the addresses above. */
const mostColumns = 64

/** The longest frame that is accepted from a server; twenty records are about 8 KB. */
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
  /** The place of a named column among them: `number(at.price)`. */
  readonly at: Readonly<Record<Name, number>>
  /** Of the first column without a name. */
  readonly more: number
  readonly address: number
  /** The index of the sum of money, and of the one that may be negative; -1 for none. */
  readonly money: number
  readonly signed: number
}

// One memory with room for the longest frame; the operating system provides only the pages that are written
// to. Its address never changes, so the engine can compile addresses into the code in the place of look-ups.
const memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / pageBytes) })
const module = new WebAssembly.Module(Buffer.from(scanCode, 'base64'))
const { findCarets, readNumbers } = new WebAssembly.Instance(module, { env: { memory } }).exports as Code // what kis/wire/scan/wasm/scan.ts exports
const bytes = Buffer.from(memory.buffer)
/** The same memory, for reading four bytes at once. */
const words = new DataView(memory.buffer)
const ints = new Int32Array(memory.buffer, intsAt, mostColumns)
const doubles = new Float64Array(memory.buffer, doublesAt, mostColumns)
/** The address in `bytes` of the caret before the first value, then of the one after each value. */
const carets = new Int32Array(memory.buffer, caretsAt, longestFrame + 2)
new Float64Array(memory.buffer, powersAt).set(Array.from({ length: 16 }, (_, exponent) => 10 ** exponent))

let plansEnd = 0
/**
 * A number instead of the frame: a young object that is kept in an old one costs the engine more than
 * counting.
 */
let scans = 0
let lastPlan: Plan = { columns: [], at: {}, more: 0, address: 0, money: -1, signed: -1 }
let lastFirst = 0
let lastIsOdd = 0

/**
 * Shares of one name in a day: ten times the highest count ever, some ten billion of a penny stock in Hong
 * Kong. No price is higher.
 */
export const mostShares = 1e11
/** Money of one name in a day, in a currency of small units: a hundred times all trading of Korea in won. */
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

/**
 * Finds the values of a frame of up to `longestFrame` bytes from `payload` on, and returns their number: one
 * more than its carets.
 */
export function scanFrame(frame: Uint8Array, payload: number): number {
  scans = (scans + 1) | 0
  bytes.set(frame, frameAt)
  carets[0] = frameAt + payload - 1
  return findCarets(frameAt + payload, frameAt + frame.length, caretsAt + caretBytes)
}

/** A new number for each scan, which shows whether a frame is still the one that was scanned last. */
export function scanNumber(): number {
  return scans
}

/** Where a value starts in its frame. */
export function startOf(value: number): number {
  return (carets[value] as number) + 1 - frameAt
}

/** Where its caret is, or the frame ends. */
export function endOf(value: number): number {
  return (carets[value + 1] as number) - frameAt
}

export function lengthOf(value: number): number {
  return (carets[value + 1] as number) - (carets[value] as number) - 1
}

/** The first four bytes of a value as one number; the missing ones of a shorter value are zeros. */
export function headOf(value: number, length: number): number {
  const word = words.getInt32((carets[value] as number) + 1, true)
  return length >= 4 ? word : word & ~(-1 << (8 * length))
}

/** The same for the next four bytes. */
export function tailOf(value: number, length: number): number {
  if (length <= 4) return 0
  const word = words.getInt32((carets[value] as number) + 5, true)
  return length >= 8 ? word : word & ~(-1 << (8 * (length - 4)))
}

/** The byte of a value of one byte; 0 for a longer one or an empty one. */
export function onlyByteOf(value: number): number {
  const caret = carets[value] as number
  return (carets[value + 1] as number) - caret === 2 ? (bytes[caret + 1] as number) : 0
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

/**
 * Reads the columns of the record whose first value is `first`; `number`, `digits` and `code` then return
 * them.
 */
export function readColumns(plan: Plan, first: number): void {
  lastPlan = plan
  lastFirst = first
  const { address, columns, money, signed } = plan
  lastIsOdd = readNumbers(address, columns.length, caretsAt + caretBytes * first, money, signed)
}

/**
 * The i-th column of the plan: null when it is empty or no number (`nan`, `(null)`). A sign and a decimal
 * point are accepted.
 */
export function number(i: number): number | null {
  const int = ints[i] as number
  return int >= 0 ? int : otherNumber(i)
}

/** A function of its own: the engine inlines only what is short, and `number` is called for each column. */
function otherNumber(i: number): number | null {
  const double = doubles[i] as number
  return Math.abs(double) < Number.POSITIVE_INFINITY ? double : longNumber(i)
}

/** More than fifteen digits, or no number at all. */
function longNumber(i: number): number | null {
  if (Number.isNaN(doubles[i])) return null
  const value = Number(plannedText(i))
  return Number.isFinite(value) ? value : null
}

/** How many columns of the last record were read. */
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

/** Whether one of its numbers is negative, or higher than any price, volume or sum of money. */
export function hasOddNumber(): boolean {
  return lastIsOdd !== 0
}

/**
 * The i-th column of the plan if it is a date of eight digits, else -1. No int has more than eight, and no
 * year begins with a zero.
 */
export function dateOf(i: number): number {
  const int = ints[i] as number
  return int >= 10_000_000 ? int : -1
}

/**
 * The i-th column of the plan if it has exactly `length` digits, else -1; for times of day, which may begin
 * with zeros.
 */
export function digits(i: number, length: number): number {
  const value = lastFirst + (lastPlan.columns[i] as number)
  const isExact = (carets[value + 1] as number) - (carets[value] as number) === length + 1
  return isExact ? (ints[i] as number) : -1
}
