// The vocabulary of the control plane. Commands come from the feed, observations from actors, instructions go to the connection.
// No event carries market data or a secret: all of them are shown in the inspector.
import type { SubscriptionKey } from '../market/subscription.ts'

/** Where a socket connects to. */
export type Endpoint = { readonly url: string }

type Keys = { readonly keys: readonly SubscriptionKey[] }
type Key = { readonly key: SubscriptionKey }

export type Command =
  | { readonly type: 'market.open'; readonly endpoint: Endpoint }
  | { readonly type: 'market.close' }
  | { readonly type: 'endpoint.switch'; readonly endpoint: Endpoint }
  | ({ readonly type: 'subscribe' } & Keys)
  | ({ readonly type: 'unsubscribe' } & Keys)
  | { readonly type: 'stop' }

export type Observation =
  | { readonly type: 'socket.opened' }
  | { readonly type: 'socket.closed'; readonly reason: string }
  /** The connect budget is spent, or what is left is for the process that has the line: nothing was opened. */
  | { readonly type: 'connect.denied'; readonly waitMs: number; readonly isReserved?: boolean }
  /** OPSP8996. `isOwnerGone`: the process that had the line is known to have ended; its session lingers. */
  | { readonly type: 'session.occupied'; readonly isOwnerGone?: boolean }
  | { readonly type: 'credentials.refused'; readonly code: string }
  | ({ readonly type: 'subscription.acknowledged' } & Key)
  | ({ readonly type: 'subscription.released' } & Key)
  | ({ readonly type: 'subscription.duplicate' } & Key)
  /** `isPassing`: the same request may be accepted later. */
  | ({ readonly type: 'subscription.refused'; readonly code: string; readonly isPassing: boolean } & Key)
  /** The request never left: it was no request. */
  | ({ readonly type: 'subscription.unsent' } & Key)
  /** Data of an adopted key arrived. */
  | ({ readonly type: 'subscription.flowing' } & Key)
  /** A live market, and no data of this key although others flow. */
  | ({ readonly type: 'subscription.mute' } & Key)
  /** A live market, and no data at all. */
  | { readonly type: 'silence.detected'; readonly quietMs: number }
  /** Nothing at all came, at whatever hour: nobody is home. */
  | { readonly type: 'line.dead'; readonly quietMs: number }
  /** Data of this session flowed for a while: past failures are past. */
  | { readonly type: 'session.proven' }
  /** A key that was released because it was mute has waited out its grace. */
  | ({ readonly type: 'subscription.rested' } & Key)
  | { readonly type: 'heartbeat.due' }
  | { readonly type: 'heartbeat.refused' }

export type Instruction =
  | ({ readonly type: 'request.subscribe' } & Keys)
  | ({ readonly type: 'request.unsubscribe' } & Keys)
  | { readonly type: 'request.ping' }

export type SocketEvent = Command | Observation
