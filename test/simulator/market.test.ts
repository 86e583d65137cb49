import { describe, expect, it } from 'vitest'
import { koreanTick, type Listing, listingOf } from '../../simulator/listing.ts'
import { advance, createInstrument, type SimulatedInstrument } from '../../simulator/market.ts'
import { mondayTen } from './support.ts'

function listed(tr: string, key: string, seed = 1): Listing {
  const listing = listingOf({ tr, key }, seed)
  if (listing === undefined) throw new Error(`${tr} ${key} is not listed`)
  return listing
}

const samsung = listed('H0STCNT0', '005930')
const apple = listed('HDFSCNT0', 'DNASAAPL')

/** What somebody who watches would write down of each trade. */
function story(instrument: SimulatedInstrument, moments: number): string[] {
  const trades: string[] = []
  for (let i = 0; i < moments; i++) {
    if (!advance(instrument, mondayTen + i)) continue
    const { price, volume, buyInitiated } = instrument.day
    trades.push(`${buyInitiated ? 'buy' : 'sell'} ${volume} at ${price}`)
  }
  return trades
}

describe('tick sizes', () => {
  it.each([
    [1_999, 1],
    [2_000, 5],
    [4_995, 5],
    [5_000, 10],
    [19_990, 10],
    [20_000, 50],
    [49_950, 50],
    [50_000, 100],
    [199_900, 100],
    [200_000, 500],
    [499_500, 500],
    [500_000, 1_000],
  ])('at %i won are %i', (price, tick) => {
    expect(koreanTick(price)).toBe(tick)
  })

  it.each([2_000, 5_000, 20_000, 50_000, 200_000, 500_000])('change at %i without losing the way back', price => {
    const { down, up } = samsung.grid
    expect(up(down(price))).toBe(price)
    expect(down(up(price))).toBe(price)
  })
})

describe('a listing', () => {
  it('knows the well-known by their price', () => {
    expect(samsung.previousClose).toBe(274_000)
    expect(apple.previousClose).toBe(2_564_000)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of a symbol made up with seed %i is on the grid', seed => {
    const { previousClose } = listed('H0STCNT0', '123456', seed)
    expect(previousClose % koreanTick(previousClose)).toBe(0)
    expect(listed('HDFSCNT0', 'DNYSXYZ', seed).previousClose % 100).toBe(0)
  })

  it('is the same for the same seed, and another for another', () => {
    expect(listed('H0STASP0', '123456')).toMatchObject({ ...listed('H0STCNT0', '123456'), grid: expect.anything() })
    expect(listed('H0STCNT0', '123456', 2).previousClose).not.toBe(listed('H0STCNT0', '123456').previousClose)
  })

  it('is not made for anything but trades and books', () => {
    expect(listingOf({ tr: 'H0STMBC0', key: '005930' }, 1)).toBeUndefined()
    expect(listingOf({ tr: 'H0STCNI0', key: 'login-id' }, 1)).toBeUndefined()
  })
})

