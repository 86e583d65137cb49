// One simulated instrument: its order book, and the trades that eat into it. Each call of `advance` is one thing that happens, and
// what happens is a matter of the seed alone; the clock only dates it.
//
// Everything here is rewritten up to 100,000 times a second, so it is plain mutable state.
import { venues } from '../market/instrument.ts'
import type { Listing } from './listing.ts'
import { createRandom, type Random, seedFor } from './random.ts'
import { koreanZone, type WallTime, wallTime } from './wall-clock.ts'

export const levels = 10
const dayMarkets: ReadonlySet<string> = new Set(['BAQ', 'BAY', 'BAA'])

/** One side of the book: best price first, each price one tick from the next. */
export type Side = {
  prices: number[]
  volumes: number[]
  /** Shares behind the tenth level, which the totals on the wire include. */
  deeper: number
  /** Volumes and total of the last book that was shown, for the columns that tell a change. */
  shownVolumes: number[]
  shownTotal: number
}

/** The day so far. Prices are on the listing's grid. */
export type Day = {
  readonly previousClose: number
  readonly open: number
  readonly openTime: string
  /** Traded in the opening auction: in the totals of the day, but nobody's buy or sell (protocol notes 5). */
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

/** What the clocks on the walls read, in Korea and at the exchange. */
export type Stamp = { readonly second: number; korea: WallTime; local: WallTime; businessDate: string }

export type SimulatedInstrument = {
  readonly listing: Listing
  readonly random: Random
  readonly asks: Side
  readonly bids: Side
  day: Day
  stamp: Stamp
}

export function createInstrument(listing: Listing, seed: number, time: number): SimulatedInstrument {
  const random = createRandom(seedFor(`story ${listing.venue}:${listing.symbol} ${listing.key}`, seed))
  const stamp = stampOf(listing, time)
  const { up, down } = listing.grid
  const day = openDay(listing, firstOpen(listing, random), listing.previousClose, random, stamp)
  return {
    listing,
    random,
    stamp,
    day,
    asks: createSide(up(day.open), up, listing, random),
    bids: createSide(day.open, down, listing, random),
  }
}

/** Lets one thing happen; true when it was a trade. */
export function advance(instrument: SimulatedInstrument, time: number): boolean {
  keepTime(instrument, time)
  const { asks, bids, listing, random } = instrument
  const thin = Math.max(2, listing.depth * 0.05)
  // The last of a thin queue is withdrawn and the market moves by a tick. Trades never empty a queue themselves, so that each is
  // at the bid or ask that stands beside it in its record.
  if ((asks.volumes[0] ?? 0) < thin) move(asks, bids, listing.grid.up, instrument)
  else if ((bids.volumes[0] ?? 0) < thin) move(bids, asks, listing.grid.down, instrument)
  else if (random.next() < 0.4) requote(instrument)
  else {
    trade(instrument)
    return true
  }
  return false
}

/** Records what a book that is about to be forgotten has told, so that the next one can tell what changed. */
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

function trade(instrument: SimulatedInstrument): void {
  const { day, listing, random, stamp } = instrument
  const buy = random.next() < 0.5 + lean(instrument)
  const side = buy ? instrument.asks : instrument.bids
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

/** How far from even the odds of a buy are. Far from home they pull back, so that no price runs into its daily limit of 30%. */
function lean({ day, listing }: SimulatedInstrument): number {
  const away = (day.price - listing.previousClose) / listing.previousClose
  return Math.max(-0.4, Math.min(0.4, -4 * away))
}

/** Somebody changes an order, near the top more often than deep down. */
function requote(instrument: SimulatedInstrument): void {
  const { asks, bids, listing, random } = instrument
  const side = random.next() < 0.5 + lean(instrument) ? bids : asks
  const level = Math.floor(levels * random.next() ** 2)
  side.volumes[level] = freshVolume(listing, random)
  if (level === levels - 1) side.deeper = deeperVolume(listing, random)
}

/** The best level of `gone` is used up: both sides step by one tick in its direction. */
function move(gone: Side, gaining: Side, step: (price: number) => number, instrument: SimulatedInstrument): void {
  const { listing, random } = instrument
  const price = gone.prices.shift() ?? 0
  gone.volumes.shift()
  gone.prices.push(step(gone.prices[levels - 2] ?? 0))
  gone.volumes.push(freshVolume(listing, random))
  gaining.prices.pop()
  gaining.volumes.pop()
  gaining.prices.unshift(price)
  gaining.volumes.unshift(Math.ceil(freshVolume(listing, random) * 0.3))
}

function createSide(best: number, step: (price: number) => number, listing: Listing, random: Random): Side {
  const prices: number[] = []
  const volumes: number[] = []
  for (let price = best; prices.length < levels; price = step(price)) {
    prices.push(price)
    volumes.push(freshVolume(listing, random))
  }
  const side = { prices, volumes, deeper: deeperVolume(listing, random), shownVolumes: [...volumes], shownTotal: 0 }
  side.shownTotal = totalOf(side)
  return side
}

function freshVolume({ depth }: Listing, random: Random): number {
  return Math.floor(depth * (0.3 + 1.4 * random.next()))
}

function deeperVolume({ depth }: Listing, random: Random): number {
  return Math.floor(depth * (2 + 3 * random.next()))
}

function keepTime(instrument: SimulatedInstrument, time: number): void {
  const second = Math.floor(time / 1000)
  if (second === instrument.stamp.second) return
  const { businessDate } = instrument.stamp
  instrument.stamp = stampOf(instrument.listing, time)
  if (instrument.stamp.businessDate === businessDate) return
  // The book stands where the last day left it, so the new one opens there.
  const { day, listing, random, stamp } = instrument
  instrument.day = openDay(listing, day.price, day.price, random, stamp)
}

/** A few ticks from the previous close. */
function firstOpen({ grid, previousClose }: Listing, random: Random): number {
  let open = previousClose
  const step = random.next() < 0.5 ? grid.up : grid.down
  for (let ticks = random.below(8); ticks > 0; ticks--) open = step(open)
  return open
}

/** A day opens with an auction. */
function openDay(listing: Listing, open: number, previousClose: number, random: Random, stamp: Stamp): Day {
  const auctionVolume = Math.floor(listing.depth * (2 + 4 * random.next()))
  // Whoever looks in later than nine finds that the market opened shortly after nine.
  const shortlyAfterNine = `0900${10 + random.below(20)}`
  const openTime = stamp.korea.time > shortlyAfterNine ? shortlyAfterNine : stamp.korea.time
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

/** The US day market belongs to the next day: a record of 2026-09-24 at night in New York had TYMD 20260925 (protocol notes 5). */
function stampOf({ venue }: Listing, time: number): Stamp {
  const { zone } = venues[venue]
  const local = wallTime(zone, time)
  const korea = wallTime(koreanZone, time)
  const businessDate = dayMarkets.has(venue) ? wallTime(zone, time + 4 * 3_600_000).date : local.date
  return { second: Math.floor(time / 1000), korea, local, businessDate }
}
