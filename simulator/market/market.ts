// A simulated share: its order books, and the trades that eat into them, at every venue it is traded at. Each
// call of `advance` is one thing that happens, and what happens is a matter of the seed alone; the clock only
// dates it.
//
// Everything here is rewritten up to 100,000 times a second, so it is plain mutable state.
import { type Day, openDay } from './day.ts'
import { type Listing, nameOfShare } from './listing.ts'
import { passedBefore } from './passed.ts'
import { createRandom, type Random, seedFor } from '../tape/random.ts'
import { type Stamp, stampOf } from './stamp.ts'

export const levels = 10

/** One side of the book: best price first, each price one tick from the next. */
export type Side = {
  /** The same list at every venue of a share. */
  readonly prices: number[]
  readonly volumes: number[]
  /** Shares beyond the tenth level, which the totals on the wire include. */
  deeper: number
  /** Volumes and total of the last book that was emitted, for the columns with changes. */
  shownVolumes: number[]
  shownTotal: number
}

/** A share at one venue, or on the unified feed. */
export type SimulatedInstrument = {
  readonly listing: Listing
  readonly asks: Side
  readonly bids: Side
  day: Day
  stamp: Stamp
}

/**
 * A share at every venue it is traded at. Its venues quote the same prices, each with a queue of its own, so
 * that the unified book is never crossed; their last trades are a tick or so apart.
 */
export type Share = {
  readonly name: string
  readonly seed: number
  readonly random: Random
  /** The first one leads: the price moves when its queue is used up. */
  readonly venues: readonly [SimulatedInstrument, ...SimulatedInstrument[]]
  /** Both venues of a Korean share, taken together. As old as the last call of `unify`. */
  readonly unified: SimulatedInstrument | undefined
  /** Where the last trade was. */
  last: SimulatedInstrument
  businessDate: string
}

/** How often the second venue has the next event. NXT had about a third of the trading in 2025. */
const shareOfSecond = 0.3

/** `listings`: of every venue, the leading one first, and of the unified feed, last, where there is one. */
export function createShare(listings: readonly Listing[], seed: number, time: number): Share {
  const [lead, ...others] = listings
  if (lead === undefined) throw new Error('a share without a listing')
  const name = nameOfShare(lead)
  const random = createRandom(seedFor(`story ${name}`, seed))
  const stamp = stampOf(lead, time)
  const isUnified = (listing: Listing) => listing.venue === 'UN'
  const traded = [lead, ...others.filter(listing => !isUnified(listing))]
  const { days, price } = passedBefore(traded, firstOpen(lead, random), lead.previousClose, seed, stamp)
  const { down, up } = lead.grid
  const askPrices = pricesFrom(up(price), up)
  const bidPrices = pricesFrom(price, down)
  const at = (listing: Listing, i: number): SimulatedInstrument => ({
    listing,
    stamp,
    day: days[i] ?? openDay(listing, price, lead.previousClose, random, stamp.korea.time),
    asks: createSide(askPrices, listing, random),
    bids: createSide(bidPrices, listing, random),
  })
  const first = at(lead, 0)
  const unifiedListing = others.find(isUnified)
  const share: Share = {
    name,
    seed,
    random,
    venues: [first, ...traded.slice(1).map((listing, i) => at(listing, i + 1))],
    unified: unifiedListing === undefined ? undefined : at(unifiedListing, 0),
    last: first,
    businessDate: stamp.businessDate,
  }
  unify(share)
  for (const instrument of instrumentsOf(share)) bookShown(instrument)
  return share
}

export function instrumentsOf({ unified, venues }: Share): readonly SimulatedInstrument[] {
  return unified === undefined ? venues : [...venues, unified]
}

