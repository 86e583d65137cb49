// The command's own sources, compiled as for a package, once for all tests that start it: a process that
// compiles what it runs takes twice as long, and there are over a hundred.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Beside `dist`, which a test of the package makes anew meanwhile. One run of such tests in a checkout at a
 * time.
 */
const folder = '.compiled'
export const compiled = join(root, folder)

/** For vitest: before the first test of a command, and again before tests that are repeated on a change. */
export function setup(project: TestProject): void {
  compile()
  project.onTestsRerun(compile)
}

/** What `npm run build` does, elsewhere and without a look at types, which `npm run check` has. */
function compile(): void {
  const run = (...words: string[]) => execFileSync(process.execPath, words, { cwd: root, stdio: 'inherit' })
  run('tools/generate/clean.mjs', folder)
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', folder, '--noCheck')
  run('tools/generate/assemble.mjs', folder)
}
