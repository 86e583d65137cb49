import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'
import { jsonLinesOf, runCommand, startCommand } from '../support/processes/command.ts'
import { planted } from '../support/rigs/feed.ts'
import { serverProgram, startTestServer, temporaryFolder } from '../support/servers/redis.ts'

/** Commands are processes that compile what they run. */
const patient = { timeout: 180_000 }

async function againstSimulator(more: Record<string, string> = {}) {
  const simulator = await startSimulator({ tape: generatedTape({ rate: 200 }) })
  onTestFinished(() => simulator.stop())
  const environment = {
    KIS_APP_KEY: planted.appKey,
    KIS_APP_SECRET: planted.appSecret,
    KIS_REST_URL: simulator.restUrl,
    KIS_WS_URL: simulator.wsUrl,
    ...more,
  }
  return { simulator, environment }
}

const secrets = Object.values(planted)

describe('kis-stream job key-validation', () => {
  it.each([
    ['2026-11-24T16:45:00+09:00', { allowed: false, reason: 'Market is Open', next: '2026-11-24T20:00:00.000+09:00' }],
    [
      '2026-11-28T12:00:00+09:00',
      { allowed: false, reason: 'Outside the allowed windows', next: '2026-11-28T17:00:00.000+09:00' },
    ],
    ['2026-11-24T20:30:00+09:00', { allowed: true, reason: null, next: '2026-11-24T20:30:00.000+09:00' }],
  ])('answers about %s in one line, without keys and without Redis', patient, async (time, answer) => {
    const nowhere = { REDIS_URL: 'redis://127.0.0.1:1' }
    const { code, out } = await runCommand(['job', 'key-validation', '--dry-run', '--at', time], nowhere)
    expect(code).toBe(0)
    expect(jsonLinesOf(out)).toEqual([answer])
  })

  it('counts Nextrade where it is configured', patient, async () => {
    const time = '2026-08-13T17:30:00+09:00'
    const { out } = await runCommand(['job', 'key-validation', '--at', time], { KIS_INSTRUMENTS: 'NXT:005930' })
    expect(jsonLinesOf(out)).toEqual([
      { allowed: false, reason: 'Market is Open', next: '2026-08-13T20:00:00.000+09:00' },
    ])
  })

  it('heeds the days that the user knows better', patient, async () => {
    const time = '2026-11-24T17:30:00+09:00'
    const file = join(temporaryFolder(), 'calendar.json')
    writeFileSync(file, JSON.stringify({ holidays: { KR: [20261124] } }))
    const { out } = await runCommand(['job', 'key-validation', '--at', time], { KIS_CALENDAR: file })
    expect(jsonLinesOf(out)).toEqual([{ allowed: true, reason: null, next: '2026-11-24T17:30:00.000+09:00' }])
  })
})

describe('kis-stream job', () => {
  it('has a token issued, shows progress, prints the outcome, and keeps secrets', patient, async () => {
    const { simulator, environment } = await againstSimulator()
    const { code, out, err } = await runCommand(['job', 'token-refresh'], environment)
    expect(code).toBe(0)
    expect(jsonLinesOf(out)).toMatchObject([{ outcome: 'issued', expiresAt: expect.stringContaining('+09:00') }])
    expect(err).toMatch(/token-refresh-\w+: in the queue/)
    expect(simulator.stats().tokensIssued).toBe(1)
    for (const secret of secrets) expect(out + err).not.toContain(secret)
  })

  it('ends though a worker elsewhere is done with its job before it can listen', patient, async ({ skip }) => {
    if (serverProgram === undefined) return skip()
    const server = await startTestServer()
    const { environment } = await againstSimulator({ REDIS_URL: server.url })
    const worker = startCommand(['worker'], environment)
    await worker.printed((_, err) => err.includes('Waiting for jobs'))
    onTestFinished(() => void worker.process.kill('SIGTERM'))
    const commands = Array.from({ length: 4 }, () => runCommand(['job', 'token-refresh'], environment))
    for (const { code, out } of await Promise.all(commands)) {
      expect(code).toBe(0)
      expect(jsonLinesOf(out)).toMatchObject([{ outcome: expect.stringMatching(/^(issued|kept)$/) }])
    }
  })

  it('asks for the token that is kept, and lists what was done, when a server keeps it', patient, async ({ skip }) => {
    if (serverProgram === undefined) return skip()
    const folder = temporaryFolder()
    const { simulator, environment } = await againstSimulator({ KIS_DATA_FOLDER: folder })
    const first = await runCommand(['job', 'token-refresh'], environment)
    const second = await runCommand(['job', 'token-refresh'], environment)
    const list = await runCommand(['job', 'list'], environment)

    expect([first.code, second.code, list.code]).toEqual([0, 0, 0])
    expect(jsonLinesOf(first.out)).toMatchObject([{ outcome: 'issued' }])
    expect(jsonLinesOf(second.out)).toMatchObject([{ outcome: 'kept' }])
    expect(simulator.stats().tokensIssued).toBe(1)
    const done = jsonLinesOf(list.out).filter(({ id }) => String(id).startsWith('token-refresh-'))
    expect(done).toMatchObject([{ state: 'completed' }, { state: 'completed' }])
    expect(list.err).toMatch(/BullMQ prefix of this app key: \{kis-[0-9a-f]{16}\}/)
    for (const { out, err } of [first, second, list]) {
      for (const secret of secrets) expect(out + err).not.toContain(secret)
    }
    expect(existsSync(join(folder, 'redis'))).toBe(true)
  })

  it('ends with code 1 and a sentence when the Redis that was named cannot be reached', patient, async () => {
    const { environment } = await againstSimulator({ REDIS_URL: 'redis://user:A-PASSWORD@127.0.0.1:1' })
    for (const words of [['job', 'list'], ['worker'], ['run', '--market', 'KR']]) {
      const { code, err } = await runCommand(words, environment)
      expect(code).toBe(1)
      expect(err).toContain('REDIS_URL names redis://127.0.0.1:1, which cannot be reached')
      expect(err).not.toContain('A-PASSWORD')
    }
  })

  it('says what to set when there are no keys', patient, async () => {
    for (const words of [['job', 'list'], ['job', 'token-refresh'], ['worker']]) {
      const { code, err } = await runCommand(words, {})
      expect(code).toBe(2)
      expect(err).toContain('KIS_APP_KEY is missing')
      expect(err).toMatch(/Set KIS_APP_KEY and KIS_APP_SECRET in the environment or in \.env; .*'kis-stream simulate'/)
    }
  })

  it('lists everything that is wrong in one message, with exit code 2', patient, async () => {
    const { code, out, err } = await runCommand(['job', 'certificate', '2026-13-01', '--foo'], {
      KIS_ENV: 'production',
    })
    expect(code).toBe(2)
    expect(out).toBe('')
    for (const mistake of ["'2026-13-01' is no date", '--foo', 'KIS_DATA_FOLDER is off', 'KIS_ENV', 'KIS_APP_KEY']) {
      expect(err).toContain(mistake)
    }
  })
})

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
    const { simulator, environment } = await againstSimulator({ REDIS_URL: url })
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
