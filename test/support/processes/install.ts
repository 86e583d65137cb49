// The package as a user has it: packed, and installed by npm into an empty folder, once for all tests of
// it. What is not in npm's cache yet comes from the registry.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from './compile.ts'

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

declare module 'vitest' {
  interface ProvidedContext {
    installed: InstalledPackage
  }
}

const beside = ['tsx', 'typescript', '@types', '@duckdb']
let home = ''

export function setup({ provide }: TestProject): void {
  home = mkdtempSync(join(tmpdir(), 'kis-stream-package-'))
  const [bare, project, oldestRxjs] = ['bare', 'project', 'oldest-rxjs'].map(name => join(home, name)) as [
    string,
    string,
    string,
  ]
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', home], { cwd: root, encoding: 'utf8' })
  const tarball = join(home, packed.trim().split('\n').at(-1) ?? '')
  const npmSaid = install(bare, tarball)
  install(oldestRxjs, 'rxjs@7.8.0')
  cpSync(bare, project, { recursive: true })
  for (const name of beside) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  cpSync(join(root, 'examples'), join(project, 'examples'), { recursive: true })
  provide('installed', { tarball, bare, npmSaid, project, oldestRxjs })
}

export function teardown(): void {
  rmSync(home, { recursive: true, force: true })
}

/** Without scripts: those of the dependencies compile what runs without. */
function install(folder: string, what: string): string {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{}')
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  const { status, stdout, stderr } = spawnSync('npm', ['install', ...flags, what], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm install ${what}: ${stderr}`)
  return `${stdout}${stderr}`
}

/** The folder of every package below a folder, nested ones included. */
export function packagesIn(folder: string): string[] {
  return readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter(name => /(^|\/node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(name))
    .map(name => name.slice(0, -'/package.json'.length))
}
