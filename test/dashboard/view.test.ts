import { describe, expect, it } from 'vitest'
import type { SubscriptionState } from '../../app/feed-contract.ts'
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
    sharedLimits: undefined,
    hasCertificates: false,
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
    const view = viewOf(input(phase, subscriptions))
    expect(view.verdicts).toEqual([{ level, reason, market: 'KR', count }])
    expect(view.gaps).toBe(2)
  })

  it('speaks of the market that is to have the line while it changes hands', () => {
    const handOver = { state: 'handing-over', turn: 'KR', next: 'US' } as const
    const { verdicts } = viewOf(input('unsubscribing-grace', [flowing], { handOver }))
    expect(verdicts).toMatchObject([{ level: 'waiting', reason: 'handing-over', market: 'US' }])
  })

  it('says that it stops', () => {
    const handOver = { state: 'stopping', turn: 'KR', next: 'KR' } as const
    expect(viewOf(input('unsubscribing-grace', [flowing], { handOver })).verdicts[0]?.reason).toBe('stopping')
  })

  it('is one for each line where both markets have one, the worst first, and of none that has nothing to do', () => {
    const handOver = { state: 'trading', turn: 'KR', turns: ['KR', 'US'], next: 'KR' } as const
    const sockets = (us: string) => ({ KR: socket('subscribed.settled'), US: socket(us, { market: 'US' as const }) })
    const american: SubscriptionState = { ...flowing, instrument: 'NAS:AAPL' }
    const read = (us: string, subscriptions: readonly SubscriptionState[]) =>
      viewOf(input('', subscriptions, { handOver, sockets: sockets(us) }))
    const broken = read('reconnecting', [flowing, abroad])
    expect(broken.verdicts.map(({ market, reason }) => [market, reason])).toEqual([
      ['US', 'reconnecting'],
      ['KR', 'flowing'],
    ])
    expect(broken.up).toEqual(['KR'])
    expect(read('subscribed.settled', [flowing, american]).verdicts.map(({ level }) => level)).toEqual(['good', 'good'])
    expect(read('subscribed.settled', [american]).verdicts).toMatchObject([{ market: 'US', reason: 'flowing' }])
    expect(read('market-switch', []).verdicts).toMatchObject([{ reason: 'nothing-asked' }])
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

  it('tells limits for all processes where somebody counts them, and of an app key that nobody shares', () => {
    const budget = (left: number) => ({ left, most: 4, windowMs: 600_000 })
    const own = { budgets: { connects: budget(3), requests: budget(4) }, approvalKeyIssuedAt: 5 }
    const sharedLimits = { connectsLeft: 1, restCallsPerSecond: 16.1, restSlowedBy: 1 }
    const alone = viewOf(input('subscribed.settled', [], own))
    expect(alone.limits).toMatchObject([
      { markets: ['KR', 'US'], connects: { left: 3, scope: 'this-process' }, approvalKeyIssuedAt: 5 },
    ])
    expect(alone.restPace).toBeNull()
    const second = { ...own, usAppKey: { ...own, budgets: { connects: budget(2), requests: budget(2) } } }
    const together = viewOf({ ...input('subscribed.settled', [], second), sharedLimits })
    expect(together.limits).toMatchObject([
      { markets: ['KR'], connects: { left: 1, most: 4, scope: 'all-processes' } },
      { markets: ['US'], connects: { left: 2, scope: 'this-process' } },
    ])
    expect(together.restPace).toEqual({ callsPerSecond: 16.1, slowedBy: 1 })
  })

  it('survives the way to the page', () => {
    const view = viewOf(input('subscribed.settled', [flowing, refused]))
    expect(JSON.parse(JSON.stringify(view))).toEqual(JSON.parse(JSON.stringify({ ...view })))
    expect(view).toMatchObject({ type: 'status', queues: null, certificate: null, tokenIssuedAt: null })
  })
})
