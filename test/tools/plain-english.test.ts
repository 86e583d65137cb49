import { expect, it } from 'vitest'
import { findWords } from '../../tools/plain-english/words.ts'

function found(source: string, allowed: readonly string[] = [], file = 'app/feed.ts'): string[] {
  return findWords(file, source, allowed).map(({ line, what }) => `${line} ${what.split(':')[0]}`)
}

const word = '«told»'

it('finds a retired word alone and as a part of an identifier, once a line', () => {
  expect(found('// told')).toEqual([`1 ${word}`])
  for (const name of 'toldRows rowsTold ROWS_TOLD'.split(' ')) expect(found(`\n${name}`)).toEqual([`2 ${word}`])
})

it('does not find it inside another word', () => {
  expect(found('stolder whole secure withhold manifold')).toEqual([])
})

it('lets allowed quotations stand, and nothing beside them', () => {
  expect(found('// told', ['// told'])).toEqual([])
  expect(found('// told // told told', ['// told'])).toEqual([`1 ${word}`])
})

it('finds comment lines over 110 columns, but not in code, documents, samples and addresses', () => {
  expect(found(`// ${'a b'.repeat(36)}`)).toEqual(['1 111 columns'])
  expect(found(`// ${'a b'.repeat(35)}ab`)).toEqual([])
  expect(found(`   * ${'a b'.repeat(35)}a`)).toEqual(['1 111 columns'])
  expect(found('a'.repeat(120))).toEqual([])
  expect(found(`* ${'a'.repeat(120)}`, [], 'docs/events.md')).toEqual([])
  expect(found(`// https://${'a'.repeat(120)}`)).toEqual([])
})

it('reads the changelog up to the first release', () => {
  const changelog = ['## [Unreleased]', '// told', '## [0.1.0]', '// told'].join('\n')
  expect(found(changelog, [], 'CHANGELOG.md')).toEqual([`2 ${word}`])
})
