// Trades, field by field: captured ones with their values written out, and made ones with another value in
// every position.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { columnsFor, layoutOf } from '../../../../kis/wire/layout.ts'
import type { Trade } from '../../../../market/events.ts'
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

function firstTrade(file: string, line: number): Trade {
  const [event] = decode(lineOf(file, line))
  if (event?.type !== 'trade') throw new Error(`${file} ${line} begins with ${event?.type}`)
  return event
}

describe('a captured trade', () => {
  it('of 46 values, KRX in the regular session of 2026-06-08', () => {
    expect(firstTrade('H0STCNT0.txt', 1)).toEqual({
      type: 'trade',
      instrument: 'KRX:005930',
      price: 314000,
      volume: 489,
      side: 'buy',
      cumulativeVolume: 21357216,
      cumulativeValue: 6492458500000,
      open: 293000,
      high: 315500,
      low: 292500,
      previousClose: 329000,
      bidPrice: 313500,
      askPrice: 314000,
      bidVolume: 37587,
      askVolume: 8501,
      businessDate: 20260608,
      eventTime: kst('2026-06-08T11:48:27'),
      receivedTime,
    })
  })

  it('of 47 values, on the first day that had them', () => {
    expect(firstTrade('H0STCNT0.txt', 17)).toEqual({
      type: 'trade',
      instrument: 'KRX:005930',
      price: 249250,
      volume: 1,
      side: 'sell',
      cumulativeVolume: 14871538,
      cumulativeValue: 3728926343750,
      open: 249500,
      high: 254500,
      low: 248500,
      previousClose: 259500,
      bidPrice: 249000,
      askPrice: 249500,
      bidVolume: 141952,
      askVolume: 85729,
      businessDate: 20260914,
      eventTime: kst('2026-09-14T15:07:46'),
      receivedTime,
    })
  })

  it('at the middle of the spread keeps its half tick', () => {
    expect(firstTrade('H0STCNT0.txt', 7)).toMatchObject({
      price: 313750,
      bidPrice: 313500,
      askPrice: 314000,
      side: 'buy',
    })
  })

  it('of the opening auction has no side, because no order crossed a spread', () => {
    expect(firstTrade('H0STCNT0.txt', 16)).toMatchObject({
      price: 272000,
      volume: 200607,
      side: null,
      cumulativeVolume: 200731,
      eventTime: kst('2026-09-08T09:00:18'),
    })
  })

  it('in New York carries the Korean time and the date of the exchange', () => {
    expect(firstTrade('HDFSCNT0.txt', 1)).toEqual({
      type: 'trade',
      instrument: 'NAS:AAPL',
      price: 169.785,
      volume: 1,
      side: null,
      cumulativeVolume: 108464,
      cumulativeValue: 18414163,
      open: 169.92,
      high: 170.1,
      low: 169.42,
      previousClose: 169.59,
      bidPrice: 169.77,
      askPrice: 169.79,
      bidVolume: 201,
      askVolume: 5,
      businessDate: 20230502,
      eventTime: kst('2023-05-02T22:19:12'),
      receivedTime,
    })
  })

  it('on NYSE American, in regular hours', () => {
    expect(firstTrade('HDFSCNT0.txt', 6)).toEqual({
      type: 'trade',
      instrument: 'AMS:SPY',
      price: 752.15,
      volume: 43,
      side: null,
      cumulativeVolume: 5128212,
      cumulativeValue: 3855114887,
      open: 752.097,
      high: 753.35,
      low: 748.1,
      previousClose: 751.71,
      bidPrice: 752.14,
      askPrice: 752.17,
      bidVolume: 60,
      askVolume: 145,
      businessDate: 20260710,
      eventTime: kst('2026-07-10T23:53:34'),
      receivedTime,
    })
  })
})

/** Where each property of a trade comes from, by KIS's column names. */
const domesticSources = {
  price: 'STCK_PRPR',
  volume: 'CNTG_VOL',
  cumulativeVolume: 'ACML_VOL',
  cumulativeValue: 'ACML_TR_PBMN',
  open: 'STCK_OPRC',
  high: 'STCK_HGPR',
  low: 'STCK_LWPR',
  bidPrice: 'BIDP1',
  askPrice: 'ASKP1',
  bidVolume: 'BIDP_RSQN1',
  askVolume: 'ASKP_RSQN1',
} as const
const overseasSources = {
  price: 'LAST',
  volume: 'EVOL',
  cumulativeVolume: 'TVOL',
  cumulativeValue: 'TAMT',
  open: 'OPEN',
  high: 'HIGH',
  low: 'LOW',
  bidPrice: 'PBID',
  askPrice: 'PASK',
  bidVolume: 'VBID',
  askVolume: 'VASK',
} as const

