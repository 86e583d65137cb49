import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainNumber, quoted } from '../../../market/basics/plain-number.ts'

describe('a plain number', () => {
  it.each([
    [5, 5],
    ['86400', 86_400],
    [' 3000 ', 3_000],
    ['-0.5', -0.5],
    ['007', 7],
  ])('is read from %j', (given, number) => expect(plainNumber(given)).toBe(number))

  it.each([
    [true],
    [null],
    [undefined],
    [''],
    [' '],
    [[]],
    [[86_400]],
    ['0x10'],
    ['1e3'],
    ['1_000'],
    ['1,000'],
    ['Infinity'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['３'],
    [new Date(5)],
    [5n],
    [{ valueOf: () => 5 }],
  ])('is not read from %o', given => expect(plainNumber(given)).toBeUndefined())

  it('comes back from its own decimal text', () => {
    fc.assert(fc.property(fc.integer(), number => plainNumber(String(number)) === number))
  })

  it('is refused with what was given instead, in one short line', () => {
    expect([
      quoted('abc'),
      quoted([86_400]),
      quoted(true),
      quoted(undefined),
      quoted(5n),
      quoted({ appSecret: 's' }),
    ]).toEqual(["'abc'", "'[86400]'", "'true'", "'undefined'", "'5'", "'an object'"])
    fc.assert(fc.property(fc.anything(), given => /^'.{0,60}'$/u.test(quoted(given))))
  })
})
