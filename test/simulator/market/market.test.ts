import { describe, expect, it } from 'vitest'
import { type Listing, listingOf, listingsOf } from '../../../simulator/market/listing.ts'
import { advance, createShare, type Share, unify } from '../../../simulator/market/market.ts'
import { koreanTick } from '../../../simulator/market/price-grid.ts'
import { mondayTen } from '../support.ts'

function listed(tr: string, key: string, seed = 1): Listing {
  const listing = listingOf({ tr, key }, seed)
  if (listing === undefined) throw new Error(`${tr} ${key} is not listed`)
  return listing
}

const samsung = listed('H0STCNT0', '005930')
const apple = listed('HDFSCNT0', 'DNASAAPL')

function shareOf(listing: Listing, seed = 1, time = mondayTen): Share {
  return createShare(listingsOf(listing, seed), seed, time)
}

/** What somebody who watches would write down of each trade. */
function story(share: Share, moments: number): string[] {
  const trades: string[] = []
  for (let i = 0; i < moments; i++) {
    const at = advance(share, mondayTen + i)
    if (at === undefined) continue
    const { price, volume, buyInitiated } = at.day
    trades.push(`${at.listing.venue}: ${buyInitiated ? 'buy' : 'sell'} ${volume} at ${price}`)
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

  it('is that of the share for everything about it', () => {
    expect(listed('H0STMBC0', '005930')).toEqual(samsung)
    expect(listed('H0UNPGM0', '005930')).toEqual(listed('H0UNCNT0', '005930'))
  })

  it('has one previous close on KRX, NXT and the unified feed, and volumes that add up', () => {
    const [krx, nxt, unified] = ['H0STCNT0', 'H0NXCNT0', 'H0UNCNT0'].map(tr => listed(tr, '123456'))
    expect([nxt?.previousClose, unified?.previousClose]).toEqual([krx?.previousClose, krx?.previousClose])
    expect(unified?.previousVolume).toBe((krx?.previousVolume ?? 0) + (nxt?.previousVolume ?? 0))
    expect(nxt?.listedShares).toBe(krx?.listedShares)
  })

  it('of a future is near the captures, by day and by night', () => {
    expect(listed('H0IFCNT0', 'A05608').previousClose).toBe(108_085)
    expect(listed('H0MFCNT0', 'A05608').previousClose).toBe(108_085)
  })

  it('is not made for notices of an account', () => {
    expect(listingOf({ tr: 'H0STCNI0', key: 'login-id' }, 1)).toBeUndefined()
    expect(listingOf({ tr: 'H0IFCNI0', key: 'login-id' }, 1)).toBeUndefined()
    expect(listingOf({ tr: 'HDFFF1C0', key: 'login-id' }, 1)).toBeUndefined()
  })
})

