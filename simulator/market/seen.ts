// An instrument for REST: its trade and its book as the stream has them, so that both show the same price.
import { toWire } from '../../kis/channel.ts'
import { type Instrument, partsOf, type Venue } from '../../market/instrument.ts'
import { hasVenueShape } from '../../market/symbol-shapes.ts'
import { type Listing, listingOf } from './listing.ts'
import type { PastDay, PastMarket } from './past-market.ts'
import type { Columns, Standing } from './standing.ts'
import type { Registration } from '../transactions.ts'

export type Seen = {
  readonly venue: Venue
  readonly symbol: string
  /** Facts that no stream has: shares, name, the size of a day. Made up from the seed, for every tape. */
  readonly listing: Listing
  /** Columns of the trade transaction. Before the first trade: the previous close, and zeros. */
  readonly trade: Columns
  /** Columns of the book; none where the tape has emitted no book yet. */
  readonly book: Columns
  readonly days: readonly PastDay[]
}

export type Look = (instrument: Instrument) => Seen | undefined

export type LookOptions = { readonly standing: Standing; readonly past: PastMarket; readonly seed: number }

/**
 * Undefined for what does not exist: a symbol that is malformed for its venue, or one that a tape has no data
 * of. A generated market lists every well-formed symbol.
 */
export function createLook({ standing, past, seed }: LookOptions): Look {
  return instrument => {
    const { venue, symbol } = partsOf(instrument)
    if (!hasVenueShape(venue, symbol)) return undefined
    const trades = registrationsOf(instrument, 'trade')
    const listing = trades[0] === undefined ? undefined : listingOf(trades[0], seed)
    if (listing === undefined) return undefined
    const emitted = standing(trades)
    const book = standing(registrationsOf(instrument, 'order-book')) ?? {}
    const days = past.days(instrument)
    const trade = emitted ?? lastTradeOf(days[0]) ?? beforeTheOpen(book)
    return trade === undefined ? undefined : { venue, symbol, listing, trade, book, days }
  }
}

/** The free and the paid feed have different keys. */
function registrationsOf(instrument: Instrument, channel: 'trade' | 'order-book'): readonly Registration[] {
  const subscription = { instrument, channel }
  return [toWire(subscription, { overseasFeed: 'free' }), toWire(subscription, { overseasFeed: 'paid' })]
}

/** Of a day that was recorded, before its tape has emitted anything. */
function lastTradeOf(day: PastDay | undefined): Columns | undefined {
  const last = day?.trades.at(-1)
  const first = day?.minutes[0]
  if (day === undefined || last === undefined || first === undefined) return undefined
  const high = day.minutes.reduce(
    (most, minute) => (Number(minute.high) > Number(most) ? minute.high : most),
    first.high,
  )
  const low = day.minutes.reduce(
    (least, minute) => (Number(minute.low) < Number(least) ? minute.low : least),
    first.low,
  )
  const { price, sign, change, rate, strength, ask, bid, businessDate } = last
  const volume = `${last.cumulativeVolume}`
  const value = `${last.cumulativeValue}`
  return {
    stck_cntg_hour: last.koreanTime,
    stck_prpr: price,
    prdy_vrss_sign: sign,
    prdy_vrss: change,
    prdy_ctrt: rate,
    cttr: strength,
    askp1: ask,
    bidp1: bid,
    stck_oprc: first.open,
    stck_hgpr: high,
    stck_lwpr: low,
    acml_vol: volume,
    acml_tr_pbmn: value,
    bsop_date: businessDate,
    zdiv: `${price.split('.')[1]?.length ?? 0}`,
    tymd: businessDate,
    xymd: last.localDate,
    kymd: last.koreanDate,
    khms: last.koreanTime,
    last: price,
    sign,
    diff: change,
    rate,
    strn: strength,
    pask: ask,
    pbid: bid,
    open: first.open,
    high,
    low,
    tvol: volume,
    tamt: value,
  }
}

/**
 * A Korean book without a trade: its expected price and the change of that give the previous close. Prices
 * are the previous close, the change is 0 and the prices of the day are "0" (captured 2024-06-11 and
 * 2026-03-27).
 */
function beforeTheOpen(book: Columns): Columns | undefined {
  const previousClose = Number(book['antc_cnpr'] || Number.NaN) - Number(book['antc_cntg_vrss'] || Number.NaN)
  if (!(previousClose > 0)) return undefined
  const unchanged = { prdy_vrss: '0', prdy_vrss_sign: '3', prdy_ctrt: '0.00' }
  const nothingYet = { stck_oprc: '0', stck_hgpr: '0', stck_lwpr: '0', acml_vol: '0', acml_tr_pbmn: '0', cttr: '0.00' }
  return { stck_prpr: `${previousClose}`, ...unchanged, ...nothingYet, bsop_date: '' }
}
