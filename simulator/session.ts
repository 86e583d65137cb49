// The state of each connection, as KIS keeps it: its app key, its registrations, and the key of its notices.
// One session to an app key, and so many registrations to a session (protocol notes 3.3).
import { randomBytes } from 'node:crypto'
import { type AddressedCode, type AnswerCode, answer, isAddressed, type NoticeKey, refusal } from './answers.ts'
import type { Credentials } from './credentials.ts'
import type { Request, SubscriptionRequest } from './request.ts'
import type { Registration } from './transactions.ts'

export type Session = {
  readonly id: number
  readonly noticeKey: NoticeKey
  /** By `tr key`, in the order they were asked for. */
  readonly registrations: Map<string, Registration>
  /** The app key of the session, from the first request with a valid approval key. */
  appKey: string | undefined
}

export type SessionListener = {
  /** The session has its app key now. Called before its first answer. */
  identified(session: Session, appKey: string): void
  /** Called for each registration that begins or ends. */
  registered(session: Session, registration: Registration): void
  released(session: Session, registration: Registration): void
}

/** Answers that come before the session's own. */
export type Interference = {
  /** Whether an app key is in use, although no session here has it. */
  isOccupied(session: Session, appKey: string): boolean
  /** An answer instead of the ordinary one. */
  answer(session: Session, request: SubscriptionRequest): AnswerCode | undefined
  /** Called before what the session registered is forgotten. */
  closed(session: Session): void
}

export type Reply = { readonly code: AnswerCode; readonly text: string }

export type Sessions = {
  open(): Session
  answer(session: Session, request: Exclude<Request, { kind: 'heartbeat' }>): Reply
  /** Registers without an answer. False when the session can hold no more. */
  adopt(session: Session, registration: Registration): boolean
  /** Releases without an answer. */
  forget(session: Session, registration: Registration): void
  /** Forgets the session. The real server is reported to keep it for a while: see ghosts.ts. */
  close(session: Session): void
}

export function createSessions(
  credentials: Credentials,
  listener: SessionListener,
  interference: Interference,
  slotsOf: (appKey: string) => number,
): Sessions {
  const holders = new Map<string, Session>()
  let opened = 0

  /** Undefined when the approval key opens the session, or when it was opened before. */
  function problemWith(session: Session, approvalKey: string): 'OPSP0011' | 'OPSP8996' | 'OPSP9994' | undefined {
    const approval = credentials.approvalOf(approvalKey)
    if (approval === undefined) return 'OPSP0011'
    // KIS's answer to another app key's approval key in an open session is not known; this is the nearest of
    // its codes.
    if (session.appKey !== undefined) return session.appKey === approval.appKey ? undefined : 'OPSP9994'
    // An approval key lives 24 hours, but an open session outlives it.
    if (approval.expired) return 'OPSP0011'
    if (holders.has(approval.appKey) || interference.isOccupied(session, approval.appKey)) return 'OPSP8996'
    holders.set(approval.appKey, session)
    session.appKey = approval.appKey
    listener.identified(session, approval.appKey)
    return undefined
  }

  function subscribe(session: Session, registration: Registration): AddressedCode {
    if (session.registrations.has(nameFor(registration))) return 'OPSP0002'
    return adopt(session, registration) ? 'OPSP0000' : 'OPSP0008'
  }

  function adopt(session: Session, registration: Registration): boolean {
    if (session.registrations.size >= slotsOf(session.appKey ?? '')) return false
    session.registrations.set(nameFor(registration), registration)
    listener.registered(session, registration)
    return true
  }

  function unsubscribe(session: Session, registration: Registration): AddressedCode {
    const held = session.registrations.get(nameFor(registration))
    if (held === undefined) return 'OPSP0003'
    forget(session, held)
    return 'OPSP0001'
  }

  function forget(session: Session, registration: Registration): void {
    session.registrations.delete(nameFor(registration))
    listener.released(session, registration)
  }

  return {
    open() {
      opened++
      return { id: opened, noticeKey: newNoticeKey(), registrations: new Map(), appKey: undefined }
    },
    answer(session, request) {
      if (request.kind === 'refused') return { code: request.code, text: refusal(request.code) }
      const registration = { tr: request.tr, key: request.key }
      const code =
        problemWith(session, request.approvalKey) ??
        interference.answer(session, request) ??
        (request.verb === 'subscribe' ? subscribe : unsubscribe)(session, registration)
      return { code, text: isAddressed(code) ? answer(code, registration, session.noticeKey) : refusal(code) }
    },
    adopt,
    forget,
    close(session) {
      interference.closed(session)
      if (session.appKey !== undefined) holders.delete(session.appKey)
      session.appKey = undefined
      const released = [...session.registrations.values()]
      session.registrations.clear()
      for (const registration of released) listener.released(session, registration)
    },
  }
}

function nameFor({ tr, key }: Registration): string {
  return `${tr} ${key}`
}

/** One pair a session, for all of its registrations. The real ones are lower-case letters and digits. */
function newNoticeKey(): NoticeKey {
  return { iv: randomBytes(8).toString('hex'), key: randomBytes(16).toString('hex') }
}
