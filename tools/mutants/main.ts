// `npm run mutants [-- --only WORD] [-- --at-once 2]`: breaks the code on purpose, one small fault at a time,
// and runs the tests that should notice. A fault that no test notices "survives": a test is missing. It works
// on copies, never on this checkout.
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Mutant, mutants, mutated, readSource } from './mutants.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A test that waits for an event which a mutant withholds would wait for its own time-out. */
const patienceMs = 180_000

type Outcome = 'killed' | 'survived' | 'timed out'

const { values } = parseArgs({ options: { only: { type: 'string' }, 'at-once': { type: 'string', default: '2' } } })
const atOnce = Number(values['at-once'])
if (!Number.isSafeInteger(atOnce) || atOnce < 1) throw new Error(`--at-once ${values['at-once']}: expected 1 or more`)
const chosen = mutants.filter(({ name, file }) => `${file} ${name}`.includes(values.only ?? ''))
const survivors: string[] = []
process.exitCode = (await runAll(chosen)) ? 0 : 1

async function runAll(list: readonly Mutant[]): Promise<boolean> {
  if (list.length === 0) throw new Error(`no mutant has '${values.only}' in its name`)
  const waiting = [...list]
  const folders = Array.from({ length: Math.min(atOnce, list.length) }, copyOfProject)
  try {
    const tests = [...new Set(list.flatMap(({ tests }) => tests))]
    const isHealthy = (await testsPass(folders[0] as string, tests)) === 'survived'
    if (!isHealthy) throw new Error('the tests fail without any mutant: mend them first')
    await Promise.all(folders.map(folder => work(folder, waiting)))
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  say(`\n${list.length - survivors.length} of ${list.length} killed`)
  for (const name of survivors) say(`  survived: ${name}`)
  return survivors.length === 0
}

async function work(folder: string, waiting: Mutant[]): Promise<void> {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const { file, name, tests } = mutant
    writeFileSync(join(folder, file), mutated(mutant))
    const outcome = await testsPass(folder, tests)
    writeFileSync(join(folder, file), readSource(file))
    if (outcome === 'survived') survivors.push(`${file}: ${name}`)
    say(`${outcome.padEnd(9)}  ${file}: ${name}`)
  }
}

function testsPass(folder: string, tests: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--maxWorkers=1', ...tests], {
      cwd: folder,
      stdio: 'ignore',
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(signal === null ? (code === 0 ? 'survived' : 'killed') : 'timed out'))
  })
}

function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-mutants-'))
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const name of listed.split('\n').filter(name => name !== '')) {
    mkdirSync(join(folder, dirname(name)), { recursive: true })
    copyFileSync(join(root, name), join(folder, name))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
