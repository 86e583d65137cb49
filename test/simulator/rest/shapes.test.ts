// The generated shapes against the specification they come from, and how values are written into them.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateRestShapes } from '../../../tools/generate/rest-shapes.ts'
import { restShapes } from '../../../simulator/rest/shapes.ts'
import { fill, fillUnknown, type RestShape } from '../../../simulator/rest/shape.ts'

const read = (path: string) => readFileSync(new URL(`../../../simulator/${path}`, import.meta.url), 'utf8')
const specification = read('spec/rest-reads.json')

type Captured = { readonly body?: Readonly<Record<string, unknown>> }
type Spec = { readonly id: string; readonly captured?: readonly Captured[] }
const specs = JSON.parse(specification) as readonly Spec[]

const shapes: Readonly<Record<string, RestShape>> = restShapes

/** Blocks of captured bodies, each with its call and its first row. */
const captures = specs.flatMap(({ id, captured = [] }) =>
  captured.flatMap(({ body = {} }) =>
    Object.entries(body).flatMap(([block, value]) => {
      const first: unknown = Array.isArray(value) ? value[0] : value
      const isBlock = typeof first === 'object' && first !== null
      return isBlock ? [{ id, block, isList: Array.isArray(value), row: first as Record<string, string> }] : []
    }),
  ),
)

describe('the shapes of REST', () => {
  it('are what the generator makes of the specification: run `npm run generate` after changing either', () => {
    expect(read('rest/shapes.ts')).toBe(generateRestShapes(specification))
  })

  it('are 28, and have the keys of every captured body, in the order of the wire', () => {
    expect(Object.keys(restShapes)).toEqual(specs.map(({ id }) => id))
    expect(captures.length).toBeGreaterThan(20)
    for (const { block, id, isList, row } of captures) {
      const shape = shapes[id]?.blocks[block]
      const known = shape?.fields.map(([code]) => code) ?? []
      const missing = Object.keys(row).filter(key => !known.includes(key))
      expect({ id, block, missing }).toEqual({ id, block, missing: [] })
      // An array of one was captured, an object is the official example.
      if (id !== 'domestic/inquire-member') expect({ id, block, isList: shape?.isList }).toEqual({ id, block, isList })
      // The one captured answer of an unknown symbol was published with its keys in another order.
      if (Object.values(row).every(value => value === '')) continue
      expect({ id, block, order: known.filter(key => key in row) }).toEqual({ id, block, order: Object.keys(row) })
    }
  })
})

const block = {
  isList: false,
  fields: [
    ['whole', 'int', '1', ''],
    ['percent', 'dec2', '1.00', ''],
    ['signed', '+dec2', '+1.00', ''],
    ['sign', 'sign', '2', ''],
    ['name', 'text', 'KOSPI200', ''],
  ],
} as const

describe('a block', () => {
  it('writes numbers as the key wants them, keeps texts, and has the ordinary text where nothing is given', () => {
    expect(fill(block, { whole: -1.5, percent: -0.001, signed: 5.614, sign: '5' })).toEqual({
      whole: '-1',
      percent: '0.00',
      signed: '+5.61',
      sign: '5',
      name: 'KOSPI200',
    })
    expect(fill(block, { whole: '007', percent: 1, signed: 0, name: '' })).toMatchObject({
      whole: '007',
      percent: '1.00',
      signed: ' 0.00',
      name: '',
    })
    expect(fill(block, { signed: -4.17 })['signed']).toBe('-4.17')
  })

  it('leaves a number that was not given empty: no client takes it for a price', () => {
    expect(fill(block, {})).toEqual({ whole: '', percent: '', signed: '', sign: '', name: 'KOSPI200' })
  })

  it('of an unknown symbol is zeros for Korean symbols and empty for overseas ones', () => {
    expect(fillUnknown(block, 'zeros')).toEqual({ whole: '0', percent: '0.00', signed: '0.00', sign: '3', name: '' })
    expect(new Set(Object.values(fillUnknown(block, 'empty')))).toEqual(new Set(['']))
  })

  it('never writes NaN, Infinity, an exponent or a minus before nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15 }), number => {
        for (const value of Object.values(fill(block, { whole: number, percent: number, signed: number }))) {
          expect(value).not.toMatch(/nan|inf|\de|^-0(\.0+)?$/i)
        }
      }),
      { examples: [[Number.NaN], [-0], [1e-9], [-1e-9]] },
    )
  })
})
