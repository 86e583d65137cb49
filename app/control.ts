// The control plane, assembled: the two sockets, each with what it needs from KIS, under the machine that hands over between them.
// Which market data flows is none of its business; it passes frames on unseen.
import { type ActorOptions, type AnyActorRef, createActor, type SnapshotFrom, type Subscription, waitFor } from 'xstate'
import { createApprovalKeys } from '../kis/approval.ts'
import { toWire } from '../kis/channel.ts'
import { issueApprovalKey } from '../kis/credentials.ts'
import type { RawFrame } from '../kis/frame.ts'
import { createRestClient } from '../kis/rest.ts'
import type { Secret } from '../kis/secret.ts'
import { createBudget } from '../machines/budget.ts'
import { createConnection, type HeardAnswer } from '../machines/connection.ts'
import type { Endpoint, Observation } from '../machines/events.ts'
import { feedMachine } from '../machines/feed.ts'
import { fromStream } from '../machines/from-stream.ts'
import { emptyLedger, type Ledger, type LedgerEntry } from '../machines/ledger.ts'
import { createLine } from '../machines/line.ts'
import { socketMachine } from '../machines/socket.ts'
import type { Clock } from '../market/clock.ts'
import { type Market, marketOf, markets } from '../market/instrument.ts'
import { type SubscriptionKey, subscriptionOf } from '../market/subscription.ts'
import { heartbeats } from '../streams/liveness.ts'
import { phaseOf } from './phase.ts'
import { type FeedSettings, wireOptionsOf } from './settings.ts'

export type SocketSnapshot = SnapshotFrom<typeof socketMachine>

export type Inspect = NonNullable<ActorOptions<typeof feedMachine>['inspect']>

/** Which market has the line, and what KIS would still allow; nothing secret. */
export type ControlFacts = {
  /** Of the feed machine: `trading`, `handing-over`, … */
  readonly state: string
  readonly turn: Market | undefined
  readonly next: Market | undefined
  readonly connectsLeft: number
  readonly requestsLeft: number
  readonly approvalKeyIssuedAt: number | undefined
}

export type SocketFacts = {
  readonly host: string
  readonly failures: number
  /** How long it waits before it tries again, while it does. */
  readonly waitMs: number
}

export type ControlParts = {
  readonly settings: FeedSettings
  readonly clock: Clock
  /** Start of the random numbers that spread reconnections. */
  readonly seed: number
  readonly inspect: Inspect | undefined
  readonly deliver: (frame: RawFrame) => void
  readonly heard: (answer: HeardAnswer) => void
  /** KIS's clock, and ours at the same moment. */
  readonly heartbeat: (serverTime: number, receivedTime: number) => void
  /** Every state of a socket, the first included, in order. */
  readonly onSocket: (market: Market, snapshot: SocketSnapshot) => void
  /** KIS issued something that must never be shown. */
  readonly onSecret: (secret: Secret) => void
}

export type Control = {
  start(): void
  /** It is this market's turn on the line. */
  turn(market: Market): void
  subscribe(keys: readonly SubscriptionKey[]): void
  unsubscribe(keys: readonly SubscriptionKey[]): void
  switchEndpoint(market: Market, endpoint: Endpoint): void
  /** Something was noticed that a socket should know. */
  tell(market: Market, observation: Observation): void
  ledgerOf(market: Market): Ledger
  entryOf(key: SubscriptionKey): LedgerEntry | undefined
  facts(): ControlFacts
  socketFacts(market: Market): SocketFacts
  /** Everything that happens in the machines from now on. Nobody pays for it while nobody looks. */
  inspect(look: Inspect): Subscription
  /** Every actor there is, parents first. */
  actors(): readonly AnyActorRef[]
  /** Releases everything, waits out the grace, closes. */
  stop(): Promise<void>
}

export function createControl(parts: ControlParts): Control {
  const { settings, clock } = parts
  const { timing } = settings
  const wireOptions = wireOptionsOf(settings)
  const rest = createRestClient({
    baseUrl: settings.restUrl,
    clock,
    spacingMs: timing.pacingMs,
    timeoutMs: timing.openTimeoutMs,
    checkCertificate: settings.checkCertificate,
  })
  const approvalKeys = createApprovalKeys(async () => {
    const key = await issueApprovalKey(rest, settings)
    parts.onSecret(key)
    return key
  }, clock)
  const line = createLine()
  const connects = createBudget(timing.mostConnects, timing.connectWindowMs, clock)
  const requests = createBudget(timing.mostRequests, timing.requestWindowMs, clock)
  const connection = createConnection({
    approvalKeys,
    customerType: settings.customerType,
    wireOf: key => toWire(subscriptionOf(key), wireOptions),
    deliver: parts.deliver,
    heard: parts.heard,
    heartbeat: parts.heartbeat,
    clock,
    timing,
    line,
    connects,
    requests,
  })
  const heartbeat = fromStream(() => heartbeats(timing.heartbeatMs))
  const socket = socketMachine.provide({ actors: { connection, heartbeat } })
  const actor = createActor(feedMachine.provide({ actors: { socket } }), {
    input: { timing, endpoints: settings.endpoints, seed: parts.seed },
    ...(parts.inspect === undefined ? {} : { inspect: parts.inspect }),
  })
  let isStarted = false

  function socketOf(market: Market) {
    return actor.getSnapshot().children[market]
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

  return {
    start() {
      isStarted = true
      actor.start()
      markets.forEach(watch)
    },
    turn: market => actor.send({ type: 'market.turn', market }),
    subscribe: keys => send('subscribe', keys),
    unsubscribe: keys => send('unsubscribe', keys),
    switchEndpoint: (market, endpoint) => actor.send({ type: 'endpoint.switch', market, endpoint }),
    tell: (market, observation) => socketOf(market)?.send(observation),
    ledgerOf,
    entryOf: key => ledgerOf(marketOf(subscriptionOf(key).instrument))[key],
    facts() {
      const { context, value } = actor.getSnapshot()
      return {
        state: phaseOf(value),
        turn: context.turn,
        next: context.next,
        connectsLeft: connects.left(),
        requestsLeft: requests.left(),
        approvalKeyIssuedAt: approvalKeys.issuedAt(),
      }
    },
    socketFacts(market) {
      const context = socketOf(market)?.getSnapshot().context
      const { url } = context?.endpoint ?? settings.endpoints[market]
      return { host: new URL(url).host, failures: context?.failures ?? 0, waitMs: context?.waitMs ?? 0 }
    },
    inspect: look => actor.system.inspect(look),
    actors: () => withChildren(actor),
    async stop() {
      if (isStarted) {
        actor.send({ type: 'stop' })
        await waitFor(actor, snapshot => snapshot.status === 'done')
        // The machine has left; the line is free once the socket is really closed.
        await line.take()
      }
      await rest.close()
    },
  }
}

function withChildren(actor: AnyActorRef): AnyActorRef[] {
  // Only machines have children; the snapshots of other actors say nothing of any.
  const { children = {} } = actor.getSnapshot() as { readonly children?: Readonly<Record<string, AnyActorRef>> }
  return [actor, ...Object.values(children).flatMap(withChildren)]
}
