import { describe, expect, it } from 'vitest'
import type { SubscriptionState } from '../../app/feed.ts'
import type { FeedStatus, SocketStatus } from '../../app/status.ts'
import { type ViewInput, viewOf } from '../../dashboard/view.ts'

const socket = (phase: string, more: Partial<SocketStatus> = {}): SocketStatus => ({
  market: 'KR',
  phase,
  since: 0,
  cause: undefined,
  host: 'localhost',
  transitions: [],
  failures: 0,
  triesAgainAt: undefined,
  slots: 1,
  ...more,
})

function input(phase: string, subscriptions: readonly SubscriptionState[], more: Partial<FeedStatus> = {}): ViewInput {
  const budget = { left: 1, most: 4, windowMs: 600_000 }
  return {
    status: {
      time: 1_000,
      startedAt: 0,
      environment: 'prod',
      market: 'KR',
      handOver: { state: 'trading', turn: 'KR', next: 'KR' },
      nextSwitch: undefined,
      sockets: { KR: socket(phase), US: socket('market-switch', { market: 'US' }) },
      mostSlots: 41,
      budgets: { connects: budget, requests: budget },
      approvalKeyIssuedAt: undefined,
      clockSkew: undefined,
      latency: { boundsMicros: [], counts: [], timed: 0, totalMicros: 0 },
      ...more,
    },
    subscriptions,
    counters: { gap: 2 },
    lastTroubles: [],
    tokenIssuedAt: undefined,
    queues: undefined,
    certificate: undefined,
    process: { memoryBytes: 1, heapBytes: 1, uptimeSeconds: 1 },
  }
}

const flowing: SubscriptionState = {
  instrument: 'KRX:005930',
  channel: 'trade',
  status: 'active',
  flowingSince: 1,
  lastData: 2,
  isStale: false,
}
const silent: SubscriptionState = { instrument: 'KRX:000660', channel: 'trade', status: 'active' }
const stale: SubscriptionState = { ...flowing, instrument: 'KRX:035420', isStale: true }
const refused: SubscriptionState = { instrument: 'KRX:999999', channel: 'trade', status: 'refused', code: 'OPSP0008' }
const abroad: SubscriptionState = { instrument: 'NAS:AAPL', channel: 'trade', status: 'wanted' }

describe('the verdict', () => {
  it.each([
    ['flowing', 'good', 'subscribed.settled', [flowing, silent], 1],
    ['no-data-yet', 'waiting', 'subscribed.settled', [silent], 0],
    ['some-stale', 'trouble', 'subscribed.settled', [flowing, stale, refused], 1],
    ['some-refused', 'trouble', 'subscribed.asking', [flowing, refused], 1],
    ['connecting', 'waiting', 'connecting.opening', [silent], 0],
    ['letting-go', 'waiting', 'unsubscribing-grace', [flowing], 0],
    ['reconnecting', 'trouble', 'reconnecting', [silent], 0],
    ['nothing-asked', 'waiting', 'market-switch', [abroad], 0],
  ] as const)('is %s, which is %s, in %s', (reason, level, phase, subscriptions, count) => {
    expect(viewOf(input(phase, subscriptions)).verdict).toEqual({ level, reason, market: 'KR', count, gaps: 2 })
  })

  it('speaks of the market that is to have the line while it changes hands', () => {
    const handOver = { state: 'handing-over', turn: 'KR', next: 'US' } as const
    const { verdict } = viewOf(input('unsubscribing-grace', [flowing], { handOver }))
    expect(verdict).toMatchObject({ level: 'waiting', reason: 'handing-over', market: 'US' })
  })

  it('says that it stops', () => {
    const handOver = { state: 'stopping', turn: 'KR', next: 'KR' } as const
    expect(viewOf(input('unsubscribing-grace', [flowing], { handOver })).verdict.reason).toBe('stopping')
  })
})

describe('the view', () => {
  it('tells what flows from what is only acknowledged, and explains each code in both languages', () => {
    const { subscriptions, explanations } = viewOf(
      input('subscribed.settled', [flowing, silent, stale, refused, abroad]),
    )
    expect(subscriptions.map(({ flow }) => flow)).toEqual(['flowing', 'waiting', 'stale', 'none', 'none'])
    expect(Object.keys(explanations)).toEqual(['OPSP0008'])
    expect(explanations['OPSP0008']?.meaning.en).toContain('41')
    expect(explanations['OPSP0008']?.remedy.ko).toMatch(/[가-힣]/)
  })

  it('survives the way to the page', () => {
    const view = viewOf(input('subscribed.settled', [flowing, refused]))
    expect(JSON.parse(JSON.stringify(view))).toEqual(JSON.parse(JSON.stringify({ ...view })))
    expect(view).toMatchObject({ type: 'status', queues: null, certificate: null, tokenIssuedAt: null })
  })
})
