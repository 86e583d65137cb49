import { describe, expect, it } from 'vitest'
import { runCommand, startCommand } from '../support/processes/command.ts'
import { againstSimulator, patient } from '../support/rigs/command.ts'
import { serverProgram, startTestServer } from '../support/servers/redis.ts'

describe('kis-stream worker', () => {
  it('needs a Redis that others reach', patient, async () => {
    const { environment } = await againstSimulator()
    const { code, err } = await runCommand(['worker'], environment)
    expect(code).toBe(1)
    expect(err).toContain('set REDIS_URL')
  })

  it('does jobs that others put in, and lets go on SIGTERM', patient, async ({ skip }) => {
    if (serverProgram === undefined) return skip()
    const { url } = await startTestServer()
    // So few trades that REST returns them all: where it leaves a part open, the minute's end is waited for.
    const { simulator, environment } = await againstSimulator({ REDIS_URL: url }, 20)
    const worker = startCommand(['worker', '--log-level', 'debug'], environment)
    await worker.printed((_, err) => err.includes('Waiting for jobs'))
    const running = startCommand(
      ['run', '--market', 'KR', '--instruments', 'KRX:005930', '--jobs', 'elsewhere', '--format', 'ndjson'],
      { ...environment, KIS_GRACE_MS: '50' },
    )
    await running.printed(out => out.includes('"type":"trade"'))
    const fault = simulator.inject({ kind: 'lose', probability: 0.3 })
    await running.printed(out => out.includes('"type":"gap"'))
    fault.clear()
    await running.printed(out => out.includes('"type":"gap-verdict"'))
    running.process.kill('SIGTERM')
    expect((await running.finished).code).toBe(0)
    worker.process.kill('SIGTERM')
    const { code, err } = await worker.finished
    expect(code).toBe(0)
    expect(err).toContain('job completed')
  })
})

describe('kis-stream run', () => {
  it('says where jobs are kept, or works without any', patient, async () => {
    const { environment } = await againstSimulator({ KIS_GRACE_MS: '50' })
    const here = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], environment)
    await here.printed((out, err) => out.includes('"type":"trade"') && err.includes('Jobs are kept in this process'))
    here.process.kill('SIGTERM')
    expect((await here.finished).code).toBe(0)

    const none = startCommand(['run', '--market', 'KR', '--format', 'ndjson', '--no-jobs'], environment)
    await none.printed(out => out.includes('"type":"trade"'))
    none.process.kill('SIGTERM')
    const { code, err } = await none.finished
    expect(code).toBe(0)
    expect(err).not.toContain('Jobs are kept')
  })

  it('does not take an unknown place for jobs', patient, async () => {
    const { code, err } = await runCommand(['run', '--jobs', 'there'])
    expect(code).toBe(2)
    expect(err).toContain("--jobs 'there'; expected here, elsewhere, off")
  })
})
