// Jobs in a program: `openJobs` and `createFeed({ jobs })`, without the command. Real sockets, and the Redis
// inside of the process.
import { expect, it, onTestFinished } from 'vitest'
import { createFeed, type MarketEvent, openJobs } from '../../../index.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { eventually, mondayAtTen, planted, shortTiming } from '../../support/rigs/feed.ts'

it('a gap is found, a job repairs it, and the feed emits the missing trades', async () => {
  const clock = mondayAtTen()
  // REST has every trade, so nothing remains unknown.
  const simulator = await startSimulator({
    clock,
    tape: generatedTape({ rate: 20, seed: 3 }),
    quotations: { skippedOneOf: 0, keptTrades: 100_000 },
  })
  onTestFinished(() => simulator.stop())
  const options = {
    ...planted,
    restUrl: simulator.restUrl,
    socketUrl: simulator.wsUrl,
    market: 'KR',
    instruments: ['KRX:005930'],
    timing: shortTiming,
    clock,
  } as const
  const jobs = await openJobs(options)
  onTestFinished(() => jobs.close())
  expect(jobs.redisKind).toBe('embedded')
  const feed = createFeed({ ...options, jobs })
  onTestFinished(() => feed.stop())
  const events: MarketEvent[] = []
  feed.events$.subscribe(event => void events.push(event))
  const of = <T extends MarketEvent['type']>(type: T) =>
    events.filter((event): event is Extract<MarketEvent, { type: T }> => event.type === type)
  feed.start()
  await jobs.startWorkers()
  await eventually(() => of('trade').length > 0)

  const fault = simulator.inject({ kind: 'lose', probability: 0.5 })
  await eventually(() => of('gap').length >= 3)
  fault.clear()
  await eventually(() => of('gap-verdict').length === of('gap').length)

  expect(of('gap-verdict').filter(({ verdict }) => verdict !== 'repaired')).toEqual([])
  // What was missing came, to the share.
  const spans = (all: readonly { fromVolume: number; toVolume: number }[]) =>
    all.map(({ fromVolume, toVolume }) => [fromVolume, toVolume]).sort(([a = 0], [b = 0]) => a - b)
  expect(spans(of('backfill'))).toEqual(spans(of('gap')))
  const { openGaps, counts } = feed.status()
  expect(openGaps).toEqual([])
  expect(counts.repairedVolume).toBe(counts.missingVolume)
  expect(jobs.counters()).toMatchObject({ found: of('gap').length, waiting: 0, gaveUp: 0 })
})

it('a feed that stops leaves the jobs open for another one', async () => {
  const simulator = await startSimulator({ tape: generatedTape({ rate: 20, seed: 3 }) })
  onTestFinished(() => simulator.stop())
  const options = { ...planted, restUrl: simulator.restUrl, socketUrl: simulator.wsUrl, timing: shortTiming } as const
  const jobs = await openJobs(options)
  onTestFinished(() => jobs.close())
  for (const instruments of [['KRX:005930'], ['KRX:000660']]) {
    const feed = createFeed({ ...options, market: 'KR', instruments, jobs })
    feed.start()
    await Promise.all(instruments.map(name => feed.confirmed(name)))
    await feed.stop()
  }
  const id = await jobs.enqueue('key-validation', 'asked-after-both', { dryRun: true })
  await jobs.startWorkers()
  expect(await jobs.done('key-validation', id)).toMatchObject({ state: 'completed' })
})

it('anything but what openJobs resolves to is a mistake', () => {
  const jobs = openJobs({ ...planted })
  onTestFinished(async () => (await jobs).close())
  expect(() => createFeed({ ...planted, jobs: jobs as never })).toThrow('jobs needs what openJobs resolves to')
})
