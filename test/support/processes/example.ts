// An example without keys, ended with Ctrl-C once it has shown what it is for.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Output, runCompiler } from './compile.ts'
import { ensureInstalled } from './install.ts'
import { once } from './once.ts'

/** Its words, and what it prints when it works. The one that ends by itself has no Ctrl-C coming. */
export const examples = [
  { name: 'print-trades.ts', words: ['KRX:005930'], shows: /(KRX:005930 \d+ \d+ (buy|sell)\s+){10}/, endsItself: true },
  { name: 'own-sink.ts', words: [], shows: /(\d{13},KRX:005930,\d+,\d+\n){3}/ },
  { name: 'venue-spread.ts', words: ['005930'], shows: /no gap|buy on KRX, sell on NXT: \d+ won a share/ },
  { name: 'watch-machines.ts', words: [], shows: /(KR|US) subscription\.acknowledged → \{"session":/ },
  { name: 'minute-bars.ts', words: ['events.ndjson', 'NAS:AAPL'], shows: /a bar is printed when its minute is over/ },
  { name: 'repaired-trades.ts', words: ['KRX:005930'], shows: /May keys be checked now\? (true|false)/ },
  { name: 'query-export.ts', words: ['tables', '2026-11-20'], shows: /What is missing, and why\?/, endsItself: true },
] as const satisfies readonly Example[]

export type Example = {
  readonly name: string
  readonly words: readonly string[]
  readonly shows: RegExp
  readonly endsItself?: boolean
}

/** As its first lines say to run it. */
export const asSource = (name: string): readonly string[] => ['--import', 'tsx', join('examples', name)]
/** Where `ensureExamples` puts it. */
export const asCompiled = (name: string): readonly string[] => [join('compiled', name.replace(/\.ts$/, '.js'))]

/** Compiles the examples in the project that has the package installed; what the compiler says. */
export async function ensureExamples(): Promise<Output & { readonly project: string }> {
  const { project } = await ensureInstalled()
  return once('examples', async () => {
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      rewriteRelativeImportExtensions: true,
      skipLibCheck: true,
      rootDir: 'examples',
      outDir: 'compiled',
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['examples'] }))
    return { ...(await runCompiler('-p', project)), project }
  })
}

/** `home`: where `examples/` is. Fails unless it shows what it is for and ends with code 0. */
export async function runExample(
  { name, words, shows, endsItself = false }: Example,
  home: string,
  start: (name: string) => readonly string[] = asSource,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kis-example-'))
  const own = words.map(word => (word.endsWith('.ndjson') ? join(folder, word) : word))
  const child = execFile(process.execPath, [...start(name), ...own], {
    cwd: home,
    env: { PATH: process.env['PATH'] },
    // One that hangs says so by its code.
    timeout: 200_000,
    killSignal: 'SIGKILL',
  })
  let shown = ''
  let hasPressed = false
  const look = (chunk: unknown) => {
    shown += String(chunk)
    if (endsItself || hasPressed || !shows.test(shown)) return
    hasPressed = true
    // As a runner does that passes a terminal's signal on.
    child.kill('SIGINT')
    child.kill('SIGINT')
  }
  child.stdout?.on('data', look)
  child.stderr?.on('data', look)
  const ended = await new Promise(resolve => child.on('close', (code, signal) => resolve(code ?? signal)))
  rmSync(folder, { recursive: true, force: true })
  expect(shown).toMatch(shows)
  expect(ended, shown).toBe(0)
}
