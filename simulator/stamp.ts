// When something of a share happens: what the clocks on the walls read, in Korea and at the exchange.
import { venues } from '../market/instrument.ts'
import type { Listing } from './listing.ts'
import { koreanZone, type WallTime, wallTime } from './wall-clock.ts'

export type Stamp = {
  readonly second: number
  readonly korea: WallTime
  readonly local: WallTime
  readonly businessDate: string
}

const dayMarkets: ReadonlySet<string> = new Set(['BAQ', 'BAY', 'BAA'])

export function isDayMarket(venue: string): boolean {
  return dayMarkets.has(venue)
}

/** The US day market belongs to the next day: a record of 2026-09-24 at night in New York had TYMD 20260925 (protocol notes 5). */
export function stampOf({ venue }: Listing, time: number): Stamp {
  const { zone } = venues[venue]
  const local = wallTime(zone, time)
  const korea = wallTime(koreanZone, time)
  const businessDate = isDayMarket(venue) ? wallTime(zone, time + 4 * 3_600_000).date : local.date
  return { second: Math.floor(time / 1000), korea, local, businessDate }
}
