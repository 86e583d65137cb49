// The command's own sources, compiled as for a package, once for all tests that start it: a process that
// compiles what it runs takes twice as long, and there are over a hundred.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { once } from './once.ts'

const run = promisify(execFile)

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Beside `dist`, which is the developer's. One run of such tests in a checkout at a time. */
const folder = '.compiled'

/** The folder with what is compiled. */
export const ensureCompiled = (): Promise<string> => once('compiled', compile)

/** What `npm run build` does, elsewhere and without a look at types, which `npm run check` has. */
async function compile(): Promise<string> {
  const node = (...words: string[]) => run(process.execPath, words, { cwd: root })
  await node('tools/generate/clean.mjs', folder)
  await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', folder, '--noCheck')
  await node('tools/generate/assemble.mjs', folder)
  return join(root, folder)
}
