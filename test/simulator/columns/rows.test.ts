import { describe, expect, it } from 'vitest'
import { type Column, columnsFor, layoutOf } from '../../../kis/wire/layout.ts'
import { listingOf } from '../../../simulator/market/listing.ts'
import { advance, bookShown, createShare, type SimulatedInstrument } from '../../../simulator/market/market.ts'
import { rowWidth, rowWriter } from '../../../simulator/columns/rows.ts'
import { captured, mondayTen } from '../support.ts'

function shareOf(tr: string, key: string) {
  const listing = listingOf({ tr, key }, 1)
  if (listing === undefined) throw new Error(`${tr} ${key} is not listed`)
  const share = createShare([listing], 1, mondayTen)
  for (let i = 0; i < 2_000; i++) advance(share, mondayTen)
  while (!advance(share, mondayTen));
  return { share, instrument: share.venues[0] }
}

function instrumentOf(tr: string, key: string): SimulatedInstrument {
  return shareOf(tr, key).instrument
}

function columnsOf(tr: string, width: number): readonly Column[] {
  const layout = layoutOf(tr)
  if (layout === undefined) throw new Error(`${tr} has no layout`)
  return columnsFor(layout, width)
}

/** A record as columns by name. */
function row(tr: string, key: string, width: number, instrument = instrumentOf(tr, key)): Record<string, string> {
  const values = rowWriter(tr, width, key)(instrument).split('^')
  expect(values).toHaveLength(width)
  return Object.fromEntries(columnsOf(tr, width).map(([name], i) => [name, values[i] ?? 'missing']))
}

const transactions = [
  ['H0STCNT0', '005930'],
  ['H0NXCNT0', '005930'],
  ['H0UNCNT0', '005930'],
  ['HDFSCNT0', 'DNASAAPL'],
  ['H0STASP0', '005930'],
  ['H0NXASP0', '005930'],
  ['H0UNASP0', '005930'],
  ['HDFSASP0', 'DNASAAPL'],
  ['HDFSASP1', 'DHKS00700'],
] as const

const everyWidth = transactions.flatMap(([tr, key]) =>
  Object.keys(layoutOf(tr)?.widths ?? {}).map(width => [tr, key, Number(width)] as const),
)

const shapes: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$/,
  decimal: /^[+-]?\d+(\.\d+)?$/,
  time6: /^\d{6}$/,
  date8: /^\d{8}$/,
}

describe('a record', () => {
  it.each(everyWidth)('of %s %s, %i values wide, has a value of the right kind in every column', (tr, key, width) => {
    const types = new Map(columnsOf(tr, width).map(([name, type]) => [name, type]))
    for (const [name, value] of Object.entries(row(tr, key, width))) {
      // Empty on the wire.
      if (name === 'MRKT_TRTM_CLS_CODE') expect(value).toBe('')
      else expect(value, name).toMatch(shapes[types.get(name) ?? ''] ?? /.+/)
    }
  })

  it('has the width KIS sends now, an older one when asked, and never one KIS never sent', () => {
    expect(transactions.map(([tr]) => rowWidth(tr, 'NAS', {}))).toEqual([47, 47, 47, 26, 63, 62, 66, 71, 17])
    expect(transactions.map(([tr]) => rowWidth(tr, 'NAS', { trade: 46, book: 59 }))).toEqual([
      46, 46, 46, 26, 59, 59, 66, 71, 17,
    ])
    expect(rowWidth('H0STASP0', 'KRX', { book: 62 })).toBe(62)
    expect(rowWidth('H0STASP0', 'KRX', { book: 61 })).toBe(63)
    expect(rowWidth('HDFSASP0', 'HKS', {})).toBe(17)
  })

  it('of an overseas book knows its levels', () => {
    const apple = row('HDFSASP0', 'DNASAAPL', 71)
    const prices = Array.from({ length: 10 }, (_, i) => [Number(apple[`PBID${i + 1}`]), Number(apple[`PASK${i + 1}`])])
    for (const [i, [bid = 0, ask = 0]] of prices.entries()) {
      expect(ask - bid).toBeCloseTo(0.01 * (1 + 2 * i), 6)
      expect(apple[`PBID${i + 1}`]).toMatch(/^\d+\.\d\d00$/)
    }
  })

  it('tells what changed since the last book that was shown', () => {
    const { instrument, share } = shareOf('H0STASP0', '005930')
    bookShown(instrument)
    const before = row('H0STASP0', '005930', 63, instrument)
    expect(before.TOTAL_ASKP_RSQN_ICDC).toBe('0')
    for (let i = 0; i < 10; i++) advance(share, mondayTen)
    const after = row('H0STASP0', '005930', 63, instrument)
    expect(Number(after.TOTAL_ASKP_RSQN_ICDC)).toBe(Number(after.TOTAL_ASKP_RSQN) - Number(before.TOTAL_ASKP_RSQN))
    expect(Number(after.TOTAL_BIDP_RSQN_ICDC)).toBe(Number(after.TOTAL_BIDP_RSQN) - Number(before.TOTAL_BIDP_RSQN))
  })
})

