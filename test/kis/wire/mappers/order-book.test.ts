// Books, level by level: captured ones with their values written out, and made ones with another value in
// every position.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { columnsFor, layoutOf } from '../../../../kis/wire/layout.ts'
import type { OrderBook } from '../../../../market/events.ts'
import {
  decode,
  frame,
  indexOfColumn,
  kst,
  lineOf,
  only,
  receivedTime,
  recordsOf,
  withValues,
} from '../../../support/wire/frames.ts'

function book(file: string, line: number, at = receivedTime): OrderBook {
  return only('order-book', decode(lineOf(file, line), { receivedTime: at }))
}

/** `price x volume` pairs → levels. */
function levels(...pairs: readonly [price: number, volume: number][]) {
  return pairs.map(([price, volume]) => ({ price, volume }))
}

describe('a captured Korean book', () => {
  it('of 62 values has ten levels a side, best first', () => {
    expect(book('H0STASP0.txt', 1)).toEqual({
      type: 'order-book',
      instrument: 'KRX:005930',
      asks: levels(
        [314000, 5876],
        [314500, 14949],
        [315000, 20782],
        [315500, 18933],
        [316000, 28876],
        [316500, 31058],
        [317000, 26790],
        [317500, 28337],
        [318000, 37679],
        [318500, 32105],
      ),
      bids: levels(
        [313500, 37599],
        [313000, 17795],
        [312500, 10335],
        [312000, 17081],
        [311500, 9249],
        [311000, 10650],
        [310500, 16465],
        [310000, 41390],
        [309500, 10340],
        [309000, 11636],
      ),
      totalAskVolume: 245385,
      totalBidVolume: 182540,
      eventTime: kst('2026-06-08T11:48:27'),
      receivedTime,
    })
  })

  it.each([
    ['59 values of 2024', 9, [99100, 1244], [98900, 1108], 33178, 24488],
    ['59 values of 2023', 10, [71500, 224894], [71400, 255687], 1420444, 2954464],
    ['62 values', 7, [1996000, 49], [1995000, 30], 4753, 4253],
    ['63 values', 11, [278000, 47584], [277500, 70626], 794831, 496484],
  ] as const)('of %s', (_, line, [askPrice, askVolume], [bidPrice, bidVolume], totalAskVolume, totalBidVolume) => {
    const { asks, bids, ...rest } = book('H0STASP0.txt', line)
    expect(asks[0]).toEqual({ price: askPrice, volume: askVolume })
    expect(bids[0]).toEqual({ price: bidPrice, volume: bidVolume })
    expect(asks).toHaveLength(10)
    expect(bids).toHaveLength(10)
    expect(rest).toMatchObject({ totalAskVolume, totalBidVolume })
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    'of line %d adds up to its totals, and its prices part from the middle',
    line => {
      const { asks, bids, totalAskVolume, totalBidVolume } = book('H0STASP0.txt', line)
      const sum = (side: OrderBook['asks']) => side.reduce((total, level) => total + level.volume!, 0)
      expect([sum(asks), sum(bids)]).toEqual([totalAskVolume, totalBidVolume])
      const prices = [...bids.toReversed(), ...asks].map(level => level.price!)
      expect(prices).toEqual(prices.toSorted((a, b) => a - b))
    },
  )
})

describe('the captured US book', () => {
  it('has ten levels a side, best first, out of lines that mix bid and ask', () => {
    expect(book('HDFSASP0.txt', 1)).toEqual({
      type: 'order-book',
      instrument: 'AMS:SPY',
      bids: levels(
        [752.14, 60],
        [752.13, 125],
        [752.12, 525],
        [752.11, 200],
        [752.1, 120],
        [752.09, 166],
        [752.08, 125],
        [752.07, 80],
        [752.06, 120],
        [752.05, 100],
      ),
      asks: levels(
        [752.17, 145],
        [752.18, 65],
        [752.19, 120],
        [752.2, 60],
        [752.21, 580],
        [752.22, 180],
        [752.23, 80],
        [752.24, 120],
        [752.25, 340],
        [752.26, 260],
      ),
      totalBidVolume: 1621,
      totalAskVolume: 1950,
      eventTime: kst('2026-07-10T23:53:34'),
      receivedTime,
    })
  })
})

describe('the date of a Korean book, which carries only a time', () => {
  const [record = []] = recordsOf(lineOf('H0STASP0.txt', 11))
  const eventTimeOf = (time: string, at: string) =>
    only(
      'order-book',
      decode(frame('H0STASP0', withValues('H0STASP0', record, { BSOP_HOUR: time })), { receivedTime: kst(at) }),
    ).eventTime

  it.each([
    ['115959', '2026-06-08T12:00:00', '2026-06-08T11:59:59'],
    ['120001', '2026-06-08T12:00:00', '2026-06-08T12:00:01'],
    ['235959', '2026-06-09T00:00:00.010', '2026-06-08T23:59:59'],
    ['000000', '2026-06-08T23:59:59.990', '2026-06-09T00:00:00'],
    ['000001', '2026-06-09T00:00:01', '2026-06-09T00:00:01'],
    ['235959', '2026-12-31T23:59:59', '2026-12-31T23:59:59'],
    ['000000', '2026-12-31T23:59:59', '2027-01-01T00:00:00'],
    ['130000', '2026-06-09T00:30:00', '2026-06-08T13:00:00'],
    ['120000', '2026-06-09T00:30:00', '2026-06-09T12:00:00'],
  ])('%s, received at %s, is of %s', (time, at, expected) => {
    expect(eventTimeOf(time, at)).toBe(kst(expected))
  })

  it.each(['', '09:00:', '(null)'])('is not guessed when the time reads %j', time => {
    expect(eventTimeOf(time, '2026-06-08T12:00:00')).toBeNull()
  })
})

describe('levels that KIS left blank', () => {
  const [record = []] = recordsOf(lineOf('H0STASP0.txt', 11))
  const bookWith = (values: Record<string, string>) =>
    only('order-book', decode(frame('H0STASP0', withValues('H0STASP0', record, values))))

  it.each(['0', ''])('are left out when price and volume read %j', blank => {
    const { asks } = bookWith({ ASKP9: blank, ASKP_RSQN9: blank, ASKP10: blank, ASKP_RSQN10: blank })
    expect(asks).toHaveLength(8)
    expect(asks.at(-1)).toEqual({ price: 281500, volume: 100544 })
  })

  it('are kept when one of the two is there', () => {
    const { asks, bids } = bookWith({ ASKP1: '0', BIDP_RSQN1: '', BIDP2: '' })
    expect(asks[0]).toEqual({ price: 0, volume: 47584 })
    expect(bids.slice(0, 2)).toEqual([
      { price: 277500, volume: null },
      { price: null, volume: 35559 },
    ])
  })

  it('leave nothing when the whole book is empty', () => {
    const empty = record.map((value, index) => (index >= 3 && index <= 44 ? '0' : value))
    expect(only('order-book', decode(frame('H0STASP0', empty)))).toMatchObject({
      asks: [],
      bids: [],
      totalAskVolume: 0,
    })
  })
})

function widthsOf(tr: string): [tr: string, width: number][] {
  return Object.keys(layoutOf(tr)?.widths ?? {}).map(width => [tr, Number(width)])
}

function distinctValues(width: number): string[] {
  return Array.from({ length: width }, (_, index) => String(2000 + index))
}

describe('every value of a book is read from the column that means it', () => {
  it.each(['H0STASP0', 'H0NXASP0', 'H0UNASP0'].flatMap(widthsOf))('%s of %d values', (tr, width) => {
    const at = (name: string) => 2000 + indexOfColumn(tr, name, width)
    const record = withValues(tr, distinctValues(width), { MKSC_SHRN_ISCD: '005930', BSOP_HOUR: '114830' })
    expect(only('order-book', decode(frame(tr, record)))).toMatchObject({
      asks: Array.from({ length: 10 }, (_, i) => ({ price: at(`ASKP${i + 1}`), volume: at(`ASKP_RSQN${i + 1}`) })),
      bids: Array.from({ length: 10 }, (_, i) => ({ price: at(`BIDP${i + 1}`), volume: at(`BIDP_RSQN${i + 1}`) })),
      totalAskVolume: at('TOTAL_ASKP_RSQN'),
      totalBidVolume: at('TOTAL_BIDP_RSQN'),
      eventTime: kst('2026-06-08T11:48:30'),
    })
  })

  it.each(['HDFSASP0', 'HDFSASP1'].flatMap(widthsOf))('%s of %d values', (tr, width) => {
    const at = (name: string) => 2000 + indexOfColumn(tr, name, width)
    const record = withValues(tr, distinctValues(width), { RSYM: 'DHKS00003', KYMD: '20260914', KHMS: '103000' })
    const depth = width === 71 ? 10 : 1
    expect(only('order-book', decode(frame(tr, record)))).toMatchObject({
      instrument: 'HKS:00003',
      asks: Array.from({ length: depth }, (_, i) => ({ price: at(`PASK${i + 1}`), volume: at(`VASK${i + 1}`) })),
      bids: Array.from({ length: depth }, (_, i) => ({ price: at(`PBID${i + 1}`), volume: at(`VBID${i + 1}`) })),
      totalAskVolume: at('AVOL'),
      totalBidVolume: at('BVOL'),
      eventTime: kst('2026-09-14T10:30:00'),
    })
  })

  it('is tried at every width known so far', () => {
    expect(
      ['H0STASP0', 'H0NXASP0', 'H0UNASP0', 'HDFSASP0', 'HDFSASP1'].flatMap(widthsOf).map(([, width]) => width),
    ).toEqual([59, 62, 63, 59, 62, 65, 65, 66, 17, 71, 17])
  })
})

describe('the positions in the comments of kis/wire/mappers/order-book.ts', () => {
  const source = readFileSync(new URL('../../../../kis/wire/mappers/order-book.ts', import.meta.url), 'utf8')
  const [domestic = '', overseas = ''] = source.split('const overseasNames')
  /**
   * `time: 1, // NAME`, `...upTo(domesticLevels, 3), // NAME1…10`, and, counted from the first level of an
   * overseas book, `bidPrice + 2, // NAME1…10`.
   */
  const positions = (text: string) =>
    [
      ...text.matchAll(
        /^ +(?:\w+: (\d+)|\.{3}upTo\(domesticLevels, (\d+)\)|bidPrice(?: \+ (\d))?), \/\/ ([A-Z_]+\d*)(…10)?$/gm,
      ),
    ].flatMap(([, only, ten, after = '0', name = '', last]): (readonly [number, string])[] => {
      if (only !== undefined) return [[Number(only), name]]
      const tenth = name.replace(/1$/, last === undefined ? '1' : '10')
      if (ten !== undefined) {
        return [
          [Number(ten), name],
          [Number(ten) + 9, tenth],
        ]
      }
      return [[11 + Number(after), name]]
    })

  it.each([
    ['H0STASP0', positions(domestic), 11],
    ['H0NXASP0', positions(domestic), 11],
    ['H0UNASP0', positions(domestic), 11],
    ['HDFSASP0', positions(overseas), 8],
    ['HDFSASP1', positions(overseas), 8],
  ] as const)('are those of %s', (tr, named, count) => {
    const columns = columnsFor(layoutOf(tr)!, 99)
    expect(named).toHaveLength(count)
    for (const [index, name] of named) expect([index, columns[index]?.[0]]).toEqual([index, name])
  })
})
