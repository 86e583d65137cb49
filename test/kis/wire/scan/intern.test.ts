// One object for the same bytes, however often they come.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createInterner } from '../../../../kis/wire/scan/intern.ts'
import { tries } from '../../../support/property.ts'

const caret = 94

/** An interner of caret-terminated values that remembers which ones it had to make. */
function interner() {
  const made: string[] = []
  const intern = createInterner(caret, text => {
    made.push(text)
    return { text }
  })
  return { made, of: (text: string, start = 0) => intern(Buffer.from(text, 'latin1'), start) }
}

/** 31-hashes of these are all the same: 'A' * 31 + 'a' is 'B' * 31 + 'B'. */
const colliding = ['AaAa', 'AaBB', 'BBAa', 'BBBB']

describe('bytes that were seen before', () => {
  it('give the object made the first time', () => {
    const { of, made } = interner()
    expect(of('005930^1')).toBe(of('005930^2'))
    expect(of('000660')).toBe(of('000660^'))
    expect(made).toEqual(['005930', '000660'])
  })

  it('are read from the start given, up to the terminator or the end', () => {
    const { of } = interner()
    expect(of('x^005930^y', 2).text).toBe('005930')
    expect(of('x^005930', 2).text).toBe('005930')
    expect(of('', 0).text).toBe('')
    expect(of('abc', 3).text).toBe('')
    expect(of('^', 0).text).toBe('')
  })

  it('give each byte as one Latin-1 letter', () => {
    const { of } = interner()
    expect(of('\u00e9\u00ff\u0000').text).toBe('\u00e9\u00ff\u0000')
  })

  it('are kept as a copy: what happens to the frame afterwards does not matter', () => {
    const made: string[] = []
    const intern = createInterner(caret, text => made.push(text))
    const frame = Buffer.from('005930^')
    const first = intern(frame, 0)
    frame.write('000660')
    expect(intern(frame, 0)).not.toBe(first)
    expect(intern(Buffer.from('005930^'), 0)).toBe(first)
    expect(made).toEqual(['005930', '000660'])
  })
})

describe('different bytes with the same hash', () => {
  it('have each its own object', () => {
    const { of } = interner()
    expect(colliding.map(text => of(text).text)).toEqual(colliding)
    expect(colliding.toReversed().map(text => of(text).text)).toEqual(colliding.toReversed())
  })

  it('are made once each, however they take turns', () => {
    const { of, made } = interner()
    for (let round = 0; round < 3; round++) {
      for (const text of colliding) of(text)
      for (const text of colliding) {
        of(text)
        of(colliding[0]!)
      }
    }
    expect(made.toSorted()).toEqual(colliding)
  })

  it('do not confuse a longer run with a shorter one', () => {
    const { of } = interner()
    // A leading zero byte does not change the hash.
    expect(of('\u0000\u0000A').text).toBe('\u0000\u0000A')
    expect(of('A').text).toBe('A')
    expect(of('\u0000A').text).toBe('\u0000A')
  })
})

describe('any sequence of bytes', () => {
  it('gives the object of its own text, made once', () => {
    const text = fc.string({ unit: fc.constantFrom('A', 'a', 'B', '\u0000'), maxLength: 4 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), texts => {
        const { of, made } = interner()
        expect(texts.map(name => of(name).text)).toEqual(texts)
        expect(made.toSorted()).toEqual([...new Set(texts)].toSorted())
      }),
      tries(1_000),
    )
  })
})

describe('endlessly many different bytes', () => {
  it('are forgotten some day, and made again when they come back', () => {
    const { of, made } = interner()
    of('005930')
    for (let i = 0; i < 70_000; i++) of(`malformed ${i}`)
    expect(of('005930').text).toBe('005930')
    expect(made.filter(text => text === '005930')).toHaveLength(2)
    expect(of('005930')).toBe(of('005930'))
  })
})
