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
const fourZeros = 0x30303030
const lowBits = 0x7f7f7f7f
const topBits = 0x80808080 | 0

// Frames are slices of what the socket read at once. The views are of that whole memory, made once for all its frames, and positions
// count from its start.
let memory: ArrayBufferLike = new ArrayBuffer(0)
let bytes: Uint8Array = new Uint8Array(memory)
let view: DataView = new DataView(memory)
let base = 0
let end = 0
let at = 0

/** Put the cursor on a value of `frame`. Values end at a caret or at the frame's end. */
export function scanFrom(frame: Uint8Array, position: number): void {
  if (frame.buffer !== memory) {
    memory = frame.buffer
    bytes = new Uint8Array(memory)
    view = new DataView(memory)
  }
  base = frame.byteOffset
  end = base + frame.length
  at = base + position
}

/** Where the cursor stands: one past the caret of the last value read, so one past the end after the last value. */
export function position(): number {
  return at - base
}

/**
 * Most of a record is columns that nobody reads, so this is the hottest loop of all: it looks at four bytes at a time. `marks` has
 * the top bit set of each byte that is a caret (the bytes that are zero once the caret is taken out by exclusive or).
 */
export function skipValues(count: number): void {
  const words = view
  const lastWord = end - 4
  let left = count
  let p = at
  while (p < lastWord - 4) {
    const one = words.getInt32(p, true) ^ fourCarets
    const two = words.getInt32(p + 4, true) ^ fourCarets
    const a = (~(((one & lowBits) + lowBits) | one) & topBits) >>> 7
    const b = (~(((two & lowBits) + lowBits) | two) & topBits) >>> 7
    const carets = Math.imul(a + b, 0x01010101) >>> 24
    if (carets >= left) break
    left -= carets
    p += 8
  }
  while (left > 0 && p <= lastWord) {
    const word = words.getInt32(p, true) ^ fourCarets
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
  const frame = bytes
  const stop = end
  while (left > 0 && p < stop) if (frame[p++] === caret) left--
  // The end of the frame closes the last value; running beyond it is visible in position().
  at = p + left
}

/** A number, or null when the value is empty or is no number (`nan`, `(null)`). Accepts a sign and a decimal point. */
export function readNumber(): number | null {
  const start = at
  // Up to seven digits and a caret are two words, and neither may reach beyond the frame.
  if (start + 8 > end) return readDecimal(start, 0)
  const words = view
  let p = start
  let value = 0
  let word = words.getInt32(p, true)
  if (areDigits((word - fourZeros) | 0)) {
    value = fourDigits((word - fourZeros) | 0)
    p += 4
    word = words.getInt32(p, true)
  }
  const carets = word ^ fourCarets
  const marks = ~(((carets & lowBits) + lowBits) | carets) & topBits
  const lowest = marks & -marks
  // The bits in front of the caret's byte; 24 is 7, 15 or 23 without the mark's own place in its byte.
  const before = (31 - Math.clz32(lowest)) & 24
  if (marks === 0 || (before === 0 && p === start)) return readDecimal(p, value)
  if (before > 0) {
    // The digits in front of the caret, moved up so that zeros stand in front of them.
    const digits = ((word << (32 - before)) - (fourZeros << (32 - before))) | 0
    if (!areDigits(digits)) return readDecimal(p, value)
    value = Math.imul(value, before === 8 ? 10 : before === 16 ? 100 : 1000) + fourDigits(digits)
  }
  at = p + (before >>> 3) + 1
  return value
}

/** Whether each of four bytes is 0 to 9. Adding 0x76 lifts whatever is more, and nothing else, into the top bit. */
function areDigits(digits: number): boolean {
  return ((digits | (digits + 0x76767676)) & topBits) === 0
}

/** Everything but a short unsigned integer: long ones, signs, fractions, a frame's last value, and what is no number at all. */
function readDecimal(reached: number, whole: number): number | null {
  const frame = bytes
  const stop = end
  let p = reached
  let start = at
  let value = whole
  let digit = (p < stop ? (frame[p] as number) : caret) - zero
  const negative = digit === minus - zero
  if (p === start && (negative || digit === plus - zero)) {
    start++
    digit = (++p < stop ? (frame[p] as number) : caret) - zero
  }
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    digit = (++p < stop ? (frame[p] as number) : caret) - zero
  }
  let digits = p - start
  let decimals = 0
  if (digit === point - zero) {
    const fraction = ++p
    digit = (p < stop ? (frame[p] as number) : caret) - zero
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digit = (++p < stop ? (frame[p] as number) : caret) - zero
    }
    decimals = p - fraction
    digits += decimals
  }
  if (digits === 0 || digits > exactDigits || digit !== caret - zero) return readUnusual()
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
  const frame = bytes
  const start = at
  const stop = end
  let p = at
  while (p < stop && frame[p] !== caret) p++
  at = p + 1
  return start >= stop ? '' : Buffer.from(memory, start, p - start).toString('utf8')
}

/** The byte of a one-letter code, or 0 when the value is empty or longer. */
export function readCode(): number {
  const frame = bytes
  const stop = end
  const start = at
  let p = start
  while (p < stop && frame[p] !== caret) p++
  at = p + 1
  return p - start === 1 ? (frame[start] as number) : 0
}

/** Exactly `length` digits as an integer, or -1; for dates and times of day: six digits or eight. */
export function readDigits(length: number): number {
  const p = at
  const next = p + length
  if (next > end || (next < end && bytes[next] !== caret)) {
    skipValues(1)
    return -1
  }
  at = next + 1
  const words = view
  const head = (words.getInt32(p, true) - fourZeros) | 0
  const tail =
    length === 8 ? (words.getInt32(p + 4, true) - fourZeros) | 0 : (words.getInt16(p + 4, true) - 0x3030) << 16
  if (!areDigits(head) || !areDigits(tail)) {
    at = p
    skipValues(1)
    return -1
  }
  return fourDigits(head) * (length === 8 ? 10_000 : 100) + fourDigits(tail)
}

/** Four bytes of 0 to 9, the first one in the lowest. */
function fourDigits(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff
  return (Math.imul(pairs, 100) + (pairs >>> 16)) & 0xffff
}
