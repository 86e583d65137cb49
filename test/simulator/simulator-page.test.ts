// docs/simulator.md against the code that it is made from.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { faultKinds, fieldsOf } from '../../simulator/faults/form.ts'
import { quotationPaths } from '../../simulator/rest/quotations.ts'
import { simulatorPage } from '../../simulator/simulator-page.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/simulator.md')

it('is what the code makes of it: run `npm run generate` after changing either', () => {
  expect(page).toBe(simulatorPage())
})

it('has every read and every fault with each of its fields, and both READMEs lead to it', () => {
  for (const path of quotationPaths) expect(page).toContain(`| \`${path}\` | `)
  for (const kind of faultKinds) {
    const [, section = ''] = page.split(`### ${kind}\n`)
    for (const field of Object.keys(fieldsOf(kind))) expect(section.split('\n### ')[0], kind).toContain(`\`${field}\``)
  }
  for (const readme of ['README.md', 'README.ko.md']) expect(read(readme), readme).toContain('](docs/simulator.md)')
})
