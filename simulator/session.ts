// What KIS remembers of each connection: whose app key it is, what it registered, and the key of its notices. One session to an
// app key, 41 registrations to a session (protocol notes 3.3).
import { randomBytes } from 'node:crypto'
import { type AddressedCode, answer, type NoticeKey, type RefusalCode, refusal } from './answers.ts'
import type { Credentials } from './credentials.ts'
import type { Request } from './request.ts'
import type { Registration } from './transactions.ts'

/** All transactions and markets together. */
export const mostRegistrations = 41

export type Session = {
  readonly id: number
  readonly noticeKey: NoticeKey
  /** By `tr key`, in the order they were asked for. */
  readonly registrations: Map<string, Registration>
  /** Whose session it is, from the first request that carries a valid approval key. */
  appKey: string | undefined
}

/** Told about each registration that begins or ends. */
export type RegistrationListener = {
  registered(session: Session, registration: Registration): void
  released(session: Session, registration: Registration): void
}

export type Reply = { readonly code: AddressedCode | RefusalCode; readonly text: string }

export type Sessions = {
  open(): Session
  answer(session: Session, request: Exclude<Request, { kind: 'heartbeat' }>): Reply
  /** Forgets the session whole. The real server is reported to hold on to it for 45 to 90 seconds after a crash. */
  close(session: Session): void
}

export function createSessions(credentials: Credentials, listener: RegistrationListener): Sessions {
  const holders = new Map<string, Session>()
  let opened = 0

  /** Undefined when the approval key opens the session, or when it was opened before. */
  function problemWith(session: Session, approvalKey: string): 'OPSP0011' | 'OPSP8996' | 'OPSP9994' | undefined {
    const approval = credentials.approvalOf(approvalKey)
    if (approval === undefined) return 'OPSP0011'
    // What KIS says to somebody else's approval key in an open session is not known; this is the nearest of its codes.
    if (session.appKey !== undefined) return session.appKey === approval.appKey ? undefined : 'OPSP9994'
    // An approval key lives 24 hours, but an open session outlives it.
    if (approval.expired) return 'OPSP0011'
    if (holders.has(approval.appKey)) return 'OPSP8996'
    holders.set(approval.appKey, session)
    session.appKey = approval.appKey
    return undefined
  }

  function subscribe(session: Session, registration: Registration): AddressedCode {
    const name = `${registration.tr} ${registration.key}`
    if (session.registrations.has(name)) return 'OPSP0002'
    if (session.registrations.size >= mostRegistrations) return 'OPSP0008'
    session.registrations.set(name, registration)
    listener.registered(session, registration)
    return 'OPSP0000'
  }

  function unsubscribe(session: Session, { tr, key }: Registration): AddressedCode {
    const held = session.registrations.get(`${tr} ${key}`)
    if (held === undefined) return 'OPSP0003'
    session.registrations.delete(`${tr} ${key}`)
    listener.released(session, held)
    return 'OPSP0001'
  }

  return {
    open() {
      opened++
      return { id: opened, noticeKey: newNoticeKey(), registrations: new Map(), appKey: undefined }
    },
    answer(session, request) {
      if (request.kind === 'refused') return { code: request.code, text: refusal(request.code) }
      const registration = { tr: request.tr, key: request.key }
      const addressed = (code: AddressedCode) => ({ code, text: answer(code, registration, session.noticeKey) })
      const problem = problemWith(session, request.approvalKey)
      if (problem === 'OPSP0011') return addressed(problem)
      if (problem !== undefined) return { code: problem, text: refusal(problem) }
      return addressed((request.verb === 'subscribe' ? subscribe : unsubscribe)(session, registration))
    },
    close(session) {
      if (session.appKey !== undefined) holders.delete(session.appKey)
      session.appKey = undefined
      const released = [...session.registrations.values()]
      session.registrations.clear()
      for (const registration of released) listener.released(session, registration)
    },
  }
}

/** One pair a session, whatever is registered in it. The real ones are lower-case letters and digits. */
function newNoticeKey(): NoticeKey {
  return { iv: randomBytes(8).toString('hex'), key: randomBytes(16).toString('hex') }
}
