// The simulator's faults as data, with their parameters. form.ts reads them from JSON and from the command
// line, injector.ts keeps those in force, the other files carry them out.
import type { RefusingCode } from '../answers.ts'

/** Milliseconds of the simulator's clock; absent: until it is cleared. */
export type Lasting = { readonly forMs?: number }

/** KIS's `tr_key` and `tr_id`; absent: every one. */
export type Chosen = { readonly key?: string; readonly tr?: string }

/** One session by its number; absent: every open session, or the next one to open if none is. */
export type OfSession = { readonly session?: number }

/**
 * Only sessions and calls of one app key: the key itself, or its number in the order the app keys came, as
 * `#2`. Reports and the log show the number.
 */
export type OfKey = { readonly appKey?: string }

/** How often; absent: until it is cleared. */
export type Counted = { readonly count?: number }

/**
 * Which records: each with this probability (absent: 1), and at most so many (absent: no end). At least one
 * of the two is given. Without a `tr` it is trades of any transaction.
 */
export type Amount = Chosen & { readonly records?: number; readonly probability?: number }

export type Fault =
  /** The connection is gone, without a close handshake. */
  | ({ readonly kind: 'cut' } & OfSession & OfKey)
  /**
   * The TCP connection stays open, but the server neither sends nor reads; it sends no echo and no close
   * frame. The fault ends with the connection, and cuts it if it ends first.
   */
  | ({ readonly kind: 'half-open' } & OfSession & Lasting & OfKey)
  /**
   * Subscriptions stay acknowledged without data, while answers and PINGPONG go on. Later sessions are not
   * affected.
   */
  | ({ readonly kind: 'mute-session' } & OfSession & Lasting & OfKey)
  /** No data of one key, in any session. */
  | ({ readonly kind: 'mute-symbol'; readonly key: string; readonly tr?: string } & Lasting & OfKey)
  /** Subscribing is answered with this code, and nothing is registered. */
  | ({ readonly kind: 'refuse'; readonly code: RefusingCode } & Chosen & Counted & Lasting & OfKey)
  /** Another session holds every app key, or this one: each new session gets ALREADY IN USE appkey. */
  | ({ readonly kind: 'occupied' } & Lasting & OfKey)
  /**
   * The registrations of an ended session are remembered for its app key (absent: 60 s), and a new
   * subscription to one of them is ALREADY IN SUBSCRIBE. `delivering`: whether its data flows nevertheless
   * (absent: yes); otherwise it flows after the key was released and subscribed again, or after it is
   * forgotten. `occupiedMs`: how long the app key itself stays in use after the end; 45 to 90 s is reported
   * (protocol notes 8). With `occupiedUpToMs` each stay is drawn between the two.
   */
  | ({
      readonly kind: 'ghosts'
      readonly rememberMs?: number
      readonly delivering?: boolean
      readonly occupiedMs?: number
      readonly occupiedUpToMs?: number
    } & Lasting &
      OfKey)
  /** Subscriptions and releases work at once; their answers come late. */
  | ({ readonly kind: 'late-acks'; readonly byMs: number } & Chosen & Counted & Lasting & OfKey)
  /** Subscriptions and releases work; their answers have no `msg_cd`, or no header. */
  | ({ readonly kind: 'bare-acks'; readonly without: AnswerPart } & Chosen & Counted & Lasting & OfKey)
  /** Subscriptions and releases work; their answers never come. */
  | ({ readonly kind: 'lost-acks' } & Chosen & Counted & Lasting & OfKey)
  | ({ readonly kind: 'lose' } & Amount & Lasting & OfKey)
  /** `inside`: twice in its frame. `between`: again in a frame of its own. Absent: one or the other. */
  | ({ readonly kind: 'duplicate'; readonly where?: Place } & Amount & Lasting & OfKey)
  /**
   * `inside`: behind its successor in the frame. `between`: behind the next frame of its key. Absent: one or
   * the other.
   */
  | ({ readonly kind: 'reorder'; readonly where?: Place } & Amount & Lasting & OfKey)
  /** So many columns (absent: 1) at the end of every record; without a `tr` of every trade and book. */
  | ({ readonly kind: 'new-column'; readonly tr?: string; readonly extra?: number } & Lasting & OfKey)
  /** Malformed texts, each sent once; absent: a selection. A client must survive them. */
  | ({ readonly kind: 'rubbish'; readonly texts?: readonly string[] } & OfSession & OfKey)
  /** Every approval key issued so far is invalid, also in open sessions. New ones work. */
  | ({ readonly kind: 'expire-approval-keys' } & OfKey)
  /** HTTP 500 instead of an answer; absent: on every path, with EGW00002. */
  | ({ readonly kind: 'rest-500'; readonly path?: string; readonly code?: string } & Counted & Lasting & OfKey)
  /**
   * A refusal that no document has. `codeIn`, the place of the code: in its usual field (absent: this), in
   * `message`, nowhere, so that only the text is left, or in an envelope whose three fields are empty. Absent
   * otherwise: EGW00201 with HTTP 500, on every path.
   */
  | ({
      readonly kind: 'rest-refuse'
      readonly code?: string
      readonly codeIn?: CodePlace
      readonly status?: number
      readonly path?: string
    } & Counted &
      Lasting &
      OfKey)
  /** Tokens lack one of the two fields with their lifetime. */
  | ({ readonly kind: 'token-without'; readonly field: TokenField } & Counted & Lasting & OfKey)
  /** The call is carried out at once; its answer comes late. */
  | ({ readonly kind: 'rest-slow'; readonly byMs: number; readonly path?: string } & Counted & Lasting & OfKey)
  /** The upgrade to WebSocket is refused; absent: with HTTP 503. A handshake has no app key yet. */
  | ({ readonly kind: 'refuse-handshake'; readonly status?: number } & Counted & Lasting)
  /**
   * A client's protocol pings are not answered. It is not known whether the real service answers them
   * (protocol notes 3.6).
   */
  | ({ readonly kind: 'no-pongs' } & Lasting & OfKey)
  /** A client's close frame is answered late. Until then the session keeps its app key and its data. */
  | ({ readonly kind: 'slow-close'; readonly byMs: number } & Counted & Lasting & OfKey)

export type FaultKind = Fault['kind']
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>
export type Place = 'inside' | 'between'
export type CodePlace = 'usual' | 'message' | 'nowhere' | 'empty'
export type TokenField = 'expires_in' | 'access_token_token_expired'
export type AnswerPart = 'msg_cd' | 'header'

/** A fault and its start, counted from the start of the simulator. */
export type ScheduledFault = { readonly fault: Fault; readonly atMs: number }

/** What a fault did so far. */
export type FaultReport = {
  readonly id: number
  readonly fault: Fault
  readonly state: 'in-force' | 'over'
  /** Epoch milliseconds, the simulator's clock. */
  readonly began: number
  readonly ended: number | undefined
  /** How often it took effect: sessions cut, answers lost, records moved, calls slowed. */
  readonly acted: number
  /** Everything that it kept from clients; record by record in `Simulator.withheld`. */
  readonly withheld: readonly WithheldSum[]
}

export type WithheldSum = {
  readonly tr: string
  readonly key: string
  readonly records: number
  /** Of trades; 0 for every other record. */
  readonly volume: number
}

/** A fault in force. */
export type Injected = {
  readonly id: number
  readonly fault: Fault
  report(): FaultReport
  /** Ends it now. Does nothing when it is over. */
  clear(): void
}
