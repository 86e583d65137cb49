// How a stock's symbol is spelled at each venue. KIS acknowledges an impossible symbol like any other one and
// stays silent for ever, so the spelling is checked here. Only trades and order books name a stock: other
// channels have keys of their own.
import { type Instrument, partsOf, type Venue, venues } from './instrument.ts'

type Spelling = {
  readonly shape: RegExp
  /** The shape in words, for the sentence that refuses a symbol. */
  readonly words: string
  /** How other vendors and habits spell the same symbol, whose own part is the first group. */
  readonly others: readonly RegExp[]
  /** Leading zeros that a spreadsheet takes away are added up to this many digits. */
  readonly digits?: number
}

// Shapes: the symbols of KIS's master files (konex, kosdaq, kospi, and one file an overseas venue, 2025-05
// and 2026-03).

const korean: Spelling = {
  // 005930, 0074K0, 57LA24; Q500001 is an ETN, J0036221D a subscription right or a warrant.
  shape: /^(?:[0-9A-Z]{6}|Q[0-9A-Z]{6}|J[0-9A-Z]{8})$/,
  words: 'six digits and letters (005930), or Q and six (Q500001)',
  others: [
    /^A?([0-9A-Z]{6}|Q[0-9A-Z]{6})(?:\.[A-Z]{1,3})?$/, // A005930, 005930.KS
    /^KR[0-9A-Z]([0-9A-Z]{6})[0-9]{3}$/, // KR7005930003
    // 5930. Not 0001, 1001 and 2001, which are indices.
    /^(?!(?:1001|2001)$)([1-9][0-9]{1,4})(?:\.[A-Z]{1,3})?$/,
  ],
  digits: 6,
}

const american: Spelling = {
  // AAPL, BRK/B, AACT/UN, HWM/ (a preferred share)
  shape: /^[A-Z]{1,6}(?:\/[A-Z]{0,3})?$/,
  words: 'letters, with a slash before the share class (AAPL, BRK/B)',
  others: [
    /^([A-Z]{1,6})\.(?:US|OQ)$/, // AAPL.US
    /^([A-Z]{1,6}[ ./_-][A-Z]{1,3})(?:\.US)?$/, // BRK.B, BRK-B
    /^[DR](?:NAS|NYS|AMS|BAQ|BAY|BAA)([A-Z]{1,6}(?:\/[A-Z]{0,3})?)$/, // DNASAAPL
  ],
}

const chinese: Spelling = {
  shape: /^[0-9]{6}$/,
  words: 'six digits (600519)',
  others: [
    /^(?:[DR]?SHS|[DR]?SZS|SH|SZ)?([0-9]{1,6})(?:\.[A-Z]{1,3})?$/, // SH600519, 600519.SS
  ],
  digits: 6,
}

const vietnamese: Spelling = {
  // VNM, PV2; FUEVFVND and E1VFVN30 are ETFs.
  shape: /^(?:[0-9A-Z]{3}|[0-9A-Z]{8})$/,
  words: 'three digits and letters (VNM), or eight (FUEVFVND)',
  others: [
    /^([0-9A-Z]{3}|[0-9A-Z]{8})\.[A-Z]{1,3}$/, // VNM.VN
    /^[DR](?:HSX|HNX)([0-9A-Z]{3}|[0-9A-Z]{8})$/, // DHSXVNM
  ],
}

const spellings: Readonly<Record<Venue, Spelling>> = {
  KRX: korean,
  NXT: korean,
  UN: korean,
  NAS: american,
  NYS: american,
  AMS: american,
  BAQ: american,
  BAY: american,
  BAA: american,
  HKS: {
    shape: /^[0-9]{5}$/,
    words: 'five digits (00700)',
    others: [/^(?:[DR]?HKS|HK)?([0-9]{1,5})(?:\.[A-Z]{1,3})?$/], // 700, 0700.HK
    digits: 5,
  },
  TSE: {
    // 7203, 130A; 25935 is a class share, whose fifth digit is no 0.
    shape: /^(?:[0-9A-Z]{4}|[0-9]{4}[1-9])$/,
    words: 'four digits and letters (7203, 130A)',
    others: [
      /^(?:[DR]?TSE)?([0-9][0-9A-Z]{3})0?(?:\.[A-Z]{1,3})?$/, // 7203.T, 72030
    ],
  },
  SHS: chinese,
  SZS: chinese,
  HSX: vietnamese,
  HNX: vietnamese,
}

/** Whether the venue spells symbols of stocks so. Says nothing of whether there is such a stock. */
export function hasVenueShape(venue: Venue, symbol: string): boolean {
  return spellings[venue].shape.test(symbol)
}

/** Whether an instrument's symbol is spelled as its venue spells those of stocks. */
export function isStock(instrument: Instrument): boolean {
  const { venue, symbol } = partsOf(instrument)
  return hasVenueShape(venue, symbol)
}

/** How a symbol of the venue is spelled, in words: `five digits (00700)`. */
export function venueShapeInWords(venue: Venue): string {
  return spellings[venue].words
}

/**
 * The symbol that is most likely meant, in the venue's spelling; undefined when nothing suggests one,
 * or nothing is wrong.
 */
export function likelySymbol(venue: Venue, symbol: string): string | undefined {
  const { others, digits = 0 } = spellings[venue]
  const written = symbol.trim().toUpperCase()
  if (hasVenueShape(venue, symbol)) return undefined
  const inside = others.flatMap(other => other.exec(written)?.[1] ?? [])
  const candidates = [written, ...inside.map(part => inSpelling(venue, part, digits))]
  return candidates.find(candidate => hasVenueShape(venue, candidate))
}

/** What is wrong with the symbol of a stock, and what was probably meant; undefined when nothing is. */
export function symbolProblem(instrument: Instrument): string | undefined {
  const { venue, symbol } = partsOf(instrument)
  if (hasVenueShape(venue, symbol)) return undefined
  const likely = likelySymbol(venue, symbol)
  const meant = likely === undefined ? '' : `; did you mean ${venue}:${likely}?`
  return `'${instrument}' is no stock: ${venue} spells symbols as ${venueShapeInWords(venue)}${meant}`
}

function inSpelling(venue: Venue, part: string, digits: number): string {
  if (venues[venue].zone === 'America/New_York') return part.replace(/[ ._-]/, '/')
  return /^[0-9]+$/.test(part) ? part.padStart(digits, '0') : part
}
