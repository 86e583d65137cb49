// Faults of connections: cut, half open, without data, slow to close, refused at the handshake, or sent
// malformed texts.
import { type FaultMaker, type Hooks, striker, type Work } from './hooks.ts'
import { withholding } from './frames.ts'
import type { Session } from '../session.ts'

export const cut: FaultMaker<'cut'> = (fault, work) => {
  const concerned = openSessions(fault, work)
  if (concerned.length === 0) work.strike('no session to cut')
  for (const session of concerned) {
    const queued = work.host.cut(session)
    const lost = queued === 0 ? '' : `, ${queued} bytes that were on their way to it lost`
    work.strike(`session ${session.id} cut, ${session.registrations.size} registrations in it${lost}`)
  }
  work.over()
  return {}
}

export const halfOpen: FaultMaker<'half-open'> = (fault, work) => {
  const { host } = work
  const concerned = sessionsFrom(fault, work, session => {
    host.stopPing(session)
    work.strike(`session ${session.id}: half open, ${session.registrations.size} registrations in it`)
  })
  return {
    ...concerned.hooks,
    frames: withholding(work, to => concerned.has(to.session)),
    isAbsent(session, message) {
      if (!concerned.has(session)) return false
      work.tally(`not ${message}`, `a message of session ${session.id}`)
      return true
    },
    end() {
      for (const session of concerned.all()) {
        work.strike(`session ${session.id} cut`)
        host.cut(session)
      }
    },
  }
}

export const muteSession: FaultMaker<'mute-session'> = (fault, work) => {
  const concerned = sessionsFrom(fault, work, session =>
    work.strike(`session ${session.id}: mute, ${session.registrations.size} registrations in it`),
  )
  return { ...concerned.hooks, frames: withholding(work, to => concerned.has(to.session)) }
}

export const noPongs: FaultMaker<'no-pongs'> = (_fault, work) => ({
  ignoresPing(session) {
    work.tally('not answered', `a protocol ping of session ${session.id}`)
    return true
  },
})

/** From captures and bug reports of clients: cut off, wrong counts, wrong types, another protocol. */
export const defaultMalformedTexts: readonly string[] = [
  '',
  'hello',
  '{',
  '[]',
  'null',
  '{"header":null,"body":null}',
  '{"header":{"tr_id":"H0STCNT0"},"body":{"rt_cd":0,"msg_cd":null,"msg1":["SUBSCRIBE SUCCESS"]}}',
  '0|',
  '0|H0STCNT0|001|',
  '0|H0STCNT0|002|005930^1^2',
  '0|H0STCNT0|-01|005930',
  '0|H0XXXXX0|001|005930^090000^1',
  '1|H0STCNI0|001|this is no base64',
  '2|H0STCNT0|001|005930',
  `0|H0STCNT0|999|${'^'.repeat(500)}`,
  '\u0000\uFFFD|\u2028^',
]

export const malformedTexts: FaultMaker<'rubbish'> = (fault, work) => {
  const texts = fault.texts ?? defaultMalformedTexts
  const concerned = openSessions(fault, work)
  if (concerned.length === 0) work.strike('no session to send it to')
  for (const session of concerned) {
    for (const text of texts) work.host.send(session, text)
    work.strike(`session ${session.id}: ${texts.length} malformed texts sent`)
  }
  work.over()
  return {}
}

export const slowClose: FaultMaker<'slow-close'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    closing(session) {
      strike(`session ${session.id}: its close is answered ${fault.byMs} ms late`)
      return fault.byMs
    },
  }
}

export const refuseHandshake: FaultMaker<'refuse-handshake'> = (fault, work) => {
  const { status = 503 } = fault
  const strike = striker(fault.count, work)
  return {
    upgrade() {
      strike(`a handshake refused with HTTP ${status}`)
      return status
    },
  }
}

function openSessions({ session: id }: { session?: number }, { host }: Work): readonly Session[] {
  return host.sessions().filter(session => id === undefined || session.id === id)
}

/** The sessions that are open when it begins, or else the next one; the fault is over when they are. */
function sessionsFrom(fault: { session?: number }, work: Work, begin: (session: Session) => void) {
  const concerned = new Set(openSessions(fault, work))
  let awaits = concerned.size === 0
  for (const session of concerned) begin(session)
  const hooks: Hooks = {
    opened(session) {
      if (!awaits || (fault.session !== undefined && fault.session !== session.id)) return
      awaits = false
      concerned.add(session)
      begin(session)
    },
    closed(session) {
      if (concerned.delete(session) && concerned.size === 0) work.over()
    },
  }
  return { hooks, has: (session: Session) => concerned.has(session), all: () => [...concerned] }
}
