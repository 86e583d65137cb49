// What can go wrong, as data: every trouble the simulator can make, with its parameters. fault-form.ts reads
// them from JSON and from the command line, injector.ts keeps those in force, the *-faults.ts files make the
// trouble.
import type { RefusingCode } from '../answers.ts'

/** Milliseconds of the simulator's clock; absent: until it is cleared. */
type Lasting = { readonly forMs?: number }

/** KIS's `tr_key` and `tr_id`; absent: every one. */
type Chosen = { readonly key?: string; readonly tr?: string }

/** One session by its number; absent: every session that is open, and if none is, the next one to open. */
type OfSession = { readonly session?: number }

/** How often; absent: until it is cleared. */
type Counted = { readonly count?: number }

/**
 * Which records: each with this probability (absent: 1), and at most so many (absent: no end). At least one
 * of the two is given. Without a `tr` it is trades of any transaction.
 */
type Amount = Chosen & { readonly records?: number; readonly probability?: number }

export type Fault =
  /** The connection is gone, without a close handshake. */
  | ({ readonly kind: 'cut' } & OfSession)
  /**
   * The TCP connection stays, but the server neither sends nor reads, echoes and a close frame included. It
   * ends with the connection: what is left of it when the fault ends is cut.
   */
  | ({ readonly kind: 'half-open' } & OfSession & Lasting)
  /**
   * Acknowledged and silent: no data, while answers and PINGPONG go on. A session that opens later is not
   * touched.
   */
  | ({ readonly kind: 'mute-session' } & OfSession & Lasting)
  /** No data of one key, in any session. */
  | ({ readonly kind: 'mute-symbol'; readonly key: string; readonly tr?: string } & Lasting)
  /** Subscribing is answered with this code, and nothing is registered. */
  | ({ readonly kind: 'refuse'; readonly code: RefusingCode } & Chosen & Counted & Lasting)
  /** Somebody else holds every app key: each new session gets ALREADY IN USE appkey. */
  | ({ readonly kind: 'occupied' } & Lasting)
  /**
   * What a session had registered when it ended is remembered for its app key (absent: 60 s), and a
   * subscription to it is ALREADY IN SUBSCRIBE. `delivering`: whether data flows all the same (absent: yes);
   * if not, it flows once the key was released and asked for again, or once it is forgotten. `occupiedMs`:
   * the app key itself is taken for so long after the end; 45 to 90 s is reported (protocol notes 8).
   */
  | ({
      readonly kind: 'ghosts'
      readonly rememberMs?: number
      readonly delivering?: boolean
      readonly occupiedMs?: number
    } & Lasting)
  /** Subscriptions and releases work at once; their answers come late. */
  | ({ readonly kind: 'late-acks'; readonly byMs: number } & Chosen & Counted & Lasting)
  /** Subscriptions and releases work; their answers have no `msg_cd`, or no header. */
  | ({ readonly kind: 'bare-acks'; readonly without: AnswerPart } & Chosen & Counted & Lasting)
  /** Subscriptions and releases work; their answers never come. */
  | ({ readonly kind: 'lost-acks' } & Chosen & Counted & Lasting)
  | ({ readonly kind: 'lose' } & Amount & Lasting)
  /** `inside`: twice in its frame. `between`: again in a frame of its own. Absent: one or the other. */
  | ({ readonly kind: 'duplicate'; readonly where?: Place } & Amount & Lasting)
  /**
   * `inside`: behind its successor in the frame. `between`: behind the next frame of its key. Absent: one or
   * the other.
   */
  | ({ readonly kind: 'reorder'; readonly where?: Place } & Amount & Lasting)
  /** So many columns (absent: 1) at the end of every record; without a `tr` of every trade and book. */
  | ({ readonly kind: 'new-column'; readonly tr?: string; readonly extra?: number } & Lasting)
  /** Texts no client should trip over, sent once; absent: a selection. */
  | ({ readonly kind: 'rubbish'; readonly texts?: readonly string[] } & OfSession)
  /** No approval key issued so far is known any more, not even to an open session. New ones work. */
  | { readonly kind: 'expire-approval-keys' }
  /** HTTP 500 instead of an answer; absent: on every path, with EGW00002. */
  | ({ readonly kind: 'rest-500'; readonly path?: string; readonly code?: string } & Counted & Lasting)
  /**
   * A refusal as no document has it. `codeIn`, where the code stands: in its usual field (absent: that), in
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
      Lasting)
  /** Tokens come without one of the two fields that say how long they are good for. */
  | ({ readonly kind: 'token-without'; readonly field: TokenField } & Counted & Lasting)
  /** The call is carried out at once, its answer comes late. */
  | ({ readonly kind: 'rest-slow'; readonly byMs: number; readonly path?: string } & Counted & Lasting)
  /** The upgrade to WebSocket is refused; absent: with HTTP 503. */
  | ({ readonly kind: 'refuse-handshake'; readonly status?: number } & Counted & Lasting)
  /**
   * A client's protocol pings are not answered. Whether the real service answers them is not settled
   * (protocol notes 3.6).
   */
  | ({ readonly kind: 'no-pongs' } & Lasting)
  /**
   * A client's close frame is answered late. Until then the session lives on, with its app key and its data.
   */
  | ({ readonly kind: 'slow-close'; readonly byMs: number } & Counted & Lasting)

export type FaultKind = Fault['kind']
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>
export type Place = 'inside' | 'between'
export type CodePlace = 'usual' | 'message' | 'nowhere' | 'empty'
export type TokenField = 'expires_in' | 'access_token_token_expired'
export type AnswerPart = 'msg_cd' | 'header'

/** A fault, and when it begins, counted from the start of the simulator. */
export type ScheduledFault = { readonly fault: Fault; readonly atMs: number }

/** What a fault did so far. */
export type FaultReport = {
  readonly id: number
  readonly fault: Fault
  readonly state: 'in-force' | 'over'
  /** Epoch milliseconds, the simulator's clock. */
  readonly began: number
  readonly ended: number | undefined
  /** How often it struck: sessions cut, answers lost, records moved, calls slowed. */
  readonly acted: number
  /** What it kept from clients, in all; record by record in `Simulator.withheld`. */
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
