// A subscription as one string, and back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Instrument, type Venue, venues } from '../../market/instrument.ts'
import { keyOf, subscriptionOf } from '../../market/subscription.ts'
import { tries } from '../support/property.ts'

describe('the key of a subscription', () => {
  it('is its instrument and its channel', () => {
    expect(keyOf({ instrument: 'KRX:005930', channel: 'trade' })).toBe('KRX:005930 trade')
    expect(keyOf({ instrument: 'NAS:AAPL', channel: 'order-book' })).toBe('NAS:AAPL order-book')
    expect(keyOf({ instrument: 'KRX:0001', channel: 'H0UPCNT0' })).toBe('KRX:0001 H0UPCNT0')
  })

  it('names the subscription again', () => {
    expect(subscriptionOf('NYS:BRK/B trade')).toEqual({ instrument: 'NYS:BRK/B', channel: 'trade' })
  })

  it('there and back again is the same', () => {
    const venue = fc.constantFrom(...(Object.keys(venues) as Venue[]))
    const symbol = fc.string({ unit: fc.constantFrom(...'AZ09./_-'.split('')), minLength: 1, maxLength: 20 })
    const channel = fc.oneof(fc.constantFrom('trade', 'order-book', 'H0STPGM0'), fc.string())
    fc.assert(
      fc.property(venue, symbol, channel, (of, name, on) => {
        const subscription = { instrument: `${of}:${name}` as Instrument, channel: on }
        expect(subscriptionOf(keyOf(subscription))).toEqual(subscription)
      }),
      tries(500),
    )
  })

  it('tells trade and book of one instrument apart, and instruments of one channel', () => {
    const keys = (['KRX:005930', 'NXT:005930', 'UN:005930'] as const).flatMap(instrument =>
      ['trade', 'order-book'].map(channel => keyOf({ instrument, channel })),
    )
    expect(new Set(keys).size).toBe(6)
  })
})
