// A gap cannot be looked up: its job gives up. What is missing remains unknown, and says so in an event, a
// counter and the log.
import { expect, it, onTestFinished } from 'vitest'
import { openJobs } from '../../../app/jobs/jobs.ts'
import { silentLogger } from '../../../app/observe/log.ts'
import { ownerOf } from '../../../app/settings/lines.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { KisError } from '../../../kis/errors.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { openRedis } from '../../../workers/redis/redis.ts'
import { startWorkers } from '../../../workers/run.ts'
import { prefixOf } from '../../../workers/redis/scope.ts'
import { feedRig, mondayAtTen, planted } from '../../support/rigs/feed.ts'
import { serverProgram, startTestServer } from '../../support/servers/redis.ts'

it('a gap whose job gives up has a verdict', async ({ skip }) => {
  if (serverProgram === undefined) return skip()
  const clock = mondayAtTen()
  const server = await startTestServer()
  const simulator = await startSimulator({ clock, tape: generatedTape({ rate: 200, seed: 4 }) })
  onTestFinished(() => simulator.stop())
  const settings = readSettings({ ...planted, restUrl: simulator.restUrl, socketUrl: simulator.wsUrl })
  const warnings: { facts: Record<string, unknown>; message: string }[] = []
  const warn = (facts: object, message: string) => void warnings.push({ facts: { ...facts }, message })
  const log = { ...silentLogger, warn }
  const jobs = await openJobs(settings, { redisUrl: server.url, clock, log })
  onTestFinished(() => jobs.close())
  const redis = await openRedis({ url: server.url, clock })
  const workers = startWorkers({
    redis,
    prefix: prefixOf(ownerOf(settings)),
    processors: {
      'gap-validation': () => Promise.reject(new KisError('invalid-request', `KIS knows no ${planted.appSecret}`)),
    },
  })
  onTestFinished(async () => {
    await workers.stop(0)
    await redis.close()
  })
  const rig = await feedRig({ clock, log, running: simulator, jobs })
  await rig.until('trade')
  const fault = simulator.inject({ kind: 'lose', probability: 0.3 })
  const gap = await rig.until('gap')
  fault.clear()

  const verdict = await rig.until('gap-verdict', ({ fromVolume }) => fromVolume === gap.fromVolume)
  const { instrument, businessDate, fromVolume, toVolume, from, to, missingVolume } = gap
  expect(verdict).toMatchObject({ instrument, businessDate, verdict: 'unfillable', unknownVolume: missingVolume })
  expect(verdict.unknown).toEqual([{ fromVolume, toVolume, from, to }])
  expect(verdict.evidence).toEqual([
    expect.stringMatching(/^the job gap-KRX-005930-\S+ gave up: KIS knows no \[redacted\]$/),
  ])
  expect(rig.feed.status().counts.unfillable).toBe(rig.of('gap-verdict').length)
  expect(jobs.counters().gaveUp).toBe(rig.of('gap-verdict').length)
  const said = warnings.find(({ message }) => message === 'volume remains unknown')
  expect(said?.facts).toMatchObject({ instrument, unknownVolume: missingVolume, evidence: verdict.evidence })
  expect(JSON.stringify(warnings)).not.toContain(planted.appSecret)
})
