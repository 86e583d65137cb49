// The trades of a share before the first client subscribed: the market opens by the clock, with or without
// clients. In steps of a minute; the seed, the date and the clock decide, so every request gives the same.
import { type Day, openDay } from './day.ts'
import { type Listing, nameOfShare } from './listing.ts'
import { createRandom, type Random, seedFor } from '../tape/random.ts'
import { beginsInTheEvening, isDayMarket, type Stamp } from './stamp.ts'

type Hours = { readonly opens: number; readonly closes: number }

const clock = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(2, 4))

/** Minutes of the local day. The US day market and derivatives at night begin in the evening before. */
function hoursOf({ product, venue }: Listing): Hours {
  if (product?.isAtNight) return { opens: clock('1800'), closes: clock('1800') + 12 * 60 }
  if (venue === 'KRX') return { opens: clock('0900'), closes: clock('1530') }
  if (venue === 'NXT') return { opens: clock('0800'), closes: clock('2000') }
  if (isDayMarket(venue)) return { opens: clock('2000'), closes: clock('2000') + 8 * 60 }
  return { opens: clock('0930'), closes: clock('1600') }
}

/** How far a price moves in a minute; over a whole day it is one or two percent. */
const restlessness = 0.000_7

export type Passed = {
  /** Of each listing, in its order. */
  readonly days: readonly Day[]
  /** The present price. */
  readonly price: number
}

/** A venue that is not open yet by the clock opens now. */
export function passedBefore(
  listings: readonly Listing[],
  open: number,
  previousClose: number,
  seed: number,
  stamp: Stamp,
): Passed {
  const [lead] = listings
  if (lead === undefined) return { days: [], price: open }
  const random = createRandom(seedFor(`passed ${nameOfShare(lead)} ${stamp.businessDate}`, seed))
  const hours = listings.map(hoursOf)
  const days: (Day | undefined)[] = listings.map(() => undefined)
  const now = minuteOf(stamp, lead)
  const first = Math.min(...hours.map(({ opens }) => opens))
  const end = Math.min(now, Math.max(...hours.map(({ closes }) => closes)))
  const ahead = clock(stamp.korea.time) - clock(stamp.local.time)
  let price = open
  for (let minute = first; minute < end; minute++) {
    const time = wallText(minute + ahead, random)
    if (minute > first) price = nextPrice(price, previousClose, lead, random)
    listings.forEach((listing, i) => {
      const { closes, opens } = hours[i] as Hours
      if (minute < opens || minute >= closes) return
      const day = days[i]
      // A client that comes after nine sees a market that opened shortly after nine.
      if (day === undefined)
        days[i] = openDay(listing, price, previousClose, random, shortlyAfter(minute + ahead, random))
      else tradeFor(day, price, time, listing, closes - opens, random)
    })
  }
  return {
    days: listings.map((listing, i) => days[i] ?? openDay(listing, price, previousClose, random, stamp.korea.time)),
    price,
  }
}

function minuteOf({ local }: Stamp, listing: Listing): number {
  const minute = clock(local.time)
  return beginsInTheEvening(listing) && minute < clock('1200') ? minute + 24 * 60 : minute
}

/** A minute's trades combined: at one price, bought and sold. */
function tradeFor(day: Day, price: number, time: string, listing: Listing, minutes: number, random: Random): void {
  const volume = Math.max(2, Math.round((listing.previousVolume / minutes) * (0.4 + 1.2 * random.next())))
  const bought = Math.max(1, Math.floor(volume * (0.35 + 0.3 * random.next())))
  // A trade is a twelfth of the volume that rests at a price, on average.
  const trades = Math.max(2, Math.round(volume / Math.max(1, listing.depth / 12)))
  const buys = Math.max(1, Math.round((trades * bought) / volume))
  day.price = price
  day.volume = Math.max(1, Math.round(volume / trades))
  day.buyInitiated = random.next() < 0.5
  day.cumulativeVolume += volume
  day.cumulativeValue += volume * price
  day.buyVolume += bought
  day.sellVolume += volume - bought
  day.buyCount += buys
  day.sellCount += Math.max(1, trades - buys)
  if (price > day.high) {
    day.high = price
    day.highTime = time
  }
  if (price < day.low) {
    day.low = price
    day.lowTime = time
  }
}

/** Far from the previous close the price is pulled back, so that it does not reach its daily limit of 30%. */
function nextPrice(price: number, previousClose: number, { grid }: Listing, random: Random): number {
  const tick = grid.up(price) - price
  const away = (price - previousClose) / previousClose
  const reach = Math.max(1, (price * restlessness) / tick)
  const ticks = Math.round((random.next() * 2 - 1 - 3 * away) * reach)
  let next = price
  for (let i = Math.abs(ticks); i > 0; i--) next = ticks > 0 ? grid.up(next) : grid.down(next)
  return next
}

function wallText(minute: number, random: Random): string {
  return `${hourAndMinute(minute)}${10 + random.below(50)}`
}

function shortlyAfter(minute: number, random: Random): string {
  return `${hourAndMinute(minute)}${10 + random.below(20)}`
}

function hourAndMinute(minute: number): string {
  const ofDay = ((minute % 1440) + 1440) % 1440
  return String(Math.floor(ofDay / 60) * 100 + (ofDay % 60)).padStart(4, '0')
}