/** Plays one event; returns the instrument if it was a trade. */
export function advance(share: Share, time: number): SimulatedInstrument | undefined {
  keepTime(share, time)
  const { random, venues } = share
  const [lead, second] = venues
  const at = second !== undefined && random.next() < shareOfSecond ? second : lead
  const { asks, bids, listing } = at
  const thin = Math.max(2, listing.depth * 0.05)
  // The last of a thin queue is withdrawn. Trades never empty a queue themselves, so that each is at the bid
  // or ask beside it in its record.
  const thinSide = (asks.volumes[0] ?? 0) < thin ? asks : (bids.volumes[0] ?? 0) < thin ? bids : undefined
  if (thinSide !== undefined) {
    if (at === lead) move(share, thinSide === asks ? 'asks' : 'bids')
    // Where the leading venue still has a queue, the other one is filled up.
    else thinSide.volumes[0] = freshVolume(listing, random)
    return undefined
  }
  if (random.next() < 0.4) {
    requote(share, at)
    return undefined
  }
  trade(share, at)
  share.last = at
  return at
}

/** Keeps the volumes of a book before it changes, so that the next one has the changes. */
export function bookShown({ asks, bids }: SimulatedInstrument): void {
  for (const side of [asks, bids]) {
    for (let i = 0; i < levels; i++) side.shownVolumes[i] = side.volumes[i] ?? 0
    side.shownTotal = totalOf(side)
  }
}

export function totalOf({ volumes, deeper }: Side): number {
  let total = deeper
  for (let i = 0; i < levels; i++) total += volumes[i] ?? 0
  return total
}

/** Updates the unified feed. Called before it is read, which is seldom. */
export function unify({ last, unified, venues }: Share): void {
  if (unified === undefined) return
  addUp(unified.asks, venues, 'asks')
  addUp(unified.bids, venues, 'bids')
  unified.stamp = last.stamp
  unified.day = venues.map(({ day }) => day).reduce((sum, day) => together(sum, day, last.day))
}

function addUp(sum: Side, venues: Share['venues'], name: 'asks' | 'bids'): void {
  for (let i = 0; i < levels; i++) {
    let volume = 0
    for (const venue of venues) volume += venue[name].volumes[i] ?? 0
    sum.volumes[i] = volume
  }
  sum.deeper = 0
  for (const venue of venues) sum.deeper += venue[name].deeper
}

/** The last trade is that of one of them; sums are the sums of both. */
function together(one: Day, other: Day, last: Day): Day {
  const earlier = one.openTime <= other.openTime ? one : other
  const higher = other.high > one.high ? other : one
  const lower = other.low < one.low ? other : one
  return {
    previousClose: one.previousClose,
    open: earlier.open,
    openTime: earlier.openTime,
    auctionVolume: one.auctionVolume + other.auctionVolume,
    high: higher.high,
    highTime: higher.highTime,
    low: lower.low,
    lowTime: lower.lowTime,
    price: last.price,
    volume: last.volume,
    buyInitiated: last.buyInitiated,
    cumulativeVolume: one.cumulativeVolume + other.cumulativeVolume,
    cumulativeValue: one.cumulativeValue + other.cumulativeValue,
    buyVolume: one.buyVolume + other.buyVolume,
    sellVolume: one.sellVolume + other.sellVolume,
    buyCount: one.buyCount + other.buyCount,
    sellCount: one.sellCount + other.sellCount,
  }
}

function trade(share: Share, { asks, bids, day, listing, stamp }: SimulatedInstrument): void {
  const { random } = share
  const buy = random.next() < 0.5 + lean(share)
  const side = buy ? asks : bids
  const price = side.prices[0] ?? 0
  const waiting = side.volumes[0] ?? 0
  // Many small trades and few large ones.
  const wanted = 1 + Math.floor(listing.depth * 0.6 * random.next() ** 6)
  const volume = Math.min(wanted, waiting - 1)
  side.volumes[0] = waiting - volume
  day.price = price
  day.volume = volume
  day.buyInitiated = buy
  day.cumulativeVolume += volume
  day.cumulativeValue += volume * price
  if (buy) {
    day.buyVolume += volume
    day.buyCount++
  } else {
    day.sellVolume += volume
    day.sellCount++
  }
  if (price > day.high) {
    day.high = price
    day.highTime = stamp.korea.time
  }
  if (price < day.low) {
    day.low = price
    day.lowTime = stamp.korea.time
  }
}

