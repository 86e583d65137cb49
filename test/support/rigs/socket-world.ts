// A socket machine with a model of its surroundings: timers, connection, server, and the promises about them.
// Only pure transitions: no actor runs and no time passes, so every order of events can be tried
// (socket-paths.test.ts).
import { type ActorLogic, type ExecutableActionObject, initialTransition, type SnapshotFrom, transition } from 'xstate'
import type { Instruction, SocketEvent } from '../../../machines/events.ts'
import { entriesOf, held, mostSubscriptions } from '../../../machines/ledger.ts'
import type { socketMachine } from '../../../machines/socket.ts'
import { defaultTiming, type Timing } from '../../../machines/timing.ts'
import type { SubscriptionKey } from '../../../market/subscription.ts'

export const timing: Timing = { ...defaultTiming, pacingMs: 0, heartbeatMs: 0 }

type Machine = typeof socketMachine
type Logic = ActorLogic<SnapshotFrom<Machine>, SocketEvent>
type Timer = { readonly id: string; readonly leftMs: number; readonly event: SocketEvent }

/** One step: events that are sent one after the other, or the time until the next timer. */
export type Move = { readonly type: string; readonly says: readonly SocketEvent[] } | { readonly type: 'time passes' }

export type World = {
  readonly status: 'active'
  readonly output: undefined
  readonly error: undefined
  readonly socket: SnapshotFrom<Machine>
  readonly timers: readonly Timer[]
  readonly connections: number
  /** Keys requested in this session: the server answers only for these. */
  readonly asked: readonly SubscriptionKey[]
  /** Keys that the server confirmed in this session. */
  readonly confirmed: readonly SubscriptionKey[]
  /** How long ago everything was released before leaving; undefined when nothing was. */
  readonly releasedMs: number | undefined
  /**
   * How long ago a connection was lost without a grace; undefined when none was since the last one opened.
   */
  readonly lostMs: number | undefined
  /** How long ago a key was refused for a passing reason, and not wanted again or requested since. */
  readonly refusedMs: Readonly<Record<SubscriptionKey, number>>
  /** The fewest moves that lead here. */
  readonly depth: number
  /** Promises that were broken on the way. */
  readonly broken: readonly string[]
}

const input = { line: '1', market: 'KR', endpoint: { url: 'ws://one' }, timing, seed: 1 } as const

/** `logic`: the same for xstate/graph. */
export function worldOf(
  machine: Machine,
  prelude: readonly Move[] = [],
): { start: World; take(world: World, move: Move): World; logic: ActorLogic<World, Move> } {
  const [socket, actions] = initialTransition(machine, input)
  const empty: World = {
    status: 'active',
    output: undefined,
    error: undefined,
    socket,
    timers: [],
    connections: 0,
    asked: [],
    confirmed: [],
    releasedMs: undefined,
    lostMs: undefined,
    refusedMs: {},
    depth: 0,
    broken: [],
  }
  const begun = begunAt(machine, socket)
  const led = prelude.reduce((world, move) => take(begun, world, move), obey(empty, socket, actions))
  const start = { ...led, depth: 0 }
  const taken = (world: World, move: Move) => take(begun, world, move)
  return {
    start,
    take: taken,
    logic: { getInitialSnapshot: () => start, transition: taken, getPersistedSnapshot: world => world },
  }
}

/**
 * The machine, with its first snapshot at hand. XState makes one for every transition, and throws it away:
 * here without an input, so that each would throw an error as well.
 */
function begunAt(machine: Machine, first: World['socket']): Logic {
  return {
    getInitialSnapshot: () => first,
    transition: (snapshot, event, scope) => machine.transition(snapshot, event, scope),
    getPersistedSnapshot: snapshot => snapshot,
  }
}

function take(machine: Logic, world: World, move: Move): World {
  const next =
    'says' in move ? move.says.reduce((now, event) => hear(machine, now, event), world) : passTime(machine, world)
  return { ...next, depth: world.depth + 1 }
}

/**
 * Until the next timer. Timers of the same moment fire together, in the order they were set, as Node's do.
 */
