// The generated types and labels of columns against the layouts.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layouts } from '../../../kis/wire/layouts.ts'
import { generateColumns, labelOf } from '../../../tools/generate/columns.ts'

const read = (path: string) => readFileSync(new URL(`../../../kis/${path}`, import.meta.url), 'utf8')
const labels = JSON.parse(read('spec/column-labels-en.json')) as Record<string, string>

describe('the typed columns', () => {
  it('are what the generator makes: run `npm run generate` after changing layouts or labels', () => {
    expect(read('wire/typed-columns.ts')).toBe(generateColumns(layouts, labels))
  })

  it('have no label that no column uses', () => {
    const names = Object.values(layouts).flatMap(({ columns, variants }) =>
      [columns, ...variants].flat().map(([name]) => name),
    )
    const isUsed = (label: string) =>
      names.some(name => name === label || (label.endsWith('#') && name.replace(/\d+$/, '#') === label))
    expect(Object.keys(labels).filter(label => !isUsed(label))).toEqual([])
  })

  it('cannot be made of a column without a label', () => {
    expect(() => labelOf('NO_SUCH1', labels)).toThrow('NO_SUCH1 has no label: add it to kis/spec/column-labels-en.json')
  })
})
