// The control plane, assembled: the socket of each market with the access of its line, under the machine that
// hands over between them. It passes frames on without reading them.
import { type ActorOptions, type AnyActorRef, createActor, type Subscription, waitFor } from 'xstate'
import { toWire } from '../../kis/channel.ts'
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { Redaction } from '../../kis/redaction.ts'
import { createRestClient } from '../../kis/rest/client.ts'
import type { Secret } from '../../kis/secret.ts'
import { type LineAccess, createConnection, type ReceivedAnswer } from '../../machines/connection.ts'
import type { Endpoint, Observation } from '../../machines/events.ts'
import { feedMachine } from '../../machines/feed.ts'
import { fromStream } from '../../machines/from-stream.ts'
import { lineMachine } from '../../machines/line.ts'
import { emptyLedger, entriesOf, type Ledger, type LedgerEntry } from '../../machines/ledger.ts'
import { socketMachine } from '../../machines/socket.ts'
import type { Clock } from '../../market/clock.ts'
import type { LineId } from '../../market/events.ts'
import { type Market, marketOf, markets } from '../../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../../market/subscription.ts'
import { heartbeats } from '../../streams/heartbeats.ts'
import { prefixOf } from '../../workers/redis/scope.ts'
import { openLine, type SharedAccess } from './line.ts'
import { ended } from '../patience.ts'
import type { LineMemory } from '../persistence/line-memory.ts'
import { phaseOf, type SocketSnapshot } from './lifecycle.ts'
import { type Line, lineOfMarket } from '../settings/lines.ts'
import type { FeedSettings } from '../settings/settings.ts'
import { reservedSlotsOf, wireOptionsOf } from './subscriptions.ts'

export type Inspect = NonNullable<ActorOptions<typeof feedMachine>['inspect']>

/** Which market uses a line, and what KIS still allows. Nothing secret. */
export type ControlPlaneFacts = {
  /**
   * `handing-over` while a line is, else `trading` while one is, else `standby`; at the end `stopping` and
   * `stopped`.
   */
  readonly state: string
  readonly turns: readonly Market[]
  readonly next: readonly Market[]
  readonly lines: readonly LineFacts[]
}

/** As far as this process knows: others may spend from the same line. */
export type LineFacts = {
  readonly line: LineId
  readonly markets: readonly Market[]
  readonly connectsLeft: number
  readonly requestsLeft: number
  readonly approvalKeyIssuedAt: number | undefined
}

export type SocketFacts = {
  readonly host: string
  readonly failures: number
  /** How long it waits before it tries again, while it does. */
  readonly waitMs: number
  /** When its market was given its turn; undefined while it has none. */
  readonly turnSince: number | undefined
}

export type SocketsParts = {
  readonly settings: FeedSettings
  readonly clock: Clock
  /** Start of the random numbers that spread reconnections. */
  readonly seed: number
  readonly inspect: Inspect | undefined
  /** What other processes of the app key spend as well. */
  readonly shared: SharedAccess | undefined
  /** What outlives this process, where nothing is shared. */
  readonly memory: LineMemory
  readonly deliver: (frame: RawFrame) => void
  /** Called behind the frames of one read. */
  readonly settled: () => void
  readonly onAnswer: (answer: ReceivedAnswer) => void
  /** KIS's clock, and ours at the same moment. */
  readonly heartbeat: (serverTime: number, receivedTime: number) => void
  /** Every state of a socket, the first included, in order. */
  readonly onSocket: (market: Market, snapshot: SocketSnapshot) => void
  /** KIS issued something that must never be shown. */
  readonly onSecret: (secret: Secret) => void
  readonly redaction: Redaction
}

