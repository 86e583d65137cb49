// The package as a user has it: packed, and installed by npm into an empty folder, once for all tests of
// it. What is not in npm's cache yet comes from the registry.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './compile.ts'
import { once } from './once.ts'

const run = promisify(execFile)

export type InstalledPackage = {
  readonly tarball: string
  /** A project with nothing but the package, and what npm said when it was installed. */
  readonly bare: string
  readonly npmSaid: string
  /** The same with what the examples need beside it: tsx, types, and the optional packages. */
  readonly project: string
  /** A folder with the oldest rxjs that the package accepts. */
  readonly oldestRxjs: string
}

const beside = ['tsx', 'typescript', '@types', '@duckdb']

export const ensureInstalled = (): Promise<InstalledPackage> => once('installed', packAndInstall)

async function packAndInstall(home: string): Promise<InstalledPackage> {
  const [bare, project, oldestRxjs] = ['bare', 'project', 'oldest-rxjs'].map(name => join(home, name)) as [
    string,
    string,
    string,
  ]
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', home], { cwd: root })
  const tarball = join(home, stdout.trim().split('\n').at(-1) ?? '')
  const npmSaid = await install(bare, tarball)
  await install(oldestRxjs, 'rxjs@7.8.0')
  cpSync(bare, project, { recursive: true })
  for (const name of beside) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  cpSync(join(root, 'examples'), join(project, 'examples'), { recursive: true })
  return { tarball, bare, npmSaid, project, oldestRxjs }
}

/** Without scripts: those of the dependencies compile what runs without. */
async function install(folder: string, what: string): Promise<string> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{}')
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  const { stdout, stderr } = await run('npm', ['install', ...flags, what], { cwd: folder })
  return `${stdout}${stderr}`
}

/** The folder of every package below a folder, nested ones included. */
export function packagesIn(folder: string): string[] {
  return readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter(name => /(^|\/node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(name))
    .map(name => name.slice(0, -'/package.json'.length))
}
