// Every path through the socket machine, with any events in any order, up to a number of moves, keeps the
// promises. A promise that was broken on the way is part of the state.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { assign, createMachine, enqueueActions } from 'xstate'
import { getShortestPaths, type TraversalOptions } from 'xstate/graph'
import type { SocketEvent } from '../../machines/events.ts'
import * as ledger from '../../machines/ledger.ts'
import { socketMachine } from '../../machines/socket.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import { type SocketRig, socketRig } from '../support/rigs/socket.ts'
import { type Move, nameWorld, type World, worldOf } from '../support/rigs/socket-world.ts'

const [a, b] = ['KRX:005930 trade', 'KRX:000660 trade'] as const
/** With `a` a full session. */
const crowd = Array.from({ length: 40 }, (_, index): SubscriptionKey => `KRX:${100_000 + index} trade`)

const say = (type: string, ...says: SocketEvent[]): Move => ({ type, says })
const opens = say('market opens', { type: 'market.open', endpoint: { url: 'ws://one' } })
const opened = say('opened', { type: 'socket.opened' })
const acknowledges = (...keys: SubscriptionKey[]) =>
  say(
    `acknowledges ${keys.length === 1 ? keys.join() : keys.length}`,
    ...keys.map(key => ({ type: 'subscription.acknowledged' as const, key })),
  )

const commands: readonly Move[] = [
  say('subscribe a', { type: 'subscribe', keys: [a] }),
  say('subscribe b', { type: 'subscribe', keys: [b] }),
  say('unsubscribe a', { type: 'unsubscribe', keys: [a] }),
  opens,
  say('market closes', { type: 'market.close' }),
  say('endpoint switches', { type: 'endpoint.switch', endpoint: { url: 'ws://two' } }),
  say('stop', { type: 'stop' }),
]
const ends: readonly Move[] = [
  say('closed', { type: 'socket.closed', reason: 'close code 1006' }),
  say('occupied', { type: 'session.occupied' }),
  say('credentials refused', { type: 'credentials.refused', code: 'OPSP0011' }),
]
const openings: readonly Move[] = [opened, say('denied', { type: 'connect.denied', waitMs: 90_000 })]
const answers: readonly Move[] = [
  acknowledges(a),
  acknowledges(b),
  say('has a already', { type: 'subscription.duplicate', key: a }),
]
const words: readonly Move[] = [
  say('a flows', { type: 'subscription.flowing', key: a }),
  say('a is stale', { type: 'subscription.stale', key: a }),
  say('releases a', { type: 'subscription.released', key: a }),
  say('refuses a', { type: 'subscription.refused', key: a, code: 'OPSP8992', isPassing: false }),
  say('refuses a for now', { type: 'subscription.refused', key: a, code: 'OPSP0007', isPassing: true }),
  say('a was not sent', { type: 'subscription.unsent', key: a }),
  say('silence', { type: 'silence.detected', quietMs: 120_000 }),
  say('dead connection', { type: 'connection.dead', quietMs: 150_000 }),
  say('proven', { type: 'session.proven' }),
]

/**
 * Every event that may come there. Without a connection there is no answer, and no answer without a request.
 */
function movesIn({ asked, socket, timers }: World): Move[] {
  if (socket.status !== 'active') return []
  const time: Move[] = timers.length > 0 ? [{ type: 'time passes' }] : []
  if (!socket.matches('session')) return [...time, ...commands]
  if (socket.matches({ session: { connecting: 'opening' } })) return [...time, ...commands, ...ends, ...openings]
  const isAsked = (event: SocketEvent) => 'key' in event && asked.includes(event.key)
  const answered = answers.filter(move => 'says' in move && move.says.every(isAsked))
  return [...time, ...commands, ...ends, ...words, ...answered]
}

const wanting = [say('subscribe both', { type: 'subscribe', keys: [a, b] }), opens]
const subscribed = [...wanting, opened, acknowledges(a, b)]
const full = [say('subscribe 41', { type: 'subscribe', keys: [a, ...crowd] }), opens, opened, acknowledges(a, ...crowd)]

function within(moves: number): TraversalOptions<World, Move, undefined> {
  return {
    events: world => (world.depth < moves && world.broken.length === 0 ? movesIn(world) : []),
    serializeState: nameWorld,
    // The brand of xstate/graph, which no value has.
    serializeEvent: move => move.type as never,
  }
}

/**
 * The states within so many moves, the broken promises, and the number of paths. By itself: the walk of
 * xstate/graph takes twice as long.
 */
function walk(machine: typeof socketMachine, prelude: readonly Move[], moves: number) {
  const { start, take } = worldOf(machine, prelude)
  const known = new Set([nameWorld(start)])
  const broken = new Set<string>(start.broken)
  const following = new Map<string, readonly string[]>()
  let reached: readonly World[] = [start]
  for (let move = 0; move < moves; move++) {
    const found: World[] = []
    for (const world of reached) {
      if (world.broken.length > 0) continue
      const nexts = movesIn(world).map(move => take(world, move))
      following.set(nameWorld(world), nexts.map(nameWorld))
      for (const next of nexts) {
        if (known.has(nameWorld(next))) continue
        known.add(nameWorld(next))
        found.push(next)
        for (const promise of next.broken) broken.add(promise)
      }
    }
    reached = found
  }
  let paths = 0
  let ends = new Map([[nameWorld(start), 1]])
  for (let length = 1; length <= moves; length++) {
    const next = new Map<string, number>()
    for (const [name, ways] of ends) {
      for (const other of following.get(name) ?? []) next.set(other, (next.get(other) ?? 0) + ways)
    }
    ends = next
    for (const ways of ends.values()) paths += ways
  }
  return { broken: [...broken], states: known.size, paths }
}