export type Sockets = {
  /** Of each session's 41, kept for account notices. */
  readonly reservedSlots: number
  start(): void
  /** These markets have their turn, and no others. */
  turn(markets: readonly Market[]): void
  subscribe(keys: readonly SubscriptionKey[]): void
  unsubscribe(keys: readonly SubscriptionKey[]): void
  switchEndpoint(market: Market, endpoint: Endpoint): void
  /** Something was observed that the socket's machine acts on. */
  report(market: Market, observation: Observation): void
  lineOf(market: Market): LineId
  ledgerOf(market: Market): Ledger
  /** When a subscription was asked for, whatever became of it since; undefined while it is not. */
  wantedSince(key: SubscriptionKey): number | undefined
  entryOf(key: SubscriptionKey): LedgerEntry | undefined
  facts(): ControlPlaneFacts
  socketFacts(market: Market): SocketFacts
  /** Everything that happens in the machines from now on. It costs nothing without a caller. */
  inspect(look: Inspect): Subscription
  /** Every actor there is, parents first. */
  actors(): readonly AnyActorRef[]
  /** What a stop takes when nothing hangs: the grace, and the pacing of every release. */
  releaseMs(): number
  /** Releases everything, waits out the grace, closes. What hangs longer is left, and returned. */
  stop(marginMs: number): Promise<readonly string[]>
}

/** A Redis that does not answer is no reason to stay: the claim ends by itself. */
const claimTimeoutMs = 1_000

