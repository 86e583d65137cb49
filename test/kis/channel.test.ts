// Channel and instrument ↔ transaction id and key.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromWire,
  overseasInstrument,
  problemWith,
  readable,
  toWire,
  typedTransaction,
  type WireOptions,
} from '../../kis/channel.ts'
import { layouts } from '../../kis/wire/layouts.ts'
import { type Instrument, type Venue, venues } from '../../market/instrument.ts'
import { tries } from '../support/property.ts'

const free: WireOptions = { overseasFeed: 'free' }
const paid: WireOptions = { overseasFeed: 'paid' }
const withId: WireOptions = { overseasFeed: 'free', htsId: 'my-hts-id' }

describe('what to ask KIS for', () => {
  it.each([
    ['KRX:005930', 'trade', 'H0STCNT0', '005930'],
    ['KRX:005930', 'order-book', 'H0STASP0', '005930'],
    ['KRX:0074K0', 'trade', 'H0STCNT0', '0074K0'],
    ['KRX:Q500001', 'order-book', 'H0STASP0', 'Q500001'],
    ['NXT:005930', 'trade', 'H0NXCNT0', '005930'],
    ['NXT:005930', 'order-book', 'H0NXASP0', '005930'],
    ['UN:005930', 'trade', 'H0UNCNT0', '005930'],
    ['UN:005930', 'order-book', 'H0UNASP0', '005930'],
    ['NAS:AAPL', 'trade', 'HDFSCNT0', 'DNASAAPL'],
    ['NAS:AAPL', 'order-book', 'HDFSASP0', 'DNASAAPL'],
    ['NYS:BRK/B', 'trade', 'HDFSCNT0', 'DNYSBRK/B'],
    ['AMS:SPY', 'order-book', 'HDFSASP0', 'DAMSSPY'],
    ['BAQ:AAPL', 'trade', 'HDFSCNT0', 'RBAQAAPL'],
    ['BAY:IBM', 'order-book', 'HDFSASP0', 'RBAYIBM'],
    ['BAA:SPY', 'trade', 'HDFSCNT0', 'RBAASPY'],
    ['HKS:00003', 'trade', 'HDFSCNT0', 'DHKS00003'],
    ['HKS:00003', 'order-book', 'HDFSASP1', 'DHKS00003'],
    ['TSE:7203', 'order-book', 'HDFSASP1', 'DTSE7203'],
    ['HSX:VNM', 'order-book', 'HDFSASP1', 'DHSXVNM'],
    ['KRX:005930', 'H0STPGM0', 'H0STPGM0', '005930'],
    ['KRX:0001', 'H0UPCNT0', 'H0UPCNT0', '0001'],
    ['KRX:57LA24', 'H0EWCNT0', 'H0EWCNT0', '57LA24'],
    ['NAS:AAPL', 'HDFSCNT0', 'HDFSCNT0', 'DNASAAPL'],
  ] as const)('%s %s is %s %s', (instrument, channel, tr, key) => {
    expect(toWire({ instrument, channel }, free)).toEqual({ tr, key })
  })

  it.each([
    ['NAS:AAPL', 'trade', 'HDFSCNT0', 'RNASAAPL'],
    ['NAS:AAPL', 'order-book', 'HDFSASP0', 'DNASAAPL'],
    ['AMS:SPY', 'order-book', 'HDFSASP0', 'DAMSSPY'],
    ['HKS:00003', 'order-book', 'HDFSASP0', 'RHKS00003'],
    ['BAQ:AAPL', 'order-book', 'HDFSASP0', 'RBAQAAPL'],
    ['KRX:005930', 'trade', 'H0STCNT0', '005930'],
  ] as const)('%s %s, where the paid feed is asked for, is %s %s', (instrument, channel, tr, key) => {
    expect(toWire({ instrument, channel }, paid)).toEqual({ tr, key })
  })

  it.each(['H0STCNI0', 'H0STCNI9', 'H0GSCNI0', 'HDFFF1C0'])('%s is keyed by the HTS login id', channel => {
    expect(toWire({ instrument: 'KRX:005930', channel }, withId)).toEqual({ tr: channel, key: 'my-hts-id' })
    expect(toWire({ instrument: 'KRX:005930', channel }, free)).toEqual({ tr: channel, key: '' })
  })
})

describe('whom KIS is talking about', () => {
  it.each([
    ['H0STCNT0', '005930', 'KRX:005930', 'trade'],
    ['H0STASP0', '0074K0', 'KRX:0074K0', 'order-book'],
    ['H0NXCNT0', '005930', 'NXT:005930', 'trade'],
    ['H0UNASP0', '005930', 'UN:005930', 'order-book'],
    ['HDFSCNT0', 'DNASAAPL', 'NAS:AAPL', 'trade'],
    ['HDFSCNT0', 'RNASAAPL', 'NAS:AAPL', 'trade'],
    ['HDFSASP0', 'RBAQAAPL', 'BAQ:AAPL', 'order-book'],
    ['HDFSASP1', 'DHKS00003', 'HKS:00003', 'order-book'],
    ['H0STPGM0', '005930', 'KRX:005930', 'H0STPGM0'],
  ])('%s %s is %s %s', (tr, key, instrument, channel) => {
    expect(fromWire({ tr, key })).toEqual({ instrument, channel })
  })

  it.each([
    ['H0STCNT0', ''],
    ['H0STCNT0', 'krx'],
    ['H0STCNT0', '005930 '],
    ['HDFSCNT0', 'AAPL'],
    ['HDFSCNT0', 'DXXXAAPL'],
    ['HDFSCNT0', 'DNAS'],
    ['HDFSCNT0', 'XNASAAPL'],
    ['H0STCNI0', 'my-hts-id'],
    ['H0XXXXX0', '005930'],
    ['__proto__', '005930'],
    ['', ''],
  ])('%j %j names no subscription', (tr, key) => {
    expect(fromWire({ tr, key })).toBeUndefined()
  })
})

