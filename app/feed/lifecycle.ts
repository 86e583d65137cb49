// Snapshots of a socket machine → lifecycle events: each change of a subscription, and when the market was
// disconnected and connected again.
import type { SnapshotFrom } from 'xstate'
import type { ReceivedAnswer } from '../../machines/connection.ts'
import { entriesOf, type Ledger, type LedgerEntry } from '../../machines/ledger.ts'
import type { socketMachine } from '../../machines/socket.ts'
import type { Clock } from '../../market/clock.ts'
import type { Lifecycle, SubscriptionStatus } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'

export type SocketSnapshot = SnapshotFrom<typeof socketMachine>

export type LifecycleWatch = {
  snapshot(snapshot: SocketSnapshot): void
  /** A frame arrived: the market is connected, if that was not known yet. Called for every frame. */
  data(receivedTime: number): void
}

/** `emit` is called in the order in which things happened, between the data they happened between. */
export function watchLifecycle(market: Market, clock: Clock, emit: (event: Lifecycle) => void): LifecycleWatch {
  let line = ''
  let ledger: Ledger = {}
  let session: number | undefined
  let isUp = false
  /** When `disconnect` was emitted. A session that never came up causes one as well. */
  let downSince: number | undefined
  /** The session whose `disconnect` came before its end. */
  let lostSession: number | undefined
  /** When the last frame arrived, in any session. */
  let lastData: number | undefined

  function goUp(): void {
    if (isUp || session === undefined) return
    isUp = true
    if (downSince === undefined) return
    const receivedTime = clock.now()
    const darkSince = Math.min(downSince, lastData ?? downSince)
    emit({ type: 'resume', line, market, outageMs: Math.max(0, receivedTime - darkSince), receivedTime })
    downSince = undefined
  }

  function goDown(reason: string): void {
    isUp = false
    if (downSince !== undefined) return
    const receivedTime = clock.now()
    downSince = receivedTime
    emit({ type: 'disconnect', line, market, reason, receivedTime })
  }

  /** Once for a session: while data still comes in its grace, the market counts as connected. */
  function noteLoss(reason: string | undefined): void {
    if (session === undefined || lostSession === session) return
    lostSession = session
    goDown(reason ?? 'closed')
  }

  function report(key: SubscriptionKey, status: SubscriptionStatus, code: string | undefined): void {
    const { instrument, channel } = subscriptionOf(key)
    const receivedTime = clock.now()
    emit({
      type: 'subscription',
      line,
      instrument,
      channel,
      status,
      ...(code === undefined ? {} : { code }),
      receivedTime,
    })
  }

  function reportChanges(next: Ledger): void {
    const before = ledger
    ledger = next
    for (const [key, entry] of entriesOf(next)) {
      if (!differs(before[key], entry)) continue
      // Still wanted, so the ledger already shows the next request.
      const isLookingAhead = entry.status === 'wanted' || entry.status === 'requested'
      if (before[key]?.status === 'releasing' && isLookingAhead) report(key, 'released', undefined)
      report(key, entry.status, entry.code)
    }
    for (const [key] of entriesOf(before)) if (next[key] === undefined) report(key, 'released', undefined)
  }

  return {
    snapshot(snapshot) {
      const { context } = snapshot
      line = context.line
      // Between two snapshots the machine may have left one session and entered the next.
      const current = snapshot.matches('session') ? context.sessions : undefined
      if (session !== undefined && session !== current) goDown(context.loss ?? 'closed')
      session = current
      if (context.isConnectionLost) noteLoss(context.loss)
      else if (entriesOf(context.ledger).some(([, { status }]) => status === 'active')) goUp()
      if (context.ledger !== ledger) reportChanges(context.ledger)
    },
    data(receivedTime) {
      if (!isUp) goUp()
      lastData = receivedTime
    },
  }
}

function differs(before: LedgerEntry | undefined, after: LedgerEntry): boolean {
  return before === undefined || before.status !== after.status || before.code !== after.code
}

/** A refusal that names no subscription, as an event without an instrument; undefined for other answers. */
export function namelessRefusal({ entry, key, line }: ReceivedAnswer, receivedTime: number): Lifecycle | undefined {
  if (key !== undefined || entry.severity === 'info') return undefined
  const none = { instrument: null, channel: null }
  return { type: 'subscription', line, ...none, status: 'refused', code: entry.code, receivedTime }
}

/** What a socket is doing: `{ session: { connecting: 'opening' } }` → `connecting.opening`. */
export function phaseOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [[state, inner] = ['', '']] = Object.entries(value as object)
  return state === 'session' ? phaseOf(inner) : `${state}.${phaseOf(inner)}`
}
