// The facts about an instrument before its first trade: its venue, its price steps, its size.
import { isVenue, type Venue } from '../../market/instrument.ts'
import { evenGrid, koreanGrid, onGrid, type PriceGrid } from './price-grid.ts'
import { knownClose, type Product, productOf } from './products.ts'
import { createRandom, seedFor } from '../tape/random.ts'
import { isNotice, type Registration } from '../transactions.ts'

export type Listing = {
  /** KRX for everything but a share; it decides the clock. */
  readonly venue: Venue
  /** Undefined for a share. */
  readonly product: Product | undefined
  readonly symbol: string
  /** The key it is registered under, which overseas records repeat. */
  readonly key: string
  readonly grid: PriceGrid
  readonly previousClose: number
  readonly previousVolume: number
  readonly listedShares: number
  /** The usual volume at one price. */
  readonly depth: number
}

const usGrid = evenGrid(4, 100)

type Exchange = { readonly grid: PriceGrid; readonly lowest: number; readonly highest: number }

const korea: Exchange = { grid: koreanGrid, lowest: 3_000, highest: 400_000 }
const us: Exchange = { grid: usGrid, lowest: 12, highest: 450 }
const china: Exchange = { grid: evenGrid(3, 10), lowest: 10, highest: 150 }
const vietnam: Exchange = { grid: evenGrid(0, 100), lowest: 15_000, highest: 120_000 }

/**
 * Decimals outside the US are those of the notices (protocol notes 5.7); no capture shows a trade from there.
 */
const exchanges: Readonly<Record<Venue, Exchange>> = {
  KRX: korea,
  NXT: korea,
  UN: korea,
  NAS: us,
  NYS: us,
  AMS: us,
  BAQ: us,
  BAY: us,
  BAA: us,
  HKS: { grid: evenGrid(3, 100), lowest: 20, highest: 400 },
  TSE: { grid: evenGrid(1, 10), lowest: 800, highest: 9_000 },
  SHS: china,
  SZS: china,
  HSX: vietnam,
  HNX: vietnam,
}

/** Previous closes in won and dollars. The Korean ones are near the captures of September 2026. */
const wellKnown: Readonly<Record<string, number>> = {
  '005930': 274_000,
  '000660': 1_996_000,
  '035420': 243_500,
  AAPL: 256.4,
  NVDA: 187.2,
  TSLA: 421.3,
  MSFT: 508.9,
}

/** Lists any symbol: one that the real market does not have is made up, always the same for the same seed. */
export function listingOf({ tr, key }: Registration, seed: number): Listing | undefined {
  const product = productOf(tr)
  if (product !== undefined) return isNotice(tr) ? undefined : { ...productListed(product, key, seed), key }
  const place = placeOf(tr, key)
  return place === undefined ? undefined : { ...listed(place, seed), key }
}

/**
 * The listings of a share, as `createShare` takes them: a Korean one is traded on KRX and NXT, and the
 * unified feed has both. An overseas one has its own alone, and its free and its paid feed are one.
 */
export function listingsOf(listing: Listing, seed: number): readonly Listing[] {
  const { product, symbol, venue } = listing
  if (product !== undefined) return [listing]
  const everywhere: readonly Venue[] = isKorean(venue) ? ['KRX', 'NXT', 'UN'] : [venue]
  return everywhere.map(each => ({ ...listed({ venue: each, symbol }, seed), key: symbol }))
}

/** One name for all listings of a share. */
export function nameOfShare({ product, symbol, venue }: Listing): string {
  return `${product?.name ?? (isKorean(venue) ? 'KRX' : venue)}:${symbol}`
}

export function isKorean(venue: Venue): boolean {
  return exchanges[venue] === korea
}

type Place = { readonly venue: Venue; readonly symbol: string }

function listed({ venue, symbol }: Place, seed: number): Omit<Listing, 'key'> {
  const { grid, lowest, highest } = exchanges[venue]
  // One share, wherever it is traded.
  const random = createRandom(seedFor(`listing ${isKorean(venue) ? 'KRX' : venue}:${symbol}`, seed))
  const scale = 10 ** grid.decimals
  const known = Object.hasOwn(wellKnown, symbol) ? wellKnown[symbol] : undefined
  const price = known ?? lowest * (highest / lowest) ** random.next()
  // 2 billion won rest at each price of 005930, and 60,000 dollars at each of AAPL.
  const worth = grid === koreanGrid ? 2e9 : grid === usGrid ? 60_000 : price * 2_000
  const depth = Math.min(200_000, Math.max(50, Math.round(worth / price)))
  const previousVolume = depth * (1_000 + random.below(2_000))
  return {
    venue,
    product: undefined,
    symbol,
    grid,
    previousClose: onGrid(Math.round(price * scale), grid),
    previousVolume: partAt(venue, previousVolume),
    listedShares: previousVolume * (100 + random.below(300)),
    depth: partAt(venue, depth),
  }
}

function productListed(product: Product, symbol: string, seed: number): Omit<Listing, 'key'> {
  const { depth, grid, highest, lowest, name } = product
  const random = createRandom(seedFor(`listing ${name}:${symbol}`, seed))
  const close = knownClose(product, symbol) ?? lowest + (highest - lowest) * random.next()
  const previousVolume = depth * (1_000 + random.below(2_000))
  return {
    venue: 'KRX',
    product,
    symbol,
    grid,
    previousClose: onGrid(Math.round(close * 10 ** grid.decimals), grid),
    previousVolume,
    listedShares: previousVolume * 10,
    depth,
  }
}

/** NXT's and the unified feed's part of KRX's figures. NXT had about a third of all trading in 2025. */
function partAt(venue: Venue, ofKrx: number): number {
  const ofNxt = Math.ceil(ofKrx * 0.45)
  return venue === 'NXT' ? ofNxt : venue === 'UN' ? ofKrx + ofNxt : ofKrx
}

const koreanVenues: Readonly<Record<string, Venue>> = { ST: 'KRX', NX: 'NXT', UN: 'UN' }

/** The venue of a registration's share; undefined for every other transaction. */
function placeOf(tr: string, key: string): Place | undefined {
  const korean = koreanVenues[/^H0(ST|NX|UN)/.exec(tr)?.[1] ?? '']
  if (korean !== undefined) return isNotice(tr) ? undefined : { venue: korean, symbol: key }
  const venue = key.slice(1, 4)
  return /^HDFS(CNT0|ASP[01])$/.test(tr) && isVenue(venue) ? { venue, symbol: key.slice(4) } : undefined
}
