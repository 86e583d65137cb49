// Every example in a project that has the package installed: it imports the package by its name.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'
import { asCompiled, ensureExamples, examples, runExample } from '../support/processes/example.ts'
import { eventually } from '../support/rigs/feed.ts'

const run = promisify(execFile)
const { project, code, output } = await ensureExamples()

describe('the package', () => {
  it('has declarations that every example compiles against', () => {
    expect({ code, output }).toEqual({ code: 0, output: '' })
  })

  it.concurrent.each(examples)('runs the example $name, which imports it by name', example =>
    runExample(example, project, asCompiled),
  )

  it('streams trades to an example from the addresses that stand in the environment', async () => {
    const simulator = await startSimulator({ tape: generatedTape({ rate: 500 }) })
    onTestFinished(() => simulator.stop())
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'examples/print-trades.ts', 'KRX:005930'], {
      cwd: project,
      env: environmentOf(simulator),
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
      env: environmentOf(simulator),
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
})

function environmentOf({ restUrl, wsUrl }: { readonly restUrl: string; readonly wsUrl: string }) {
  return {
    PATH: process.env['PATH'],
    KIS_APP_KEY: 'an-app-key',
    KIS_APP_SECRET: 'an-app-secret',
    KIS_REST_URL: restUrl,
    KIS_WS_URL: wsUrl,
  }
}
