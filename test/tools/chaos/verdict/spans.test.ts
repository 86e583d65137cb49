// The arithmetic that judges the product's own: held against sets of single shares.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holds, joined, type Span, sizeOf, without } from '../../../../tools/chaos/verdict/spans.ts'
import { tries } from '../../../support/property.ts'

const span = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 8 })).map(([from, size]): Span => [from, from + size])
/** Each share once, as gaps are. */
const apart = fc
  .uniqueArray(fc.nat(40), { maxLength: 20 })
  .map(shares => shares.map((share): Span => [share, share + 1]))

function sharesOf(spans: readonly Span[]): number[] {
  return spans
    .flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index))
    .toSorted((a, b) => a - b)
}

it('joining changes no share, and leaves no two that touch', () => {
  fc.assert(
    fc.property(apart, spans => {
      const result = joined(spans)
      expect(sharesOf(result)).toEqual(sharesOf(spans))
      expect(sizeOf(result)).toBe(spans.length)
      for (const [i, [from]] of result.entries()) expect(result[i - 1]?.[1] ?? -1).toBeLessThan(from)
    }),
    tries(300),
  )
})

it('taking away takes exactly those shares, and holding means that all of them are there', () => {
  fc.assert(
    fc.property(apart, span, (spans, gone) => {
      const whole = joined(spans)
      const taken = new Set(sharesOf([gone]))
      expect(sharesOf(without(whole, gone))).toEqual(sharesOf(whole).filter(share => !taken.has(share)))
      expect(holds(whole, gone)).toBe([...taken].every(share => sharesOf(whole).includes(share)))
    }),
    tries(300),
  )
})
