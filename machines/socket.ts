// The life of one socket. It decides when to connect, release, wait and try again, and keeps the ledger of
// subscriptions. It sees no market data and holds no secret: the inspector may show everything in it.
import { assign, enqueueActions, fromCallback, sendTo, setup } from 'xstate'
import { minuteMs } from '../market/basics/durations.ts'
import type { LineId } from '../market/events.ts'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionKey } from '../market/subscription.ts'
import { nextBackoff, occupiedWait } from './backoff.ts'
import type { Endpoint, Instruction, SocketEvent } from './events.ts'
import * as ledger from './ledger.ts'
import type { Timing } from './timing.ts'

/** Why a session is being left while its connection can still carry a message. */
export type Departure =
  | 'market-close'
  | 'endpoint-switch'
  | 'duplicate'
  | 'silence'
  | 'dead-line'
  | 'credentials'
  | 'stop'

export type SocketContext = {
  readonly line: LineId
  readonly market: Market
  readonly timing: Timing
  /** Of the session's 41, kept for account notices. */
  readonly reservedSlots: number
  readonly endpoint: Endpoint
  readonly ledger: ledger.Ledger
  /** The line is this market's to use. */
  readonly hasTurn: boolean
  readonly isStopping: boolean
  /** Sessions so far: two snapshots with the same number belong to one connection. */
  readonly sessions: number
  readonly departure: Departure | undefined
  /** Why the last session ended or is ending, as a text to show. */
  readonly loss: string | undefined
  /** No more data can come in this session, although its grace is not over. */
  readonly isConnectionLost: boolean
  /** Releases the grace has to wait for. */
  readonly releases: number
  /** KIS left a request unanswered since every request had its answer. */
  readonly isAnswerMissing: boolean
  /** KIS refused our heartbeat in this session. */
  readonly heartbeatRefused: boolean
  /** Steps tried for each stale or unanswered key since its data last flowed. Kept over sessions. */
  readonly recoverySteps: Readonly<Record<SubscriptionKey, number>>
  readonly failures: number
  /** OPSP8996 in a row, counted anew when `isOwnerGone` changes. */
  readonly occupied: { readonly times: number; readonly isOwnerGone: boolean }
  readonly waitMs: number
  readonly seed: number
}

export type SocketInput = {
  readonly line: LineId
  readonly market: Market
  readonly endpoint: Endpoint
  readonly timing: Timing
  /** Of the session's 41, kept for account notices. Default 0. */
  readonly reservedSlots?: number
  /** Start of the jitter's random numbers. */
  readonly seed: number
}

export type ConnectionInput = { readonly line: LineId; readonly market: Market; readonly endpoint: Endpoint }

/**
 * The recovery step for a stale key. An adopted key is requested once more; then the whole session is
 * released and opened anew, at most three times; then the key is refused as `MUTE`. An acknowledged key is
 * requested again at most three times: a new session would help only this key, and interrupt all the others.
 */
function recoveryStepFor(context: SocketContext, event: SocketEvent): 'ask again' | 'recover' | 'give up' | undefined {
  if (event.type !== 'subscription.stale') return undefined
  const tried = timesTried(context, event.key)
  switch (context.ledger[event.key]?.status) {
    case 'adopted':
      return tried === 0 ? 'ask again' : tried <= 3 ? 'recover' : 'give up'
    case 'active':
      return tried < 3 ? 'ask again' : undefined
    default:
      return undefined
  }
}

/** The part of `enqueueActions` that is needed here. */
type Timers = {
  cancel(id: string): void
  raise(event: { type: 'subscription.rested'; key: SubscriptionKey }, options: { delay: number; id: string }): void
}

/**
 * Raises `subscription.rested` after `delay`, and cancels an earlier rest of the key, also one of another
 * session.
 */
function rest(timers: Timers, key: SubscriptionKey, delay: number): void {
  const id = `rest ${key}`
  timers.cancel(id)
  timers.raise({ type: 'subscription.rested', key }, { delay, id })
}

/** Keys that were refused for a passing reason are requested again, later each time. */
function restRefused(timers: Timers, keys: readonly SubscriptionKey[], entries: ledger.Ledger, timing: Timing): void {
  for (const key of keys) {
    const entry = entries[key]
    if (entry?.status === 'refused' && entry.isResting) rest(timers, key, restAfter(entry.refusals, timing))
  }
}

/**
 * Doubles with each refusal, up to the longest rest. `refusals` is undefined where the refusal was not
 * counted.
 */
