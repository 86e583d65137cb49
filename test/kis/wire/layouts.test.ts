// The generated layouts against the protocol tables they come from.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layouts } from '../../../kis/wire/layouts.ts'
import { generateLayouts } from '../../../tools/generate/layouts.ts'

const read = (path: string) => readFileSync(new URL(`../../../kis/${path}`, import.meta.url), 'utf8')
const specification = read('spec/realtime-trs.json')
const specs = JSON.parse(specification) as Record<string, { fields: string[]; variants?: Record<string, string[]> }>
const all = Object.entries(layouts)

describe('the layouts', () => {
  it('are what the generator makes of the specification: run `npm run generate` after changing either', () => {
    expect(read('wire/layouts.ts')).toBe(generateLayouts(specification))
  })

  it('cover the 63 real-time transactions KIS offers', () => {
    expect(all).toHaveLength(63)
    expect(Object.keys(layouts)).toEqual(Object.keys(specs))
  })

  it('can be made from a specification of one', () => {
    const one = JSON.stringify({
      H0TEST00: {
        name_ko: "이름 '하나'",
        name_en: 'A  test',
        kind: 'trade',
        encrypted: false,
        env: ['prod'],
        fields: ['A', 'ACNT_NO'],
        types: ['int', 'string'],
        labels_ko: ['가', '계좌\n번호'],
        min_field_count: 1,
        variants: { short: ['A'], same_length: ['B', 'C'] },
      },
    })
    const text = generateLayouts(one)
    expect(text).toContain("name: { ko: '이름 \\'하나\\'', en: 'A test' }")
    expect(text).toContain('widths: { 1: null, 2: null }')
    expect(text).toContain("['ACNT_NO', 'secret', '계좌 번호'],")
    expect(text).not.toContain("'C'")
  })
})

describe('every layout', () => {
  it.each(all)('%s is filed under its own id, which frames can carry', (tr, layout) => {
    expect(layout.tr).toBe(tr)
    expect(tr).toMatch(/^[A-Z0-9]{8}$/)
  })

  it.each(all)('%s has no column twice in one list, so that no value is lost', (_, layout) => {
    for (const columns of [layout.columns, ...layout.variants]) {
      const names = columns.map(([name]) => name)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it.each(all)('%s has the columns of the specification, in wire order', (tr, layout) => {
    expect(layout.columns.map(([name]) => name)).toEqual(specs[tr]?.fields)
  })

  it.each(all)('%s starts at the narrowest width known, and knows the width of each of its lists', (_, layout) => {
    const widths = Object.keys(layout.widths).map(Number)
    expect(layout.minWidth).toBe(Math.min(...widths))
    for (const columns of [layout.columns, ...layout.variants]) expect(widths).toContain(columns.length)
  })

  it.each(all)('%s dates its widths with days that exist, later ones for wider records', (_, layout) => {
    const dates = Object.values(layout.widths).filter(date => date !== null)
    for (const date of dates) expect(new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10)).toBe(date)
    expect(dates).toEqual(dates.toSorted())
  })

  it.each(all)('%s labels its columns in Korean or not at all, on one line', (_, layout) => {
    for (const [, , label] of layout.columns) expect(label).toBe(label.trim())
    for (const [, , label] of layout.columns) expect(label).not.toMatch(/\s\s|\n/)
  })
})

describe('notices', () => {
  const notices = all.filter(([, { kind }]) => kind === 'notice')
  const others = all.filter(([, { kind }]) => kind !== 'notice')

  it('are the encrypted transactions, and the only ones', () => {
    expect(notices.map(([tr]) => tr)).toEqual(all.filter(([, { encrypted }]) => encrypted).map(([tr]) => tr))
    expect(notices.map(([tr]) => tr)).toEqual([
      'H0STCNI0',
      'H0STCNI9',
      'H0IFCNI0',
      'H0IFCNI9',
      'H0MFCNI0',
      'H0EUCNI0',
      'H0GSCNI0',
      'H0GSCNI9',
      'HDFFF1C0',
      'HDFFF2C0',
    ])
  })

  it.each(notices)('%s keeps customer, account and name secret, within its narrowest width', (_, layout) => {
    const secret = layout.columns.flatMap(([name, type], index) => (type === 'secret' ? [{ name, index }] : []))
    expect(secret).toHaveLength(3)
    expect(secret.slice(0, 2).map(({ index }) => index)).toEqual([0, 1])
    for (const { index } of secret) expect(index).toBeLessThan(layout.minWidth)
  })

  it.each(others)('%s, which is none, has nothing to keep secret', (_, layout) => {
    expect(layout.columns.filter(([, type]) => type === 'secret')).toEqual([])
  })
})
