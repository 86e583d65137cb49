// docs/events.md and docs/events.ko.md against the types of market/events.ts: every event and every field is
// in them, and the examples are possible events.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

type Field = { readonly name: string; readonly isOptional: boolean }

/** `export type Trade = { readonly type: 'trade' … }` → the fields of `trade`, without `type`. */
const types = new Map<string, readonly Field[]>(
  read('market/events.ts')
    .split('\nexport type ')
    .flatMap(text => {
      const body = text.slice(0, text.indexOf('\n}'))
      const type = /^ {2}readonly type: '([a-z-]+)'$/m.exec(body)?.[1]
      const fields = [...body.matchAll(/^ {2}readonly (\w+)(\??):/gm)].map(([, name = '', mark]) => ({
        name,
        isOptional: mark === '?',
      }))
      return type === undefined ? [] : [[type, fields.filter(({ name }) => name !== 'type')] as const]
    }),
)

function sectionsOf(page: string): Map<string, string> {
  const sections = page.split('\n### `').slice(1)
  return new Map(sections.map(section => [section.slice(0, section.indexOf('`')), section]))
}

const exampleIn = (section: string) => /```json\n(.+)\n```/.exec(section)?.[1] ?? ''

describe.each(['docs/events.md', 'docs/events.ko.md'])('%s', file => {
  const sections = sectionsOf(read(file))

  it('has a section for every event', () => {
    expect([...sections.keys()].toSorted()).toEqual([...types.keys()].toSorted())
  })

  it.each([...types])('has every field of %s, and an example', (type, fields) => {
    const section = sections.get(type) ?? ''
    const rows = section.split('\n').filter(row => row.startsWith('| `'))
    const named = rows.flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    expect(named.toSorted()).toEqual(fields.map(({ name }) => name).toSorted())
    const example = JSON.parse(exampleIn(section)) as Readonly<Record<string, unknown>>
    const [first, ...keys] = Object.keys(example)
    expect([first, example['type']]).toEqual(['type', type])
    const inOrder = fields.filter(({ name, isOptional }) => !isOptional || keys.includes(name)).map(({ name }) => name)
    expect(keys).toEqual(inOrder)
  })
})

it('shows the same examples in both languages', () => {
  const examples = (file: string) => [...sectionsOf(read(file)).values()].map(exampleIn)
  expect(examples('docs/events.ko.md')).toEqual(examples('docs/events.md'))
})
