// The hot primitives: walk the bytes of a frame and read numbers without making a string. One cursor, module-wide, because
// decoding is synchronous and a closure or a tuple per value would cost more than the value. Callers `scanFrom` first.

const caret = 94
const point = 46
const minus = 45
const plus = 43
const zero = 48

/** Past this many digits an integer mantissa no longer fits 2^53, and Number() must read the text instead. */
const exactDigits = 15
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent)

const fourCarets = 0x5e5e5e5e
const lowBits = 0x7f7f7f7f
const topBits = 0x80808080 | 0

let bytes: Buffer = Buffer.alloc(0)
let view = new DataView(bytes.buffer)
/** Where the frame starts in `view`. */
let base = 0
let end = 0
let at = 0

/** Put the cursor on a value of `frame`. Values end at a caret or at the frame's end. */
export function scanFrom(frame: Uint8Array, position: number): void {
  if (frame !== bytes) {
    bytes = Buffer.isBuffer(frame) ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
    end = frame.length
    base = frame.byteOffset
    // Frames that arrived together share a buffer, and then its view.
    if (frame.buffer !== view.buffer) view = new DataView(frame.buffer)
  }
  at = position
}

/** Where the cursor stands: one past the caret of the last value read, so one past the end after the last value. */
export function position(): number {
  return at
}

/**
 * Most of a record is columns that nobody reads, so this is the hottest loop of all: it looks at four bytes at a time. `marks` has
 * the top bit set of each byte that is a caret (the bytes that are zero once the caret is taken out by exclusive or).
 */
export function skipValues(count: number): void {
  const words = view
  const offset = base
  const lastWord = end - 4
  let left = count
  let p = at
  while (left > 0 && p <= lastWord) {
    const word = words.getInt32(offset + p, true) ^ fourCarets
    let marks = ~(((word & lowBits) + lowBits) | word) & topBits
    const carets = Math.imul(marks >>> 7, 0x01010101) >>> 24
    if (carets < left) {
      left -= carets
      p += 4
      continue
    }
    while (--left > 0) marks &= marks - 1
    // Little-endian: the lowest mark is the first caret.
    p += ((31 - Math.clz32(marks & -marks)) >>> 3) + 1
  }
  while (left > 0 && p < end) if (bytes[p++] === caret) left--
  // The end of the frame closes the last value; running beyond it is visible in position().
  at = p + left
}

/** A number, or null when the value is empty or is no number (`nan`, `(null)`). Accepts a sign and a decimal point. */
export function readNumber(): number | null {
  const frame = bytes
  const stop = end
  const start = at
  let p = start
  let value = 0
  // One comparison a byte: as an unsigned number, whatever is no digit is greater than 9. Integer arithmetic is several times faster
  // than floating point; what overflows it is read again, the slow way.
  let digit = (frame[p] as number) - zero
  while (digit >>> 0 <= 9 && p < stop) {
    value = (Math.imul(value, 10) + digit) | 0
    digit = (frame[++p] as number) - zero
  }
  const digits = p - start
  if (digit !== caret - zero || digits === 0 || digits > 9) return readDecimal()
  at = p + 1
  return value
}

/** Everything but a short unsigned integer: long ones, signs, fractions, a frame's last value, and what is no number at all. */
function readDecimal(): number | null {
  const frame = bytes
  let p = at
  let digit = (frame[p] as number) - zero
  const negative = digit === minus - zero
  if (negative || digit === plus - zero) digit = (frame[++p] as number) - zero
  const start = p
  let value = 0
  while (digit >>> 0 <= 9 && p < end) {
    value = value * 10 + digit
    digit = (frame[++p] as number) - zero
  }
  let digits = p - start
  let decimals = 0
  if (digit === point - zero && p < end) {
    const fraction = ++p
    digit = (frame[p] as number) - zero
    while (digit >>> 0 <= 9 && p < end) {
      value = value * 10 + digit
      digit = (frame[++p] as number) - zero
    }
    decimals = p - fraction
    digits += decimals
  }
  if (digits === 0 || digits > exactDigits || (p < end && frame[p] !== caret)) return readUnusual()
  at = p + 1
  // Mantissa and power of ten are exact, so their quotient is the double that Number() gives.
  if (decimals > 0) value /= powersOfTen[decimals] as number
  return negative ? -value : value
}

/** Long numbers go through Number(); whatever is no plain decimal is null. */
function readUnusual(): number | null {
  const text = readText()
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null
  return Number.isFinite(value) ? value : null
}

/** The value as text. Column text is UTF-8 (member names are Korean). */
export function readText(): string {
  const start = at
  let p = at
  while (p < end && bytes[p] !== caret) p++
  at = p + 1
  return start >= end ? '' : bytes.toString('utf8', start, p)
}

/** The byte of a one-letter code, or 0 when the value is empty or longer. */
export function readCode(): number {
  const start = at
  let p = at
  while (p < end && bytes[p] !== caret) p++
  at = p + 1
  return p - start === 1 ? (bytes[start] as number) : 0
}

/** Exactly `length` digits as an integer, or -1; for dates and times of day. */
export function readDigits(length: number): number {
  const frame = bytes
  const stop = at + length
  let value = 0
  let wrong = 0
  if (stop <= end) {
    for (let p = at; p < stop; p++) {
      const digit = (frame[p] as number) - zero
      wrong |= digit | (9 - digit) // negative for whatever is no digit
      value = (Math.imul(value, 10) + digit) | 0
    }
    if (wrong >= 0 && (stop === end || frame[stop] === caret)) {
      at = stop + 1
      return value
    }
  }
  skipValues(1)
  return -1
}
