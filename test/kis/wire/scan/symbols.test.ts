// One object for the same symbol, however often it comes, found in the frame that was scanned last.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scanFrame } from '../../../../kis/wire/scan/scan.ts'
import { createSymbols } from '../../../../kis/wire/scan/symbols.ts'
import { tries } from '../../../support/property.ts'

/** Symbols that remember which objects had to be made. */
function symbols() {
  const made: string[] = []
  const find = createSymbols(text => {
    made.push(text)
    return { text }
  })
  const of = (text: string, behind = '^1') => {
    scanFrame(Buffer.from(`7^${text}${behind}`, 'latin1'), 0)
    return find(1)
  }
  return { made, of }
}

const anyOf = (...letters: string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 11 })

describe('a symbol that was seen before', () => {
  it('gives the object made the first time', () => {
    const { of, made } = symbols()
    expect(of('005930', '^1')).toBe(of('005930', '^2'))
    expect(of('000660', '')).toBe(of('000660', '^9'))
    expect(made).toEqual(['005930', '000660'])
  })

  it('is one of 0 to 8 letters, or a longer one', () => {
    const { of, made } = symbols()
    const all = ['', 'A', 'AB', 'ABC', 'ABCD', 'ABCDE', 'Q500001', 'DNASAAPL', 'DNASGOOGL', 'RBAQBRK/B99']
    for (const text of [...all, ...all]) expect(of(text).text).toBe(text)
    expect(made).toEqual(all)
  })

  it('keeps what was made, also when that is nothing', () => {
    let made = 0
    const find = createSymbols(() => void made++)
    for (const text of ['ABC', 'ABC', 'LONGERTHANEIGHT', 'LONGERTHANEIGHT']) {
      scanFrame(Buffer.from(text), 0)
      expect(find(0)).toBeUndefined()
    }
    expect(made).toBe(2)
  })
})

describe('different symbols', () => {
  it('are not confused, whatever their bytes: each has the object of its own text, made once', () => {
    fc.assert(
      fc.property(fc.array(anyOf('A', 'B', '\u0000', '\u00ff'), { maxLength: 60 }), texts => {
        const { of, made } = symbols()
        expect(texts.map(text => of(text).text)).toEqual(texts)
        expect(made.toSorted()).toEqual([...new Set(texts)].toSorted())
      }),
      tries(1_000),
    )
  })

  it('are as many as there are, each found again after the table has grown', () => {
    const { of, made } = symbols()
    const all = Array.from({ length: 5_000 }, (_, i) => String(i * 10).padStart(6, '0'))
    const first = all.map(text => of(text))
    expect(all.map(text => of(text))).toEqual(first)
    expect(made).toEqual(all)
  })
})

describe('endlessly many symbols', () => {
  it.each([
    ['short', ''],
    ['long', ' is longer than eight'],
  ])('are forgotten some day, and made again when they come back: %s', (_kind, behind) => {
    const { of, made } = symbols()
    of(`A${behind}`)
    for (let i = 0; i < 70_000; i++) of(`${i}${behind}`)
    expect(of(`A${behind}`).text).toBe(`A${behind}`)
    expect(made.filter(text => text === `A${behind}`)).toHaveLength(2)
    expect(of(`A${behind}`)).toBe(of(`A${behind}`))
  })
})
