// Which market uses the line. KIS allows one session for each app key, so two sockets of one line take turns:
// the next one opens only after the last one has closed. With a line each, both may be open at once.
import { assign, enqueueActions, raise, setup, type SnapshotFrom } from 'xstate'
import type { LineId } from '../market/events.ts'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionKey } from '../market/subscription.ts'
import type { Endpoint } from './events.ts'
import { mostSubscriptions } from './ledger.ts'
import { type SocketInput, socketMachine } from './socket.ts'
import type { Timing } from './timing.ts'

export type FeedInput = {
  readonly timing: Timing
  /** The line of each market: markets of one line take turns on it. */
  readonly lines: Readonly<Record<Market, LineId>>
  readonly endpoints: Readonly<Record<Market, Endpoint>>
  /** Of each session's 41, kept for account notices. Default 0. */
  readonly reservedSlots?: number
  /** Start of the random numbers of both sockets. */
  readonly seed: number
}

/** The one market that uses a line at a time. A line is absent while no market uses it. */
type Turns = Readonly<Record<LineId, Market>>

type FeedContext = FeedInput & {
  /** Those that use a line, or have not released it yet. */
  readonly turns: Turns
  /** Those that should use it. */
  readonly next: Turns
}

export type FeedCommand =
  | { readonly type: 'market.turn'; readonly markets: readonly Market[] }
  | { readonly type: 'subscribe'; readonly market: Market; readonly keys: readonly SubscriptionKey[] }
  | { readonly type: 'unsubscribe'; readonly market: Market; readonly keys: readonly SubscriptionKey[] }
  | { readonly type: 'endpoint.switch'; readonly market: Market; readonly endpoint: Endpoint }
  | { readonly type: 'stop' }

type SocketReport =
  | { readonly type: 'socket.released-line'; readonly market: Market }
  | { readonly type: 'socket.stopped'; readonly market: Market }

type SubscriptionCommand = Extract<FeedCommand, { type: 'subscribe' | 'unsubscribe' }>

function socketInput({ lines, endpoints, timing, seed, reservedSlots = 0 }: FeedContext, market: Market): SocketInput {
  return {
    line: lines[market],
    market,
    endpoint: endpoints[market],
    timing,
    reservedSlots,
    seed: market === 'KR' ? seed : ~seed,
  }
}

function turnsOf({ lines }: FeedInput, markets: readonly Market[]): Turns {
  return Object.fromEntries(markets.map(market => [lines[market], market]))
}

/** The markets that have to release their line. */
function outgoing({ turns, next }: FeedContext): readonly Market[] {
  return Object.entries(turns).flatMap(([line, market]) => (next[line] === market ? [] : [market]))
}

function isSame(some: Turns, others: Turns): boolean {
  const lines = Object.keys(some)
  return lines.length === Object.keys(others).length && lines.every(line => some[line] === others[line])
}

function without(turns: Turns, market: Market): Turns {
  return Object.fromEntries(Object.entries(turns).filter(([, user]) => user !== market))
}

/** A socket without a connection that opens none before `market.open`. */
function hasReleasedLine({ event }: { event: { snapshot: SnapshotFrom<typeof socketMachine> } }): boolean {
  return event.snapshot.matches('market-switch') && !event.snapshot.context.hasTurn
}

