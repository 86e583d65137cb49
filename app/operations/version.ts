// The version of kis-stream, from its package.json: beside the sources in a checkout, one folder further up
// in the built package.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packageFolder, packageVersion } from '../../system/package-folder.ts'

type Needed = Readonly<Record<string, string>>

type PackageFile = {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Needed
  readonly peerDependencies?: Needed
}

/** Empty when it is not found. */
export const ownPackage: PackageFile = read('../../package.json') ?? read('../../../package.json') ?? {}

export const version: string = ownPackage.version ?? 'unknown'

function read(path: string): PackageFile | undefined {
  try {
    const found = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as PackageFile
    return found.name === 'kis-stream' ? found : undefined
  } catch {
    return undefined
  }
}

/** Of a package that is used here; undefined when it is not installed. */
export function versionOf(name: string): string | undefined {
  const folder = packageFolder(name, fileURLToPath(import.meta.url))
  return folder === undefined ? undefined : packageVersion(folder)
}
