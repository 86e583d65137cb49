// Every venue's timetables, and the sessions of a date by them. UN is no exchange: it is KRX and Nextrade
// combined.
import type { Venue } from '../instrument.ts'
import { chinaSessions, hanoiSessions, hoChiMinhSessions, hongKongSessions, tokyoSessions } from './sessions-asia.ts'
import { krxSessions, nxtSessions } from './sessions-korea.ts'
import { usDaySessions, usSessions } from './sessions-us.ts'
import { type DayKind, hoursOn, type SessionName, type TradingSession, type VenueSessions } from './timetable.ts'
import { timeOfDay } from './wall-clock.ts'
import { instantIn } from './zone.ts'

export const sessionsByVenue: Readonly<Record<Exclude<Venue, 'UN'>, VenueSessions>> = {
  KRX: krxSessions,
  NXT: nxtSessions,
  NAS: usSessions,
  NYS: usSessions,
  AMS: usSessions,
  BAQ: usDaySessions,
  BAY: usDaySessions,
  BAA: usDaySessions,
  HKS: hongKongSessions,
  TSE: tokyoSessions,
  SHS: chinaSessions,
  SZS: chinaSessions,
  HSX: hoChiMinhSessions,
  HNX: hanoiSessions,
}

/** The zone and the country whose days a venue follows. */
export function homeOf(venue: Venue): VenueSessions {
  return venue === 'UN' ? krxSessions : sessionsByVenue[venue]
}

/** The sessions of a venue on a date of a given kind, in order. */
export function sessionsOf(venue: Venue, date: number, kind: DayKind): readonly TradingSession[] {
  if (venue === 'UN') return unite(sessionsOf('KRX', date, kind), sessionsOf('NXT', date, kind))
  const home = sessionsByVenue[venue]
  return hoursOn(home, date, kind).map(([session, opens, closes]) => ({
    session,
    opensAt: instantIn(home.zone, date, timeOfDay(opens)),
    closesAt: instantIn(home.zone, date, timeOfDay(closes)),
    date,
  }))
}

/**
 * When both venues are open, the united session is the busier one: any continuous trading before auctions.
 */
const liveliness: readonly SessionName[] = [
  'regular',
  'pre-market',
  'after-market',
  'day-market',
  'opening-auction',
  'closing-auction',
  'single-price',
  'overtime-single-price',
  'closing-price',
]

function unite(...venues: readonly (readonly TradingSession[])[]): readonly TradingSession[] {
  const all = venues.flat().sort((a, b) => liveliness.indexOf(a.session) - liveliness.indexOf(b.session))
  const edges = [...new Set(all.flatMap(({ opensAt, closesAt }) => [opensAt, closesAt]))].sort((a, b) => a - b)
  const united: TradingSession[] = []
  for (const [index, opensAt] of edges.entries()) {
    const closesAt = edges[index + 1] ?? opensAt
    const liveliest = all.find(session => session.opensAt <= opensAt && session.closesAt >= closesAt)
    if (liveliest === undefined || closesAt === opensAt) continue
    const before = united.at(-1)
    const goesOn = before?.session === liveliest.session && before.closesAt === opensAt
    if (goesOn) united.pop()
    united.push({ ...liveliest, opensAt: goesOn ? before.opensAt : opensAt, closesAt })
  }
  return united
}