export function createSockets(parts: SocketsParts): Sockets {
  const { settings, clock } = parts
  const { timing } = settings
  const wireOptions = wireOptionsOf(settings)
  const reservedSlots = reservedSlotsOf(settings)
  const rest = createRestClient({
    baseUrl: settings.restUrl,
    clock,
    spacingMs: timing.pacingMs,
    // An approval key that comes too late for this attempt still serves the next one.
    timeoutMs: 2 * timing.openTimeoutMs,
    checkCertificate: settings.checkCertificate,
  })
  const { lines } = settings
  const lineOf = { KR: lineOfMarket(lines, 'KR').id, US: lineOfMarket(lines, 'US').id }
  const open = (line: Line): LineAccess => {
    const kept = parts.memory.of(prefixOf({ ...line, restUrl: settings.restUrl }))
    const shared = parts.shared?.of(line.id)
    return openLine({ keys: line, shared, kept, rest, timing, clock, onSecret: parts.onSecret })
  }
  const access = new Map(lines.map(line => [line.id, open(line)]))
  const connection = createConnection({
    accessOf: line => access.get(line) as LineAccess, // a socket has a line of the settings
    customerType: settings.customerType,
    wireOf: key => toWire(subscriptionOf(key), wireOptions),
    deliver: parts.deliver,
    settled: parts.settled,
    onAnswer: parts.onAnswer,
    heartbeat: parts.heartbeat,
    redaction: parts.redaction,
    clock,
    timing,
  })
  const heartbeat = fromStream(() => heartbeats(timing.heartbeatMs))
  const socket = socketMachine.provide({ actors: { connection, heartbeat } })
  const line = lineMachine.provide({ actors: { socket } })
  const actor = createActor(feedMachine.provide({ actors: { line } }), {
    input: { timing, lines: lineOf, endpoints: settings.endpoints, reservedSlots, seed: parts.seed },
    ...(parts.inspect === undefined ? {} : { inspect: parts.inspect }),
  })
  const turnSince = new Map<Market, number>()
  const wantedSince = new Map<SubscriptionKey, number>()
  let isStarted = false

  function lineActor(id: LineId) {
    return actor.getSnapshot().children[id]
  }

  function socketOf(market: Market) {
    return lineActor(lineOf[market])?.getSnapshot().children[market]
  }

  function ledgerOf(market: Market): Ledger {
    return socketOf(market)?.getSnapshot().context.ledger ?? emptyLedger
  }

  function watch(market: Market): void {
    const child = socketOf(market)
    if (child === undefined) return
    parts.onSocket(market, child.getSnapshot())
    child.subscribe(snapshot => parts.onSocket(market, snapshot))
  }

  function send(type: 'subscribe' | 'unsubscribe', keys: readonly SubscriptionKey[]): void {
    for (const market of markets) {
      const own = keys.filter(key => marketOf(subscriptionOf(key).instrument) === market)
      if (own.length > 0) actor.send({ type, market, keys: own })
    }
  }

  function factsOf({ id, markets: served }: Line): LineFacts {
    const { connects, requests, approvalKeys } = access.get(id) as LineAccess
    return {
      line: id,
      markets: served,
      connectsLeft: connects.left(),
      requestsLeft: requests.left(),
      approvalKeyIssuedAt: approvalKeys.issuedAt(),
    }
  }

  function releaseMs(): number {
    const slots = markets.reduce((sum, market) => sum + entriesOf(ledgerOf(market)).length, 0)
    return timing.graceMs + slots * timing.pacingMs
  }

  return {
    reservedSlots,
    start() {
      isStarted = true
      actor.start()
      markets.forEach(watch)
    },
    turn(turns) {
      for (const market of markets) {
        if (!turns.includes(market)) turnSince.delete(market)
        else if (!turnSince.has(market)) turnSince.set(market, clock.now())
      }
      actor.send({ type: 'market.turn', markets: turns })
    },
    subscribe(keys) {
      for (const key of keys) if (!wantedSince.has(key)) wantedSince.set(key, clock.now())
      send('subscribe', keys)
    },
    unsubscribe(keys) {
      for (const key of keys) wantedSince.delete(key)
      send('unsubscribe', keys)
    },
    switchEndpoint: (market, endpoint) => actor.send({ type: 'endpoint.switch', market, endpoint }),
    report: (market, observation) => socketOf(market)?.send(observation),
    lineOf: market => lineOf[market],
    ledgerOf,
    wantedSince: key => wantedSince.get(key),
    entryOf: key => ledgerOf(marketOf(subscriptionOf(key).instrument))[key],
    facts() {
      const snapshots = lines.flatMap(({ id }) => lineActor(id)?.getSnapshot() ?? [])
      const state = actor.getSnapshot().value
      return {
        state: state === 'running' ? busiest(snapshots.map(({ value }) => phaseOf(value))) : state,
        turns: snapshots.flatMap(({ context: { turn } }) => turn ?? []),
        next: snapshots.flatMap(({ context: { next } }) => next ?? []),
        lines: lines.map(factsOf),
      }
    },
    socketFacts(market) {
      const context = socketOf(market)?.getSnapshot().context
      const { url } = context?.endpoint ?? settings.endpoints[market]
      const { failures = 0, waitMs = 0 } = context ?? {}
      return { host: new URL(url).host, failures, waitMs, turnSince: turnSince.get(market) }
    },
    inspect: look => actor.system.inspect(look),
    actors: () => withChildren(actor),
    releaseMs,
    async stop(marginMs) {
      const overdue: string[] = []
      if (isStarted) {
        const isDone = waitFor(actor, snapshot => snapshot.status === 'done')
        actor.send({ type: 'stop' })
        if (!(await ended(isDone, releaseMs() + marginMs / 2))) {
          overdue.push('the release of every subscription')
          isDone.catch(() => {}) // it is stopped before it is done
          actor.stop()
        }
      }
      // A call that hangs holds the lock: it is ended first.
      await rest.close()
      // The machine has left; a lock is free once its socket is closed.
      const keys = [...access.values()]
      const locks = keys.map(({ lock }) => lock.take())
      if (isStarted && !(await ended(Promise.all(locks), timing.closeTimeoutMs + marginMs / 2))) {
        overdue.push('the close of the connection')
      }
      const claims = keys.map(({ owner }) => owner.release())
      if (!(await ended(Promise.all(claims), claimTimeoutMs))) overdue.push('the end of the claim in Redis')
      return overdue
    },
  }
}

/** Of the states of several lines, the one that says most about all of them. */
function busiest(states: readonly string[]): string {
  return ['handing-over', 'trading'].find(state => states.includes(state)) ?? 'standby'
}

function withChildren(actor: AnyActorRef): AnyActorRef[] {
  // Only machines have children; the snapshots of other actors say nothing of any.
  const { children = {} } = actor.getSnapshot() as { readonly children?: Readonly<Record<string, AnyActorRef>> }
  return [actor, ...Object.values(children).flatMap(withChildren)]
}
