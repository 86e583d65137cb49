// How programs use the package: as modules of either kind, compiled under the strictest settings with the
// oldest rxjs, and bundled, worker threads included.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { root } from '../support/processes/compile.ts'
import { ensureInstalled } from '../support/processes/install.ts'

const run = promisify(execFile)
const { bare, oldestRxjs, tarball } = await ensureInstalled()
const installed = join(bare, 'node_modules/kis-stream')

it('has a manifest that publint finds nothing in', async () => {
  const { stdout } = await run(process.execPath, [
    join(root, 'node_modules/publint/src/cli.js'),
    installed,
    '--strict',
    '--pack',
    'false',
  ])
  expect(stdout).toContain('All good!')
})

type Problem = { readonly kind: string; readonly resolutionKind?: string; readonly entrypoint?: string }
type TypesChecker = {
  createPackageFromTarballData(tarball: Uint8Array): unknown
  checkPackage(given: unknown): Promise<{ readonly problems?: readonly Problem[] }>
}

it('has types that every way of resolving finds, as a package of modules alone', async () => {
  const checker = join(root, 'node_modules/@arethetypeswrong/core/dist/index.js')
  const { checkPackage, createPackageFromTarballData } = (await import(checker)) as TypesChecker
  const { problems = [] } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
  const expected = problems.filter(
    ({ kind, resolutionKind, entrypoint = '' }) =>
      // `require` of a module works from Node 20.19 on; TypeScript's oldest way of resolving knows no entry
      // points.
      kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10' && !entrypoint.startsWith('./workers/'),
  )
  expect(expected).toEqual([])
})

it('compiles under strict, exactOptionalPropertyTypes and checked declarations, with the oldest rxjs', async () => {
  const folder = mkdtempSync(join(bare, 'types-'))
  writeFileSync(
    join(folder, 'program.ts'),
    `import { createFeed, toBars, type MarketEvent } from 'kis-stream'
import { sinkContract } from 'kis-stream/testing'
import { startSimulator } from 'kis-stream/simulator'
import { createDecoder } from 'kis-stream/decode'
import type { Observable } from 'rxjs'
const feed = createFeed({ appKey: 'a', appSecret: 'b', instruments: ['KRX:005930'] })
const events: Observable<MarketEvent> = feed.events$
events.pipe(toBars('1m')).subscribe(bar => console.log(bar.close))
console.log(sinkContract.length, startSimulator, createDecoder)
`,
  )
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { rxjs: [oldestRxjs] },
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [compiler, '-p', folder]).catch((error: { stdout: string }) => error)
  // The declarations of xstate themselves do not hold under exactOptionalPropertyTypes.
  const errors = stdout.split('\n').filter(line => line.includes('error TS') && !line.includes('/xstate/'))
  expect(errors).toEqual([])
})

it('is bundled by esbuild, with the threads as entry points beside the program', async () => {
  const folder = mkdtempSync(join(bare, 'bundled-'))
  const program = join(folder, 'program.js')
  writeFileSync(
    program,
    `import { createFeed, jsonLines } from 'kis-stream'
import { startSimulator } from 'kis-stream/simulator'
const simulator = await startSimulator()
const { restUrl, wsUrl: socketUrl } = simulator
const keys = { appKey: 'a', appSecret: 'b' }
const timing = { graceMs: 10 }
const feed = createFeed({ ...keys, restUrl, socketUrl, instruments: ['KRX:005930'], market: 'KR', timing, recordFolder: 'recordings' })
feed.attach(jsonLines({ to: 'events.ndjson' }))
feed.start()
await new Promise(resolve => feed.trades$.subscribe(resolve))
await feed.stop()
await simulator.stop()
`,
  )
  const { warnings } = await build({
    entryPoints: [
      program,
      ...['json-lines-worker', 'stream-worker', 'recorder-thread'].map(name => `kis-stream/workers/${name}`),
    ],
    absWorkingDir: bare,
    outdir: join(folder, 'out'),
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Some of what is bundled is CommonJS, and requires what Node brings.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    logLevel: 'silent',
  })
  expect(warnings.map(({ text }) => text)).toEqual([])
  writeFileSync(join(folder, 'out/package.json'), '{ "type": "module" }')
  const { stderr } = await run(process.execPath, ['out/program.js'], { cwd: folder })
  expect(stderr).toBe('')
  expect(readFileSync(join(folder, 'events.ndjson'), 'utf8')).toContain('"type":"trade"')
})
