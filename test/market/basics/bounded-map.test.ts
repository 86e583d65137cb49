import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../../market/basics/bounded-map.ts'
import { tries } from '../../support/property.ts'

describe('a map with a bound', () => {
  it('holds as many as it may, and what it was given last of each; the rest was handed to who asked', () => {
    const step = fc.record({ key: fc.nat(20), isWrite: fc.boolean() })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 100 }), (most, steps) => {
        const forgotten = new Set<number>()
        const map = new BoundedMap<number, { key: number; at: number }>(most, (value, key) => {
          expect(value.key).toBe(key)
          forgotten.add(key)
        })
        const written = new Map<number, number>()
        steps.forEach(({ key, isWrite }, at) => {
          if (isWrite) {
            forgotten.delete(key)
            map.set(key, { key, at })
            written.set(key, at)
            expect(map.get(key)).toEqual({ key, at })
          }
          expect(map.size).toBeLessThanOrEqual(most)
          const expected = written.has(key) && !forgotten.has(key) ? { key, at: written.get(key) } : undefined
          expect(map.get(key)).toEqual(expected)
        })
        expect(new Set([...map].map(({ key }) => key))).toEqual(
          new Set([...written.keys()].filter(key => !forgotten.has(key))),
        )
      }),
      tries(300),
    )
  })

  it('keeps what is used, however many come and go', () => {
    const map = new BoundedMap<string, number>(100)
    map.set('used', 1)
    for (let i = 0; i < 10_000; i++) {
      map.set(`once ${i}`, i)
      if (i % 50 === 0) expect(map.get('used')).toBe(1)
    }
    expect(map.size).toBe(100)
    map.delete('used')
    expect(map.get('used')).toBeUndefined()
  })

  it('makes what it does not keep, once, and be it undefined', () => {
    const map = new BoundedMap<number, undefined>(2)
    let made = 0
    const make = () => void made++
    for (const key of [1, 2, 1, 2, 1]) expect(map.getOrMake(key, make)).toBeUndefined()
    expect(made).toBe(2)
    map.clear()
    map.getOrMake(1, make)
    expect([made, map.size]).toEqual([3, 1])
  })

  it('does not keep what is only looked at', () => {
    const map = new BoundedMap<string, number>(2)
    map.set('looked at', 1)
    map.set('used', 2)
    expect([map.peek('looked at'), map.get('used'), map.peek('unknown')]).toEqual([1, 2, undefined])
    map.set('new', 3)
    expect(map.peek('looked at')).toBeUndefined()
    expect(map.peek('used')).toBe(2)
  })
})
