// Every example runs in a fresh checkout, as its first lines say, with no keys and nothing compiled.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/processes/compile.ts'
import { examples, runExample } from '../support/processes/example.ts'

it('are all known here', () => {
  const names = readdirSync(join(root, 'examples')).filter(name => name !== 'connection.ts')
  expect(examples.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})

it.concurrent.each(examples)('$name', example => runExample(example, root))
