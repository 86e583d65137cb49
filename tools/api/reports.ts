// What each entry point of the package offers, as API Extractor reads it from the declarations: a text to
// compare with the one that was agreed on, in `etc/`, and one file of declarations for the package.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

export type ApiReport = {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
  /** A type that a public signature names and that is not exported, above all. */
  readonly problems: readonly string[]
}

export const root = fileURLToPath(new URL('../..', import.meta.url))

type Exports = Readonly<Record<string, string | { readonly types?: string }>>

/** What the compiler of API Extractor is to know; the project's own options are for a newer one. */
const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
}

/** Levels of what API Extractor says. Release tags and the like are not used here. */
const silent = { logLevel: ExtractorLogLevel.None }
const messages = {
  compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
  extractorMessageReporting: { default: silent, 'ae-forgotten-export': { logLevel: ExtractorLogLevel.Error } },
  tsdocMessageReporting: { default: silent },
}

export function apiReports(): ApiReport[] {
  // Inside the repository, where the packages that declarations name are found.
  const work = mkdtempSync(join(root, '.kis-stream-test-api-'))
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const emit = ['--emitDeclarationOnly', '--noCheck', '--outDir', work]
    execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...emit], { cwd: root, stdio: 'inherit' })
    return judged(readAll(work, work))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * Puts the declarations of each entry point into its one file. What the code inside uses (BullMQ, ioredis,
 * XState, zod) is then no business of a user's compiler. The reports come from the same run.
 */
export function rollUp(dist: string): ApiReport[] {
  const work = mkdtempSync(join(root, '.kis-stream-test-api-'))
  try {
    const rolled = (name: string) => join(work, `${name}.d.ts`)
    const reports = judged(readAll(dist, work, rolled))
    for (const { name, declarations } of entryPoints()) renameSync(rolled(name), join(dist, declarations))
    return reports
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** A type that one entry point names may be exported by the main one. */
function judged(found: readonly Found[]): ApiReport[] {
  const ofPackage = new Set(exportedIn(found[0]?.text ?? ''))
  return found.map(({ path, text, forgotten, others }) => ({
    path,
    text,
    problems: [
      ...others,
      ...forgotten
        .filter(name => !ofPackage.has(name))
        .map(name => `${path}: a public signature names ${name}, which is not exported`),
    ],
  }))
}

type EntryPoint = { readonly name: string; readonly declarations: string }

function entryPoints(): EntryPoint[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly exports: Exports }
  return Object.entries(exports).flatMap(([path, target]) => {
    const types = typeof target === 'string' ? undefined : target.types
    if (types === undefined) return []
    const name = ['kis-stream', ...path.split('/').slice(1)].join('-')
    return [{ name, declarations: types.replace(/^\.\/dist\//, '') }]
  })
}

/** The names that a report lists. A type of one entry point may stand in signatures of another one. */
function exportedIn(text: string): string[] {
  const listed = /^export (?:abstract )?(?:type|interface|class|const|function) (\w+)/gm
  return [...text.matchAll(listed)].map(([, name = '']) => name)
}

type Found = {
  readonly path: string
  readonly text: string
  /** Types that the entry point names and does not export. */
  readonly forgotten: readonly string[]
  readonly others: readonly string[]
}

/**
 * `compiled`: where the declarations are. `rolled`: the one file to put those of an entry point into. All are
 * read by one compiler: most of its time goes into what they have in common.
 */
function readAll(compiled: string, work: string, rolled: (name: string) => string = () => ''): Found[] {
  const folder = join(work, 'reports')
  mkdirSync(folder, { recursive: true })
  const entries = entryPoints().map(entry => ({ entry, config: configOf(entry, compiled, folder, rolled(entry.name)) }))
  const [main] = entries
  if (main === undefined) return []
  const additionalEntryPoints = entries.map(({ config }) => config.mainEntryPointFilePath)
  const compilerState = CompilerState.create(main.config, { additionalEntryPoints })
  return entries.map(({ entry, config }) => read(entry, config, compilerState))
}

function configOf({ name, declarations }: EntryPoint, compiled: string, folder: string, rolled: string) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(compiled, declarations),
      compiler: { overrideTsconfig: { compilerOptions, files: [join(compiled, declarations)] } },
      newlineKind: 'lf',
      apiReport: { enabled: true, reportFileName: reportName(name), reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: rolled !== '', untrimmedFilePath: rolled },
      messages,
    },
  })
}

function reportName(entry: string): string {
  return `${entry}.api.md`
}

function read({ name }: EntryPoint, config: ExtractorConfig, compilerState: CompilerState): Found {
  const forgotten: string[] = []
  const others: string[] = []
  Extractor.invoke(config, {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      message.handled = true
      // Of two of the same name the second one is called `Columns_2`.
      const [, symbol] = /^The symbol "(\w+?)(?:_\d+)?" needs to be exported/.exec(message.text) ?? []
      if (symbol !== undefined) forgotten.push(symbol)
      else if (message.logLevel === 'error') others.push(`${name}: ${message.text}`)
    },
  })
  // Inside of a union, comments are kept: another wording is no other API.
  const text = readFileSync(config.reportFilePath, 'utf8').replaceAll(/^[ \t]*\/\*\*[^]*?\*\/\n/gm, '')
  return { path: `etc/${reportName(name)}`, text, forgotten, others }
}
