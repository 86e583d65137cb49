// Finding the values of a frame, and reading numbers from them without making a string.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  digits,
  endOf,
  longestFrame,
  number,
  numberOf,
  planFor,
  readColumns,
  scanFrame,
  startOf,
  textOf,
} from '../../../../kis/wire/scan/scan.ts'
import { generateScan } from '../../../../tools/generate/scan.ts'
import { tries } from '../../../support/property.ts'
import { referenceNumber } from '../../../support/wire/reference-decoder.ts'

const two = planFor({ first: 0, second: 1 })

function scan(text: string, start = 0): number {
  return scanFrame(Buffer.from(text), start)
}

/** The number that `text` reads as when it stands in the middle, and when it ends the frame. */
function numbersIn(text: string): (number | null)[] {
  scan(`^${text}^7`, 1)
  readColumns(two, 0)
  const inside = [number(0), number(1)]
  scan(`7^${text}`)
  readColumns(two, 0)
  return [...inside, number(0), number(1)]
}

const digitsOnly = fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength: 24 })
const decimal = fc
  .tuple(fc.constantFrom('', '', '-', '+'), digitsOnly, fc.constantFrom('', '.'), digitsOnly)
  .map(parts => parts.join(''))

describe('the code of the scanner', () => {
  it('is what its source compiles to: run `npm run generate` after changing it', async () => {
    const text = readFileSync(new URL('../../../../kis/wire/scan/scan-code.ts', import.meta.url), 'utf8')
    expect(text).toBe(await generateScan())
  })
})

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

  it('gives null for every other text, and reads its neighbour', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), text => {
        fc.pre(!text.includes('^'))
        expect(numbersIn(text)).toEqual([referenceNumber(text), 7, 7, referenceNumber(text)])
      }),
      tries(2_000),
    )
  })

  it('is not misled by bytes that differ from a digit in one bit, at whatever place', () => {
    for (let length = 1; length <= 17; length++) {
      for (let place = 0; place < length; place++) {
        for (let bit = 0; bit < 8; bit++) {
          const bytes = Buffer.from(`${'9'.repeat(length)}^7`)
          bytes[place] = 0x39 ^ (1 << bit)
          scanFrame(bytes, 0)
          expect(numberOf(0)).toBe(referenceNumber(bytes.subarray(0, length).toString('latin1')))
        }
      }
    }
  })

  it.each([
    ['99999999', 99_999_999],
    ['999999999', 999_999_999],
    ['1000000000', 1_000_000_000],
    ['2147483648', 2_147_483_648],
    ['4294967296', 4_294_967_296],
    ['999999999999999', 999_999_999_999_999],
    ['9007199254740993', 9_007_199_254_740_992],
    [`1${'0'.repeat(400)}`, null],
    ['0.1', 0.1],
    ['.5', 0.5],
    ['5.', 5],
    ['303993.34', 303993.34],
    ['123456789012.345', 123456789012.345],
    ['-0', -0],
    ['-2147483648', -2_147_483_648],
  ])('reads %s', (text, value) => {
    expect(numbersIn(text)[0]).toBe(value)
  })
})

/** Where the values of `bytes` start and end, read one byte at a time. */
function valuesOf(bytes: Uint8Array, start: number): [number, number][] {
  const ends = [...bytes.keys()].filter(i => i >= start && bytes[i] === 0x5e)
  return [...ends, bytes.length].map((end, i) => [i === 0 ? start : (ends[i - 1] as number) + 1, end])
}

function found(frame: Uint8Array, start: number): [number, number][] {
  return Array.from({ length: scanFrame(frame, start) }, (_, value) => [startOf(value), endOf(value)])
}

describe('finding values', () => {
  it('finds each between its carets, wherever they are', () => {
    const text = fc.string({ unit: fc.constantFrom('^', '^', 'a', '0', 'ÿ', '한'), maxLength: 90 })
    fc.assert(
      fc.property(text, fc.nat({ max: 40 }), (content, offset) => {
        const bytes = Buffer.from(content)
        const start = Math.min(offset, bytes.length)
        expect(found(bytes, start)).toEqual(valuesOf(bytes, start))
      }),
      tries(5_000),
    )
  })

  it('is not misled by bytes that differ from a caret in one bit', () => {
    const near = [0x5e ^ 0x80, 0x5e ^ 1, 0x5d, 0x5f, 0xde, 0, 0xff, 0x7f, 0x80]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0x5e, ...near), { maxLength: 70 }), list => {
        const bytes = Uint8Array.from(list)
        expect(found(bytes, 0)).toEqual(valuesOf(bytes, 0))
      }),
      tries(5_000),
    )
  })

  it('stays inside a view of a larger piece of memory', () => {
    const memory = Buffer.from('^^^^a^b^c^^^^^^^')
    expect(found(memory.subarray(4, 9), 0)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ])
  })

  it('sees nothing of a longer frame that was there before', () => {
    scan('1^2^3^4^5^6^7^8^9^10^11^12')
    expect(scan('12345678^9')).toBe(2)
    expect([textOf(0), textOf(1)]).toEqual(['12345678', '9'])
  })

  it('takes a frame that is far longer than any of KIS, and then usual ones again', () => {
    const values = 200_000
    expect(scan(Array.from({ length: values }, (_, i) => i).join('^'))).toBe(values)
    expect([numberOf(0), numberOf(1_234), numberOf(values - 1)]).toEqual([0, 1_234, values - 1])
    readColumns(two, 99)
    expect([number(0), number(1)]).toEqual([99, 100])
    expect(numbersIn('0.25')[0]).toBe(0.25)
  })

  it('takes the longest frame, be it nothing but carets', () => {
    expect(scanFrame(Buffer.alloc(longestFrame, '^'), 0)).toBe(longestFrame + 1)
    expect([startOf(longestFrame), endOf(longestFrame)]).toEqual([longestFrame, longestFrame])
    expect(numbersIn('0.25')[0]).toBe(0.25)
  })
})

describe('reading text', () => {
  it('gives the value as UTF-8', () => {
    scan('미래에셋증권^KB증권^')
    expect([textOf(0), textOf(1), textOf(2)]).toEqual(['미래에셋증권', 'KB증권', ''])
  })

  it('gives the same from bytes that are no Buffer', () => {
    scanFrame(new Uint8Array(Buffer.from('미래에셋증권^KB증권')), 0)
    expect([textOf(0), textOf(1)]).toEqual(['미래에셋증권', 'KB증권'])
  })

  it('gives the same from a view of a larger piece of memory', () => {
    const memory = Buffer.from('zzzz미래^KB^zzzz')
    scanFrame(memory.subarray(4, memory.length - 5), 0)
    expect([textOf(0), textOf(1)]).toEqual(['미래', 'KB'])
  })
})

describe('reading digits', () => {
  it.each([
    ['20260914^', 8, 20260914],
    ['090001', 6, 90001],
    ['000000', 6, 0],
    ['5^', 1, 5],
    ['90001', 6, -1],
    ['0900010', 6, -1],
    ['09000a', 6, -1],
    ['-90001', 6, -1],
    ['+90001', 6, -1],
    ['90001.', 6, -1],
    ['', 6, -1],
    ['^090001', 6, -1],
  ])('from %j, %d of them, gives %d', (text, length, value) => {
    scan(text)
    readColumns(two, 0)
    expect(digits(0, length)).toBe(value)
  })
})