function passTime(machine: Logic, world: World): World {
  const passedMs = Math.min(...world.timers.map(({ leftMs }) => leftMs))
  const later = (ms: number | undefined) => (ms === undefined ? undefined : ms + passedMs)
  const timers = world.timers.map(timer => ({ ...timer, leftMs: timer.leftMs - passedMs }))
  const refusedMs = Object.fromEntries(Object.entries(world.refusedMs).map(([key, ms]) => [key, ms + passedMs]))
  let now: World = { ...world, timers, releasedMs: later(world.releasedMs), lostMs: later(world.lostMs), refusedMs }
  for (;;) {
    const due = now.timers.find(({ leftMs }) => leftMs === 0)
    if (due === undefined) return now
    now = hear(machine, { ...now, timers: now.timers.filter(timer => timer !== due) }, due.event)
  }
}

function hear(machine: Logic, world: World, event: SocketEvent): World {
  if (world.socket.status !== 'active') return world
  const [socket, actions] = transition(machine, world.socket, event)
  const confirmed = confirmedAfter(world, event)
  const next = obey({ ...world, confirmed, refusedMs: refusedAfter(world, event) }, socket, actions)
  const isLost = world.connections > 0 && next.connections === 0 && !isLeaving(world) && event.type !== 'connect.denied'
  return keepPromises(isLost ? { ...next, lostMs: 0 } : next)
}

function isLeaving({ socket }: World): boolean {
  return socket.matches({ session: 'unsubscribing-grace' })
}

/** Confirmed: acknowledged, or data of a key that the server already had; until the server releases it. */
function confirmedAfter({ confirmed, socket }: World, event: SocketEvent): readonly SubscriptionKey[] {
  switch (event.type) {
    case 'subscription.acknowledged':
      return [...confirmed, event.key]
    case 'subscription.flowing':
      return socket.context.ledger[event.key]?.status === 'adopted' ? [...confirmed, event.key] : confirmed
    case 'subscription.released':
      return confirmed.filter(key => key !== event.key)
    default:
      return confirmed
  }
}

/** A key that is not wanted or is being released is not refused: there is nothing to request again. */
function refusedAfter({ refusedMs, socket }: World, event: SocketEvent): World['refusedMs'] {
  if (event.type === 'subscribe' || event.type === 'unsubscribe') return without(refusedMs, event.keys)
  // The server accepted it after all: the refusal no longer holds.
  if (event.type === 'subscription.acknowledged' || event.type === 'subscription.duplicate') {
    return without(refusedMs, [event.key])
  }
  if (event.type !== 'subscription.refused' || !event.isPassing) return refusedMs
  const entry = socket.context.ledger[event.key]
  return entry?.isWanted && entry.status !== 'releasing' ? { ...refusedMs, [event.key]: 0 } : refusedMs
}

function without(refusedMs: World['refusedMs'], keys: readonly SubscriptionKey[]): World['refusedMs'] {
  return Object.fromEntries(Object.entries(refusedMs).filter(([key]) => !keys.includes(key as SubscriptionKey)))
}

/** Executes the machine's actions, in their order. */
function obey(world: World, socket: World['socket'], actions: readonly ExecutableActionObject[]): World {
  return actions.reduce((now, action) => obeyOne(now, action), { ...world, socket })
}

function obeyOne(world: World, { params, type }: ExecutableActionObject): World {
  // The parameters of XState's own actions have no exported types.
  const given = params as Record<string, unknown> | undefined
  switch (type) {
    case 'xstate.spawnChild':
      return given?.src === 'connection' ? connect(world) : world
    case 'xstate.stopChild':
      return nameOf(given) === 'connection' ? disconnect(world) : world
    case 'xstate.cancel':
      return { ...world, timers: world.timers.filter(({ id }) => id !== given?.sendId) }
    case 'xstate.raise':
      return { ...world, timers: [...world.timers, timerOf(given)] }
    case 'xstate.sendTo':
      return nameOf(given?.to) === 'connection' || given?.targetId === 'connection' ? send(world, given?.event) : world
    default:
      return world
  }
}

function nameOf(actor: unknown): unknown {
  return (actor as { id?: string } | undefined)?.id
}

