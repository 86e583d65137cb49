// What the package offers, against the reports that were agreed on. Breaking it is a decision.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ensureBuilt, root } from '../support/processes/compile.ts'

const reports = readdirSync(join(root, 'etc'))

it('is the one of the reports, and names no type that is not exported', async () => {
  const { code, output } = await ensureBuilt()
  // The output of a failure says what differs, and what to do: npm run api.
  expect(code, output).toBe(0)
  expect(
    output
      .trim()
      .split('\n')
      .map(path => path.replace('etc/', ''))
      .toSorted(),
  ).toEqual(reports.toSorted())
})

it.each(reports)('%s needs no package but RxJS, and has no path of a machine', file => {
  const text = readFileSync(join(root, 'etc', file), 'utf8')
  const imported = [...text.matchAll(/^import .* from '(.+)';$/gm)].map(([, name]) => name)
  expect(imported.filter(name => name !== 'rxjs')).toEqual([])
  expect(text).not.toContain(root)
})