/**
 * How far the odds of a buy are from even. Far from the previous close they pull back, so that no price
 * reaches its daily limit of 30%.
 */
function lean({ venues: [{ day, listing }] }: Share): number {
  const away = (day.price - listing.previousClose) / listing.previousClose
  return Math.max(-0.4, Math.min(0.4, -4 * away))
}

/** An order is changed, near the top more often than deep in the book. */
function requote(share: Share, { asks, bids, listing }: SimulatedInstrument): void {
  const { random } = share
  const side = random.next() < 0.5 + lean(share) ? bids : asks
  const level = Math.floor(levels * random.next() ** 2)
  side.volumes[level] = freshVolume(listing, random)
  if (level === levels - 1) side.deeper = deeperVolume(listing, random)
}

/** The best level of one side is used up: both sides step by one tick in its direction, at every venue. */
function move({ random, venues }: Share, gone: 'asks' | 'bids'): void {
  const [lead] = venues
  const gaining = gone === 'asks' ? 'bids' : 'asks'
  const step = gone === 'asks' ? lead.listing.grid.up : lead.listing.grid.down
  const { prices } = lead[gone]
  const price = prices.shift() ?? 0
  prices.push(step(prices[levels - 2] ?? 0))
  lead[gaining].prices.pop()
  lead[gaining].prices.unshift(price)
  for (const venue of venues) {
    const { listing } = venue
    venue[gone].volumes.shift()
    venue[gone].volumes.push(freshVolume(listing, random))
    venue[gaining].volumes.pop()
    venue[gaining].volumes.unshift(Math.ceil(freshVolume(listing, random) * 0.3))
  }
}

function pricesFrom(best: number, step: (price: number) => number): number[] {
  const prices: number[] = []
  for (let price = best; prices.length < levels; price = step(price)) prices.push(price)
  return prices
}

function createSide(prices: number[], listing: Listing, random: Random): Side {
  const volumes = prices.map(() => freshVolume(listing, random))
  return { prices, volumes, deeper: deeperVolume(listing, random), shownVolumes: [], shownTotal: 0 }
}

function freshVolume({ depth }: Listing, random: Random): number {
  return Math.floor(depth * (0.3 + 1.4 * random.next()))
}

function deeperVolume({ depth }: Listing, random: Random): number {
  return Math.floor(depth * (2 + 3 * random.next()))
}

function keepTime(share: Share, time: number): void {
  const second = Math.floor(time / 1000)
  const [lead] = share.venues
  if (second === lead.stamp.second) return
  const stamp = stampOf(lead.listing, time)
  for (const venue of share.venues) venue.stamp = stamp
  if (stamp.businessDate === share.businessDate) return
  share.businessDate = stamp.businessDate
  startDay(share, stamp)
}

/** The price at the end of the last day, and the trades since the new one opened. */
function startDay({ seed, venues }: Share, stamp: Stamp): void {
  const [lead] = venues
  const { grid } = lead.listing
  const close = lead.day.price
  const listings = venues.map(({ listing }) => listing)
  const { days, price } = passedBefore(listings, close, close, seed, stamp)
  venues.forEach((venue, i) => {
    venue.day = days[i] ?? venue.day
  })
  if (price === close) return
  lead.asks.prices.splice(0, levels, ...pricesFrom(grid.up(price), grid.up))
  lead.bids.prices.splice(0, levels, ...pricesFrom(price, grid.down))
}

/** A few ticks from the previous close. */
function firstOpen({ grid, previousClose }: Listing, random: Random): number {
  let open = previousClose
  const step = random.next() < 0.5 ? grid.up : grid.down
  for (let ticks = random.below(8); ticks > 0; ticks--) open = step(open)
  return open
}