function timerOf(given: Record<string, unknown> | undefined): Timer {
  const { delay, event, id } = given as { delay: number; event: SocketEvent; id: string }
  return { id, leftMs: delay, event }
}

function connect(world: World): World {
  const { lostMs } = world
  const tooEarly = lostMs !== undefined && lostMs < timing.graceMs ? [`connected ${lostMs} ms after a loss`] : []
  return {
    ...world,
    connections: world.connections + 1,
    asked: [],
    confirmed: [],
    releasedMs: undefined,
    lostMs: undefined,
    refusedMs: {},
    broken: [...world.broken, ...tooEarly],
  }
}

function disconnect(world: World): World {
  const { releasedMs } = world
  const cutShort =
    releasedMs !== undefined && releasedMs < timing.graceMs ? [`closed ${releasedMs} ms after the releases`] : []
  return { ...world, connections: world.connections - 1, releasedMs: undefined, broken: [...world.broken, ...cutShort] }
}

/** Sends a request. While leaving, it is the release of everything, from which the grace counts. */
function send(world: World, instruction: unknown): World {
  const { keys = [], type } = instruction as Instruction & { keys?: readonly SubscriptionKey[] }
  const broken = [...world.broken]
  if (world.connections !== 1) broken.push(`${type} without a connection`)
  const count = held(world.socket.context.ledger).length
  if (type === 'request.subscribe' && count > mostSubscriptions) broken.push(`asks for a ${count}nd key`)
  const again = type === 'request.subscribe' ? keys : []
  for (const key of again) {
    const ms = world.refusedMs[key]
    if (ms !== undefined && ms < timing.refusedMs) broken.push(`asks for ${key} ${ms} ms after a refusal`)
  }
  const isRelease = type === 'request.unsubscribe' && isLeaving(world)
  const asked = type === 'request.subscribe' ? [...world.asked, ...keys] : world.asked
  return {
    ...world,
    asked,
    broken,
    refusedMs: without(world.refusedMs, again),
    ...(isRelease ? { releasedMs: 0 } : {}),
  }
}

function keepPromises(world: World): World {
  const { ledger } = world.socket.context
  const broken: string[] = []
  if (world.connections > 1) broken.push('two sockets are open')
  if (world.socket.matches('session') !== (world.connections === 1)) broken.push('a session without its connection')
  const unanswered = entriesOf(ledger).filter(
    ([key, entry]) => entry.status === 'active' && !world.confirmed.includes(key),
  )
  for (const [key] of unanswered) broken.push(`${key} is active without an answer of the server`)
  return broken.length === 0 ? world : { ...world, broken: [...world.broken, ...broken] }
}

/** A number for each text: most of the time of a walk would be to compare long ones. */
const numbers = new Map<string, number>()
const names = new WeakMap<World, string>()
const ledgerNumbers = new WeakMap<World['socket']['context']['ledger'], number>()

/** Two worlds have the same name if the same may still happen in both. */
export function nameWorld(world: World): string {
  return remembered(names, world, () => String(numberOf(describeWorld(world))))
}

function describeWorld({
  asked,
  confirmed,
  connections,
  lostMs,
  releasedMs,
  refusedMs,
  socket,
  timers,
  broken,
}: World): string {
  const { ledger, hasTurn, isStopping, departure, releases, heartbeatRefused, recoverySteps, failures, waitMs } =
    socket.context
  const entries = remembered(ledgerNumbers, ledger, () => numberOf(JSON.stringify(ledger)))
  const context = [entries, hasTurn, isStopping, departure, releases, heartbeatRefused, recoverySteps, failures, waitMs]
  const sets = [asked, confirmed].map(keys => [...new Set(keys)].toSorted())
  return JSON.stringify([
    socket.value,
    context,
    timers.map(({ id, leftMs }) => [id, leftMs]),
    connections,
    sets,
    lostMs,
    releasedMs,
    refusedMs,
    broken,
  ])
}

function numberOf(text: string): number {
  const number = numbers.get(text) ?? numbers.size
  numbers.set(text, number)
  return number
}

function remembered<K extends object, V>(all: WeakMap<K, V>, key: K, make: () => V): V {
  const known = all.get(key)
  if (known !== undefined) return known
  const made = make()
  all.set(key, made)
  return made
}
