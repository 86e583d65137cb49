// The totals of a share's day at one venue so far, from its opening auction on.
import type { Listing } from './listing.ts'
import type { Random } from '../tape/random.ts'

/** Prices are on the listing's grid. Times are Korea's, 090001. */
export type Day = {
  readonly previousClose: number
  readonly open: number
  readonly openTime: string
  /** Traded in the opening auction: in the totals of the day, but neither buy nor sell (protocol notes 5). */
  readonly auctionVolume: number
  high: number
  highTime: string
  low: number
  lowTime: string
  price: number
  volume: number
  buyInitiated: boolean
  cumulativeVolume: number
  cumulativeValue: number
  buyVolume: number
  sellVolume: number
  buyCount: number
  sellCount: number
}

/** A day opens with an auction. */
export function openDay(listing: Listing, open: number, previousClose: number, random: Random, openTime: string): Day {
  const auctionVolume = Math.floor(listing.depth * (2 + 4 * random.next()))
  return {
    previousClose,
    open,
    openTime,
    auctionVolume,
    high: open,
    highTime: openTime,
    low: open,
    lowTime: openTime,
    price: open,
    volume: auctionVolume,
    buyInitiated: true,
    cumulativeVolume: auctionVolume,
    cumulativeValue: auctionVolume * open,
    buyVolume: 0,
    sellVolume: 0,
    buyCount: 0,
    sellCount: 0,
  }
}
