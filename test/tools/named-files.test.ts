// Programs for developers start each other by their paths, which no compiler follows.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/processes/compile.ts'

const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trimEnd().split('\n')
const programs = tracked.filter(
  file =>
    /^(tools|test\/support)\/.+\.(ts|mjs)$/.test(file) || ['package.json', '.ci/run', 'Dockerfile'].includes(file),
)

it('finds programs to look at', () => {
  expect(programs.length).toBeGreaterThan(50)
})

it.each(programs)('%s starts only programs that exist', file => {
  const text = readFileSync(join(root, file), 'utf8')
  const named = [...text.matchAll(/(?<=['"\s])(?:tools|test\/support)\/[\w./-]+\.(?:ts|mjs)(?=['"\s])/g)].map(
    ([path]) => path,
  )
  expect(named.filter(path => !existsSync(join(root, path)))).toEqual([])
})
