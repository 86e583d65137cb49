// The two hot loops of decoding, in AssemblyScript: `npm run generate` compiles this file into
// kis/wire/scan/scan-code.ts, and kis/wire/scan/scan.ts is its only caller. A processor finds sixteen carets
// at once here, where JavaScript reads four bytes, and it reads eight digits at once. There are few branches:
// the lengths of real numbers vary, and each mispredicted branch costs more than reading the number.
// Addresses are kis/wire/scan/scan.ts's; nothing is checked twice.

const caret: u8 = 94
/** Bytes that are read at once, and the usual number of carets among them. */
const together: usize = 64
const usually: usize = 12
const minus: u32 = 45
const plus: u32 = 43
const point: u32 = 46
const zero: u32 = 48

/** Where kis/wire/scan/scan.ts finds the results. */
const ints: usize = 1024
const doubles: usize = 2048
const powersOfTen: usize = 4096

/**
 * An int of this value, which no int has: the number is a double. NaN is no number there, and infinity a
 * number with too many digits.
 */
const isDouble: i32 = -1

/** The same as in kis/wire/scan/scan.ts. */
const mostShares: f64 = 1e11
const mostMoney: f64 = 1e16

/** Past this many digits an integer mantissa no longer fits 2^53. */
const exactDigits: i32 = 15

/**
 * Writes the address of each caret of a text, and then the address of its end, as 32-bit numbers; returns
 * their count. The text goes from `start` up to `stop`. One block more may be written: of bytes after the
 * text, and of addresses.
 */
export function findCarets(start: usize, stop: usize, addresses: usize): i32 {
  const nothing = i8x16.splat(0)
  for (let p = stop; p < stop + together; p += 16) v128.store(p, nothing)
  let next = addresses
  for (let p = start; p < stop; p += together) {
    let marks = caretsAt(p) | (caretsAt(p + 16) << 16) | (caretsAt(p + 32) << 32) | (caretsAt(p + 48) << 48)
    const end = next + ((<usize>popcnt(marks)) << 2)
    // Always writes the usual number: wrong ones are overwritten later, and there is no branch to mispredict.
    do {
      marks = put4(next, p, marks)
      marks = put4(next + 16, p, marks)
      marks = put4(next + 32, p, marks)
      next += usually << 2
    } while (next < end)
    next = end
  }
  store<u32>(next, <u32>stop)
  return <i32>((next - addresses) >> 2) + 1
}

/**
 * Writes the addresses of the next four marks from `p` on, and returns the remaining marks; with fewer marks
 * the rest is meaningless.
 */
function put4(at: usize, p: usize, marks: u64): u64 {
  store<u32>(at, <u32>p + <u32>ctz(marks))
  marks &= marks - 1
  store<u32>(at, <u32>p + <u32>ctz(marks), 4)
  marks &= marks - 1
  store<u32>(at, <u32>p + <u32>ctz(marks), 8)
  marks &= marks - 1
  store<u32>(at, <u32>p + <u32>ctz(marks), 12)
  return marks & (marks - 1)
}

/** One bit for each of sixteen bytes that is a caret. */
function caretsAt(p: usize): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(caret)))
}

/**
 * Reads the numbers of some columns. `columns` are `count` bytes, the indexes of the columns; `carets` is
 * where the address of the caret before column 0 is. The i-th number goes to the i-th int if it has up to
 * eight plain digits, else to the i-th double. Returns whether one of them is impossible: negative or too
 * large. The `money`-th may be larger than the others. The `signed`-th may be any number, and may lose its
 * sign.
 */
