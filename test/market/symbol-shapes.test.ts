// The spelling of symbols, venue by venue: real ones have it, mistaken ones have not, and a likely spelling
// is named.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Venue, venues } from '../../market/instrument.ts'
import { hasVenueShape, likelySymbol, venueShapeInWords } from '../../market/symbol-shapes.ts'
import { tries } from '../support/property.ts'

const venueNames = Object.keys(venues) as Venue[]
const korean: readonly Venue[] = ['KRX', 'NXT', 'UN']
const american: readonly Venue[] = ['NAS', 'NYS', 'AMS', 'BAQ', 'BAY', 'BAA']

/** From KIS's master files. */
const realSymbols: readonly (readonly [readonly Venue[], string])[] = [
  [korean, '005930 0074K0 00088K 0001A0 57LA24 Q500001 J0036221D'],
  [american, 'A AA AAPL AACBU BRK/B BRK/A AACT/UN HWM/ GLED/UN'],
  [['HKS'], '00001 00700 09988'],
  [['TSE'], '7203 130A 25935 94345'],
  [['SHS', 'SZS'], '600519 688981 000001'],
  [['HSX', 'HNX'], 'VNM PV2 D2D E1VFVN30 FUEVFVND'],
]

describe('the spelling of a symbol', () => {
  const real = realSymbols.flatMap(([names, symbols]) =>
    names.flatMap(venue => symbols.split(' ').map(symbol => [venue, symbol] as const)),
  )

  it.each(real)('%s:%s is one, and nothing better is proposed', (venue, symbol) => {
    expect(hasVenueShape(venue, symbol)).toBe(true)
    expect(likelySymbol(venue, symbol)).toBeUndefined()
  })

  it.each<[Venue, string, string | undefined]>([
    ['KRX', '5930', '005930'],
    ['KRX', '660', '000660'],
    ['KRX', 'A005930', '005930'],
    ['KRX', '005930.KS', '005930'],
    ['NXT', '247540.KQ', '247540'],
    ['UN', '5930.KS', '005930'],
    ['KRX', '0074k0', '0074K0'],
    ['KRX', 'AQ500001', 'Q500001'],
    ['KRX', 'KR7005930003', '005930'],
    ['KRX', '0001', undefined],
    ['KRX', '1001', undefined],
    ['KRX', '2001', undefined],
    ['KRX', '5', undefined],
    ['KRX', '00593', undefined],
    ['KRX', '0059300', undefined],
    ['KRX', 'AAPL', undefined],
    ['KRX', 'SAMSUNG', undefined],
    ['KRX', '00593\u0000', undefined],
    ['KRX', '101S12345', undefined],
    ['NYS', 'BRK.B', 'BRK/B'],
    ['NYS', 'BRK-B', 'BRK/B'],
    ['NYS', 'BRK_B', 'BRK/B'],
    ['NYS', 'brk b', 'BRK/B'],
    ['NYS', 'BRK.B.US', 'BRK/B'],
    ['NAS', 'AAPL.US', 'AAPL'],
    ['NAS', 'AAPL.OQ', 'AAPL'],
    ['NAS', 'DNASAAPL', 'AAPL'],
    ['BAQ', 'RBAQAAPL', 'AAPL'],
    ['NYS', 'DNYSBRK/B', 'BRK/B'],
    ['NAS', '7203', undefined],
    ['NAS', '005930', undefined],
    ['AMS', 'A-B_C', undefined],
    ['NAS', 'AAPL^', undefined],
    ['HKS', '700', '00700'],
    ['HKS', '0700', '00700'],
    ['HKS', '0700.HK', '00700'],
    ['HKS', 'HK00700', '00700'],
    ['HKS', 'DHKS00700', '00700'],
    ['HKS', '007000', undefined],
    ['TSE', '7203.T', '7203'],
    ['TSE', '130a', '130A'],
    ['TSE', '72030', '7203'],
    ['TSE', '720', undefined],
    ['SHS', '600519.SS', '600519'],
    ['SHS', 'SH600519', '600519'],
    ['SZS', '1.SZ', '000001'],
    ['SZS', '1', '000001'],
    ['SHS', '60051A', undefined],
    ['HSX', 'VNM.VN', 'VNM'],
    ['HSX', 'DHSXVNM', 'VNM'],
    ['HNX', 'VN', undefined],
  ])('%s:%s is none; proposed: %s', (venue, symbol, likely) => {
    expect(hasVenueShape(venue, symbol)).toBe(false)
    expect(likelySymbol(venue, symbol)).toBe(likely)
  })

  it.each(venueNames)('of %s is put into words with an example that has it', venue => {
    const examples = /\(([^)]+)\)/.exec(venueShapeInWords(venue))?.[1]?.split(', ') ?? []
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(hasVenueShape(venue, example)).toBe(true)
  })

  it('is never proposed for what has it, and has it whenever it is proposed', () => {
    const symbol = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.stringMatching(/^[0-9A-Z]{0,9}[./_-]?[A-Z]{0,3}$/),
    )
    fc.assert(
      fc.property(fc.constantFrom(...venueNames), symbol, (venue, written) => {
        const likely = likelySymbol(venue, written)
        if (hasVenueShape(venue, written)) expect(likely).toBeUndefined()
        if (likely !== undefined) expect(hasVenueShape(venue, likely)).toBe(true)
      }),
      tries(3_000),
    )
  })
})
