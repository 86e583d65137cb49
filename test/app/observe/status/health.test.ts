import { describe, expect, it } from 'vitest'
import type { SubscriptionState } from '../../../../app/feed/subscription-states.ts'
import { type HealthReport, healthOf } from '../../../../app/observe/status/health.ts'
import type { HealthInput } from '../../../../app/observe/status/market-health.ts'
import type { ConnectionStatus, SocketStatus } from '../../../../app/observe/status/connection.ts'
import type { Transition } from '../../../../app/observe/transitions.ts'
import { clockStartingAt } from '../../../../market/clock.ts'
import { createCalendar, standardCalendar, turnAt } from '../../../../market/calendar/calendar.ts'
import { feedRig } from '../../../support/rigs/feed.ts'
import { lineOf } from '../../../support/wire/frames.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)
const second = 1_000
const minute = 60 * second

type Story = {
  /** Korean time. */
  readonly now: string
  readonly startedAt?: string
  readonly instruments?: readonly SubscriptionState['instrument'][]
  readonly lastData?: string
  readonly changes?: Partial<SubscriptionState>
  readonly phase?: string
  readonly cause?: string
  readonly failures?: number
  readonly turnSince?: string
  readonly transitions?: readonly Transition[]
  readonly status?: Partial<ConnectionStatus>
  readonly calendar?: HealthInput['calendar']
}

/** A feed that was started the day before and is subscribed, unless the story says otherwise. */
function health(story: Story): HealthReport {
  const time = kst(story.now)
  const socket = (market: 'KR' | 'US'): SocketStatus => ({
    market,
    phase: story.phase ?? 'subscribed.settled',
    since: time - minute,
    cause: story.cause ?? 'all-answered',
    host: 'localhost:1',
    transitions: story.transitions ?? [],
    failures: story.failures ?? 0,
    turnSince: story.turnSince === undefined ? time - 86_400_000 : kst(story.turnSince),
    lastData: story.lastData === undefined ? undefined : kst(story.lastData),
    triesAgainAt: story.phase === 'reconnecting' ? time + 20 * second : undefined,
    slots: 1,
  })
  const status: ConnectionStatus = {
    time,
    startedAt: story.startedAt === undefined ? time - 86_400_000 : kst(story.startedAt),
    environment: 'prod',
    market: 'auto',
    handOver: { state: 'trading', turn: turnAt(time), next: turnAt(time) },
    nextSwitch: undefined,
    sockets: { KR: socket('KR'), US: socket('US') },
    mostSlots: 41,
    lines: [
      {
        line: '1',
        markets: ['KR', 'US'],
        budgets: {
          connects: { left: 3, most: 4, windowMs: 600_000 },
          requests: { left: 500, most: 500, windowMs: 600_000 },
        },
        approvalKeyIssuedAt: time - minute,
      },
    ],
    clockSkew: undefined,
    ...story.status,
  }
  const lastData = story.lastData === undefined ? {} : { flowingSince: 0, lastData: kst(story.lastData) }
  const subscriptions = (story.instruments ?? ['KRX:005930']).map(instrument => ({
    instrument,
    channel: 'trade',
    status: 'active' as const,
    ...lastData,
    ...story.changes,
  }))
  return healthOf({ status, subscriptions, calendar: story.calendar ?? standardCalendar, silenceMs: 2 * minute })
}