describe('the story of a share', () => {
  it('is the same for the same seed and moment', () => {
    const first = story(shareOf(samsung), 5_000)
    expect(first.length).toBeGreaterThan(2_000)
    expect(story(shareOf(samsung), 5_000)).toEqual(first)
  })

  it('is one story, whichever venue or feed asks for it', () => {
    const storyOf = (listing: Listing) => story(shareOf(listing), 50)
    expect(storyOf(listed('H0NXCNT0', '005930'))).toEqual(storyOf(samsung))
    expect(storyOf(listed('H0UNCNT0', '005930'))).toEqual(storyOf(samsung))
    expect(storyOf(listed('HDFSCNT0', 'RNASAAPL'))).toEqual(storyOf(apple))
  })

  it('is another for another seed or share', () => {
    const storyOf = (listing: Listing, seed = 1) => story(shareOf(listing, seed), 50).join()
    const stories = [storyOf(samsung), storyOf(samsung, 2), storyOf(listed('H0STCNT0', '000660')), storyOf(apple)]
    expect(new Set(stories).size).toBe(stories.length)
  })

  it('begins before anybody looks: at ten, an hour has passed, and at eleven two', () => {
    const [ten] = shareOf(samsung).venues
    const [eleven] = shareOf(samsung, 1, mondayTen + 3_600_000).venues
    expect(ten.day.openTime.slice(0, 4)).toBe('0900')
    expect(ten.day.high).toBeGreaterThan(ten.day.low)
    expect(ten.day.cumulativeVolume).toBe(ten.day.auctionVolume + ten.day.buyVolume + ten.day.sellVolume)
    expect(ten.day.highTime < '100000' && ten.day.lowTime < '100000').toBe(true)
    // The second hour follows the first one, which is the same whenever somebody looks.
    expect([eleven.day.open, eleven.day.openTime]).toEqual([ten.day.open, ten.day.openTime])
    expect(eleven.day.high).toBeGreaterThanOrEqual(ten.day.high)
    expect(eleven.day.low).toBeLessThanOrEqual(ten.day.low)
    const growth = eleven.day.cumulativeVolume / ten.day.cumulativeVolume
    expect(growth).toBeGreaterThan(1.6)
    expect(growth).toBeLessThan(2.4)
  })

  it('opens when somebody looks before nine on KRX, and at eight on NXT', () => {
    const [krx, nxt] = shareOf(samsung, 1, mondayTen - 90 * 60_000).venues
    expect(krx.day.openTime).toBe('083000')
    expect(krx.day.cumulativeVolume).toBe(krx.day.auctionVolume)
    expect(nxt?.day.openTime.slice(0, 4)).toBe('0800')
    expect(nxt?.day.cumulativeVolume).toBeGreaterThan(nxt?.day.auctionVolume ?? 0)
  })

  it('is in step on KRX, NXT and the unified feed, which is the sum of the two', () => {
    const share = shareOf(samsung)
    const [krx, nxt] = share.venues
    const { unified } = share
    if (nxt === undefined || unified === undefined) throw new Error('a Korean share has two venues and a unified feed')
    let farthest = 0
    let atNxt = 0
    let trades = 0
    const wrong: string[] = []
    for (let i = 0; i < 20_000; i++) {
      const at = advance(share, mondayTen)
      if (at === undefined) continue
      trades++
      if (at === nxt) atNxt++
      farthest = Math.max(farthest, Math.abs(krx.day.price - nxt.day.price) / koreanTick(krx.day.price))
      const before = unified.day
      unify(share)
      const { day } = unified
      const { price, volume } = at.day
      const holds =
        day.price === price &&
        day.volume === volume &&
        day.cumulativeVolume === krx.day.cumulativeVolume + nxt.day.cumulativeVolume &&
        day.cumulativeVolume === before.cumulativeVolume + volume &&
        day.cumulativeValue === before.cumulativeValue + volume * price &&
        day.high === Math.max(krx.day.high, nxt.day.high) &&
        day.low === Math.min(krx.day.low, nxt.day.low) &&
        (unified.asks.prices[0] ?? 0) > (unified.bids.prices[0] ?? 0) &&
        unified.asks.volumes.every((sum, k) => sum === (krx.asks.volumes[k] ?? 0) + (nxt.asks.volumes[k] ?? 0))
      if (!holds && wrong.length < 5) wrong.push(`trade ${trades} at ${at.listing.venue}`)
    }
    expect(wrong).toEqual([])
    expect(farthest).toBeLessThanOrEqual(5)
    expect(atNxt / trades).toBeGreaterThan(0.15)
    expect(atNxt / trades).toBeLessThan(0.45)
  })

  it.each([
    ['KRX:005930', samsung],
    ['NAS:AAPL', apple],
    ['a cheap one', { ...listed('H0STCNT0', '111111'), previousClose: 1_995 }],
    ['HKS:00700', listed('HDFSCNT0', 'DHKS00700')],
  ])('of %s holds together for a long day', (_, listing) => {
    // Changed by the test, so it is traded at one venue alone.
    const share = createShare([listing], 1, mondayTen)
    const [instrument] = share.venues
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
      const traded = advance(share, mondayTen)
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
    const share = createShare([samsung], 1, mondayTen)
    const [instrument] = share.venues
    for (let i = 0; i < 1_000; i++) advance(share, mondayTen)
    const { price } = instrument.day
    const midnight = Date.UTC(2026, 8, 14, 15)
    while (!advance(share, midnight));
    const { day, stamp } = instrument
    expect(stamp.businessDate).toBe('20260915')
    expect(day.previousClose).toBe(price)
    expect(day.open).toBe(price)
    expect(day.cumulativeVolume).toBe(day.auctionVolume + day.volume)
  })

  it('opens a new day before anybody looks, at prices near its close', () => {
    const share = shareOf(samsung)
    const [krx, nxt] = share.venues
    const { price } = krx.day
    advance(share, mondayTen + 24 * 3_600_000)
    expect(krx.stamp.businessDate).toBe('20260915')
    expect([krx.day.previousClose, nxt?.day.previousClose]).toEqual([price, price])
    expect(krx.day.openTime.slice(0, 4)).toBe('0900')
    expect(krx.day.buyVolume + krx.day.sellVolume).toBeGreaterThan(0)
    expect(krx.asks.prices[0]).toBe(krx.listing.grid.up(krx.bids.prices[0] ?? 0))
    expect(Math.abs((krx.bids.prices[0] ?? 0) / krx.day.price - 1)).toBeLessThan(0.01)
  })

  it.each([
    ['in summer', Date.UTC(2026, 8, 14, 1), '20260913', '210000'],
    ['in winter', Date.UTC(2026, 0, 15, 1), '20260114', '200000'],
  ])('is dated by New York and by Korea %s', (_, time, date, clock) => {
    const { stamp } = shareOf(apple, 1, time).venues[0]
    expect(stamp.local).toEqual({ date, time: clock })
    expect(stamp.korea.time).toBe('100000')
    expect(stamp.businessDate).toBe(date)
  })

  it('belongs to the next business date in the US day market', () => {
    const { stamp } = shareOf(listed('HDFSCNT0', 'RBAQNVDA'), 1, Date.UTC(2026, 8, 25, 2)).venues[0]
    expect(stamp.local.date).toBe('20260924')
    expect(stamp.businessDate).toBe('20260925')
  })
})
