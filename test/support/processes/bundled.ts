// Sources of this checkout as JavaScript, each in one file, for the threads and processes that tests start:
// to compile what they run is most of their time. Built once by each process of vitest, always to the same
// files.
import { buildSync, type BuildOptions } from 'esbuild'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { recorderThread } from '../../../recording/write/recorder-place.ts'
import { jsonLinesThread } from '../../../sinks/file/json-lines-place.ts'
import { streamThread } from '../../../sinks/redis/stream-place.ts'
import { root } from './compile.ts'

/** So deep that sources which look for files from where they are still find them. */
const folder = join(root, 'test/.kis-stream-test-bundled/programs')
const threads = [recorderThread, jsonLinesThread, streamThread].map(({ href }) => fileURLToPath(`${href}.ts`))
const built = new Set<string>()

/** A thread as JavaScript, with the packages that it uses: it is started by itself, and often. */
export function bundledThread(thread: string): string {
  if (!built.has(thread)) {
    const all = [...new Set([thread, ...threads])]
    const banner = "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)"
    build(all, { packages: 'bundle', banner: { js: banner } })
  }
  return placeOf(thread)
}

/** A program as JavaScript, with the threads of the package beside it. */
export function bundledProgram(program: string): string {
  bundledThread(threads[0] as string)
  if (!built.has(program)) build([program])
  return placeOf(program)
}

function build(sources: readonly string[], options: BuildOptions = {}): void {
  const { outputFiles } = buildSync({
    packages: 'external',
    ...options,
    entryPoints: [...sources],
    outdir: folder,
    entryNames: '[name]',
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  mkdirSync(folder, { recursive: true })
  for (const { path, text } of outputFiles) put(path, text)
  for (const source of sources) built.add(source)
}

function placeOf(source: string): string {
  return join(folder, `${basename(source, '.ts')}.js`)
}

/** In one step: another process of vitest may start what is there. */
function put(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) return
  } catch {
    // Not there yet.
  }
  const beside = `${file}.${process.pid}`
  writeFileSync(beside, text)
  renameSync(beside, file)
}
