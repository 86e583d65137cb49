// Whose turn it is on the line. KIS allows one session per app key, so the two sockets take turns, and a hand-over breaks before it
// makes: the incoming socket opens only when the outgoing one has let go.
import { assign, enqueueActions, raise, setup, type SnapshotFrom } from 'xstate'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionKey } from '../market/subscription.ts'
import type { Endpoint } from './events.ts'
import { mostSubscriptions } from './ledger.ts'
import { type SocketInput, socketMachine } from './socket.ts'
import type { Timing } from './timing.ts'

export type FeedInput = {
  readonly timing: Timing
  readonly endpoints: Readonly<Record<Market, Endpoint>>
  /** Start of the random numbers of both sockets. */
  readonly seed: number
}

type FeedContext = FeedInput & {
  /** The market that has the line, or had it last. */
  readonly turn: Market | undefined
  /** The market that should have it. */
  readonly next: Market | undefined
}

export type FeedCommand =
  | { readonly type: 'market.turn'; readonly market: Market }
  | { readonly type: 'subscribe'; readonly market: Market; readonly keys: readonly SubscriptionKey[] }
  | { readonly type: 'unsubscribe'; readonly market: Market; readonly keys: readonly SubscriptionKey[] }
  | { readonly type: 'endpoint.switch'; readonly market: Market; readonly endpoint: Endpoint }
  | { readonly type: 'stop' }

/** What the feed hears from its sockets. */
type SocketNews =
  | { readonly type: 'socket.released-line'; readonly market: Market }
  | { readonly type: 'socket.stopped'; readonly market: Market }

type Word = Extract<FeedCommand, { type: 'subscribe' | 'unsubscribe' }>

function socketInput({ endpoints, timing, seed }: FeedContext, market: Market): SocketInput {
  return { market, endpoint: endpoints[market], timing, seed: market === 'KR' ? seed : ~seed }
}

/** A socket without a connection that will not open one until it is told to. */
function hasReleasedLine({ event }: { event: { snapshot: SnapshotFrom<typeof socketMachine> } }): boolean {
  return event.snapshot.matches('market-switch') && !event.snapshot.context.hasTurn
}

export const feedMachine = setup({
  types: {
    context: {} as FeedContext,
    input: {} as FeedInput,
    events: {} as FeedCommand | SocketNews,
    children: {} as { KR: 'socket'; US: 'socket' },
  },
  actors: { socket: socketMachine },
  guards: {
    isAnotherTurn: ({ context, event }) => event.type === 'market.turn' && event.market !== context.turn,
    isStopped: ({ event }, { market }: { market: Market }) =>
      event.type === 'socket.stopped' && event.market === market,
    isOutgoing: ({ context, event }) => event.type === 'socket.released-line' && event.market === context.turn,
  },
  delays: {
    handOverTimeout: ({ context: { timing } }) =>
      timing.graceMs + mostSubscriptions * timing.pacingMs + timing.handOverTimeoutMs,
  },
  actions: {
    noteNext: assign({
      next: ({ context, event }) => (event.type === 'market.turn' ? event.market : context.next),
    }),
    closeOutgoing: enqueueActions(({ context, enqueue }) => {
      if (context.turn !== undefined) enqueue.sendTo(context.turn, { type: 'market.close' })
    }),
    openIncoming: enqueueActions(({ context, enqueue }) => {
      if (context.next === undefined) return
      enqueue.sendTo(context.next, { type: 'market.open', endpoint: context.endpoints[context.next] })
      enqueue.assign({ turn: context.next })
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
      const { type, market, keys } = event as Word
      enqueue.sendTo(market, { type, keys })
    }),
    stopSockets: enqueueActions(({ enqueue }) => {
      enqueue.sendTo('KR', { type: 'stop' })
      enqueue.sendTo('US', { type: 'stop' })
    }),
  },
}).createMachine({
  id: 'feed',
  context: ({ input }) => ({ ...input, turn: undefined, next: undefined }),
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
      on: {
        'market.turn': { actions: 'noteNext' },
        'socket.released-line': { guard: 'isOutgoing', target: 'trading', actions: 'openIncoming' },
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
