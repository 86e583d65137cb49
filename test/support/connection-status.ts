// Where a feed is connected, and its subscriptions, as its status has them: one line with both markets, up on
// the Korean side.
import type { SubscriptionState } from '../../app/feed/subscription-states.ts'
import type { ConnectionStatus, SocketStatus } from '../../app/observe/status/connection.ts'

export function socketStatus(phase: string, more: Partial<SocketStatus> = {}): SocketStatus {
  return {
    market: 'KR',
    phase,
    since: 0,
    cause: undefined,
    host: 'localhost',
    transitions: [],
    failures: 0,
    triesAgainAt: undefined,
    turnSince: 0,
    lastData: undefined,
    slots: 1,
    ...more,
  }
}

/** `socket`: the Korean one. */
export function connectionStatus(socket: SocketStatus, more: Partial<ConnectionStatus> = {}): ConnectionStatus {
  const budget = { left: 1, most: 4, windowMs: 600_000 }
  return {
    time: 1_000,
    startedAt: 0,
    environment: 'prod',
    market: 'KR',
    handOver: { state: 'trading', turn: 'KR', next: 'KR' },
    nextSwitch: undefined,
    sockets: { KR: socket, US: socketStatus('market-switch', { market: 'US' }) },
    mostSlots: 41,
    lines: [
      {
        line: '1',
        markets: ['KR', 'US'],
        budgets: { connects: budget, requests: budget },
        approvalKeyIssuedAt: undefined,
      },
    ],
    clockSkew: undefined,
    ...more,
  }
}

export const flowing: SubscriptionState = {
  instrument: 'KRX:005930',
  channel: 'trade',
  status: 'active',
  flowingSince: 1,
  lastData: 2,
  isStale: false,
}
export const silent: SubscriptionState = { instrument: 'KRX:000660', channel: 'trade', status: 'active' }
export const stale: SubscriptionState = { ...flowing, instrument: 'KRX:035420', isStale: true }
export const refused: SubscriptionState = {
  instrument: 'KRX:999999',
  channel: 'trade',
  status: 'refused',
  code: 'OPSP0008',
}
export const overseas: SubscriptionState = { instrument: 'NAS:AAPL', channel: 'trade', status: 'wanted' }
