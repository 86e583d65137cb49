// The package as a user has it: packed, and installed by npm into an empty folder, once for all tests of
// it. What is not in npm's cache yet comes from the registry.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureBuilt, manifest, root } from './compile.ts'
import { linkFile, linkTree } from './link-tree.ts'
import { once } from './once.ts'

const run = promisify(execFile)

export type InstalledPackage = {
  readonly tarball: string
  /** A project with nothing but the package, and what npm said when it was installed. */
  readonly bare: string
  readonly npmSaid: string
  /** The same with what the examples need beside it: tsx, types, and the optional packages. */
  readonly project: string
  /** The folder of the oldest rxjs that the package accepts. */
  readonly oldestRxjs: string
}

const beside = ['tsx', 'typescript', '@types', '@duckdb']

export async function ensureInstalled(): Promise<InstalledPackage> {
  const { built } = await ensureBuilt()
  return once('installed', home => packAndInstall(built, home))
}

async function packAndInstall(built: string, home: string): Promise<InstalledPackage> {
  const tarball = await pack(built, home)
  const [bare, project, oldestRxjs] = ['bare', 'project', 'oldest-rxjs'].map(name => join(home, name)) as [
    string,
    string,
    string,
  ]
  // In one go, as a second npm takes seconds.
  const npmSaid = await install(bare, tarball, 'oldest-rxjs@npm:rxjs@7.8.0')
  renameSync(join(bare, 'node_modules/oldest-rxjs'), oldestRxjs)
  // The package itself looks for others from where it is: only it is here as files.
  const [own, modules] = [join(project, 'node_modules'), join(bare, 'node_modules')]
  linkTree(join(modules, 'kis-stream'), join(own, 'kis-stream'))
  const others = readdirSync(modules).filter(name => !name.startsWith('.') && name !== 'kis-stream')
  for (const name of others) symlinkSync(join(modules, name), join(own, name))
  for (const name of beside) symlinkSync(join(root, 'node_modules', name), join(own, name))
  linkTree(join(root, 'examples'), join(project, 'examples'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  return { tarball, bare, npmSaid, project, oldestRxjs }
}

/** As `npm pack` in the checkout, with what is built already in the place of dist. */
async function pack(built: string, home: string): Promise<string> {
  const checkout = join(home, 'checkout')
  mkdirSync(checkout)
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const { name } = entry
    if (entry.isFile()) linkFile(join(root, name), join(checkout, name))
    else if (manifest.files.includes(name) && name !== 'dist') linkTree(join(root, name), join(checkout, name))
  }
  linkTree(built, join(checkout, 'dist'))
  const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', home]
  const { stdout } = await run('npm', words, { cwd: checkout })
  return join(home, stdout.trim().split('\n').at(-1) ?? '')
}

/** Without scripts: those of the dependencies compile what runs without. */
async function install(folder: string, ...what: readonly string[]): Promise<string> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{}')
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  const { stdout, stderr } = await run('npm', ['install', ...flags, ...what], { cwd: folder })
  return `${stdout}${stderr}`
}

/** The folder of every package below a folder, nested ones included. */
export function packagesIn(folder: string): string[] {
  return readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter(name => /(^|\/node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(name))
    .map(name => name.slice(0, -'/package.json'.length))
}
