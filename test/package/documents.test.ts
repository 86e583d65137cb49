// The documents name files, scripts and settings that exist, and the READMEs stay short.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/processes/compile.ts'

const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trimEnd().split('\n')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = tracked.filter(
  file => /^(?:[A-Z]+(?:\.ko)?|docs\/.+)\.md$/.test(file) && file !== 'docs/operations-guide.ko.md',
)
/** Names files of other projects, as its sources. */
const protocolNotes = 'docs/protocol-notes.md'
const scripts = Object.keys((JSON.parse(read('package.json')) as { readonly scripts: object }).scripts)
const folders = new Set(tracked.map(file => file.split('/')[0] ?? '').filter(name => name !== ''))

/** A path from the root of the repository. */
const pathIn = /(?<![\w./-])((?:[\w.-]+\/)*[\w.-]+\.(?:ts|js|mjs|md|json|yml|tsv|png))(?![\w/])/g

/** Where a heading can be linked to, as GitHub makes it. */
function anchorsIn(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  )
}

it.each(['README.md', 'README.ko.md'])('%s has at most 120 lines, and its first program ends above line 20', file => {
  const lines = read(file).split('\n')
  expect(lines.length).toBeLessThanOrEqual(121)
  const program = lines.indexOf('```ts')
  expect(program).toBeGreaterThan(0)
  expect(lines.indexOf('```', program)).toBeLessThan(20)
})

it.each(documents)('%s links to files and headings that exist', file => {
  const broken = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^(?:https?:|mailto:)/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const linked = path === '' ? file : normalize(join(dirname(file), path)).replace(/\/$/, '')
    if (!existsSync(join(root, linked))) return [target]
    return anchor === undefined || anchorsIn(linked).includes(anchor) ? [] : [target]
  })
  expect(broken).toEqual([])
})

it.each(documents.filter(file => !['CHANGELOG.md', protocolNotes].includes(file)))(
  '%s names only files of the repository',
  file => {
    const named = [...read(file).matchAll(pathIn)]
      .map(([, path = '']) => path)
      .filter(path => path.includes('/') && folders.has(path.split('/')[0] ?? ''))
    expect(named.filter(path => !tracked.includes(path))).toEqual([])
  },
)

it.each(documents)('%s names only scripts of package.json', file => {
  const named = [...read(file).matchAll(/npm run (?:-s )?([a-z][a-z-]*)/g)].map(([, name = '']) => name)
  expect(named.filter(name => !scripts.includes(name))).toEqual([])
})

it('each English document for Korean readers has its Korean one, and both have the same sections', () => {
  for (const name of ['README', 'docs/configuration', 'docs/events', 'docs/known-issues']) {
    const sections = (file: string) => [...read(file).matchAll(/^#+ /gm)].map(([mark]) => mark)
    expect(sections(`${name}.ko.md`), name).toEqual(sections(`${name}.md`))
  }
})
