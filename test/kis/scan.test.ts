// Walking over the bytes of a frame, and reading numbers from them without making a string.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { position, readCode, readDigits, readNumber, readText, scanFrom, skipValues } from '../../kis/scan.ts'
import { tries } from '../support/property.ts'
import { referenceNumber } from '../support/reference-decoder.ts'

function scan(text: string, start = 0): void {
  scanFrom(Buffer.from(text), start)
}

/** The number that `text` reads as when it stands in the middle, and when it ends the frame. */
function numbersIn(text: string): (number | null)[] {
  scan(`^${text}^7`, 1)
  const inside = [readNumber(), readNumber()]
  scan(`7^${text}`)
  return [...inside, readNumber(), readNumber()]
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength: 24 })
const decimal = fc
  .tuple(fc.constantFrom('', '', '-', '+'), digits, fc.constantFrom('', '.'), digits)
  .map(parts => parts.join(''))

describe('reading a number', () => {
  it('gives what Number() gives, bit for bit, or null', () => {
    fc.assert(
      fc.property(decimal, text => {
        const expected = referenceNumber(text)
        for (const [i, value] of [expected, 7, 7, expected].entries()) expect(numbersIn(text)[i]).toBe(value)
      }),
      tries(5_000),
    )
  })

  it('gives what Number() gives for every price and amount KIS could print', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 6 }), (amount, places) => {
        const text = (amount / 10 ** places).toFixed(places)
        expect(numbersIn(text)[0]).toBe(Number(text))
        expect(numbersIn(`-${text}`)[0]).toBe(Number(`-${text}`))
      }),
      tries(3_000),
    )
  })

  it('gives null for every other text, and goes on behind it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), text => {
        fc.pre(!text.includes('^'))
        expect(numbersIn(text)).toEqual([referenceNumber(text), 7, 7, referenceNumber(text)])
      }),
      tries(2_000),
    )
  })

  it.each([
    ['999999999', 999_999_999],
    ['1000000000', 1_000_000_000],
    ['2147483648', 2_147_483_648],
    ['4294967296', 4_294_967_296],
    ['999999999999999', 999_999_999_999_999],
    ['9007199254740993', 9_007_199_254_740_992],
    ['0.1', 0.1],
    ['303993.34', 303993.34],
    ['123456789012.345', 123456789012.345],
    ['-0', -0],
  ])('reads %s', (text, value) => {
    expect(numbersIn(text)[0]).toBe(value)
  })
})

describe('skipping values', () => {
  it('lands behind as many carets, wherever they are', () => {
    const text = fc.string({ unit: fc.constantFrom('^', '^', 'a', '0', 'ÿ', '한'), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.nat({ max: 20 }), fc.nat({ max: 30 }), (content, offset, count) => {
        const bytes = Buffer.from(content)
        const start = Math.min(offset, bytes.length)
        scanFrom(bytes, start)
        skipValues(count)
        expect(position()).toBe(behind(bytes, start, count))
      }),
      tries(5_000),
    )
  })

  it('is not misled by bytes that differ from a caret in one bit', () => {
    const near = [0x5e ^ 0x80, 0x5e ^ 1, 0x5d, 0x5f, 0xde, 0, 0xff, 0x7f, 0x80]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0x5e, ...near), { maxLength: 40 }), fc.nat({ max: 12 }), (list, count) => {
        const bytes = Uint8Array.from(list)
        scanFrom(bytes, 0)
        skipValues(count)
        expect(position()).toBe(behind(bytes, 0, count))
      }),
      tries(5_000),
    )
  })

  it('stays inside a view of a larger piece of memory', () => {
    const memory = Buffer.from('^^^^a^b^c^^^^^^^')
    scanFrom(memory.subarray(4, 9), 0)
    skipValues(9)
    expect(position()).toBe(5 + 7)
  })
})

/** One past the caret that closes the last value skipped; the end closes one, and each further one counts past it. */
function behind(bytes: Uint8Array, start: number, count: number): number {
  let left = count
  let p = start
  while (left > 0 && p < bytes.length) if (bytes[p++] === 0x5e) left--
  return p + left
}

describe('reading text', () => {
  it('gives the value as UTF-8', () => {
    scan('미래에셋증권^KB증권^')
    expect([readText(), readText(), readText()]).toEqual(['미래에셋증권', 'KB증권', ''])
  })

  it('gives the same from bytes that are no Buffer', () => {
    scanFrom(new Uint8Array(Buffer.from('미래에셋증권^KB증권')), 0)
    expect([readText(), readText()]).toEqual(['미래에셋증권', 'KB증권'])
  })

  it('gives the same from a view of a larger piece of memory', () => {
    const memory = Buffer.from('zzzz미래^KB^zzzz')
    scanFrom(memory.subarray(4, memory.length - 5), 0)
    expect([readText(), readText(), readText()]).toEqual(['미래', 'KB', ''])
  })

  it('gives nothing beyond the end', () => {
    scan('a')
    expect([readText(), readText(), readText()]).toEqual(['a', '', ''])
  })
})

describe('reading a one-letter code', () => {
  it.each([
    ['1^', 49],
    ['5', 53],
    ['^1', 0],
    ['', 0],
    ['15^', 0],
  ])('from %j gives %d', (text, code) => {
    scan(text)
    expect(readCode()).toBe(code)
  })
})

describe('reading digits', () => {
  it.each([
    ['20260914^', 8, 20260914],
    ['090001', 6, 90001],
    ['000000', 6, 0],
    ['90001', 6, -1],
    ['0900010', 6, -1],
    ['09000a', 6, -1],
    ['-90001', 6, -1],
    ['', 6, -1],
    ['^090001', 6, -1],
  ])('from %j, %d of them, gives %d', (text, length, value) => {
    scan(text)
    expect(readDigits(length)).toBe(value)
  })

  it('goes on behind the value, whatever it was', () => {
    scan('12x45^090001^')
    expect([readDigits(6), readDigits(6), position()]).toEqual([-1, 90001, 13])
  })
})
