// VENUE:SYMBOL, read from what people write.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Instrument,
  isVenue,
  marketOf,
  markets,
  parseInstrument,
  partsOf,
  type Venue,
  venues,
  zoneOf,
} from '../../market/instrument.ts'
import { tries } from '../support/property.ts'

const venueNames = Object.keys(venues) as Venue[]

describe('reading an instrument', () => {
  it.each([
    ['KRX:005930', 'KRX:005930'],
    ['krx:005930', 'KRX:005930'],
    [' NAS:aapl\n', 'NAS:AAPL'],
    ['Nxt:0074k0', 'NXT:0074K0'],
    ['UN:Q500001', 'UN:Q500001'],
    ['NYS:BRK.B', 'NYS:BRK.B'],
    ['NYS:BRK/B', 'NYS:BRK/B'],
    ['AMS:A-B_C', 'AMS:A-B_C'],
    ['NAS:A', 'NAS:A'],
    [`NAS:${'A'.repeat(20)}`, `NAS:${'A'.repeat(20)}`],
  ])('%j is %s', (text, instrument) => {
    expect(parseInstrument(text)).toEqual({ value: instrument })
  })

  it.each([
    ['005930', "'005930' has no venue: write VENUE:SYMBOL, as in KRX:005930 or NAS:AAPL"],
    ['', "'' has no venue: write VENUE:SYMBOL, as in KRX:005930 or NAS:AAPL"],
    ['KRX 005930', "'KRX 005930' has no venue: write VENUE:SYMBOL, as in KRX:005930 or NAS:AAPL"],
  ])('%j has no venue', (text, problem) => {
    expect(parseInstrument(text)).toEqual({ problem })
  })

  it.each([
    ['NASDAQ:AAPL', 'NASDAQ'],
    ['kospi:005930', 'KOSPI'],
    [':005930', ''],
    ['KRX :005930', 'KRX ', '; did you mean KRX?'],
    ['NYSE:IBM', 'NYSE', '; did you mean NYS?'],
    ['__proto__:005930', '__PROTO__'],
    ['toString:005930', 'TOSTRING'],
  ])('%j names an unknown venue', (text, venue, meant = '') => {
    expect(parseInstrument(text)).toEqual({
      problem:
        `'${text}': '${venue}' is no venue known here; expected one of ` +
        `KRX, NXT, UN, NAS, NYS, AMS, BAQ, BAY, BAA, HKS, TSE, SHS, SZS, HSX, HNX${meant}`,
    })
  })

  it.each([
    ['KRX:', ''],
    ['krx: 005930', ' 005930'],
    ['KRX:005930:1', '005930:1'],
    ['KRX:-005930', '-005930'],
    ['KRX:삼성전자', '삼성전자'],
    ['NAS:AA PL', 'AA PL'],
    ['NAS:AAPL^', 'AAPL^'],
    ['NAS:"AAPL"', '"AAPL"'],
    [`NAS:${'A'.repeat(21)}`, 'A'.repeat(21)],
  ])('%j names no symbol', (text, symbol) => {
    expect(parseInstrument(text)).toEqual({
      problem: `'${text}': '${symbol}' is no symbol; expected 1 to 20 letters, digits, '.', '/', '-' or '_'`,
    })
  })

  it('gives an instrument or a sentence that quotes the mistake, whatever is written', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc
        .tuple(fc.constantFrom(...venueNames, 'XXX', 'krx'), fc.string({ maxLength: 24 }))
        .map(parts => parts.join(':')),
    )
    fc.assert(
      fc.property(text, written => {
        const read = parseInstrument(written)
        if ('problem' in read) {
          expect(read.problem).toContain(`'${written}'`)
        } else {
          expect(parseInstrument(read.value)).toEqual(read)
          expect(written.trim().toUpperCase()).toBe(read.value)
        }
      }),
      tries(2_000),
    )
  })
})

describe('the parts of an instrument', () => {
  it('are its venue and its symbol', () => {
    expect(partsOf('KRX:005930')).toEqual({ venue: 'KRX', symbol: '005930' })
    expect(partsOf('NYS:BRK.B')).toEqual({ venue: 'NYS', symbol: 'BRK.B' })
  })

  it('put together are the instrument', () => {
    const symbol = fc.string({ unit: fc.constantFrom(...'AZ09'.split('')), minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.constantFrom(...venueNames), symbol, (venue, name) => {
        expect(partsOf(`${venue}:${name}`)).toEqual({ venue, symbol: name })
        expect(parseInstrument(`${venue}:${name}`)).toEqual({ value: `${venue}:${name}` })
      }),
      tries(300),
    )
  })
})

describe('a venue', () => {
  it.each(venueNames)('%s is known', venue => {
    expect(isVenue(venue)).toBe(true)
  })

  it.each(['', 'krx', 'NASDAQ', '__proto__', 'constructor', 'toString'])('%j is none', text => {
    expect(isVenue(text)).toBe(false)
  })

  it('of Korea belongs to the Korean side of the clock, and every other one to the US side', () => {
    const korean = venueNames.filter(venue => marketOf(`${venue}:X` as Instrument) === 'KR')
    expect(korean).toEqual(['KRX', 'NXT', 'UN'])
    expect(new Set(venueNames.map(venue => marketOf(`${venue}:X` as Instrument)))).toEqual(new Set(markets))
  })

  it.each([
    ['KRX:005930', 'Asia/Seoul'],
    ['NAS:AAPL', 'America/New_York'],
    ['BAQ:AAPL', 'America/New_York'],
    ['HKS:00003', 'Asia/Hong_Kong'],
    ['HSX:VNM', 'Asia/Ho_Chi_Minh'],
  ] as const)('keeps its own time: %s in %s', (instrument, zone) => {
    expect(zoneOf(instrument)).toBe(zone)
  })

  it('keeps a time that exists', () => {
    for (const { zone } of Object.values(venues))
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow()
  })
})
