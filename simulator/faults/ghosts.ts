// The rest of a session that ended without releasing: KIS keeps its registrations, and perhaps its app key,
// for a while (protocol notes 8).
import { minuteMs } from '../../market/basics/durations.ts'
import type { FaultMaker } from './hooks.ts'
import { withholding } from './frames.ts'
import type { Session } from '../session.ts'
import { nameOf, type Registration } from '../transactions.ts'

/** Between the 45 and 90 s that are reported. */
const defaultRememberMs = minuteMs

type Estate = {
  /** By `tr key`, the end of each registration. */
  readonly ghosts: Map<string, number>
  occupiedUntil: number
}

export const ghosts: FaultMaker<'ghosts'> = (fault, work) => {
  const { delivering = true, occupiedMs = 0, occupiedUpToMs = 0, rememberMs = defaultRememberMs } = fault
  const { alarms, host } = work
  const estates = new Map<string, Estate>()
  /** Registrations of open sessions that were "already" there, and carry no data. */
  const silent = new Map<Registration, Session>()

  function haunt(session: Session, registration: Registration, until: number): boolean {
    if (!host.adopt(session, registration)) return false
    const how = delivering ? 'with data' : 'without data'
    work.strike(`session ${session.id}: ${nameOf(registration)} already subscribed, ${how}`)
    if (delivering) return true
    silent.set(registration, session)
    alarms.in(until - host.clock.now(), () => layToRest(registration))
    return true
  }

  /** Afterwards the key can be subscribed normally. */
  function layToRest(registration: Registration): void {
    const session = silent.get(registration)
    if (session !== undefined) host.forget(session, registration)
  }

  /** How long the app key stays in use after an end. */
  function stayMs(): number {
    const most = Math.max(occupiedMs, occupiedUpToMs)
    return most === occupiedMs ? occupiedMs : occupiedMs + work.dice('stay').below(most - occupiedMs + 1)
  }

  return {
    closed({ appKey, id, registrations }) {
      if (appKey === undefined || registrations.size === 0) return
      const now = host.clock.now()
      const estate = estates.get(appKey) ?? { ghosts: new Map<string, number>(), occupiedUntil: 0 }
      estates.set(appKey, estate)
      const stay = stayMs()
      estate.occupiedUntil = now + stay
      for (const name of registrations.keys()) estate.ghosts.set(name, now + rememberMs)
      const names = [...registrations.values()].map(nameOf).join(', ')
      const inUse = stay === 0 ? '' : `, its app key in use for ${stay} ms`
      work.strike(
        `session ${id} left ${registrations.size} registrations behind for ${rememberMs} ms${inUse}: ${names}`,
      )
    },
    released: (_session, registration) => void silent.delete(registration),
    isOccupied({ id }, appKey) {
      if (host.clock.now() >= (estates.get(appKey)?.occupiedUntil ?? 0)) return false
      work.strike(`session ${id} refused, its app key is still in use`)
      return true
    },
    answer(session, { verb, tr, key }) {
      const name = `${tr} ${key}`
      const remembered = estates.get(session.appKey ?? '')?.ghosts
      const until = remembered?.get(name) ?? 0
      if (until <= host.clock.now() || session.registrations.has(name)) return undefined
      const registration = { tr, key }
      if (verb === 'subscribe' && !haunt(session, registration, until)) return undefined
      remembered?.delete(name)
      if (verb === 'subscribe') return 'OPSP0002'
      work.strike(`session ${session.id}: ${nameOf(registration)} released, which an earlier session left behind`)
      return 'OPSP0001'
    },
    frames: withholding(work, to => silent.has(to.registration)),
    end() {
      for (const registration of silent.keys()) layToRest(registration)
      estates.clear()
    },
  }
}
