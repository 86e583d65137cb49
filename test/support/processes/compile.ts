// What `npm run build` does, in another folder and without a look at types, which `npm run check` has: once
// for all tests that start the command, and for those of the package. A process that compiles what it runs
// takes twice as long, and there are over a hundred.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { once } from './once.ts'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly files: readonly string[]
  readonly scripts: Readonly<Record<string, string>>
}

/** Beside `dist`, which is the developer's. One run of such tests in a checkout at a time. */
const folder = '.compiled'

/** The last step is only for the declarations of the package. */
const steps = (manifest.scripts['build'] ?? '').split(' && ')
const lastStep = steps.pop() ?? ''

/** The folder with what is compiled. */
export const ensureCompiled = (): Promise<string> =>
  once('compiled', async () => {
    for (const step of steps) {
      const { output, code } = await take(step)
      if (code !== 0) throw new Error(`${step}: ${output}`)
    }
    return join(root, folder)
  })

export type Output = { readonly output: string; readonly code: unknown }

/** The same as a package has it: one file of declarations for each entry point. And what the API is. */
export const ensureBuilt = async (): Promise<Output & { readonly built: string }> => {
  const built = await ensureCompiled()
  return once('built', async () => ({ ...(await take(`${lastStep} --check`)), built }))
}

/** A step of the script: it takes the folder as an argument. */
function take(step: string): Promise<Output> {
  const [program, ...words] = step.split(' ')
  return program === 'tsc' ? runCompiler(...words, '--outDir', folder, '--noCheck') : runNode(...words, folder)
}

/** In one thread: several do a third of the work twice, and other tests use the other cores. */
export const runCompiler = (...words: string[]): Promise<Output> =>
  runNode('node_modules/typescript/bin/tsc', ...words, '--singleThreaded')

function runNode(...words: string[]): Promise<Output> {
  return new Promise(resolve =>
    execFile(process.execPath, words, { cwd: root }, (error, stdout, stderr) =>
      resolve({ output: stdout + stderr, code: error?.code ?? 0 }),
    ),
  )
}
