// What `npm install kis-stream` brings and costs: how many packages, how large, one copy of what must be
// shared, how long an import takes; and what a program and the command do where an optional package is not
// there.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { optionalPackages } from '../../system/optional-package.ts'
import { root } from '../support/processes/compile.ts'
import { ensureInstalled, packagesIn } from '../support/processes/install.ts'

const run = promisify(execFile)
const { bare, npmSaid } = await ensureInstalled()
const modules = join(bare, 'node_modules')
const command = join(modules, 'kis-stream/dist/cli/main.js')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<
  Record<'dependencies' | 'devDependencies' | 'peerDependencies' | 'peerDependenciesMeta', Record<string, unknown>>
>

const mostPackages = 48
const mostBytes = 40 * 1024 * 1024
/** Of the processor time that a comparable client takes, which has a WebSocket and zod as well. */
const mostOfOther = 2.2

describe('an install', () => {
  it(`has at most ${mostPackages} packages and 40 MB`, () => {
    const packages = packagesIn(bare)
    expect(packages.length).toBeGreaterThan(20)
    expect(packages.length, packages.join(' ')).toBeLessThanOrEqual(mostPackages)
    const bytes = readdirSync(modules, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter(entry => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
    expect(bytes).toBeLessThanOrEqual(mostBytes)
  })

  it.each(['rxjs', 'ioredis', 'ws'])('has one %s', name => {
    expect(packagesIn(bare).filter(folder => folder === name || folder.endsWith(`/node_modules/${name}`))).toEqual([
      name,
    ])
  })

  it('has nothing of what is bundled, copied or optional', () => {
    const left = ['js-redis-server', 'lua-redis-wasm', 'zod', 'elkjs', 'lightweight-charts', 'pino-pretty', '@types']
    expect([...left, ...Object.keys(optionalPackages)].filter(name => existsSync(join(modules, name)))).toEqual([])
  })

  it('comes without a warning', () => {
    // Scripts of dependencies are left out on purpose here, which npm says.
    expect(npmSaid).not.toMatch(/EBADENGINE|ERESOLVE|deprecated|peer/i)
  })
})

describe('package.json', () => {
  it('names each optional package as a peer, with the range that the sentences say', () => {
    const { rxjs, ...optional } = manifest.peerDependencies
    expect(optional).toEqual(optionalPackages)
    expect(Object.keys(manifest.peerDependenciesMeta).toSorted()).toEqual(Object.keys(optionalPackages).toSorted())
    expect(rxjs).toBe('>=7.8 <8')
    for (const name of Object.keys(manifest.peerDependencies)) expect(manifest.devDependencies).toHaveProperty(name)
  })

  it('has ranges, so that a project can share what it has', () => {
    for (const range of Object.values(manifest.dependencies)) expect(range).toMatch(/^\^/)
  })
})

/** In the bare project, with no Redis on the path. */
function start(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = execFile(process.execPath, words, { cwd: bare, env: { PATH: '/nowhere', ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  const waiting = new Set<() => void>()
  const take = (chunk: unknown) => {
    said += String(chunk)
    for (const look of waiting) look()
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  return {
    said: () => said,
    ended: new Promise<number | null>(resolve => child.on('close', resolve)),
    interrupt: () => child.kill('SIGINT'),
    until: (text: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => text.test(said) && resolve()
        waiting.add(look)
        child.on('close', () => reject(new Error(`ended before ${String(text)}: ${said}`)))
        look()
      }),
  }
}

describe('a program', () => {
  it('imports it, and a CommonJS program requires it, without a word', async () => {
    for (const words of [
      ['--input-type=module', '-e', "import { createFeed } from 'kis-stream'; console.log(typeof createFeed)"],
      ['-e', "console.log(typeof require('kis-stream').createFeed)"],
      ['-e', "console.log(typeof require('kis-stream/simulator').startSimulator)"],
    ]) {
      expect(await run(process.execPath, words, { cwd: bare })).toEqual({ stdout: 'function\n', stderr: '' })
    }
  })

  it(`takes at most ${mostOfOther} times the processor time of cluefin-openapi to import it`, () => {
    const other = join(root, 'node_modules/cluefin-openapi/dist/esm/index.js')
    const own = join(modules, 'kis-stream/dist/index.js')
    // The least of several, in turns: what else runs on the machine only adds. On a busy one it takes more.
    let [least, leastOther] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let turn = 1; turn <= 20 && (turn <= 4 || least > mostOfOther * leastOther); turn++) {
      least = Math.min(least, importCost(own))
      leastOther = Math.min(leastOther, importCost(other))
    }
    expect(least / leastOther).toBeLessThanOrEqual(mostOfOther)
  })
})

/** Microseconds of processor time, without the start of Node. */
function importCost(file: string): number {
  const program = `const before = process.cpuUsage(); await import(${JSON.stringify(file)})
    const { user, system } = process.cpuUsage(before); console.log(user + system)`
  return Number(spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout)
}

describe('the command in an install', () => {
  it('keeps its jobs in memory where there is no Redis, and warns of nothing', async () => {
    const running = start([command, 'run', '--market', 'KR', '--format', 'ndjson', '--dashboard-port', '0'], {
      KIS_GRACE_MS: '50',
    })
    await running.until(/"type":"trade"/)
    await running.until(/Jobs are kept in this process's memory/)
    running.interrupt()
    expect(await running.ended).toBe(0)
    expect(running.said()).not.toMatch(/Warning|"level":[456]0/)
  })

  it('says what to install for the page of the jobs, and for the inspector that was asked for', async () => {
    const words = ['run', '--market', 'KR', '--inspect', '--dashboard-port', '0']
    const running = start([command, ...words], { KIS_GRACE_MS: '50' })
    await running.until(/the Stately inspector needs @statelyai\/inspect: npm i @statelyai\/inspect@/)
    const url = /Dashboard: ([^\s"]+)/.exec(running.said())?.[1] ?? ''
    const board = await fetch(`${url}jobs`)
    expect([board.status, await board.text()]).toEqual([
      501,
      `the page of the jobs needs @bull-board/api, @bull-board/hono, @bull-board/ui: npm i @bull-board/api@${optionalPackages['@bull-board/api']} @bull-board/hono@${optionalPackages['@bull-board/hono']} @bull-board/ui@${optionalPackages['@bull-board/ui']}\n`,
    ])
    running.interrupt()
    expect(await running.ended).toBe(0)
  })

  it('says what to install for an export, before it writes anything', async () => {
    const recordings = join(root, 'test/fixtures/recordings/v1/recording')
    const exporting = start([command, 'export', recordings, '--output', 'tables'])
    const code = await exporting.ended
    expect(exporting.said()).toContain(
      `kis-stream export needs @duckdb/node-api: npm i @duckdb/node-api@${optionalPackages['@duckdb/node-api']}`,
    )
    expect(code).not.toBe(0)
    expect(existsSync(join(bare, 'tables')) ? readdirSync(join(bare, 'tables')) : []).toEqual([])
  })
})
