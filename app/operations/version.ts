// The version of kis-stream, from its package.json: beside the sources in a checkout, one folder further up
// in the built package.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageFolder, packageVersion } from '../../system/package-folder.ts'

export const version: string = read('../../package.json') ?? read('../../../package.json') ?? 'unknown'

function read(path: string): string | undefined {
  try {
    const { name, version: found } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
      readonly name?: string
      readonly version?: string
    }
    return name === 'kis-stream' ? found : undefined
  } catch {
    return undefined
  }
}

/** Of a package that is used here; undefined when it is not installed. */
export function versionOf(name: string): string | undefined {
  const folder = packageFolder(name, fileURLToPath(import.meta.url))
  return folder === undefined ? undefined : packageVersion(folder)
}
