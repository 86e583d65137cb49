import { describe, expect, it } from 'vitest'
import type { SubscriptionState } from '../../app/feed/subscription-states.ts'
import { createCounter } from '../../app/observe/counts.ts'
import type { FeedStatus } from '../../app/observe/status/status.ts'
import { type ViewInput, viewOf } from '../../dashboard/view.ts'
import {
  connectionStatus,
  flowing,
  overseas,
  refused,
  silent,
  socketStatus,
  stale,
} from '../support/connection-status.ts'

const marketHealth = { state: 'subscribed.settled', hasLine: true, expected: 0, quietMs: null }

function input(phase: string, subscriptions: readonly SubscriptionState[], more: Partial<FeedStatus> = {}): ViewInput {
  return {
    status: {
      ...connectionStatus(socketStatus(phase)),
      latency: { boundsMicros: [], counts: [], timed: 0, totalMicros: 0 },
      health: {
        ready: true,
        reasons: [],
        warnings: [],
        notes: [],
        verdicts: [{ level: 'good', reason: 'flowing', market: 'KR', count: 1, isReady: true }],
        time: '',
        markets: { KR: marketHealth, US: marketHealth },
      },
      counts: { ...createCounter().counts(), events: { gap: 2 } },
      openGaps: [],
      ...more,
    },
    subscriptions,
    lastTroubles: [],
    tokenIssuedAt: undefined,
    sharedLimits: undefined,
    hasCertificates: false,
    queues: undefined,
    certificate: undefined,
    process: { memoryBytes: 1, heapBytes: 1, uptimeSeconds: 1 },
  }
}

describe('the view', () => {
  it('separates what flows from what is only acknowledged, and explains each code in both languages', () => {
    const { subscriptions, explanations } = viewOf(
      input('subscribed.settled', [flowing, silent, stale, refused, overseas]),
    )
    expect(subscriptions.map(({ flow }) => flow)).toEqual(['flowing', 'waiting', 'stale', 'none', 'none'])
    expect(Object.keys(explanations)).toEqual(['OPSP0008'])
    expect(explanations['OPSP0008']?.meaning.en).toContain('41')
    expect(explanations['OPSP0008']?.remedy.ko).toMatch(/[가-힣]/)
  })

  it('has the limits of all processes where Redis counts them, and of an app key that is not shared', () => {
    const budget = (left: number) => ({ left, most: 4, windowMs: 600_000 })
    const own = { budgets: { connects: budget(3), requests: budget(4) }, approvalKeyIssuedAt: 5 }
    const one = { lines: [{ line: '1', markets: ['KR', 'US'], ...own }] } as const
    const first = { line: '1', connectsLeft: 1 }
    const sharedLimits = { lines: [first], restCallsPerSecond: 16.1, restSlowedBy: 1 }
    const alone = viewOf(input('subscribed.settled', [], one))
    expect(alone.limits).toMatchObject([
      { markets: ['KR', 'US'], connects: { left: 3, scope: 'this-process' }, approvalKeyIssuedAt: 5 },
    ])
    expect(alone.restPace).toBeNull()
    const budgets = { connects: budget(2), requests: budget(2) }
    const second = {
      lines: [
        { line: '1', markets: ['KR'], ...own },
        { line: '2', markets: ['US'], ...own, budgets },
      ],
    } as const
    const together = viewOf({ ...input('subscribed.settled', [], second), sharedLimits })
    expect(together.limits).toMatchObject([
      { markets: ['KR'], connects: { left: 1, most: 4, scope: 'all-processes' } },
      { markets: ['US'], connects: { left: 2, scope: 'this-process' }, requests: { left: 2, scope: 'this-process' } },
    ])
    const both = viewOf({
      ...input('subscribed.settled', [], second),
      sharedLimits: { ...sharedLimits, lines: [first, { line: '2', connectsLeft: 0 }] },
    })
    expect(both.limits).toMatchObject([
      { markets: ['KR'], connects: { left: 1, scope: 'all-processes' }, requests: { scope: 'all-processes' } },
      { markets: ['US'], connects: { left: 0, scope: 'all-processes' }, requests: { scope: 'all-processes' } },
    ])
    expect(together.restPace).toEqual({ callsPerSecond: 16.1, slowedBy: 1 })
  })

  it('survives the way to the page', () => {
    const view = viewOf(input('subscribed.settled', [flowing, refused]))
    expect(JSON.parse(JSON.stringify(view))).toEqual(JSON.parse(JSON.stringify({ ...view })))
    expect(view).toMatchObject({ type: 'status', queues: null, certificate: null, tokenIssuedAt: null })
  })
})
