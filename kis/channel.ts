// Channel and instrument ↔ KIS's transaction id and key, in both directions.
import { didYouMean } from '../market/basics/did-you-mean.ts'
import { type Instrument, marketOf, parseInstrument, partsOf, type Venue } from '../market/instrument.ts'
import { type Channel, type Subscription } from '../market/subscription.ts'
import { symbolProblem } from '../market/symbol-shapes.ts'
import { layoutOf, transactionIds } from './wire/layout.ts'

/** A subscription in KIS's words. */
export type WireKey = { readonly tr: string; readonly key: string }

export type WireOptions = {
  /**
   * Which of KIS's two overseas feeds to ask for: the free one, or the one that has to be applied for and
   * paid.
   */
  readonly overseasFeed: 'free' | 'paid'
  /** The HTS login id: the key of account notices, whatever instrument they are asked under. */
  readonly htsId?: string
}

const domesticVenues: Partial<Record<Venue, string>> = { KRX: 'ST', NXT: 'NX', UN: 'UN' }
const dayMarketVenues: ReadonlySet<Venue> = new Set(['BAQ', 'BAY', 'BAA'])
const usVenues: ReadonlySet<Venue> = new Set(['NAS', 'NYS', 'AMS', ...dayMarketVenues])

/**
 * The typed transactions: what each carries, and from which venue. Overseas records name their venue
 * themselves.
 */
const typedTransactions: Readonly<Record<string, { readonly channel: Channel; readonly venue: Venue | undefined }>> = {
  H0STCNT0: { channel: 'trade', venue: 'KRX' },
  H0NXCNT0: { channel: 'trade', venue: 'NXT' },
  H0UNCNT0: { channel: 'trade', venue: 'UN' },
  HDFSCNT0: { channel: 'trade', venue: undefined },
  H0STASP0: { channel: 'order-book', venue: 'KRX' },
  H0NXASP0: { channel: 'order-book', venue: 'NXT' },
  H0UNASP0: { channel: 'order-book', venue: 'UN' },
  HDFSASP0: { channel: 'order-book', venue: undefined },
  HDFSASP1: { channel: 'order-book', venue: undefined },
}

export const typedTransactionIds: readonly string[] = Object.keys(typedTransactions)

export function typedTransaction(tr: string): { channel: Channel; venue: Venue | undefined } | undefined {
  return Object.hasOwn(typedTransactions, tr) ? typedTransactions[tr] : undefined
}

/** What to ask KIS for. */
export function toWire(subscription: Subscription, options: WireOptions): WireKey {
  const { venue, symbol } = partsOf(subscription.instrument)
  const tr = transactionFor(subscription.channel, venue, options)
  if (isNotice(tr)) return { tr, key: options.htsId ?? '' }
  if (!tr.startsWith('HDFSCNT') && !tr.startsWith('HDFSASP')) return { tr, key: symbol }
  return { tr, key: `${feedOf(tr, venue, options)}${venue}${symbol}` }
}

/**
 * D for the free feed; R for the paid one and for the US day market. US books are free only (portal page of
 * HDFSASP0).
 */
function feedOf(tr: string, venue: Venue, { overseasFeed }: WireOptions): 'D' | 'R' {
  if (dayMarketVenues.has(venue)) return 'R'
  const isUsBook = tr === 'HDFSASP0' && usVenues.has(venue)
  return overseasFeed === 'paid' && !isUsBook ? 'R' : 'D'
}

function transactionFor(channel: Channel, venue: Venue, options: WireOptions): string {
  if (channel !== 'trade' && channel !== 'order-book') return channel
  const domestic = domesticVenues[venue]
  if (domestic !== undefined) return channel === 'trade' ? `H0${domestic}CNT0` : `H0${domestic}ASP0`
  if (channel === 'trade') return 'HDFSCNT0'
  // Asia's free books are delayed and have a transaction of their own.
  return usVenues.has(venue) || options.overseasFeed === 'paid' ? 'HDFSASP0' : 'HDFSASP1'
}