describe('health', () => {
  it.each([
    ['data came a moment ago', { now: '2026-11-23T10:00:00', lastData: '2026-11-23T09:59:59' }],
    ['the silence is not over yet', { now: '2026-11-23T10:00:00', lastData: '2026-11-23T09:58:00' }],
    ['the market is closed', { now: '2026-11-23T21:00:00' }],
    ['it is Saturday', { now: '2026-11-21T10:00:00' }],
    ['it is a holiday', { now: '2026-12-25T10:00:00' }],
    ['the opening auction is on', { now: '2026-11-23T08:50:00' }],
    ['the closing auction is on', { now: '2026-11-23T15:25:00', lastData: '2026-11-23T15:20:00' }],
    ['the session has just begun', { now: '2026-11-23T09:01:00' }],
    [
      'the line was lost just now',
      {
        now: '2026-11-23T10:00:00',
        lastData: '2026-11-23T09:59:50',
        phase: 'reconnecting',
      },
    ],
    [
      'New York trades at night',
      { now: '2026-11-24T00:30:00', instruments: ['NAS:AAPL'], lastData: '2026-11-24T00:29:59' },
    ],
    ['New York is closed for Thanksgiving', { now: '2026-11-27T00:30:00', instruments: ['NAS:AAPL'] }],
    [
      'the line was given to the market just now',
      {
        now: '2026-11-23T16:31:00',
        lastData: '2026-11-23T08:20:00',
        turnSince: '2026-11-23T16:30:00',
        instruments: ['HKS:00700'],
      },
    ],
    [
      'the first instrument was asked for just now',
      {
        now: '2026-11-23T10:00:00',
        lastData: '2026-11-20T10:00:00',
        changes: { wantedSince: kst('2026-11-23T09:59:00') },
      },
    ],
    ['the name is halted', { now: '2026-11-23T10:00:00', changes: { isHalted: true } }],
    ['nothing is subscribed', { now: '2026-11-23T10:00:00', instruments: [] }],
    ['only account notices are', { now: '2026-11-23T10:00:00', changes: { channel: 'H0STCNI0' } }],
  ] as const)('is ready when %s', (_, story) => {
    expect(health(story)).toMatchObject({ ready: true, reasons: [] })
  })

  it.each([
    [
      'no data came for longer than the silence',
      { now: '2026-11-23T10:00:00', lastData: '2026-11-23T09:57:59' },
      /^KR: no data for 2 min/,
    ],
    [
      'the session began, and nothing came of it',
      { now: '2026-11-23T09:02:01', lastData: '2026-11-20T15:30:00' },
      /no data for 2 min/,
    ],
    [
      'it was started just now, in a session',
      { now: '2026-11-23T10:00:05', startedAt: '2026-11-23T10:00:00' },
      /no data yet, 5 s after it was asked for/,
    ],
    [
      'the line has been down for long',
      {
        now: '2026-11-23T10:00:00',
        lastData: '2026-11-23T09:55:00',
        phase: 'reconnecting',
      },
      /no data for 5 min.*reconnecting.*tries again in 20 s/,
    ],
    [
      'it is connecting for the tenth time, and never brought data',
      {
        now: '2026-11-23T10:05:00',
        startedAt: '2026-11-23T10:00:00',
        phase: 'connecting.opening',
        failures: 9,
      },
      /no data yet, 5 min after it was asked for/,
    ],
    [
      'it was acknowledged anew a moment ago, and the last data is old',
      {
        now: '2026-11-23T10:00:00',
        lastData: '2026-11-23T09:57:00',
        transitions: [step('connecting.subscribing', 'subscribed.settled', '2026-11-23T09:59:55')],
      },
      /no data for 3 min/,
    ],
    [
      'others of the market are asked for anew all the time',
      { now: '2026-11-23T10:00:00', lastData: '2026-11-23T09:50:00', phase: 'subscribed.asking' },
      /no data for 10 min/,
    ],
    [
      'the clock was set back to before the line was given to the market',
      { now: '2026-11-23T10:00:00', lastData: '2026-11-23T09:50:00', turnSince: '2026-11-23T11:00:00' },
      /no data for 10 min/,
    ],
    [
      'New York is silent',
      { now: '2026-11-24T00:30:00', instruments: ['NAS:AAPL'], lastData: '2026-11-24T00:20:00' },
      /^US: no data for 10 min/,
    ],
    [
      'it is stopping',
      { now: '2026-11-23T21:00:00', status: { handOver: { state: 'stopping.KR', turn: 'KR', next: 'KR' } } },
      /stopping/,
    ],
    ['it was not started', { now: '2026-11-23T21:00:00', status: { startedAt: undefined } }, /not started/],
  ] as const)('is not ready when %s', (_, story: Story, reason) => {
    const { ready, reasons } = health(story)
    expect(ready).toBe(false)
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(reason)
  })

  it("knows the user's own holidays", () => {
    const calendar = createCalendar({ holidays: { KR: [20261123] } })
    expect(health({ now: '2026-11-23T10:00:00', calendar }).ready).toBe(true)
  })

  it('does not call a market silent that does not have the line, and says who has it', () => {
    const { ready, notes, markets } = health({
      now: '2026-11-24T00:30:00',
      status: { handOver: { state: 'trading', turn: 'KR', next: 'KR' } },
      instruments: ['NAS:AAPL'],
    })
    expect(ready).toBe(true)
    expect(notes).toEqual(['US: a regular session is on, and KR has the line'])
    expect(markets.US).toMatchObject({ hasLine: false, expected: 0, quietMs: null })
  })

  it('names what was refused and what is stale, without calling the whole feed ill for it', () => {
    const lastData = '2026-11-23T09:59:59'
    const refused = health({ now: '2026-11-23T10:00:00', lastData, changes: { status: 'refused', code: 'OPSP0008' } })
    expect(refused).toMatchObject({
      ready: true,
      warnings: ['KR: refused: KRX:005930 trade (OPSP0008, for good)'],
      notes: [],
      verdicts: [{ level: 'trouble', reason: 'some-refused', isReady: true }],
    })
    const changes = { status: 'refused', code: 'OPSP0007', isPassing: true } as const
    const passing = health({ now: '2026-11-23T10:00:00', lastData, changes })
    expect(passing.warnings).toEqual(['KR: refused: KRX:005930 trade (OPSP0007, asked for again)'])
    const stale = health({ now: '2026-11-23T10:00:00', lastData, changes: { isStale: true } })
    expect(stale).toMatchObject({ ready: true, warnings: ['KR: silent for longer than usual: KRX:005930 trade'] })
  })
})

it('a real feed is not ready before its first data in a regular session, and ready with it', async () => {
  const rig = await feedRig({ clock: clockStartingAt(kst('2026-06-08T11:48:30')) })
  await rig.feed.confirmed('KRX:005930')
  const report = () => rig.feed.status().health
  expect(report()).toMatchObject({ ready: false, time: expect.stringMatching(/^2026-06-08 11:48/) as string })
  expect(report().reasons[0]).toMatch(/no data yet/)
  rig.simulator.send(lineOf('H0STCNT0.txt', 1))
  await rig.until('trade')
  expect(report()).toMatchObject({ ready: true, reasons: [], markets: { KR: { hasLine: true, expected: 1 } } })
})

function step(from: string, to: string, at: string): Transition {
  return { from, to, at: kst(at), cause: 'silence', lastedMs: 1 }
}
