// What can be watched: a symbol at a venue, written VENUE:SYMBOL. Knows nothing of how KIS spells it on the wire.

/**
 * The two sides of the clock. KIS allows one connection per app key, so a feed serves one market at a time; everything
 * traded abroad shares the socket of the US market.
 */
export type Market = 'KR' | 'US'

export const markets: readonly Market[] = ['KR', 'US']

type VenueFacts = { readonly market: Market; readonly name: string }

/** Every venue, by the code used before the colon. Foreign codes are the exchanges' codes in the KIS documents. */
export const venues = {
  KRX: { market: 'KR', name: 'Korea Exchange' },
  NXT: { market: 'KR', name: 'Nextrade' },
  UN: { market: 'KR', name: 'KRX and NXT, unified' },
  NAS: { market: 'US', name: 'Nasdaq' },
  NYS: { market: 'US', name: 'NYSE' },
  AMS: { market: 'US', name: 'NYSE American' },
  BAQ: { market: 'US', name: 'Nasdaq, day market (10:00–18:00 KST)' },
  BAY: { market: 'US', name: 'NYSE, day market (10:00–18:00 KST)' },
  BAA: { market: 'US', name: 'NYSE American, day market (10:00–18:00 KST)' },
  HKS: { market: 'US', name: 'Hong Kong' },
  TSE: { market: 'US', name: 'Tokyo' },
  SHS: { market: 'US', name: 'Shanghai' },
  SZS: { market: 'US', name: 'Shenzhen' },
  HSX: { market: 'US', name: 'Ho Chi Minh' },
  HNX: { market: 'US', name: 'Hanoi' },
} as const satisfies Record<string, VenueFacts>

export type Venue = keyof typeof venues

/** `KRX:005930`, `NXT:005930`, `UN:005930`, `NAS:AAPL`. */
export type Instrument = `${Venue}:${string}`

/** Symbols are letters and digits; share classes and units add `.`, `/`, `-` or `_` (`NYS:BRK.B`). */
const symbolPattern = /^[A-Z0-9][A-Z0-9./_-]{0,19}$/

export function isVenue(text: string): text is Venue {
  return Object.hasOwn(venues, text)
}

/** The instrument that `text` names, or a sentence that says what is wrong with it. Case does not matter. */
export function parseInstrument(text: string): { instrument: Instrument } | { problem: string } {
  const [venue = '', ...rest] = text.trim().toUpperCase().split(':')
  const symbol = rest.join(':')
  if (rest.length === 0) return { problem: `'${text}' has no venue: write VENUE:SYMBOL, as in KRX:005930 or NAS:AAPL` }
  if (!isVenue(venue)) {
    return { problem: `'${text}': '${venue}' is no venue known here; expected one of ${Object.keys(venues).join(', ')}` }
  }
  if (!symbolPattern.test(symbol)) {
    return { problem: `'${text}': '${symbol}' is no symbol; expected 1 to 20 letters, digits, '.', '/', '-' or '_'` }
  }
  return { instrument: `${venue}:${symbol}` }
}

/** The parts of an instrument that was parsed before. */
export function partsOf(instrument: Instrument): { venue: Venue; symbol: string } {
  const colon = instrument.indexOf(':')
  return { venue: instrument.slice(0, colon) as Venue, symbol: instrument.slice(colon + 1) }
}

export function marketOf(instrument: Instrument): Market {
  return venues[partsOf(instrument).venue].market
}
