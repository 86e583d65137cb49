// Where Node finds an installed package, by folders alone: nothing is loaded.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the package that `module` gets, links resolved; undefined when there is none. */
export function packageFolder(name: string, module: string): string | undefined {
  let folder = dirname(existsSync(module) ? realpathSync(module) : module)
  for (;;) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return realpathSync(found)
    if (dirname(folder) === folder) return undefined
    folder = dirname(folder)
  }
}

export function packageVersion(folder: string): string {
  const { version = '' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string }
  return version
}