/**
 * The arithmetic between columns, as functions of a record: what holds on the captures must hold on ours. The
 * order of the columns is the layouts'; these pin their meaning.
 */
const koreanArithmetic: Readonly<Record<string, (at: (name: string) => number) => [found: number, expected: number]>> =
  {
    'net buys': at => [at('NTBY_CNTG_CSNU'), at('SHNU_CNTG_CSNU') - at('SELN_CNTG_CSNU')],
    strength: at => [at('CTTR'), round((at('SHNU_CNTG_SMTN') / at('SELN_CNTG_SMTN')) * 100)],
    'buy ratio': at => [at('SHNU_RATE'), round((Math.floor((at('SHNU_CNTG_SMTN') / at('ACML_VOL')) * 100) + 1) / 100)],
    'average price': at => [at('WGHN_AVRG_STCK_PRC'), round(at('ACML_TR_PBMN') / at('ACML_VOL'))],
    'change from open': at => [at('OPRC_VRSS_PRPR'), at('STCK_PRPR') - at('STCK_OPRC')],
    'change from high': at => [at('HGPR_VRSS_PRPR'), at('STCK_PRPR') - at('STCK_HGPR')],
    'change from low': at => [at('LWPR_VRSS_PRPR'), at('STCK_PRPR') - at('STCK_LWPR')],
    'change rate': at => [at('PRDY_CTRT'), round((at('PRDY_VRSS') / (at('STCK_PRPR') - at('PRDY_VRSS'))) * 100)],
    'volume against yesterday’s at this time': at => [
      at('PRDY_SMNS_HOUR_ACML_VOL_RATE'),
      round((at('ACML_VOL') / at('PRDY_SMNS_HOUR_ACML_VOL')) * 100),
    ],
  }

function round(value: number): number {
  return Math.round(value * 100) / 100
}

describe('the arithmetic of a Korean trade', () => {
  const layout = layoutOf('H0STCNT0')
  const live = captured('H0STCNT0.txt').slice(0, 11)

  it.each(Object.entries(koreanArithmetic))('%s: holds here as on the captures', (_, rule) => {
    const records = live.map(line => (line.split('|')[3] ?? '').split('^').slice(0, 46))
    const names = layout?.columns.map(([name]) => name) ?? []
    for (const values of records) {
      const [found, expected] = rule(name => Number(values[names.indexOf(name)]))
      // KIS computes its averages and rates at moments of its own; ours are exact.
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(Math.max(0.02, Math.abs(expected) * 1e-4))
    }
    const ours = row('H0STCNT0', '005930', 47)
    const [found, expected] = rule(name => Number(ours[name]))
    expect(found).toBeCloseTo(expected, 6)
  })

  it('marks directions and sides as the captures do', () => {
    const { instrument, share } = shareOf('H0STCNT0', '005930')
    for (let i = 0; i < 500; i++) {
      while (!advance(share, mondayTen));
      const ours = row('H0STCNT0', '005930', 47, instrument)
      const sign = (change: number) => (change > 0 ? '2' : change < 0 ? '5' : '3')
      expect(ours.PRDY_VRSS_SIGN).toBe(sign(Number(ours.PRDY_VRSS)))
      expect(ours.HGPR_VRSS_PRPR_SIGN).toBe(sign(Number(ours.HGPR_VRSS_PRPR)))
      expect(ours.STCK_PRPR).toBe(ours.CCLD_DVSN === '1' ? ours.ASKP1 : ours.BIDP1)
    }
  })
})

describe('an overseas trade', () => {
  const apple = row('HDFSCNT0', 'DNASAAPL', 26)

  it('repeats its key and says its dates three times', () => {
    expect(apple).toMatchObject({ RSYM: 'DNASAAPL', SYMB: 'AAPL', ZDIV: '4' })
    expect(apple).toMatchObject({
      TYMD: '20260913',
      XYMD: '20260913',
      XHMS: '210000',
      KYMD: '20260914',
      KHMS: '100000',
    })
  })

  it('has an unsigned change, a signed rate, and a strength that is buys to sells', () => {
    expect(apple.DIFF).toMatch(/^\d+\.\d{4}$/)
    expect(apple.RATE).toMatch(/^[+-]\d+\.\d\d$/)
    expect(Number(apple.STRN)).toBeCloseTo((Number(apple.ASVL) / Number(apple.BIVL)) * 100, 1)
    expect(Number(apple.TVOL)).toBeGreaterThan(Number(apple.ASVL) + Number(apple.BIVL))
  })

  it.each([
    ['before the open', Date.UTC(2026, 8, 14, 12), '1'],
    ['in regular hours', Date.UTC(2026, 8, 14, 14), '2'],
    ['after the close', Date.UTC(2026, 8, 14, 21), '3'],
  ])('marks its session %s as the captures do', (_, time, session) => {
    const { instrument, share } = shareOf('HDFSCNT0', 'DNASAAPL')
    advance(share, time)
    expect(row('HDFSCNT0', 'DNASAAPL', 26, instrument).MTYP).toBe(session)
  })
})
