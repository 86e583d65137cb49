// The command's own sources, compiled as for a package, once for all tests that start it: a process that compiles what it runs takes
// twice as long, and there are over a hundred.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Beside `dist`, which a test of the package makes anew meanwhile. */
export const compiled = join(root, '.compiled')

/** For vitest: before the first test of a command, and again before tests that are repeated on a change. */
export function setup(project: TestProject): void {
  compile()
  project.onTestsRerun(compile)
}

/** Without a look at types, which `npm run check` has. */
function compile(): void {
  rmSync(compiled, { recursive: true, force: true })
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const options = ['--outDir', compiled, '--noCheck', '--declaration', 'false']
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...options], { cwd: root, stdio: 'inherit' })
  cpSync(join(root, 'dashboard/page'), join(compiled, 'dashboard/page'), { recursive: true })
}