function widthsOf(tr: string): [tr: string, width: number][] {
  return Object.keys(layoutOf(tr)?.widths ?? {}).map(width => [tr, Number(width)])
}

/** A record whose values all differ: 2000 and the index. None can pass for a side, a date or a time. */
function distinctValues(width: number): string[] {
  return Array.from({ length: width }, (_, index) => String(2000 + index))
}

function expectedFrom(sources: Readonly<Record<string, string>>, tr: string, width: number) {
  return Object.fromEntries(
    Object.entries(sources).map(([property, column]) => [property, 2000 + indexOfColumn(tr, column, width)]),
  )
}

describe('every value of a trade is read from the column that means it', () => {
  it.each(['H0STCNT0', 'H0NXCNT0', 'H0UNCNT0'].flatMap(widthsOf))('%s of %d values', (tr, width) => {
    const side = tr === 'H0STCNT0' ? 'CCLD_DVSN' : 'CNTG_CLS_CODE'
    const values = { MKSC_SHRN_ISCD: '005930', STCK_CNTG_HOUR: '090001', BSOP_DATE: '20260914', [side]: '1' }
    const trade = only('trade', decode(frame(tr, withValues(tr, distinctValues(width), values))))
    expect(trade).toMatchObject(expectedFrom(domesticSources, tr, width))
    expect(trade).toMatchObject({ side: 'buy', businessDate: 20260914, eventTime: kst('2026-09-14T09:00:01') })
  })

  it.each(widthsOf('HDFSCNT0'))('%s of %d values', (tr, width) => {
    const values = { RSYM: 'DNYSIBM', TYMD: '20260915', KYMD: '20260914', KHMS: '224501' }
    const trade = only('trade', decode(frame(tr, withValues(tr, distinctValues(width), values))))
    expect(trade).toMatchObject(expectedFrom(overseasSources, tr, width))
    expect(trade).toMatchObject({ side: null, businessDate: 20260915, eventTime: kst('2026-09-14T22:45:01') })
  })

  it.each([
    ['H0STCNT0', 'KRX:005930'],
    ['H0NXCNT0', 'NXT:005930'],
    ['H0UNCNT0', 'UN:005930'],
  ])('%s is a trade of %s', (tr, instrument) => {
    const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
    expect(only('trade', decode(frame(tr, record)))).toMatchObject({ instrument, price: 249250 })
  })
})

describe('the positions in the comments of kis/wire/mappers/trade.ts', () => {
  const source = readFileSync(new URL('../../../../kis/wire/mappers/trade.ts', import.meta.url), 'utf8')
  const [domestic = '', overseas = ''] = source.split('const overseas =')
  const positions = (text: string) =>
    [...text.matchAll(/^(?: +\w+: (\d+),|const \w+Column = (\d+)) \/\/ ([A-Z_]+\d*)$/gm)].map(
      ([, planned, alone, name]) => [Number(planned ?? alone), name] as const,
    )

  it.each([
    ['H0STCNT0', positions(domestic), 17],
    ['H0NXCNT0', positions(domestic).filter(([index]) => index !== 21), 16],
    ['H0UNCNT0', positions(domestic).filter(([index]) => index !== 21), 16],
    ['HDFSCNT0', positions(overseas), 16],
  ] as const)('are those of %s', (tr, named, count) => {
    const columns = columnsFor(layoutOf(tr)!, 99)
    expect(named).toHaveLength(count)
    for (const [index, name] of named) expect([index, columns[index]?.[0]]).toEqual([index, name])
  })
})

describe('a trade with something missing', () => {
  const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
  const tradeWith = (values: Record<string, string>) =>
    only('trade', decode(frame('H0STCNT0', withValues('H0STCNT0', record, values))))

  it.each([
    ['1', 'buy'],
    ['5', 'sell'],
    ['3', null],
    ['', null],
    ['0', null],
    ['B', null],
    ['15', null],
    ['5x', null],
  ] as const)('reads side code %j as %s', (code, side) => {
    expect(tradeWith({ CCLD_DVSN: code }).side).toBe(side)
  })

  it.each(['', '09:00:', '(null)', '0900x1', 'nan'])('has no event time when the time reads %j', time => {
    expect(tradeWith({ STCK_CNTG_HOUR: time })).toMatchObject({ eventTime: null, businessDate: 20260914 })
  })

  it.each(['', '2026-9-1', '(null)', '2026x914'])('has no date when the date reads %j', date => {
    expect(tradeWith({ BSOP_DATE: date })).toMatchObject({ eventTime: null, businessDate: null })
  })

  it('has null, not 0, for every number that is empty', () => {
    const empty = Object.fromEntries(Object.values(domesticSources).map(column => [column, '']))
    const none = Object.fromEntries(Object.keys(domesticSources).map(property => [property, null]))
    expect(tradeWith(empty)).toMatchObject(none)
  })
})
