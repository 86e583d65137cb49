// What a user installs: the packed tarball, its declarations, an example that imports it, and its command.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'
import { examples, runExample } from '../support/processes/example.ts'
import { ensureInstalled } from '../support/processes/install.ts'
import { eventually } from '../support/rigs/feed.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const { project } = await ensureInstalled()
const installed = join(project, 'node_modules/kis-stream')

describe('the package', () => {
  it('carries the library and nothing of the workshop', () => {
    expect(existsSync(join(installed, 'dist/index.d.ts'))).toBe(true)
    for (const name of ['test', 'dist/test', 'dist/bench', 'tsconfig.json']) {
      expect(existsSync(join(installed, name))).toBe(false)
    }
  })

  it('has declarations that every example compiles against', async () => {
    const options = {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
    }
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: options,
        files: readdirSync(join(root, 'examples')).map(name => `examples/${name}`),
      }),
    )
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project])
    expect(stdout).toBe('')
  })

  it('has declarations that need no package but RxJS', async () => {
    const bare = join(project, 'bare')
    mkdirSync(join(bare, 'node_modules/@types'), { recursive: true })
    cpSync(installed, join(bare, 'node_modules/kis-stream'), { recursive: true })
    for (const name of ['rxjs', 'tslib', '@types/node', 'undici-types']) {
      cpSync(join(root, 'node_modules', name), join(bare, 'node_modules', name), { recursive: true })
    }
    const entries = ['kis-stream', 'kis-stream/decode', 'kis-stream/testing', 'kis-stream/simulator']
    writeFileSync(
      join(bare, 'program.ts'),
      entries.map((name, i) => `export type * as e${i} from '${name}'\n`).join(''),
    )
    const options = {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    }
    writeFileSync(join(bare, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(bare, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }))
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', bare])
    expect(stdout).toBe('')
  })

  it.concurrent.each(examples)('runs the example $name, which imports it by name', example =>
    runExample(example, project),
  )

  it('streams trades to an example from the addresses that stand in the environment', async () => {
    const simulator = await startSimulator({ tape: generatedTape({ rate: 500 }) })
    onTestFinished(() => simulator.stop())
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'examples/print-trades.ts', 'KRX:005930'], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        KIS_APP_KEY: 'an-app-key',
        KIS_APP_SECRET: 'an-app-secret',
        KIS_REST_URL: simulator.restUrl,
        KIS_WS_URL: simulator.wsUrl,
      },
    })
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(10)
    for (const line of lines) expect(line).toMatch(/^KRX:005930 \d+ \d+ (buy|sell)$/)
    expect(simulator.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
  })

  it('has what was missed fetched by jobs that a program opens by name, and tells what became of one put in by hand', async () => {
    const simulator = await startSimulator({ tape: generatedTape({ rate: 20 }), quotations: { skippedOneOf: 0 } })
    onTestFinished(() => simulator.stop())
    const running = execFile(process.execPath, ['--import', 'tsx', 'examples/repaired-trades.ts', 'KRX:005930'], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        KIS_APP_KEY: 'an-app-key',
        KIS_APP_SECRET: 'an-app-secret',
        KIS_REST_URL: simulator.restUrl,
        KIS_WS_URL: simulator.wsUrl,
      },
    })
    onTestFinished(() => void running.kill('SIGKILL'))
    let said = ''
    running.stdout?.on('data', chunk => {
      said += String(chunk)
    })
    running.stderr?.pipe(process.stderr)
    const closed = once(running, 'close')
    await eventually(() => said.includes('May keys be checked now?'))
    const fault = simulator.inject({ kind: 'lose', probability: 0.3 })
    await eventually(() => / missed \d+ shares: lost/.test(said))
    fault.clear()
    await eventually(() => said.includes('KRX:005930 repaired'))
    running.kill('SIGINT')
    expect(await closed).toEqual([0, null])
    expect(said).toMatch(/Jobs are kept in this process's memory/)
  })

  it('has a command that runs compiled, its worker thread included', async () => {
    const frames = fileURLToPath(new URL('../fixtures/frames/H0STCNT0.txt', import.meta.url))
    const command = join(installed, 'dist/cli/main.js')
    const { stdout } = await run(process.execPath, [command, 'decode', frames])
    expect(stdout.split('\n').filter(line => line.startsWith('{"type":"trade"'))).toHaveLength(43)

    const running = execFile(process.execPath, [command, 'run', '--market', 'KR', '--format', 'ndjson'], {
      env: { PATH: process.env['PATH'], KIS_GRACE_MS: '50', KIS_DASHBOARD_PORT: '0' },
      cwd: project,
    })
    let said = ''
    running.stderr?.on('data', chunk => {
      said += String(chunk)
    })
    const firstTrade = new Promise<void>(resolve => {
      running.stdout?.on('data', chunk => String(chunk).includes('"type":"trade"') && resolve())
    })
    await firstTrade
    // The page needs no build: its files must be there as they are, and so must the library of its charts.
    const url = /Dashboard: ([^\s"]+)/.exec(said)?.[1] ?? ''
    for (const path of ['', 'main.js', 'style/tokens.css', 'library/lightweight-charts.mjs']) {
      expect((await fetch(url + path)).status, path).toBe(200)
    }
    running.kill('SIGINT')
    const code = await new Promise(resolve => running.on('close', resolve))
    expect(code).toBe(0)
  })
})
