// The lines of a feed. Each line decides for itself which market uses it; this machine passes on what it is
// asked for, and ends when every line has ended.
import { assign, type DoneActorEvent, enqueueActions, setup } from 'xstate'
import type { LineId } from '../market/events.ts'
import { type Market, markets } from '../market/instrument.ts'
import { type EndpointSwitch, type LineInput, lineMachine, type SubscriptionCommand } from './line.ts'

export type FeedInput = Omit<LineInput, 'line'> & {
  /** The line of each market: markets of one line take turns on it. */
  readonly lines: Readonly<Record<Market, LineId>>
}

type FeedContext = FeedInput & {
  /** Those that have ended. */
  readonly stopped: readonly LineId[]
}

export type FeedCommand =
  | SubscriptionCommand
  | EndpointSwitch
  /** These markets have their turn, and no others. */
  | { readonly type: 'market.turn'; readonly markets: readonly Market[] }
  | { readonly type: 'stop' }

function linesOf({ lines }: FeedInput): readonly LineId[] {
  return [...new Set(markets.map(market => lines[market]))]
}

export const feedMachine = setup({
  types: {
    context: {} as FeedContext,
    input: {} as FeedInput,
    events: {} as FeedCommand | DoneActorEvent<unknown, LineId>,
    children: {} as Readonly<Record<LineId, 'line'>>,
  },
  actors: { line: lineMachine },
  guards: {
    areAllStopped: ({ context }) => context.stopped.length === linesOf(context).length,
  },
  actions: {
    openLines: enqueueActions(({ context, enqueue }) => {
      const { timing, endpoints, reservedSlots = 0, seed } = context
      for (const [index, line] of linesOf(context).entries()) {
        enqueue.spawnChild('line', { id: line, input: { line, timing, endpoints, reservedSlots, seed: seed + index } })
      }
    }),
    giveTurns: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'market.turn') return
      for (const line of linesOf(context)) {
        const market = event.markets.find(one => context.lines[one] === line)
        enqueue.sendTo(line, { type: 'market.turn', market })
      }
    }),
    passOn: enqueueActions(({ context, event, enqueue }) => {
      const command = event as SubscriptionCommand | EndpointSwitch
      enqueue.sendTo(context.lines[command.market], command)
    }),
    stopLines: enqueueActions(({ context, enqueue }) => {
      for (const line of linesOf(context)) enqueue.sendTo(line, { type: 'stop' })
    }),
    noteStopped: assign({
      stopped: ({ context, event }) => ('actorId' in event ? [...context.stopped, event.actorId] : context.stopped),
    }),
  },
}).createMachine({
  id: 'feed',
  context: ({ input }) => ({ ...input, stopped: [] }),
  entry: 'openLines',
  on: {
    subscribe: { actions: 'passOn' },
    unsubscribe: { actions: 'passOn' },
    'endpoint.switch': { actions: 'passOn' },
  },
  initial: 'running',
  states: {
    running: {
      on: { 'market.turn': { actions: 'giveTurns' }, stop: 'stopping' },
    },
    stopping: {
      entry: 'stopLines',
      always: { guard: 'areAllStopped', target: 'stopped' },
      on: { 'xstate.done.actor.*': { actions: 'noteStopped' } },
    },
    stopped: { type: 'final' },
  },
})
