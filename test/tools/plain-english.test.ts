import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import quotations from '../../tools/plain-english/quotations.json' with { type: 'json' }
import { findWords } from '../../tools/plain-english/words.ts'
import { temporaryFolder } from '../support/servers/redis.ts'

function found(source: string, allowed: readonly string[] = [], file = 'app/feed.ts'): string[] {
  return findWords(file, source, allowed).map(({ line, what }) => `${line} ${what.split(':')[0]}`)
}

const word = '«told»'
const root = fileURLToPath(new URL('../..', import.meta.url))

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

it('fails on what it finds, so that `npm run check` does', () => {
  const folder = temporaryFolder()
  const run = (...args: readonly string[]) => {
    execFileSync('git', ['add', '.'], { cwd: folder })
    const main = join(root, 'tools/plain-english/main.ts')
    const argv = ['--import', import.meta.resolve('tsx'), main, ...args]
    const { status, stdout } = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' })
    return { status, stdout }
  }
  execFileSync('git', ['init', '-q', folder])
  writeFileSync(join(folder, 'plain.ts'), '// A comment.\n')
  expect(run()).toEqual({ status: 0, stdout: 'no retired words, no long comments\n' })

  writeFileSync(join(folder, 'dialect.ts'), `// ${'a b'.repeat(40)}\n`)
  expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('dialect.ts:1: 123 columns') })
  expect(run('--count')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^ +1 {2}\.\n1 to rewrite/) })
  expect(run('plain.ts').status).toBe(0)
  expect(run('--cuont').status).toBe(2)

  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { check: string } }
  expect(scripts.check.split(' && ')).toContain('npm run -s words')
})

it.each(quotations.filter(({ file }) => file !== '*'))('$file still has the quotation «$text»', ({ file, text }) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(text)
})
