// The events of the control plane. Commands come from the feed, observations from actors, instructions go to
// the connection. No event carries market data or a secret: the inspector shows all of them.
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
  /** Nothing was opened: the connect budget is spent, or the rest is for the process that owns the line. */
  | { readonly type: 'connect.denied'; readonly waitMs: number; readonly isReserved?: boolean }
  /** OPSP8996. `isOwnerGone`: the process that owned the line is known to have ended; its session lingers. */
  | { readonly type: 'session.occupied'; readonly isOwnerGone?: boolean }
  | { readonly type: 'credentials.refused'; readonly code: string }
  | ({ readonly type: 'subscription.acknowledged' } & Key)
  | ({ readonly type: 'subscription.released' } & Key)
  | ({ readonly type: 'subscription.duplicate' } & Key)
  /** `isPassing`: the same request may be accepted later. */
  | ({ readonly type: 'subscription.refused'; readonly code: string; readonly isPassing: boolean } & Key)
  /** The request was never sent. */
  | ({ readonly type: 'subscription.unsent' } & Key)
  /** Data of an adopted key arrived. */
  | ({ readonly type: 'subscription.flowing' } & Key)
  /** No data of this key in an open market, although others flow. */
  | ({ readonly type: 'subscription.stale' } & Key)
  /** No data at all in an open market. */
  | { readonly type: 'silence.detected'; readonly quietMs: number }
  /** No byte came, at any hour. */
  | { readonly type: 'connection.dead'; readonly quietMs: number }
  /** Data of this session flowed for a while: past failures no longer count. */
  | { readonly type: 'session.proven' }
  /** The rest of a stale, unanswered or refused key is over. */
  | ({ readonly type: 'subscription.rested' } & Key)
  | { readonly type: 'heartbeat.due' }
  | { readonly type: 'heartbeat.refused' }

export type Instruction =
  | ({ readonly type: 'request.subscribe' } & Keys)
  | ({ readonly type: 'request.unsubscribe' } & Keys)
  | { readonly type: 'request.ping' }

export type SocketEvent = Command | Observation
