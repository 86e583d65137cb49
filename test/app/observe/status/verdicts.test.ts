// The sentence on top of the page, and the answer of /health: one judgement, whatever the line does.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SubscriptionState } from '../../../../app/feed/subscription-states.ts'
import { type HealthReport, healthOf } from '../../../../app/observe/status/health.ts'
import type { ConnectionStatus, SocketStatus } from '../../../../app/observe/status/connection.ts'
import { standardCalendar } from '../../../../market/calendar/calendar.ts'
import {
  connectionStatus,
  flowing,
  overseas,
  refused,
  silent,
  socketStatus,
  stale,
} from '../../../support/connection-status.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)
/** A Monday evening: no regular session, so that no data is expected. */
const evening = kst('2026-11-23T21:00:00')
const morning = kst('2026-11-23T10:00:00')

function judge(
  phase: string,
  subscriptions: readonly SubscriptionState[],
  more: Partial<ConnectionStatus> = {},
  line: Partial<SocketStatus> = {},
): HealthReport {
  const status = connectionStatus(socketStatus(phase, line), { time: evening, ...more })
  return healthOf({ status, subscriptions, calendar: standardCalendar, silenceMs: 120_000 })
}

describe('the verdict', () => {
  it.each([
    ['flowing', 'good', 'subscribed.settled', [flowing, silent], 1],
    ['no-data-yet', 'waiting', 'subscribed.settled', [silent], 0],
    ['some-stale', 'trouble', 'subscribed.settled', [flowing, stale, refused], 1],
    ['some-refused', 'trouble', 'subscribed.asking', [flowing, refused], 1],
    ['connecting', 'waiting', 'connecting.opening', [silent], 0],
    ['letting-go', 'waiting', 'unsubscribing-grace', [flowing], 0],
    ['reconnecting', 'trouble', 'reconnecting', [silent], 0],
    ['nothing-asked', 'waiting', 'market-switch', [overseas], 0],
  ] as const)('out of hours is %s, which is %s, in %s', (reason, level, phase, subscriptions, count) => {
    expect(judge(phase, subscriptions)).toMatchObject({
      ready: true,
      verdicts: [{ level, reason, market: 'KR', count, isReady: true }],
    })
  })

  it.each(['subscribed.settled', 'subscribed.asking', 'unsubscribing-grace', 'reconnecting', 'connecting.opening'])(
    'in hours is that no data comes, whatever the socket does: %s',
    phase => {
      const report = judge(phase, [flowing], { time: morning }, { lastData: morning - 130_000 })
      expect(report).toMatchObject({
        ready: false,
        verdicts: [{ level: 'trouble', reason: 'no-data', count: 130, isReady: false }],
      })
    },
  )

  it('in hours, before the first data, waits and is not ready, and is in trouble when nothing comes', () => {
    const started = (secondsAgo: number) => ({ time: morning, startedAt: morning - secondsAgo * 1_000 })
    expect(judge('subscribed.settled', [silent], started(5))).toMatchObject({
      ready: false,
      verdicts: [{ level: 'waiting', reason: 'no-data-yet', isReady: false }],
    })
    expect(judge('subscribed.settled', [silent], started(121))).toMatchObject({
      ready: false,
      verdicts: [{ level: 'trouble', reason: 'no-data', isReady: false }],
    })
  })

  it('says that a line without data is lost while it is left, and that one that failed before is connecting again', () => {
    const left = judge('unsubscribing-grace', [flowing], {}, { cause: 'dead-line' })
    expect(left.verdicts).toMatchObject([{ level: 'trouble', reason: 'reconnecting' }])
    expect(left.warnings).toEqual([expect.stringMatching(/^KR: the connection is lost\..*dead-line/)])
    const again = judge('connecting.subscribing', [flowing], {}, { failures: 3 })
    expect(again.verdicts).toMatchObject([{ level: 'trouble', reason: 'reconnecting', count: 3 }])
  })

  it('speaks of the market that is to have the line while it changes hands', () => {
    const handOver = { state: 'handing-over', turn: 'KR', next: 'US' } as const
    const { verdicts } = judge('unsubscribing-grace', [flowing], { handOver })
    expect(verdicts).toMatchObject([{ level: 'waiting', reason: 'handing-over', market: 'US', isReady: true }])
  })

  it('says that it stops, and that a feed which stops or was not started is not ready', () => {
    const handOver = { state: 'stopping', turn: 'KR', next: 'KR' } as const
    const stopping = judge('unsubscribing-grace', [flowing], { handOver })
    expect(stopping).toMatchObject({ ready: false, verdicts: [{ reason: 'stopping', isReady: false }] })
    const idle = { startedAt: undefined, handOver: { state: 'standby', turn: undefined, next: undefined } }
    expect(judge('market-switch', [], idle)).toMatchObject({ ready: false, verdicts: [{ isReady: false }] })
  })

  it('is in trouble with a sink that failed, behind a line that is in trouble, and ready', () => {
    const sinkTroubles = [{ sink: 'archive', reason: 'ENOSPC', since: evening, isOver: false }]
    const well = judge('subscribed.settled', [flowing], { sinkTroubles })
    expect(well).toMatchObject({
      ready: true,
      warnings: [expect.stringMatching(/^sink 'archive': ENOSPC/)],
      verdicts: [
        { level: 'trouble', reason: 'sink-failed', count: 1, market: null, isReady: true },
        { level: 'good', reason: 'flowing' },
      ],
    })
    const lost = judge('reconnecting', [flowing], { sinkTroubles })
    expect(lost.verdicts.map(({ reason }) => reason)).toEqual(['reconnecting', 'sink-failed'])
  })

  it('is one for each line where both markets have one, the worst first, and of none that has nothing to do', () => {
    const handOver = { state: 'trading', turn: 'KR', turns: ['KR', 'US'], next: 'KR' } as const
    const american: SubscriptionState = { ...flowing, instrument: 'NAS:AAPL' }
    const read = (us: string, subscriptions: readonly SubscriptionState[]) =>
      judge('', subscriptions, {
        handOver,
        sockets: { KR: socketStatus('subscribed.settled', { market: 'KR' }), US: socketStatus(us, { market: 'US' }) },
      }).verdicts
    expect(read('reconnecting', [flowing, overseas]).map(({ market, reason }) => [market, reason])).toEqual([
      ['US', 'reconnecting'],
      ['KR', 'flowing'],
    ])
    expect(read('subscribed.settled', [flowing, american]).map(({ level }) => level)).toEqual(['good', 'good'])
    expect(read('subscribed.settled', [american])).toMatchObject([{ market: 'US', reason: 'flowing' }])
    expect(read('market-switch', [])).toMatchObject([{ reason: 'nothing-asked' }])
  })

  it('and /health agree, whatever is true of the line', () => {
    const subscription = fc.constantFrom(flowing, silent, stale, refused, overseas)
    const phase = fc.constantFrom(
      'market-switch',
      'connecting.opening',
      'connecting.subscribing',
      'subscribed.settled',
      'subscribed.asking',
      'unsubscribing-grace',
      'reconnecting',
    )
    const line = fc.record({
      phase,
      cause: fc.constantFrom(undefined, 'silence', 'market-close', 'close code 1006'),
      failures: fc.nat(3),
      quietMs: fc.option(fc.nat(300_000)),
    })
    fc.assert(
      fc.property(
        fc.array(subscription, { maxLength: 4 }),
        line,
        line,
        fc.constantFrom(morning, evening, kst('2026-11-24T00:30:00')),
        fc.constantFrom(['KR'] as const, ['US'] as const, ['KR', 'US'] as const),
        fc.constantFrom('trading', 'handing-over'),
        (subscriptions, kr, us, time, turns, state) => {
          const socketOf = (market: 'KR' | 'US', { quietMs, phase: where, ...more }: typeof kr) =>
            socketStatus(where, { market, ...more, lastData: quietMs === null ? undefined : time - quietMs })
          const report = judge('', subscriptions, {
            time,
            startedAt: time - 3_600_000,
            handOver: { state, turn: turns[0], turns, next: turns[0] },
            sockets: { KR: socketOf('KR', kr), US: socketOf('US', us) },
          })
          const { ready, reasons, warnings, verdicts } = report
          expect(ready).toBe(reasons.length === 0)
          expect(ready).toBe(verdicts.every(({ isReady }) => isReady))
          const inTrouble = verdicts.some(({ level }) => level === 'trouble')
          if (inTrouble) expect(reasons.length + warnings.length).toBeGreaterThan(0)
          if (verdicts.every(({ level }) => level === 'good')) expect([ready, warnings]).toEqual([true, []])
          if (ready && warnings.length > 0 && state === 'trading') {
            // What a warning says is red on the page, unless the line is only on its way.
            expect(inTrouble || verdicts.some(({ reason }) => reason === 'connecting' || reason === 'letting-go')).toBe(
              true,
            )
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
