import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonLinesOf, runCommand, startCommand } from '../support/processes/command.ts'
import { againstSimulator, patient } from '../support/rigs/command.ts'
import { planted } from '../support/rigs/feed.ts'
import { serverProgram, startTestServer, temporaryFolder } from '../support/servers/redis.ts'

const secrets = Object.values(planted)

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
    const commands = [['job', 'list'], ['worker'], ['run', '--market', 'KR']]
    // At once, as each tries for a while.
    for (const { code, err } of await Promise.all(commands.map(words => runCommand(words, environment)))) {
      expect(code).toBe(1)
      expect(err).toContain('REDIS_URL names redis://127.0.0.1:1, which cannot be reached')
      expect(err).not.toContain('A-PASSWORD')
    }
  })

  it('says what to set when there are no keys', patient, async () => {
    const commands = [['job', 'list'], ['job', 'token-refresh'], ['worker']]
    for (const { code, err } of await Promise.all(commands.map(words => runCommand(words)))) {
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
