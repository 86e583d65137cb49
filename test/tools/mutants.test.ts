// The faults of `npm run mutants` fit the code as it is: a place that moved would make a fault that nothing
// can notice.
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { mutants, mutated, readSource } from '../../tools/mutants/mutants.ts'

it.each(mutants.map(mutant => [`${mutant.file}: ${mutant.name}`, mutant] as const))('%s', (_, mutant) => {
  expect(mutated(mutant)).not.toBe(readSource(mutant.file))
  expect(mutant.tests.filter(file => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
})

it('are forty, over machines, streams, workers, recording, sinks and dashboard', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(40)
  expect(
    [...new Set(mutants.map(({ file }) => file.split('/')[0]))].toSorted((a = '', b = '') => a.localeCompare(b)),
  ).toEqual(['app', 'dashboard', 'machines', 'recording', 'sinks', 'streams', 'workers'])
})
