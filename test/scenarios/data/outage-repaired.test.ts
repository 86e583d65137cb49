// The line of twenty names is cut for three seconds: REST is asked about every one of them, and has what was
// missed, Korean and overseas; overseas, it returns no more than the latest thirty trades of a name.
import { expect, it, onTestFinished } from 'vitest'
import { openJobs } from '../../../app/jobs/jobs.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import type { Clock } from '../../../market/clock.ts'
import type { Bar } from '../../../market/events.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { eventually, feedRig, planted, steadyClock } from '../../support/rigs/feed.ts'
import { temporaryFolder } from '../../support/servers/redis.ts'

const letters = 'ABCDEFGHIJKLMNOPQRST'.split('')

it.each([
  ['KR', '2026-09-14T10:00:00+09:00', letters.map((_, at) => `KRX:${100_000 + at}`)],
  ['US', '2026-09-14T23:00:00+09:00', letters.map(letter => `NAS:${letter}${letter}`)],
] as const)('an outage of three seconds is repaired to the share: %s', async (market, startsAt, instruments) => {
  const steady = steadyClock(startsAt)
  let skipped = 0
  const clock: Clock = { now: () => steady.now() + skipped }
  const tape = generatedTape({ rate: 40, seed: 3 })
  let closed = () => {}
  const log = (line: string) => {
    if (line.includes(': closed')) closed()
  }
  const simulator = await startSimulator({ clock, tape, log, quotations: { skippedOneOf: 0, callsPerSecond: 18 } })
  onTestFinished(() => simulator.stop())
  const settings = { ...planted, restUrl: simulator.restUrl, socketUrl: simulator.wsUrl, market, instruments }
  const jobs = await openJobs(readSettings(settings), { dataFolder: temporaryFolder(), clock })
  onTestFinished(() => jobs.close())
  const rig = await feedRig({ clock, market, instruments, running: simulator, jobs })
  const bars: Bar[] = []
  rig.feed.events$.pipe(toBars('1s', { clock })).subscribe(bar => bars.push(bar))
  await jobs.startWorkers()
  const receivedSince = (from: number) =>
    new Set(
      rig
        .of('trade')
        .slice(from)
        .map(({ instrument }) => instrument),
    ).size
  await eventually(() => receivedSince(0) === instruments.length)

  // Time jumps once both ends know that nothing is listened to: the market goes on from there.
  const isClosed = new Promise<void>(resolve => {
    closed = resolve
  })
  simulator.cut()
  await Promise.all([isClosed, rig.until('disconnect')])
  skipped = 3_000
  await rig.until('resume')
  const received = rig.of('trade').length
  await eventually(() => receivedSince(received) === instruments.length)
  await eventually(() => rig.of('gap-verdict').length === rig.of('gap').length)

  // Six moments each, of which a few are no trades: of most names something is missing, of some nothing.
  expect(rig.of('gap').length).toBeGreaterThan(instruments.length / 2)
  expect(rig.of('gap-verdict').filter(({ verdict }) => verdict !== 'repaired')).toEqual([])
  expect(rig.feed.status().openGaps).toEqual([])

  // And the seconds that were missed have their bars, to the share.
  const volumeIn = ({ instrument, startTime, endTime }: Bar) =>
    [...rig.of('trade'), ...rig.of('backfill').flatMap(({ trades, ...own }) => trades.map(one => ({ ...own, ...one })))]
      .filter(one => one.instrument === instrument)
      .filter(({ eventTime }) => startTime <= Number(eventTime) && Number(eventTime) < endTime)
      .reduce((sum, { volume }) => sum + Number(volume), 0)
  const repaired = bars.filter(({ isRepaired }) => isRepaired)
  expect(repaired.length).toBeGreaterThan(0)
  expect(repaired.map(({ volume }) => volume)).toEqual(repaired.map(volumeIn))
})