/** Whom KIS is talking about, as far as its own words tell; undefined for a key that names no instrument. */
export function fromWire(wire: WireKey): Subscription | undefined {
  const typed = typedTransaction(wire.tr)
  if (typed === undefined) {
    const instrument = readable(`KRX:${wire.key}`)
    return layoutOf(wire.tr) === undefined || instrument === undefined ? undefined : { instrument, channel: wire.tr }
  }
  const instrument = typed.venue === undefined ? overseasInstrument(wire.key) : readable(`${typed.venue}:${wire.key}`)
  return instrument === undefined ? undefined : { instrument, channel: typed.channel }
}

/**
 * `DNASAAPL` → `NAS:AAPL`: D for the free feed or R for the paid one and the day market, exchange, symbol.
 */
export function overseasInstrument(key: string): Instrument | undefined {
  const instrument = /^[DR]/.test(key) ? readable(`${key.slice(1, 4)}:${key.slice(4)}`) : undefined
  return instrument !== undefined && marketOf(instrument) === 'US' ? instrument : undefined
}

/** The instrument, provided that it is spelled exactly so. */
export function readable(name: string): Instrument | undefined {
  const parsed = parseInstrument(name)
  return 'value' in parsed && parsed.value === name ? parsed.value : undefined
}

export function isChannel(name: string): boolean {
  return name === 'trade' || name === 'order-book' || layoutOf(name) !== undefined
}

export function unknownChannel(name: string): string {
  const expected = 'expected trade, order-book, or the id of a KIS real-time transaction such as H0STPGM0'
  return `channel '${name}' is unknown; ${expected}${didYouMean(name, ['trade', 'order-book', ...transactionIds])}`
}

/** What keeps a subscription from being asked for, or undefined when nothing does. */
export function problemWith(subscription: Subscription, options: WireOptions): string | undefined {
  const { channel, instrument } = subscription
  const problem = stockProblem(subscription)
  if (problem !== undefined) return problem
  if (isOfStocks(channel)) return undefined
  if (layoutOf(channel) === undefined) return unknownChannel(channel)
  if (isNotice(channel)) {
    return options.htsId ? undefined : `channel '${channel}' needs the HTS login id (KIS_HTS_ID)`
  }
  const { venue } = partsOf(instrument)
  return fits(channel, venue)
    ? undefined
    : `channel '${channel}' is none of ${venue}'s, which ${instrument} is asked from`
}

/**
 * What is wrong with the symbol of a trade or a book, also where that is given by its transaction id. KIS
 * acknowledges an impossible symbol, sends nothing for ever, and counts it among the 41 of a session.
 */
export function stockProblem({ channel, instrument }: Subscription): string | undefined {
  const isStock =
    isOfStocks(channel) || (typedTransaction(channel) !== undefined && fits(channel, partsOf(instrument).venue))
  const problem = isStock ? symbolProblem(instrument) : undefined
  // KOSPI is 0001, KOSDAQ 1001.
  return problem !== undefined && /^KRX:[012]\d{3}$/.test(instrument)
    ? `${problem}; an index has a channel of its own: ${instrument}@H0UPCNT0`
    : problem
}

/** Whether the channel names a stock. Other ones have keys of their own: of indices, futures, bonds. */
export function isOfStocks(channel: Channel): boolean {
  return channel === 'trade' || channel === 'order-book'
}

/**
 * Whether the channel carries order and fill notices of a person's accounts: its key is the HTS login id,
 * whatever it is asked under.
 */
export function isNotice(channel: Channel): boolean {
  return layoutOf(channel)?.kind === 'notice'
}

/**
 * Which venues a transaction speaks of: its id says so. Indices, derivatives and bonds are asked for under
 * KRX.
 */
function fits(tr: string, venue: Venue): boolean {
  if (tr.startsWith('HDFS')) return domesticVenues[venue] === undefined
  if (tr.startsWith('HDF')) return true
  if (tr.startsWith('H0NX')) return venue === 'NXT'
  return venue === (tr.startsWith('H0UN') ? 'UN' : 'KRX')
}
