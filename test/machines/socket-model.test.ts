// The promises of the socket machine hold with any events in any order at any time.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { held, mostSubscriptions } from '../../machines/ledger.ts'
import { defaultTiming } from '../../machines/timing.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import { type SocketRig, socketRig } from '../support/rigs/socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const keys = Array.from({ length: 45 }, (_, index): SubscriptionKey => `KRX:${String(index).padStart(6, '0')} trade`)
const key = fc.constantFrom(...keys)
/** Without the timers of the rig before it, whose machine would go on beside it. */
function freshRig(wanted: readonly SubscriptionKey[]): SocketRig {
  vi.clearAllTimers()
  return socketRig({ wanted })
}

type Step = readonly [name: string, take: (rig: SocketRig) => unknown]

const step: fc.Arbitrary<Step> = fc.oneof(
  key.map((one): Step => [`acknowledge ${one}`, rig => rig.server.acknowledges(one)]),
  key.map((one): Step => [`release ${one}`, rig => rig.server.releases(one)]),
  key.map((one): Step => [`duplicate ${one}`, rig => rig.server.saysDuplicate(one)]),
  key.map((one): Step => [`refuse ${one}`, rig => rig.server.refuses(one, 'OPSP0007')]),
  key.map((one): Step => [`unsent ${one}`, rig => rig.tell({ type: 'subscription.unsent', key: one })]),
  key.map((one): Step => [`subscribe ${one}`, rig => rig.command({ type: 'subscribe', keys: [one] })]),
  key.map((one): Step => [`unsubscribe ${one}`, rig => rig.command({ type: 'unsubscribe', keys: [one] })]),
  fc.constantFrom<Step>(
    ['opened', rig => rig.server.opens()],
    ['closed', rig => rig.server.closes()],
    ['occupied', rig => rig.server.isOccupied()],
    ['credentials refused', rig => rig.server.refusesCredentials()],
    ['heartbeat refused', rig => rig.server.refusesHeartbeat()],
    ['market close', rig => rig.command({ type: 'market.close' })],
    ['market open', rig => rig.command({ type: 'market.open', endpoint: { url: 'ws://one' } })],
    ['endpoint switch', rig => rig.command({ type: 'endpoint.switch', endpoint: { url: 'ws://two' } })],
    ['stop', rig => rig.command({ type: 'stop' })],
  ),
  fc.constantFrom(1, 500, 3_000, 5_000, 10_000, 60_000).map((ms): Step => [`${ms} ms pass`, rig => rig.advance(ms)]),
)

it('holds one connection at most, requests 41 keys at most, and calls a key active only after the server confirmed it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 45 }), fc.array(step, { maxLength: 50 }), async (count, steps) => {
      const rig = freshRig(keys.slice(0, count))
      for (const [name, take] of steps) {
        const before = rig.ledger
        await take(rig)
        expect(rig.connections.opened - rig.connections.closed).toBeLessThanOrEqual(1)
        for (const one of keys) {
          const turnedActive = rig.ledger[one]?.status === 'active' && before[one]?.status !== 'active'
          if (turnedActive) expect(name).toBe(`acknowledge ${one}`)
        }
        const refusedKeys = keys.filter(one => rig.ledger[one]?.status === 'refused')
        expect(held(rig.ledger).length).toBeLessThanOrEqual(mostSubscriptions + refusedKeys.length)
      }
    }),
    { numRuns: 150 },
  )
})

it('never closes a session with subscriptions on purpose before the grace is over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const rig = freshRig(keys.slice(0, 3))
      let enteredGraceAt: number | undefined
      let closedBefore = 0
      for (const [, take] of steps) {
        await take(rig)
        const inGrace = rig.phase === 'unsubscribing-grace' && rig.context.releases > 0
        if (inGrace) enteredGraceAt ??= Date.now()
        if (enteredGraceAt !== undefined && rig.connections.closed > closedBefore) {
          expect(Date.now() - enteredGraceAt).toBeGreaterThanOrEqual(defaultTiming.graceMs)
        }
        if (!inGrace) enteredGraceAt = undefined
        closedBefore = rig.connections.closed
      }
    }),
    { numRuns: 150 },
  )
})

it('always comes back to a session while it is its turn and something is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const rig = freshRig(keys.slice(0, 3))
      for (const [, take] of steps) await take(rig)
      fc.pre(rig.phase !== 'stopped' && !rig.context.isStopping)
      rig.command({ type: 'market.open', endpoint: { url: 'ws://one' } })
      rig.command({ type: 'subscribe', keys: [keys[0] as SubscriptionKey] })
      const openedBefore = rig.connections.opened
      const isOpen = () => rig.connections.opened > rig.connections.closed && rig.phase !== 'unsubscribing-grace'
      for (let waited = 0; waited < 700 && !isOpen(); waited++) await rig.advance(1_000)
      expect(isOpen() || rig.connections.opened > openedBefore).toBe(true)
    }),
    { numRuns: 100 },
  )
})
