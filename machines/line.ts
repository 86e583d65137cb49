// One line: an app key, with the one session that KIS allows it. Its two sockets, one for each market, take
// turns: the next one opens only after the last one has closed.
import { assign, enqueueActions, raise, setup, type SnapshotFrom } from 'xstate'
import type { LineId } from '../market/events.ts'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionKey } from '../market/subscription.ts'
import type { Endpoint } from './events.ts'
import { mostSubscriptions } from './ledger.ts'
import { type SocketInput, socketMachine } from './socket.ts'
import type { Timing } from './timing.ts'

export type LineInput = {
  readonly line: LineId
  readonly timing: Timing
  readonly endpoints: Readonly<Record<Market, Endpoint>>
  /** Of each session's 41, kept for account notices. Default 0. */
  readonly reservedSlots?: number
  /** Start of the random numbers of both sockets. */
  readonly seed: number
}

type LineContext = LineInput & {
  /** The market that uses the line, or has not released it yet. */
  readonly turn: Market | undefined
  /** The one that should use it. */
  readonly next: Market | undefined
}

export type SubscriptionCommand = {
  readonly type: 'subscribe' | 'unsubscribe'
  readonly market: Market
  readonly keys: readonly SubscriptionKey[]
}

export type EndpointSwitch = { readonly type: 'endpoint.switch'; readonly market: Market; readonly endpoint: Endpoint }

export type LineCommand =
  | SubscriptionCommand
  | EndpointSwitch
  /** Without a market, the line is released. */
  | { readonly type: 'market.turn'; readonly market: Market | undefined }
  | { readonly type: 'stop' }

type SocketReport =
  | { readonly type: 'socket.released-line'; readonly market: Market }
  | { readonly type: 'socket.stopped'; readonly market: Market }

function socketInput({ line, endpoints, timing, seed, reservedSlots = 0 }: LineContext, market: Market): SocketInput {
  return { line, market, endpoint: endpoints[market], timing, reservedSlots, seed: market === 'KR' ? seed : ~seed }
}

/** A socket without a connection that opens none before `market.open`. */
function hasReleasedLine({ event }: { event: { snapshot: SnapshotFrom<typeof socketMachine> } }): boolean {
  return event.snapshot.matches('market-switch') && !event.snapshot.context.hasTurn
}

export const lineMachine = setup({
  types: {
    context: {} as LineContext,
    input: {} as LineInput,
    events: {} as LineCommand | SocketReport,
    children: {} as { KR: 'socket'; US: 'socket' },
  },
  actors: { socket: socketMachine },
  guards: {
    isAnotherTurn: ({ context, event }) => event.type === 'market.turn' && event.market !== context.turn,
    isStopped: ({ event }, { market }: { market: Market }) =>
      event.type === 'socket.stopped' && event.market === market,
    hasLetGo: ({ context: { turn, next } }) => turn === undefined || turn === next,
    isReleased: ({ context: { turn, next } }) => turn === undefined && next === undefined,
    hasNoNext: ({ context: { next } }) => next === undefined,
  },
  delays: {
    handOverTimeout: ({ context: { timing } }) =>
      timing.graceMs + mostSubscriptions * timing.pacingMs + timing.handOverTimeoutMs,
  },
  actions: {
    noteNext: assign({
      next: ({ context, event }) => (event.type === 'market.turn' ? event.market : context.next),
    }),
    closeOutgoing: enqueueActions(({ context: { turn, next }, enqueue }) => {
      if (turn !== undefined && turn !== next) enqueue.sendTo(turn, { type: 'market.close' })
    }),
    noteReleased: assign({
      turn: ({ context, event }) =>
        event.type === 'socket.released-line' && event.market === context.turn ? undefined : context.turn,
    }),
    /** Changes nothing for a socket that is open already. */
    openIncoming: enqueueActions(({ context: { next, endpoints }, enqueue }) => {
      if (next !== undefined) enqueue.sendTo(next, { type: 'market.open', endpoint: endpoints[next] })
      enqueue.assign({ turn: next })
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
  id: 'line',
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
      on: { 'market.turn': { guard: 'isAnotherTurn', target: 'trading', actions: ['noteNext', 'openIncoming'] } },
    },
    trading: {
      on: { 'market.turn': { guard: 'isAnotherTurn', target: 'handing-over', actions: 'noteNext' } },
    },
    'handing-over': {
      entry: 'closeOutgoing',
      always: [
        { guard: 'isReleased', target: 'standby' },
        { guard: 'hasLetGo', target: 'trading', actions: 'openIncoming' },
      ],
      on: {
        'market.turn': { actions: ['noteNext', 'closeOutgoing'] },
        'socket.released-line': { actions: 'noteReleased' },
      },
      after: {
        handOverTimeout: [
          { guard: 'hasNoNext', target: 'standby', actions: 'openIncoming' },
          { target: 'trading', actions: 'openIncoming' },
        ],
      },
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
