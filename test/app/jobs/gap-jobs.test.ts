import { Subject } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGapJobs } from '../../../app/jobs/gap-jobs.ts'
import { silentLogger } from '../../../app/observe/log.ts'
import type { Gap, MarketEvent } from '../../../market/events.ts'
import type { GapFinding } from '../../../market/gap-finding.ts'
import type { JobOutcome, QueueHandles } from '../../../workers/queue-handles.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const gapOf = (fromVolume: number): Gap => ({
  type: 'gap',
  instrument: 'KRX:005930',
  cause: 'lost',
  businessDate: 20260914,
  missingVolume: 10,
  missingValue: null,
  fromVolume,
  toVolume: fromVolume + 10,
  from: 1,
  to: 2,
  receivedTime: 3,
})
const idOf = (fromVolume: number) => `gap-KRX-005930-20260914-${fromVolume}-${fromVolume + 10}`

function rig() {
  const jobs = new Map<string, JobOutcome<'gap-validation'>>()
  const events = new Subject<MarketEvent>()
  const found: GapFinding[] = []
  let isAway = false
  let tell = (_id: string) => {}
  const queues = {
    async enqueue(_queue: string, name: string) {
      if (isAway) throw new Error('Redis is away')
      const id = name.replaceAll(':', '-')
      if (jobs.has(id)) tell(id)
      else jobs.set(id, { state: 'waiting' })
      return id
    },
    async outcomeOf(_queue: string, id: string) {
      if (isAway) throw new Error('Redis is away')
      return jobs.get(id) ?? { state: 'unknown' }
    },
    async onFinished(_queue: string, listener: (id: string) => void) {
      tell = listener
    },
  } as unknown as QueueHandles // the part of it that gap jobs use
  const gapJobs = createGapJobs({ queues, log: silentLogger, redact: text => text.replace('hunter2', '[redacted]') })
  gapJobs.findings$.subscribe(finding => found.push(finding))
  const finding = (fromVolume: number) => ({ question: { fromVolume } }) as GapFinding // passed on unseen
  return {
    gapJobs,
    events,
    found,
    jobs,
    finding,
    away: (is: boolean) => {
      isAway = is
    },
    finish: (fromVolume: number, isNotified = true) => {
      jobs.set(idOf(fromVolume), { state: 'completed', result: finding(fromVolume) })
      if (isNotified) tell(idOf(fromVolume))
    },
    giveUp: (fromVolume: number) => {
      jobs.set(idOf(fromVolume), { state: 'failed', reason: 'KIS was away for an hour, said hunter2' })
      tell(idOf(fromVolume))
    },
    tell: (id: string) => tell(id),
    settle: (ms = 0) => vi.advanceTimersByTimeAsync(ms),
  }
}

describe('every gap of a feed', () => {
  it('becomes a job, those left by an earlier run too, and what it finds comes back once', async () => {
    const { gapJobs, events, found, jobs, finding, finish, tell, settle } = rig()
    gapJobs.watch(events, [
      { instrument: 'KRX:005930', businessDate: 20260914, fromVolume: 5, toVolume: 15, from: 1, to: 2 },
    ])
    events.next(gapOf(100))
    await settle()
    expect([...jobs.keys()]).toEqual([idOf(5), idOf(100)])

    finish(100)
    await settle()
    tell(idOf(100))
    finish(5)
    await settle()
    expect(found).toEqual([finding(100), finding(5)])
    expect(gapJobs.counters()).toEqual({ asked: 2, failedToAsk: 0, waiting: 0, dropped: 0, found: 2, gaveUp: 0 })
  })

  it('is found although the message that its job is done was lost', async () => {
    const { gapJobs, events, found, finding, finish, settle } = rig()
    gapJobs.watch(events, [])
    events.next(gapOf(100))
    await settle()
    finish(100, false)
    await settle(29_000)
    expect(found).toEqual([])
    await settle(2_000)
    expect(found).toEqual([finding(100)])
  })

  it('that was validated before its feed restarted is found at once', async () => {
    const { gapJobs, events, found, jobs, finding, settle } = rig()
    jobs.set(idOf(100), { state: 'completed', result: finding(100) })
    gapJobs.watch(events, [])
    events.next(gapOf(100))
    await settle(31_000)
    expect(found).toEqual([finding(100)])
  })

  it('waits while Redis is away, and is put in when it is back', async () => {
    const { gapJobs, events, jobs, away, settle } = rig()
    gapJobs.watch(events, [])
    away(true)
    events.next(gapOf(100))
    events.next(gapOf(200))
    await settle(5_000)
    expect(gapJobs.counters()).toMatchObject({ asked: 0, waiting: 2, dropped: 0 })
    expect(gapJobs.counters().failedToAsk).toBeGreaterThan(2)
    away(false)
    await settle(2_000)
    expect([...jobs.keys()].sort()).toEqual([idOf(100), idOf(200)])
    expect(gapJobs.counters()).toMatchObject({ asked: 2, waiting: 0 })
  })

  it('is counted when too many wait, and the first are kept; the others remain unknown', async () => {
    const { gapJobs, events, found, jobs, away, settle } = rig()
    gapJobs.watch(events, [])
    away(true)
    for (let gap = 0; gap < 10_003; gap++) events.next(gapOf(gap * 10))
    await settle()
    expect(gapJobs.counters()).toMatchObject({ waiting: 10_000, dropped: 3 })
    expect(found.map(({ question }) => question.fromVolume)).toEqual([100_000, 100_010, 100_020])
    away(false)
    await settle(2_000)
    expect(jobs.size).toBe(10_000)
  })

  it('whose job was given up remains unknown, and says why: once', async () => {
    const { gapJobs, events, found, giveUp, settle } = rig()
    gapJobs.watch(events, [])
    events.next(gapOf(100))
    await settle()
    giveUp(100)
    await settle(60_000)
    expect(found).toEqual([
      {
        question: { instrument: 'KRX:005930', businessDate: 20260914, fromVolume: 100, toVolume: 110, from: 1, to: 2 },
        runs: [],
        explained: [],
        unknown: [{ fromVolume: 100, toVolume: 110, from: 1, to: 2 }],
        evidence: [`the job ${idOf(100)} gave up: KIS was away for an hour, said [redacted]`],
      },
    ])
    expect(gapJobs.counters()).toMatchObject({ found: 0, gaveUp: 1 })
  })

  it('whose job Redis lost is put in again, and given up when it is lost again', async () => {
    const { gapJobs, events, found, finding, finish, jobs, settle } = rig()
    gapJobs.watch(events, [])
    events.next(gapOf(100))
    events.next(gapOf(200))
    await settle()
    jobs.clear()
    await settle(32_500)
    expect([...jobs.keys()]).toEqual([idOf(100), idOf(200)])
    finish(100)
    jobs.delete(idOf(200))
    await settle(32_500)
    expect(found).toMatchObject([
      finding(100),
      { question: { fromVolume: 200 }, evidence: [expect.stringContaining('not in Redis any more')] },
    ])
    expect(gapJobs.counters()).toMatchObject({ found: 1, gaveUp: 1, waiting: 0 })
  })

  it('is not put in after its feed stopped watching', async () => {
    const { gapJobs, events, jobs, settle } = rig()
    gapJobs.watch(events, []).unsubscribe()
    events.next(gapOf(100))
    await settle(60_000)
    expect(jobs.size).toBe(0)
  })
})