export const feedMachine = setup({
  types: {
    context: {} as FeedContext,
    input: {} as FeedInput,
    events: {} as FeedCommand | SocketReport,
    children: {} as { KR: 'socket'; US: 'socket' },
  },
  actors: { socket: socketMachine },
  guards: {
    isAnotherTurn: ({ context, event }) =>
      event.type === 'market.turn' && !isSame(turnsOf(context, event.markets), context.turns),
    isStopped: ({ event }, { market }: { market: Market }) =>
      event.type === 'socket.stopped' && event.market === market,
    hasLetGo: ({ context }) => outgoing(context).length === 0,
  },
  delays: {
    handOverTimeout: ({ context: { timing } }) =>
      timing.graceMs + mostSubscriptions * timing.pacingMs + timing.handOverTimeoutMs,
  },
  actions: {
    noteNext: assign({
      next: ({ context, event }) => (event.type === 'market.turn' ? turnsOf(context, event.markets) : context.next),
    }),
    closeOutgoing: enqueueActions(({ context, enqueue }) => {
      for (const market of outgoing(context)) enqueue.sendTo(market, { type: 'market.close' })
    }),
    noteReleased: assign({
      turns: ({ context, event }) =>
        event.type === 'socket.released-line' ? without(context.turns, event.market) : context.turns,
    }),
    /** Changes nothing for a socket that is open already. */
    openIncoming: enqueueActions(({ context, enqueue }) => {
      for (const market of Object.values(context.next)) {
        enqueue.sendTo(market, { type: 'market.open', endpoint: context.endpoints[market] })
      }
      enqueue.assign({ turns: context.next })
    }),
    noteEndpoint: assign({
      endpoints: ({ context, event }) =>
        event.type === 'endpoint.switch' ? { ...context.endpoints, [event.market]: event.endpoint } : context.endpoints,
    }),
    switchEndpoint: enqueueActions(({ event, enqueue }) => {
      if (event.type === 'endpoint.switch') {
        enqueue.sendTo(event.market, { type: 'endpoint.switch', endpoint: event.endpoint })
      }
    }),
    passOn: enqueueActions(({ event, enqueue }) => {
      const { type, market, keys } = event as SubscriptionCommand
      enqueue.sendTo(market, { type, keys })
    }),
    stopSockets: enqueueActions(({ enqueue }) => {
      enqueue.sendTo('KR', { type: 'stop' })
      enqueue.sendTo('US', { type: 'stop' })
    }),
  },
}).createMachine({
  id: 'feed',
  context: ({ input }) => ({ ...input, turns: {}, next: {} }),
  invoke: [
    {
      id: 'KR',
      src: 'socket',
      input: ({ context }) => socketInput(context, 'KR'),
      onSnapshot: {
        guard: hasReleasedLine,
        actions: raise({ type: 'socket.released-line', market: 'KR' }),
      },
      onDone: { actions: raise({ type: 'socket.stopped', market: 'KR' }) },
    },
    {
      id: 'US',
      src: 'socket',
      input: ({ context }) => socketInput(context, 'US'),
      onSnapshot: {
        guard: hasReleasedLine,
        actions: raise({ type: 'socket.released-line', market: 'US' }),
      },
      onDone: { actions: raise({ type: 'socket.stopped', market: 'US' }) },
    },
  ],
  on: {
    subscribe: { actions: 'passOn' },
    unsubscribe: { actions: 'passOn' },
    'endpoint.switch': { actions: ['noteEndpoint', 'switchEndpoint'] },
    stop: '.stopping',
  },
  initial: 'standby',
  states: {
    standby: {
      on: { 'market.turn': { target: 'trading', actions: ['noteNext', 'openIncoming'] } },
    },
    trading: {
      on: { 'market.turn': { guard: 'isAnotherTurn', target: 'handing-over', actions: 'noteNext' } },
    },
    'handing-over': {
      entry: 'closeOutgoing',
      always: { guard: 'hasLetGo', target: 'trading', actions: 'openIncoming' },
      on: {
        'market.turn': { actions: ['noteNext', 'closeOutgoing'] },
        'socket.released-line': { actions: 'noteReleased' },
      },
      after: { handOverTimeout: { target: 'trading', actions: 'openIncoming' } },
    },
    stopping: {
      entry: 'stopSockets',
      type: 'parallel',
      on: { 'market.turn': {}, stop: {} },
      states: {
        KR: {
          initial: 'stopping',
          states: {
            stopping: {
              on: { 'socket.stopped': { guard: { type: 'isStopped', params: { market: 'KR' } }, target: 'stopped' } },
            },
            stopped: { type: 'final' },
          },
        },
        US: {
          initial: 'stopping',
          states: {
            stopping: {
              on: { 'socket.stopped': { guard: { type: 'isStopped', params: { market: 'US' } }, target: 'stopped' } },
            },
            stopped: { type: 'final' },
          },
        },
      },
      onDone: 'stopped',
    },
    stopped: { type: 'final' },
  },
})