describe('on every path: never two sockets, never a 42nd key, active only when confirmed, the grace and rests waited out', () => {
  // Start, number of moves, and the least number of paths.
  it.each([
    ['connecting', wanting, 5, 600_000],
    ['subscribed', subscribed, 5, 2_500_000],
    ['a full session', full, 4, 100_000],
  ])('from %s', (_, prelude, moves, atLeast) => {
    const walked = walk(socketMachine, prelude, moves)
    expect(walked.broken).toEqual([])
    expect(walked.paths).toBeGreaterThan(atLeast)
  })
})

describe('a machine that breaks a promise is caught', () => {
  const { config, implementations } = socketMachine
  /** A defect: after a key was wanted, its entry is changed. */
  const noting = (change: (entries: ledger.Ledger, key: SubscriptionKey) => ledger.Ledger) =>
    socketMachine.provide({
      actions: {
        noteWanted: assign(({ context, event }) => {
          const wanted = event.type === 'subscribe' ? event.keys : []
          return { ledger: wanted.reduce(change, ledger.want(context.ledger, wanted)) }
        }),
      },
    })

  it.each<[string, () => typeof socketMachine, readonly Move[], RegExp]>([
    [
      'without a grace',
      () => socketMachine.provide({ delays: { grace: () => 0 } }),
      subscribed,
      /closed 0 ms after the releases/,
    ],
    [
      'with a grace that is a millisecond too short',
      () => socketMachine.provide({ delays: { grace: ({ context }) => context.timing.graceMs - 1 } }),
      subscribed,
      /closed 2999 ms after the releases/,
    ],
    [
      'that reconnects at once',
      () => socketMachine.provide({ delays: { backoff: () => 0 } }),
      subscribed,
      /connected 0 ms after a loss/,
    ],
    [
      'with a socket beside that of its session',
      // Its types do not allow that.
      () => createMachine({ ...config, invoke: { src: 'connection' } } as never, implementations as never) as never,
      wanting,
      /two sockets are open/,
    ],
    [
      'that requests at once what was refused for a passing reason',
      () =>
        socketMachine.provide({
          actions: {
            noteRefusal: assign(({ context, event }) =>
              event.type === 'subscription.refused'
                ? { ledger: ledger.rested(ledger.refused(context.ledger, event.key, event.code, true), event.key) }
                : {},
            ),
          },
        }),
      subscribed,
      /asks for KRX:005930 trade 0 ms after a refusal/,
    ],
    [
      'that takes what is wanted for an answer of KIS',
      () => noting(ledger.acknowledged),
      wanting,
      /without an answer of the server/,
    ],
    [
      'that requests whatever is wanted',
      () =>
        noting((entries, key) => ({ ...entries, [key]: { status: 'wanted', isWanted: true } })).provide({
          actions: {
            bringUpToDate: enqueueActions(({ context, enqueue }) => {
              const keys = ledger.toRequest(context.ledger)
              enqueue.assign({ ledger: ledger.requested(context.ledger, keys) })
              enqueue.sendTo('connection', { type: 'request.subscribe', keys })
            }),
          },
        }),
      full,
      /asks for a 42nd key/,
    ],
  ])('%s', (_, machine, prelude, expected) => {
    expect(walk(machine(), prelude, 3).broken.join('\n')).toMatch(expected)
  })
})

describe('the model and the real machine agree', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('a running machine with real delays is in the state of the model, on the shortest path to each state', () => {
    const paths = getShortestPaths(worldOf(socketMachine, wanting).logic, within(4))
    expect(paths.length).toBeGreaterThan(500)
    for (const { state, steps } of paths) {
      const rig = socketRig({ wanted: [a, b] })
      // The first step is xstate's own start.
      for (const { event } of steps.slice(1)) {
        const move = event as Move
        if (!('says' in move)) vi.advanceTimersToNextTimer()
        else for (const event of move.says) send(rig, event)
      }
      const way = steps.map(({ event }) => event.type).join(', ')
      expect([way, rig.value, rig.ledger]).toEqual([way, state.socket.value, state.socket.context.ledger])
      expect([way, rig.connections.opened - rig.connections.closed]).toEqual([way, state.connections])
      vi.clearAllTimers()
    }
  })
})

function send(rig: SocketRig, event: SocketEvent): void {
  switch (event.type) {
    case 'market.open':
    case 'market.close':
    case 'endpoint.switch':
    case 'subscribe':
    case 'unsubscribe':
    case 'stop':
      return rig.command(event)
    default:
      return rig.tell(event)
  }
}
