// Standard error where it is no terminal: one kind of line, whatever a command says and whichever part of it
// says so.
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { jsonLinesOf, runCommand, saidIn, startCommand } from '../../support/processes/command.ts'
import { hasRedisServer, needsRedis, startRedisServer } from '../../support/servers/redis-server.ts'
import { temporaryFolder } from '../../support/servers/redis.ts'

async function againstSimulator() {
  const simulator = await startSimulator({ tape: generatedTape({ rate: 500 }) })
  onTestFinished(() => simulator.stop())
  return {
    KIS_APP_KEY: 'any',
    KIS_APP_SECRET: 'any',
    KIS_REST_URL: simulator.restUrl,
    KIS_WS_URL: simulator.wsUrl,
    KIS_MARKET: 'KR',
    KIS_GRACE_MS: '50',
    KIS_DASHBOARD_PORT: '0',
  }
}

/** Levels as pino numbers them. */
const levelOf = (err: string, said: RegExp) => jsonLinesOf(err).find(({ msg }) => said.test(String(msg)))?.['level']

describe('standard error is lines of the log alone', () => {
  it.each(['pretty', 'ndjson'])('with run --format %s: its sentences have a level', async output => {
    const environment = { ...(await againstSimulator()), KIS_DASHBOARD: 'on', KIS_INSTRUMENT: 'KRX:005930' }
    const folder = temporaryFolder()
    const running = startCommand(['run', '--format', output, '--record', folder, '--no-jobs'], environment)
    await running.printed((out, err) => out.includes('KRX:') && err.includes('Dashboard'))
    running.process.kill('SIGINT')
    const { code, err } = await running.finished
    expect(code).toBe(0)
    expect(saidIn(err)).toContain('Recording to ')
    expect(levelOf(err, /^Dashboard: /)).toBe(30)
    expect(levelOf(err, /did you mean KIS_INSTRUMENTS/)).toBe(40)
    expect(levelOf(err, /^Stopping: /)).toBe(30)
  })

  it('with a run that is refused because its Redis is not there', async () => {
    const environment = { ...(await againstSimulator()), REDIS_URL: 'redis://127.0.0.1:1' }
    const { code, err } = await runCommand(['run'], environment)
    expect([code, levelOf(err, /which cannot be reached/)]).toEqual([1, 50])
    saidIn(err)
  })

  it('with simulate', async () => {
    const simulating = startCommand(['simulate', '--port', '0'])
    await simulating.printed(out => out.includes('/simulator/notices'))
    simulating.process.kill('SIGINT')
    const { err } = await simulating.finished
    expect(saidIn(err)).toMatch(/^listening on http/)
  })

  it.skipIf(!hasRedisServer)(
    `with worker and job, on a Redis of which a package complains (${needsRedis})`,
    async () => {
      const redis = await startRedisServer()
      onTestFinished(() => redis.end())
      await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru')
      const environment = { ...(await againstSimulator()), REDIS_URL: `unix://${redis.url}` }
      const working = startCommand(['worker'], environment)
      await working.printed((_, err) => err.includes('Waiting for jobs'))
      const job = await runCommand(['job', 'token-refresh'], environment)
      expect(job.code).toBe(0)
      expect(saidIn(job.err)).toMatch(/^token-refresh-\w+: in the queue$/m)
      // It answers, and refuses what takes a job off its queue.
      await redis.client.call('ACL', 'SETUSER', 'default', '-eval', '-evalsha')
      const [marker = ''] = await redis.client.keys('*:token-refresh:meta')
      await redis.client.zadd(marker.replace(/meta$/, 'marker'), 0, '0')
      await working.printed((_, err) => err.includes('Redis refuses'))
      working.process.kill('SIGINT')
      const { code, err } = await working.finished
      expect(code).toBe(0)
      expect(saidIn(err)).toContain('Stopping: ')
      expect(levelOf(err, /Eviction policy is allkeys-lru/)).toBe(40)
      expect(levelOf(err, /^Redis refuses what workers ask of it/)).toBe(40)
    },
  )
})

describe('standard error of a command that keeps no log', () => {
  it('is sentences', async () => {
    expect((await runCommand(['decode', '/no/such/file'])).err).toMatch(/^kis-stream decode: cannot read/)
    // Nothing runs yet.
    expect((await runCommand(['run', '--market', 'JP'])).err).toMatch(/^kis-stream run: /)
  })
})