const symbol = fc
  .tuple(
    fc.constantFrom(...'ABCZ019'.split('')),
    fc.string({ unit: fc.constantFrom(...'ABCXYZ0189./_-'.split('')), maxLength: 19 }),
  )
  .map(parts => parts.join(''))
const instrument = fc
  .tuple(fc.constantFrom(...(Object.keys(venues) as Venue[])), symbol)
  .map(([venue, name]): Instrument => `${venue}:${name}`)

describe('there and back again', () => {
  it('gives the same trade or book, on either feed', () => {
    const channel = fc.constantFrom('trade', 'order-book')
    fc.assert(
      fc.property(instrument, channel, fc.constantFrom(free, paid), (asked, of, options) => {
        expect(fromWire(toWire({ instrument: asked, channel: of }, options))).toEqual({
          instrument: asked,
          channel: of,
        })
      }),
      tries(1_000),
    )
  })

  it('gives the same record of any other Korean transaction', () => {
    const others = Object.values(layouts).filter(
      ({ tr, kind }) => typedTransaction(tr) === undefined && kind !== 'notice' && tr.startsWith('H0'),
    )
    fc.assert(
      fc.property(symbol, fc.constantFrom(...others), (name, { tr }) => {
        const asked = { instrument: `KRX:${name}` as Instrument, channel: tr }
        expect(fromWire(toWire(asked, free))).toEqual(asked)
      }),
      tries(500),
    )
  })

  it('never throws, whatever KIS says', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...Object.keys(layouts), '__proto__', 'DNAS'))
    fc.assert(
      fc.property(text, text, (tr, key) => {
        const found = fromWire({ tr, key })
        if (found !== undefined) expect(readable(found.instrument)).toBe(found.instrument)
      }),
      tries(1_000),
    )
  })
})

describe('reading names exactly as they are spelled', () => {
  it.each(['nas:AAPL', ' NAS:AAPL', 'NAS:aapl', 'NAS:', 'AAPL', 'XXX:AAPL'])('%j is none', name => {
    expect(readable(name)).toBeUndefined()
  })

  it.each(['', 'D', 'DNAS', 'dNASAAPL', 'EUNASAAPL', 'DNAS AAPL'])('%j names nothing overseas', key => {
    expect(overseasInstrument(key)).toBeUndefined()
  })
})

describe('what keeps a subscription from being asked for', () => {
  it.each([
    ['KRX:005930', 'trade'],
    ['NAS:AAPL', 'order-book'],
    ['KRX:005930', 'H0STPGM0'],
    ['KRX:005930', 'H0STCNT0'],
    ['NAS:AAPL', 'HDFSCNT0'],
    ['NAS:ESZ26', 'HDFFF020'],
  ] as const)('is nothing for %s %s', (instrument, channel) => {
    expect(problemWith({ instrument, channel }, free)).toBeUndefined()
  })

  it('is an unknown channel', () => {
    for (const [channel, meant] of [
      ['trades', '; did you mean trade?'],
      ['h0stpgm0', '; did you mean H0STPGM0?'],
      ['H0XXXXX0', ''],
      ['', ''],
      ['__proto__', ''],
    ] as const) {
      expect(problemWith({ instrument: 'KRX:005930', channel }, free)).toBe(
        `channel '${channel}' is unknown; expected trade, order-book, or the id of a KIS real-time transaction such as H0STPGM0${meant}`,
      )
    }
  })

  it.each([
    ['KRX:5930', 'KRX:005930'],
    ['KRX:A005930', 'KRX:005930'],
    ['NXT:005930.KS', 'NXT:005930'],
    ['HKS:700', 'HKS:00700'],
    ['TSE:7203.T', 'TSE:7203'],
    ['NYS:BRK.B', 'NYS:BRK/B'],
    ['KRX:삼성', undefined],
  ] as const)('is the symbol of %s, on trades and books alone, by name or by id', (instrument, meant) => {
    for (const channel of ['trade', 'order-book']) {
      const problem = problemWith({ instrument, channel }, free) ?? ''
      expect(problem).toContain(`'${instrument}' is no stock`)
      expect(/; did you mean (.*)\?$/.exec(problem)?.[1]).toBe(meant)
    }
    const byId = instrument.startsWith('KRX')
      ? ['H0STCNT0', 'H0STASP0']
      : instrument.startsWith('NXT')
        ? ['H0NXCNT0']
        : ['HDFSCNT0']
    for (const channel of byId) expect(problemWith({ instrument, channel }, free)).toContain('is no stock')
    if (instrument.startsWith('KRX')) expect(problemWith({ instrument, channel: 'H0UPCNT0' }, free)).toBeUndefined()
  })

  it('is an index among stocks, with the channel that it has', () => {
    for (const index of ['KRX:0001', 'KRX:1001', 'KRX:2001'] as const) {
      const problem = problemWith({ instrument: index, channel: 'trade' }, free)
      expect(problem).toMatch(
        new RegExp(`'${index}' is no stock.*; an index has a channel of its own: ${index}@H0UPCNT0$`),
      )
    }
  })

  it('is a notice without the HTS login id', () => {
    const notice = { instrument: 'KRX:005930', channel: 'H0STCNI0' } as const
    const problem = "channel 'H0STCNI0' needs the HTS login id (KIS_HTS_ID)"
    expect(problemWith(notice, free)).toBe(problem)
    expect(problemWith(notice, { ...free, htsId: '' })).toBe(problem)
    expect(problemWith(notice, withId)).toBeUndefined()
  })
})