export function readNumbers(columns: usize, count: usize, carets: usize, money: usize, signed: usize): bool {
  let isOdd = false
  for (let i: usize = 0; i < count; i++) {
    const caretBefore = carets + ((<usize>load<u8>(columns + i)) << 2)
    const start = <usize>load<u32>(caretBefore) + 1
    const end = <usize>load<u32>(caretBefore, 4)
    const length = end - start
    // The length is unsigned, so one comparison excludes 0 as well.
    if (length - 1 < 8) {
      const digits = withZeros(load<u64>(end - 8), 8 - length)
      if (areDigits(digits)) {
        store<i32>(ints + (i << 2), <i32>eightDigits(digits))
        continue
      }
      const marks = pointsIn(digits)
      if (marks != 0 && length != 1) {
        const place = ctz(marks) & 56
        const joined = withoutByte(digits, place)
        if (areDigits(joined)) {
          // 56 less the point's place in bits is 8 for each decimal, and a power of ten has 8 bytes.
          putDouble(i, <f64>eightDigits(joined) / load<f64>(powersOfTen + <usize>(56 - place)))
          continue
        }
      }
    } else if (length - 9 < 7) {
      const high = withZeros(load<u64>(end - 16), 16 - length)
      const low = load<u64>(end - 8)
      if (areDigits(high) && areDigits(low)) {
        const long = <f64>(eightDigits(high) * 100_000_000 + eightDigits(low))
        putDouble(i, long)
        if (long > mostShares && i != money && i != signed) isOdd = true
        continue
      }
    }
    if (i == signed && length - 2 < 8 && <u32>load<u8>(start) == minus) {
      const digits = withZeros(load<u64>(end - 8), 9 - length)
      if (areDigits(digits)) {
        store<i32>(ints + (i << 2), <i32>eightDigits(digits))
        continue
      }
    }
    const value = readDecimal(start, end)
    putDouble(i, value)
    // Both are false for NaN.
    if ((value < 0 || value > (i == money ? mostMoney : mostShares)) && i != signed) isOdd = true
  }
  return isOdd
}

function putDouble(i: usize, value: f64): void {
  store<f64>(doubles + (i << 3), value)
  store<i32>(ints + (i << 2), isDouble)
}

/** Eight bytes, the first `count` of which (0 to 7) belong to another value: these become leading zeros. */
function withZeros(bytes: u64, count: usize): u64 {
  const others: u64 = ((<u64>1) << ((<u64>count) << 3)) - 1
  return (bytes & ~others) | (0x3030303030303030 & others)
}

/**
 * Whether each of eight bytes is 0 to 9: adding 0x46 sets the top bit for higher bytes, subtracting 0x30 for
 * lower ones.
 */
function areDigits(bytes: u64): bool {
  return (((bytes + 0x4646464646464646) | (bytes - 0x3030303030303030)) & 0x8080808080808080) == 0
}

/** The top bit of the first byte that is a point, and of some after it; 0 without one. */
function pointsIn(bytes: u64): u64 {
  const others = bytes ^ 0x2e2e2e2e2e2e2e2e
  return (others - 0x0101010101010101) & ~others & 0x8080808080808080
}

/** Eight bytes without the one at a bit, with a zero in front. */
function withoutByte(bytes: u64, place: u64): u64 {
  const before: u64 = ((<u64>1) << place) - 1
  const after = ~(before | ((<u64>0xff) << place))
  return (bytes & after) | ((bytes & before) << 8) | 0x30
}

/** Joins digits into pairs, pairs into fours, and fours into eight. */
function eightDigits(bytes: u64): u64 {
  const digits = bytes - 0x3030303030303030
  const pairs = digits * 10 + (digits >> 8)
  const first = (pairs & 0x000000ff000000ff) * (100 + (1_000_000 << 32))
  const second = ((pairs >> 16) & 0x000000ff000000ff) * (1 + (10_000 << 32))
  return (first + second) >> 32
}

/** Signs, fractions, and what is no number at all. */
function readDecimal(start: usize, end: usize): f64 {
  let p = start
  const sign = p < end ? <u32>load<u8>(p) : 0
  if (sign == minus || sign == plus) p++
  let mantissa: u64 = 0
  let digits = 0
  let decimals = -1
  for (; p < end; p++) {
    const byte = <u32>load<u8>(p)
    if (byte == point && decimals < 0) {
      decimals = 0
      continue
    }
    const digit = byte - zero
    if (digit > 9) return NaN
    mantissa = mantissa * 10 + digit
    digits++
    if (decimals >= 0) decimals++
  }
  if (digits == 0) return NaN
  if (digits > exactDigits) return sign == minus ? -Infinity : Infinity
  // Mantissa and power of ten are exact, so their quotient is the double that Number() gives.
  const value = decimals > 0 ? <f64>mantissa / load<f64>(powersOfTen + ((<usize>decimals) << 3)) : <f64>mantissa
  return sign == minus ? -value : value
}