function restAfter(refusals: number | undefined, { graceMs, refusedMs, longestRefusedMs }: Timing): number {
  return refusals === undefined ? graceMs : Math.min(longestRefusedMs, refusedMs * 2 ** (refusals - 1))
}

function timesTried({ recoverySteps }: SocketContext, key: SubscriptionKey): number {
  return recoverySteps[key] ?? 0
}

const neverOccupied = { times: 0, isOwnerGone: false }

const unplugged = (name: string) => () => {
  throw new Error(`the socket machine has no ${name}: plug one in with provide()`)
}

export const socketMachine = setup({
  types: {
    context: {} as SocketContext,
    input: {} as SocketInput,
    events: {} as SocketEvent,
  },
  actors: {
    connection: fromCallback<Instruction, ConnectionInput>(unplugged('connection')),
    heartbeat: fromCallback(unplugged('heartbeat')),
  },
  guards: {
    mayOpen: ({ context }) => context.hasTurn && ledger.hasWanted(context.ledger),
    hasTurn: ({ context }) => context.hasTurn,
    isStopping: ({ context }) => context.isStopping,
    isSwitching: ({ context }) => context.departure === 'market-close' || context.departure === 'endpoint-switch',
    isSettled: ({ context }) => ledger.isSettled(context.ledger),
    hasSomethingToAsk: ({ context }) => !ledger.isSettled(context.ledger),
    mayAskAgain: ({ context, event }) => recoveryStepFor(context, event) === 'ask again',
    mayRecover: ({ context, event }) => recoveryStepFor(context, event) === 'recover',
    mayGiveUp: ({ context, event }) => recoveryStepFor(context, event) === 'give up',
    /** Every request was sent twice, and KIS answered none. */
    isUnanswered: ({ context }) => {
      const waiting = ledger.waiting(context.ledger)
      const isRepeated = waiting.length > 0 && waiting.every(key => timesTried(context, key) > 0)
      return isRepeated && ledger.isUnanswered(context.ledger)
    },
    hasActive: ({ context }) => ledger.held(context.ledger).length > 0,
    mayHeartbeat: ({ context }) => !context.heartbeatRefused,
  },
  delays: {
    openTimeout: ({ context }) => context.timing.openTimeoutMs,
    // Requests leave one by one, so the last one leaves this much later than the first.
    ackTimeout: ({ context }) =>
      context.timing.ackTimeoutMs + ledger.held(context.ledger).length * context.timing.pacingMs,
    grace: ({ context }) =>
      context.releases === 0 ? 0 : context.timing.graceMs + context.releases * context.timing.pacingMs,
    backoff: ({ context }) => context.waitMs,
  },
  actions: {
    adoptEndpoint: assign({
      endpoint: ({ context, event }) => ('endpoint' in event ? event.endpoint : context.endpoint),
    }),
    takeTurn: assign({ hasTurn: true }),
    yieldTurn: assign({ hasTurn: false }),
    noteStop: assign({ isStopping: true }),
    noteWanted: assign({
      ledger: ({ context, event }) =>
        event.type === 'subscribe' ? ledger.want(context.ledger, event.keys, context.reservedSlots) : context.ledger,
    }),
    dropUnwanted: assign({
      ledger: ({ context, event }) =>
        event.type === 'unsubscribe'
          ? ledger.admitted(ledger.unwant(context.ledger, event.keys), context.reservedSlots)
          : context.ledger,
    }),
    forgetWhatTheServerSaid: assign({
      sessions: ({ context }) => context.sessions + 1,
      ledger: ({ context }) => ledger.newSession(context.ledger, context.reservedSlots),
      departure: undefined,
      isConnectionLost: false,
      isAnswerMissing: false,
      heartbeatRefused: false,
      releases: 0,
    }),
    forgetFailures: assign({ failures: 0, waitMs: 0, occupied: neverOccupied }),
    noteAnswer: assign({
      ledger: ({ context, event }) => {
        switch (event.type) {
          case 'subscription.acknowledged':
            return ledger.acknowledged(context.ledger, event.key)
          case 'subscription.released':
            return ledger.admitted(ledger.released(context.ledger, event.key), context.reservedSlots)
          case 'subscription.duplicate':
            return ledger.duplicated(context.ledger, event.key)
          case 'subscription.unsent':
            return ledger.unsent(context.ledger, event.key)
          case 'subscription.rested':
            return ledger.rested(context.ledger, event.key)
          case 'subscription.flowing':
            return ledger.flowing(context.ledger, event.key)
          default:
            return context.ledger
        }
      },
    }),
    noteRefusal: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'subscription.refused') return
      const given = ledger.refused(context.ledger, event.key, event.code, event.isPassing)
      // A final refusal frees a slot, but not when the reason is that no slot is left.
      const next = event.code === ledger.sessionFull ? given : ledger.admitted(given, context.reservedSlots)
      enqueue.assign({ ledger: next })
      restRefused(enqueue, [event.key], next, context.timing)
    }),
    /** A request or its answer may be lost: requested again soon, three times, and then as if refused. */
    giveUpWaiting: enqueueActions(({ context, enqueue }) => {
      const waiting = ledger.waiting(context.ledger)
      const again = waiting.filter(key => timesTried(context, key) < 3)
      const recoverySteps = Object.fromEntries(again.map(key => [key, timesTried(context, key) + 1]))
      const next = ledger.giveUpWaiting(context.ledger, again)
      enqueue.assign({
        ledger: next,
        isAnswerMissing: true,
        recoverySteps: { ...context.recoverySteps, ...recoverySteps },
      })
      restRefused(enqueue, waiting, next, context.timing)
    }),
    noteLoss: assign({
      loss: ({ event }) => (event.type === 'socket.closed' ? event.reason : 'no answer to the handshake in time'),
    }),
    noteOccupied: assign({ loss: 'OPSP8996: another session holds the app key' }),
    noteRefusedCredentials: assign({
      loss: ({ event }) =>
        event.type === 'credentials.refused' ? `${event.code}: credentials refused` : 'credentials refused',
    }),
    noteDenied: assign({
      loss: ({ context: { timing }, event }) =>
        event.type === 'connect.denied' && event.isReserved === true
          ? 'the connections that are left are for the process that owns the line'
          : `connect budget spent: ${timing.mostConnects} in ${timing.connectWindowMs / minuteMs} minutes`,
      waitMs: ({ context, event }) => (event.type === 'connect.denied' ? event.waitMs : context.waitMs),
    }),
    forgetMissingAnswers: assign({ isAnswerMissing: false }),
    noteHeartbeatRefused: assign({ heartbeatRefused: true }),
    noteConnectionLost: assign({ isConnectionLost: true }),
    departFor: assign(({ context }, { departure }: { departure: Departure }) => ({
      departure,
      loss: departure,
      isConnectionLost: context.isConnectionLost || departure === 'silence' || departure === 'dead-line',
    })),
    waitForServerToTidyUp: assign(({ context }) => {
      const { graceMs, longestBackoffMs } = context.timing
      const failures = context.failures + 1
      if (failures === 1) return { failures, waitMs: graceMs }
      return { failures, ...nextBackoff(context, graceMs, longestBackoffMs) }
    }),
    waitForTheOther: assign(({ context, event }) => {
      const isOwnerGone = event.type === 'session.occupied' && event.isOwnerGone === true
      const times = context.occupied.isOwnerGone === isOwnerGone ? context.occupied.times + 1 : 1
      return {
        failures: context.failures + 1,
        occupied: { times, isOwnerGone },
        waitMs: occupiedWait(times, isOwnerGone, context.timing),
      }
    }),
    /** What KIS needs to tidy up. A longer backoff of this market does not delay the other market. */
    waitTheGraceOnly: assign({ waitMs: ({ context }) => Math.min(context.waitMs, context.timing.graceMs) }),
    countRecoveryStep: assign({
      recoverySteps: ({ context, event }) =>
        'key' in event
          ? { ...context.recoverySteps, [event.key]: timesTried(context, event.key) + 1 }
          : context.recoverySteps,
    }),
    forgetRecoverySteps: assign({
      recoverySteps: ({ context, event }) =>
        'key' in event ? { ...context.recoverySteps, [event.key]: 0 } : context.recoverySteps,
    }),
    giveUpKey: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'subscription.stale') return
      const next = ledger.gaveUp(context.ledger, event.key)
      enqueue.assign({ ledger: next })
      restRefused(enqueue, [event.key], next, context.timing)
    }),
    /** The mildest recovery step: it releases this key alone, and requests it again after a rest. */
    releaseStaleKey: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'subscription.stale') return
      const { key } = event
      enqueue.assign({ ledger: ledger.resting(context.ledger, key) })
      enqueue.sendTo('connection', { type: 'request.unsubscribe', keys: [key] })
      rest(enqueue, key, context.timing.graceMs)
    }),
    /** Requests what is wanted, and releases what no longer is. */
    bringUpToDate: enqueueActions(({ context, enqueue }) => {
      const fitted = ledger.fitted(context.ledger, context.reservedSlots)
      const wanted = ledger.toRequest(fitted)
      const unwanted = ledger.toRelease(fitted)
      enqueue.assign({ ledger: ledger.releasing(ledger.requested(fitted, wanted), unwanted) })
      if (unwanted.length > 0) enqueue.sendTo('connection', { type: 'request.unsubscribe', keys: unwanted })
      if (wanted.length > 0) enqueue.sendTo('connection', { type: 'request.subscribe', keys: wanted })
    }),
    releaseEverything: enqueueActions(({ context, enqueue }) => {
      const keys = ledger.held(context.ledger)
      enqueue.assign({ ledger: ledger.releasing(context.ledger, keys), releases: keys.length })
      if (keys.length > 0) enqueue.sendTo('connection', { type: 'request.unsubscribe', keys })
    }),
    ping: sendTo('connection', { type: 'request.ping' }),
  },
}).createMachine({
  id: 'socket',
  context: ({ input }) => ({
    ...input,
    reservedSlots: input.reservedSlots ?? 0,
    ledger: ledger.emptyLedger,
    hasTurn: false,
    isStopping: false,
    sessions: 0,
    departure: undefined,
    loss: undefined,
    isConnectionLost: false,
    releases: 0,
    isAnswerMissing: false,
    heartbeatRefused: false,
    recoverySteps: {},
    failures: 0,
    occupied: neverOccupied,
    waitMs: 0,
  }),
  on: {
    subscribe: { actions: 'noteWanted' },
    unsubscribe: { actions: 'dropUnwanted' },
    'market.open': { actions: ['adoptEndpoint', 'takeTurn'] },
    'market.close': { actions: 'yieldTurn' },
    'endpoint.switch': { actions: 'adoptEndpoint' },
  },
  initial: 'market-switch',
  states: {
    'market-switch': {
      always: { guard: 'mayOpen', target: 'session' },
      on: { stop: 'stopped' },
    },

    // The connection lives exactly as long as this state: every exit closes the socket.
    session: {
      entry: 'forgetWhatTheServerSaid',
      invoke: {
        id: 'connection',
        src: 'connection',
        input: ({ context: { line, market, endpoint } }) => ({ line, market, endpoint }),
      },
      on: {
        'socket.closed': { target: 'reconnecting', actions: ['noteLoss', 'waitForServerToTidyUp'] },
        'session.occupied': { target: 'reconnecting', actions: ['noteOccupied', 'waitForTheOther'] },
        'subscription.*': { actions: 'noteAnswer' },
        'subscription.refused': { actions: 'noteRefusal' },
        'subscription.flowing': { actions: ['noteAnswer', 'forgetRecoverySteps'] },
        'heartbeat.refused': { actions: 'noteHeartbeatRefused' },
        'market.close': {
          target: '.unsubscribing-grace',
          actions: ['yieldTurn', { type: 'departFor', params: { departure: 'market-close' } }],
        },
        'endpoint.switch': {
          target: '.unsubscribing-grace',
          actions: ['adoptEndpoint', { type: 'departFor', params: { departure: 'endpoint-switch' } }],
        },
        stop: {
          target: '.unsubscribing-grace',
          actions: ['noteStop', { type: 'departFor', params: { departure: 'stop' } }],
        },
      },
      initial: 'connecting',
      states: {
        connecting: {
          initial: 'opening',
          states: {
            opening: {
              on: {
                'socket.opened': 'subscribing',
                'connect.denied': { target: '#socket.reconnecting', actions: 'noteDenied' },
                'credentials.refused': {
                  target: '#socket.reconnecting',
                  actions: ['noteRefusedCredentials', 'waitForServerToTidyUp'],
                },
              },
              after: {
                openTimeout: { target: '#socket.reconnecting', actions: ['noteLoss', 'waitForServerToTidyUp'] },
              },
            },
            subscribing: {
              entry: 'bringUpToDate',
              always: { guard: 'isSettled', target: '#socket.session.subscribed' },
              on: {
                subscribe: { target: 'subscribing', reenter: true, actions: 'noteWanted' },
                unsubscribe: { target: 'subscribing', reenter: true, actions: 'dropUnwanted' },
                // A key may be wanted again while it is being released: then it is requested again.
                'subscription.released': { target: 'subscribing', reenter: true, actions: 'noteAnswer' },
                'subscription.rested': { target: 'subscribing', reenter: true, actions: 'noteAnswer' },
                'credentials.refused': {
                  target: '#socket.session.unsubscribing-grace',
                  actions: [{ type: 'departFor', params: { departure: 'credentials' } }, 'noteRefusedCredentials'],
                },
              },
              after: {
                ackTimeout: [
                  {
                    guard: 'isUnanswered',
                    target: '#socket.session.unsubscribing-grace',
                    actions: { type: 'departFor', params: { departure: 'silence' } },
                  },
                  { target: 'subscribing', reenter: true, actions: 'giveUpWaiting' },
                ],
              },
            },
          },
        },

        subscribed: {
          invoke: { id: 'heartbeat', src: 'heartbeat' },
          on: {
            'session.proven': { actions: 'forgetFailures' },
            'silence.detected': {
              guard: 'hasActive',
              target: 'unsubscribing-grace',
              actions: { type: 'departFor', params: { departure: 'silence' } },
            },
            'connection.dead': {
              target: 'unsubscribing-grace',
              actions: { type: 'departFor', params: { departure: 'dead-line' } },
            },
            // Recovery steps: this key alone, then the whole session, then a refusal.
            'subscription.stale': [
              { guard: 'mayAskAgain', target: '.asking', actions: ['countRecoveryStep', 'releaseStaleKey'] },
              {
                guard: 'mayRecover',
                target: 'unsubscribing-grace',
                actions: ['countRecoveryStep', { type: 'departFor', params: { departure: 'duplicate' } }],
              },
              { guard: 'mayGiveUp', actions: 'giveUpKey' },
            ],
            'heartbeat.due': { guard: 'mayHeartbeat', actions: 'ping' },
            'credentials.refused': {
              target: 'unsubscribing-grace',
              actions: [{ type: 'departFor', params: { departure: 'credentials' } }, 'noteRefusedCredentials'],
            },
          },
          initial: 'settled',
          states: {
            settled: {
              exit: 'forgetMissingAnswers',
              always: { guard: 'hasSomethingToAsk', target: 'asking' },
              on: {
                subscribe: { target: 'asking', actions: 'noteWanted' },
                unsubscribe: { target: 'asking', actions: 'dropUnwanted' },
              },
            },
            asking: {
              entry: 'bringUpToDate',
              always: { guard: 'isSettled', target: 'settled' },
              on: {
                subscribe: { target: 'asking', reenter: true, actions: 'noteWanted' },
                unsubscribe: { target: 'asking', reenter: true, actions: 'dropUnwanted' },
                'subscription.released': { target: 'asking', reenter: true, actions: 'noteAnswer' },
                'subscription.rested': { target: 'asking', reenter: true, actions: 'noteAnswer' },
              },
              after: {
                ackTimeout: [
                  {
                    guard: 'isUnanswered',
                    target: '#socket.session.unsubscribing-grace',
                    actions: { type: 'departFor', params: { departure: 'silence' } },
                  },
                  { target: 'asking', reenter: true, actions: 'giveUpWaiting' },
                ],
              },
            },
          },
        },

        // KIS keeps what a connection held for a while, and answers ALREADY IN SUBSCRIBE to a new request
        // that comes too soon. So leaving is slow on purpose, and no event of the old socket shortens it.
        'unsubscribing-grace': {
          entry: 'releaseEverything',
          on: {
            'socket.closed': { actions: 'noteConnectionLost' },
            'session.occupied': {},
            'market.close': { actions: ['yieldTurn', { type: 'departFor', params: { departure: 'market-close' } }] },
            'endpoint.switch': {
              actions: ['adoptEndpoint', { type: 'departFor', params: { departure: 'endpoint-switch' } }],
            },
            stop: { actions: ['noteStop', { type: 'departFor', params: { departure: 'stop' } }] },
          },
          after: {
            grace: [
              { guard: 'isStopping', target: '#socket.stopped' },
              { guard: 'isSwitching', target: '#socket.market-switch' },
              { target: '#socket.reconnecting', actions: 'waitForServerToTidyUp' },
            ],
          },
        },
      },
    },

    reconnecting: {
      on: {
        stop: 'stopped',
        'market.close': { target: 'reconnecting', reenter: true, actions: ['yieldTurn', 'waitTheGraceOnly'] },
      },
      after: { backoff: [{ guard: 'mayOpen', target: 'session' }, { target: 'market-switch' }] },
    },

    stopped: { type: 'final' },
  },
})
