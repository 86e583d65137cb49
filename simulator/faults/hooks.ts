// The places where a fault may act, and its means there. A fault implements the hooks it needs; injector.ts
// calls the hooks of all faults in force, in the order of injection.
import type { Clock } from '../../market/clock.ts'
import type { Alarms } from '../alarms.ts'
import type { AnswerCode } from '../answers.ts'
import type { FaultKind, FaultOf } from './faults.ts'
import type { Random } from '../tape/random.ts'
import type { Cutter } from '../cuts/cutter.ts'
import type { DataFrame, Row } from '../columns/records.ts'
import type { SubscriptionRequest } from '../request.ts'
import type { RestAnswer } from '../rest/call.ts'
import type { Session } from '../session.ts'
import type { Registration } from '../transactions.ts'

/** One registration of one session, as the path of its frames. */
export type Recipient = {
  readonly session: Session
  readonly registration: Registration
  /** Present when its trades are cut differently. */
  readonly cutter: Cutter | undefined
  /** False when the connection is no longer open. */
  send(frame: string): boolean
}

/** Where frames leave. */
export type FrameHook = {
  /** Whether the fault applies to this registration. Called for every frame. */
  concern(to: Recipient): boolean
  /** Passes on the records that are sent. All others were withheld, or are held back. */
  change(to: Recipient, frames: readonly DataFrame[]): readonly DataFrame[]
}

export type Hooks = {
  readonly frames?: FrameHook
  /** An answer instead of the ordinary one, to a request that has a valid approval key. */
  answer?(session: Session, request: SubscriptionRequest): AnswerCode | undefined
  /** Whether an app key is taken when a session opens for it. */
  isOccupied?(session: Session, appKey: string): boolean
  /** Whether an answer is lost, or its delay in milliseconds. */
  reply?(session: Session, request: SubscriptionRequest): 'lost' | number | undefined
  /** Another text for an answer. */
  reword?(session: Session, request: SubscriptionRequest, text: string): string | undefined
  /** Whether messages of this kind are dropped for this session: `received` from it, or `sent` to it. */
  isAbsent?(session: Session, message: 'received' | 'sent'): boolean
  /** Whether a protocol ping of this session gets no pong. */
  ignoresPing?(session: Session): boolean
  /** By how many milliseconds the answer to a close frame comes late. */
  closing?(session: Session): number | undefined
  /** The HTTP status that refuses an upgrade. */
  upgrade?(): number | undefined
  /** `appKey`: whose call it is. */
  rest?(path: string, appKey: string | undefined): RestAnswer | undefined
  /** Another answer of REST in place of the ordinary one. */
  restAnswer?(path: string, answer: RestAnswer, appKey: string | undefined): RestAnswer | undefined
  restDelay?(path: string, appKey: string | undefined): number | undefined
  opened?(session: Session): void
  /** The session has its app key now. */
  identified?(session: Session): void
  released?(session: Session, registration: Registration): void
  /** Called before what the session registered is forgotten. */
  closed?(session: Session): void
  /** The fault is over; called once. */
  end?(): void
}

/** What the server does for a fault. */
export type Host = {
  readonly clock: Clock
  /** Those that are open. */
  sessions(): readonly Session[]
  /** Sends a text as it is. */
  send(session: Session, text: string): void
  /** Ends the connection without a handshake; returns how many bytes were still queued. */
  cut(session: Session): number
  /** Stops PINGPONG and the check of its echo. */
  stopPing(session: Session): void
  /** Registers without an answer. False when the session can hold no more. */
  adopt(session: Session, registration: Registration): boolean
  /** Releases without an answer. */
  forget(session: Session, registration: Registration): void
  /** The app key of a session, or of a request in it. */
  appKeyOf(session: Session, request?: SubscriptionRequest): string | undefined
  /** Of these app keys; absent: of all. */
  forgetApprovals(isMeant?: (appKey: string) => boolean): number
}

/** What a fault has to work with. */
export type Work = {
  readonly host: Host
  readonly alarms: Alarms
  /** The same numbers for the same seed, fault and name. */
  dice(name: string): Random
  /** The fault took effect; one line in the log. */
  strike(what: string): void
  /** The fault took effect, as it often does: summed up in the log. */
  tally(verb: string, what: string): void
  /** These rows are not sent to this session. */
  withhold(to: Recipient, rows: readonly Row[]): void
  /** Sends frames that were held back; faults injected later still see them. */
  release(to: Recipient, frames: readonly DataFrame[]): void
  /** The fault has done its work. */
  over(): void
}

export type FaultMaker<K extends FaultKind> = (fault: FaultOf<K>, work: Work) => Hooks

/** Counts an effect, and ends the fault with the last of `count`; without a count there is no last one. */
export function striker(count: number | undefined, work: Work): (what: string) => void {
  let left = count ?? Number.POSITIVE_INFINITY
  return what => {
    work.strike(what)
    left--
    if (left === 0) work.over()
  }
}

/** Whether a fault with an optional key and transaction applies to this registration. */
export function isChosen({ key, tr }: { key?: string; tr?: string }, registration: Registration): boolean {
  return (key === undefined || key === registration.key) && (tr === undefined || tr === registration.tr)
}