describe('the story of an instrument', () => {
  it('is the same for the same seed, whenever it is told', () => {
    const now = story(createInstrument(samsung, 1, mondayTen), 5_000)
    const later = story(createInstrument(samsung, 1, mondayTen + 3_600_000), 5_000)
    expect(now.length).toBeGreaterThan(2_000)
    expect(later).toEqual(now)
  })

  it('is another for another seed, venue or feed', () => {
    const told = (listing: Listing, seed = 1) => story(createInstrument(listing, seed, mondayTen), 50).join()
    const stories = [
      told(samsung),
      told(samsung, 2),
      told(listed('H0NXCNT0', '005930')),
      told(listed('H0UNCNT0', '005930')),
      told(apple),
      told(listed('HDFSCNT0', 'RNASAAPL')),
    ]
    expect(new Set(stories).size).toBe(stories.length)
  })

  it.each([
    ['KRX:005930', samsung],
    ['NAS:AAPL', apple],
    ['a cheap one', { ...listed('H0STCNT0', '111111'), previousClose: 1_995 }],
    ['HKS:00700', listed('HDFSCNT0', 'DHKS00700')],
  ])('of %s holds together for a long day', (_, listing) => {
    const instrument = createInstrument(listing, 1, mondayTen)
    const { asks, bids } = instrument
    const { down, up } = listing.grid
    let { cumulativeValue, cumulativeVolume } = instrument.day
    const wrong: string[] = []
    const check = (holds: boolean, what: string) => {
      if (!holds && wrong.length < 10) wrong.push(what)
    }
    for (let i = 0; i < 150_000; i++) {
      const bestAsk = asks.prices[0] ?? 0
      const bestBid = bids.prices[0] ?? 0
      const traded = advance(instrument, mondayTen)
      const { day } = instrument
      check((asks.prices[0] ?? 0) === up(bids.prices[0] ?? 0), 'a spread of one tick')
      check(
        asks.prices.every((price, k) => k === 0 || price === up(asks.prices[k - 1] ?? 0)),
        'asks by ticks',
      )
      check(
        bids.prices.every((price, k) => k === 0 || price === down(bids.prices[k - 1] ?? 0)),
        'bids by ticks',
      )
      check(
        [...asks.volumes, ...bids.volumes].every(volume => volume > 0),
        'something at every level',
      )
      if (!traded) {
        check(day.cumulativeVolume === cumulativeVolume, 'no volume without a trade')
        continue
      }
      check(day.price === (day.buyInitiated ? bestAsk : bestBid), 'a trade at bid or ask')
      check(day.volume > 0, 'a volume')
      check(day.cumulativeVolume === cumulativeVolume + day.volume, 'chained volume')
      check(day.cumulativeValue === cumulativeValue + day.volume * day.price, 'chained value')
      check(day.cumulativeVolume === day.auctionVolume + day.buyVolume + day.sellVolume, 'buys and sells')
      check(day.low <= day.price && day.price <= day.high, 'inside high and low')
      check(Math.abs(day.price / day.previousClose - 1) < 0.29, 'inside the daily limits')
      cumulativeVolume = day.cumulativeVolume
      cumulativeValue = day.cumulativeValue
    }
    expect(wrong).toEqual([])
    expect(instrument.day.high).toBeGreaterThan(instrument.day.low)
    expect(instrument.day.open).toBeGreaterThanOrEqual(instrument.day.low)
    expect(instrument.day.open).toBeLessThanOrEqual(instrument.day.high)
  })

  it('starts a new day at midnight, from the last price of the old one', () => {
    const instrument = createInstrument(samsung, 1, mondayTen)
    for (let i = 0; i < 1_000; i++) advance(instrument, mondayTen)
    const { price } = instrument.day
    const midnight = Date.UTC(2026, 8, 14, 15)
    while (!advance(instrument, midnight));
    const { day, stamp } = instrument
    expect(stamp.businessDate).toBe('20260915')
    expect(day.previousClose).toBe(price)
    expect(day.open).toBe(price)
    expect(day.cumulativeVolume).toBe(day.auctionVolume + day.volume)
  })

  it.each([
    ['in summer', Date.UTC(2026, 8, 14, 1), '20260913', '210000'],
    ['in winter', Date.UTC(2026, 0, 15, 1), '20260114', '200000'],
  ])('is dated by New York and by Korea %s', (_, time, date, clock) => {
    const { stamp } = createInstrument(apple, 1, time)
    expect(stamp.local).toEqual({ date, time: clock })
    expect(stamp.korea.time).toBe('100000')
    expect(stamp.businessDate).toBe(date)
  })

  it('belongs to the next business date in the US day market', () => {
    const { stamp } = createInstrument(listed('HDFSCNT0', 'RBAQNVDA'), 1, Date.UTC(2026, 8, 25, 2))
    expect(stamp.local.date).toBe('20260924')
    expect(stamp.businessDate).toBe('20260925')
  })
})
