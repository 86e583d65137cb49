// What can be watched: a symbol at a venue, written VENUE:SYMBOL. Knows nothing of how KIS spells it on the
// wire.

import { didYouMean } from './basics/did-you-mean.ts'
import type { Result } from './basics/result.ts'

/**
 * The two sides of the clock. KIS allows one connection per app key, so a feed serves one market at a time;
 * everything traded overseas shares the socket of the US market.
 */
export type Market = 'KR' | 'US'

export const markets: readonly Market[] = ['KR', 'US']

/** `zone`: the IANA zone whose midnight starts the venue's business date. */
type VenueFacts = { readonly market: Market; readonly name: string; readonly zone: string }

/**
 * Every venue, by the code used before the colon. Foreign codes are the exchanges' codes in the KIS
 * documents.
 */
export const venues = {
  KRX: { market: 'KR', name: 'Korea Exchange', zone: 'Asia/Seoul' },
  NXT: { market: 'KR', name: 'Nextrade', zone: 'Asia/Seoul' },
  UN: { market: 'KR', name: 'KRX and NXT, unified', zone: 'Asia/Seoul' },
  NAS: { market: 'US', name: 'Nasdaq', zone: 'America/New_York' },
  NYS: { market: 'US', name: 'NYSE', zone: 'America/New_York' },
  AMS: { market: 'US', name: 'NYSE American', zone: 'America/New_York' },
  BAQ: { market: 'US', name: 'Nasdaq, day market (10:00–18:00 KST)', zone: 'America/New_York' },
  BAY: { market: 'US', name: 'NYSE, day market (10:00–18:00 KST)', zone: 'America/New_York' },
  BAA: { market: 'US', name: 'NYSE American, day market (10:00–18:00 KST)', zone: 'America/New_York' },
  HKS: { market: 'US', name: 'Hong Kong', zone: 'Asia/Hong_Kong' },
  TSE: { market: 'US', name: 'Tokyo', zone: 'Asia/Tokyo' },
  SHS: { market: 'US', name: 'Shanghai', zone: 'Asia/Shanghai' },
  SZS: { market: 'US', name: 'Shenzhen', zone: 'Asia/Shanghai' },
  HSX: { market: 'US', name: 'Ho Chi Minh', zone: 'Asia/Ho_Chi_Minh' },
  HNX: { market: 'US', name: 'Hanoi', zone: 'Asia/Ho_Chi_Minh' },
} as const satisfies Record<string, VenueFacts>

export type Venue = keyof typeof venues

/** `KRX:005930`, `NXT:005930`, `UN:005930`, `NAS:AAPL`. */
export type Instrument = `${Venue}:${string}`

/** What a symbol may be at all (`NYS:BRK/B`). The shapes of each venue's stocks are in symbol-shapes.ts. */
const symbolPattern = /^[A-Z0-9][A-Z0-9./_-]{0,19}$/

export function isVenue(text: string): text is Venue {
  return Object.hasOwn(venues, text)
}

/** The instrument that `text` names, or a sentence that says what is wrong with it. Case does not matter. */
export function parseInstrument(text: string): Result<Instrument> {
  const [venue = '', ...rest] = text.trim().toUpperCase().split(':')
  const symbol = rest.join(':')
  if (rest.length === 0) return { problem: `'${text}' has no venue: write VENUE:SYMBOL, as in KRX:005930 or NAS:AAPL` }
  if (!isVenue(venue)) {
    return {
      problem: `'${text}': '${venue}' is no venue known here; expected one of ${Object.keys(venues).join(', ')}${didYouMean(venue, Object.keys(venues))}`,
    }
  }
  if (!symbolPattern.test(symbol)) {
    return { problem: `'${text}': '${symbol}' is no symbol; expected 1 to 20 letters, digits, '.', '/', '-' or '_'` }
  }
  return { value: `${venue}:${symbol}` }
}

/**
 * The same name as the engine's one string of that text, as property names are. Two such strings are compared
 * by address, which matters where every record of the market is compared.
 */
export function canonical(instrument: Instrument): Instrument {
  return Object.keys({ [instrument]: 0 })[0] as Instrument
}

/** The parts of an instrument that was parsed before. */
export function partsOf(instrument: Instrument): { venue: Venue; symbol: string } {
  const colon = instrument.indexOf(':')
  return { venue: instrument.slice(0, colon) as Venue, symbol: instrument.slice(colon + 1) }
}

export function zoneOf(instrument: Instrument): string {
  return venues[partsOf(instrument).venue].zone
}

export function marketOf(instrument: Instrument): Market {
  return venues[partsOf(instrument).venue].market
}
