// The time of an event of a share, by Korea's clock and by the clock of the exchange.
import { hourMs } from '../../market/basics/durations.ts'
import { venues } from '../../market/instrument.ts'
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

/** The US day market, and derivatives at night. */
export function beginsInTheEvening({ product, venue }: Listing): boolean {
  return isDayMarket(venue) || product?.isAtNight === true
}

/**
 * The US day market belongs to the next day: a record of 2026-09-24 at night in New York had TYMD 20260925
 * (protocol notes 5). So does a night of derivatives, whose totals begin anew at 18:00 and not at midnight.
 */
export function stampOf(listing: Listing, time: number): Stamp {
  const { zone } = venues[listing.venue]
  const local = wallTime(zone, time)
  const korea = wallTime(koreanZone, time)
  const hoursAhead = listing.product?.isAtNight ? 6 : 4
  const businessDate = beginsInTheEvening(listing) ? wallTime(zone, time + hoursAhead * hourMs).date : local.date
  return { second: Math.floor(time / 1000), korea, local, businessDate }
}
