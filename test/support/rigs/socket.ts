// A socket machine with a connection that the test drives as the server. Time moves only by `advance`
// (vitest's fake timers).
import { vi } from 'vitest'
import { createActor, fromCallback, type SnapshotFrom } from 'xstate'
import { explain, isPassing } from '../../../kis/codes/codes.ts'
import { fromStream } from '../../../machines/from-stream.ts'
import type { Command, Instruction, Observation } from '../../../machines/events.ts'
import { type ConnectionInput, socketMachine } from '../../../machines/socket.ts'
import { defaultTiming, type Timing } from '../../../machines/timing.ts'
import type { SubscriptionKey } from '../../../market/subscription.ts'
import { heartbeats } from '../../../streams/heartbeats.ts'

export const samsung: SubscriptionKey = 'KRX:005930 trade'
export const hynix: SubscriptionKey = 'KRX:000660 trade'

export type SocketRig = ReturnType<typeof socketRig>

export function socketRig(
  options: { wanted?: readonly SubscriptionKey[]; timing?: Partial<Timing>; hasTurn?: boolean } = {},
) {
  const timing = { ...defaultTiming, pacingMs: 0, heartbeatMs: 0, ...options.timing }
  const instructions: Instruction[] = []
  const connections = { opened: 0, closed: 0 }
  const addresses: string[] = []
  let tellMachine: (observation: Observation) => void = () => {}

  const connection = fromCallback<Instruction, ConnectionInput>(({ input, sendBack, receive }) => {
    connections.opened++
    addresses.push(input.endpoint.url)
    tellMachine = sendBack
    receive(instruction => void instructions.push(instruction))
    return () => {
      connections.closed++
    }
  })
  const actor = createActor(
    socketMachine.provide({ actors: { connection, heartbeat: fromStream(() => heartbeats(timing.heartbeatMs)) } }),
    { input: { line: '1', market: 'KR', endpoint: { url: 'ws://one' }, timing, seed: 1 } },
  )
  const tell = (observation: Observation) => tellMachine(observation)
  actor.start()
  actor.send({ type: 'subscribe', keys: options.wanted ?? [samsung, hynix] })
  if (options.hasTurn !== false) actor.send({ type: 'market.open', endpoint: { url: 'ws://one' } })

  return {
    connections,
    addresses,
    /** Every snapshot from now on, after the present one. */
    watch(look: (snapshot: SnapshotFrom<typeof socketMachine>) => void) {
      look(actor.getSnapshot())
      actor.subscribe(look)
    },
    command: (command: Command) => {
      if (actor.getSnapshot().status === 'active') actor.send(command)
    },
    advance: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    get value() {
      return actor.getSnapshot().value
    },
    /** The name of its state, as the lifecycle writes it. */
    get phase(): string {
      const { value } = actor.getSnapshot()
      if (typeof value === 'string') return value
      const inner = value.session
      return typeof inner === 'string' ? inner : (Object.keys(inner)[0] as string)
    },
    get ledger() {
      return actor.getSnapshot().context.ledger
    },
    get context() {
      return actor.getSnapshot().context
    },
    statusOf: (key: SubscriptionKey) => actor.getSnapshot().context.ledger[key]?.status,
    /** Every instruction to the connection so far, in order. */
    requested: (verb: 'subscribe' | 'unsubscribe') =>
      instructions.flatMap(instruction =>
        'keys' in instruction && instruction.type === `request.${verb}` ? instruction.keys : [],
      ),
    pings: () => instructions.filter(({ type }) => type === 'request.ping').length,
    forgetRequests: () => void instructions.splice(0),
    server: {
      opens: () => tell({ type: 'socket.opened' }),
      closes: (reason = 'close code 1006') => tell({ type: 'socket.closed', reason }),
      acknowledges: (...keys: SubscriptionKey[]) => {
        for (const key of keys) tell({ type: 'subscription.acknowledged', key })
      },
      releases: (...keys: SubscriptionKey[]) => {
        for (const key of keys) tell({ type: 'subscription.released', key })
      },
      saysDuplicate: (key: SubscriptionKey) => tell({ type: 'subscription.duplicate', key }),
      refuses: (key: SubscriptionKey, code: string) =>
        tell({ type: 'subscription.refused', key, code, isPassing: isPassing(explain(code, '')) }),
      refusesCredentials: (code = 'OPSP0011') => tell({ type: 'credentials.refused', code }),
      isOccupied: () => tell({ type: 'session.occupied' }),
      refusesHeartbeat: () => tell({ type: 'heartbeat.refused' }),
      sendsDataOf: (key: SubscriptionKey) => tell({ type: 'subscription.flowing', key }),
    },
    tell,
  }
}

/** A rig whose two subscriptions are active. */
export function subscribedRig(options: Parameters<typeof socketRig>[0] = {}): SocketRig {
  const rig = socketRig(options)
  rig.server.opens()
  rig.server.acknowledges(...(options.wanted ?? [samsung, hynix]))
  return rig
}
