// What a user installs: the packed tarball, its declarations, and its command.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { manifest, root, runCompiler } from '../support/processes/compile.ts'
import { ensureInstalled } from '../support/processes/install.ts'
import { linkTree } from '../support/processes/link-tree.ts'

const run = promisify(execFile)
const { project } = await ensureInstalled()
const installed = join(project, 'node_modules/kis-stream')

describe('the package', () => {
  it('carries the library and nothing of the workshop', () => {
    expect(existsSync(join(installed, 'dist/index.d.ts'))).toBe(true)
    for (const name of ['test', 'dist/test', 'dist/bench', 'tsconfig.json']) {
      expect(existsSync(join(installed, name))).toBe(false)
    }
  })

  it('is built before it is packed', () => {
    // What is packed for these tests is what the steps of this script made.
    expect(manifest.scripts['prepack']).toBe('npm run build')
  })

  it('has declarations that need no package but RxJS', async () => {
    // A folder of its own: one inside of the project would find what stands in that.
    const bare = mkdtempSync(join(tmpdir(), 'kis-stream-declarations-'))
    onTestFinished(() => rmSync(bare, { recursive: true, force: true }))
    linkTree(installed, join(bare, 'node_modules/kis-stream'))
    mkdirSync(join(bare, 'node_modules/@types'))
    for (const name of ['rxjs', '@types/node']) {
      symlinkSync(join(root, 'node_modules', name), join(bare, 'node_modules', name))
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
    expect(await runCompiler('-p', bare)).toEqual({ code: 0, output: '' })
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
