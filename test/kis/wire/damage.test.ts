// Trades and books with impossible values: the numbers of a damaged frame are still readable. Such a record
// is malformed as a whole.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import { dateDigits } from '../../../market/calendar/korea-time.ts'
import {
  decode,
  frame,
  kst,
  lineOf,
  linesOf,
  only,
  receivedTime,
  recordsOf,
  withValues,
} from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'

const transactions = ['H0STCNT0', 'H0STASP0', 'HDFSCNT0', 'HDFSASP0'] as const
type Tr = (typeof transactions)[number]
const line: Readonly<Record<Tr, number>> = { H0STCNT0: 17, H0STASP0: 11, HDFSCNT0: 3, HDFSASP0: 1 }

function recordOf(tr: Tr): string[] {
  return recordsOf(lineOf(`${tr}.txt`, line[tr]))[0] ?? []
}

function changed(tr: Tr, values: Readonly<Record<string, string>>): string {
  return frame(tr, withValues(tr, recordOf(tr), values))
}

const columnsOf: Readonly<Record<Tr, Readonly<Record<'price' | 'volume' | 'time' | 'date', readonly string[]>>>> = {
  H0STCNT0: {
    price: ['STCK_PRPR', 'STCK_OPRC', 'STCK_HGPR', 'STCK_LWPR', 'ASKP1', 'BIDP1'],
    volume: ['CNTG_VOL', 'ACML_VOL', 'ACML_TR_PBMN', 'ASKP_RSQN1', 'BIDP_RSQN1'],
    time: ['STCK_CNTG_HOUR'],
    date: ['BSOP_DATE'],
  },
  H0STASP0: {
    price: ['ASKP1', 'ASKP10', 'BIDP1', 'BIDP10'],
    volume: ['ASKP_RSQN1', 'ASKP_RSQN10', 'BIDP_RSQN1', 'BIDP_RSQN10', 'TOTAL_ASKP_RSQN', 'TOTAL_BIDP_RSQN'],
    time: ['BSOP_HOUR'],
    date: [],
  },
  HDFSCNT0: {
    price: ['LAST', 'OPEN', 'HIGH', 'LOW', 'PBID', 'PASK'],
    volume: ['EVOL', 'TVOL', 'TAMT', 'VBID', 'VASK'],
    time: ['KHMS'],
    date: ['TYMD', 'KYMD'],
  },
  HDFSASP0: {
    price: ['PBID1', 'PBID10', 'PASK1', 'PASK10'],
    volume: ['VBID1', 'VBID10', 'VASK1', 'VASK10', 'BVOL', 'AVOL'],
    time: ['KHMS'],
    date: ['KYMD'],
  },
}

function casesOf(kind: 'price' | 'volume' | 'time' | 'date', texts: readonly string[]) {
  return transactions.flatMap(tr =>
    columnsOf[tr][kind].flatMap(column => texts.map(text => [tr, column, text] as const)),
  )
}

describe('a record that cannot be true', () => {
  it.each([
    ...casesOf('price', ['-4.56', '-1', '-1234567890123456789', '900000000000000']),
    ...casesOf('volume', ['-1', '-0.5', '-123456789012', '90000000000000000']),
    ...casesOf('time', ['240000', '096000', '090060', '9090', '0900010', '-90001', '9000.5', '0']),
    ...casesOf('date', ['20260931', '20270229', '20261301', '00000000', '2026091', '202609140', '-2026091', '1.5']),
    ['H0STCNT0', 'STCK_PRPR', '0'],
    ['H0STCNT0', 'STCK_PRPR', '-0'],
    ['HDFSCNT0', 'LAST', '0.0000'],
  ] as const)('%s with %s %s is malformed, whole, and says which value', (tr, column, text) => {
    const bad = withValues(tr, recordOf(tr), { [column]: text })
    const { reason, raw } = only('malformed', decode(frame(tr, bad)))
    expect(reason).toMatch(new RegExp(`^record 1 of 1: ${column} is ${text.slice(0, 24)}; expected `))
    expect(raw).toBe(bad.join('^'))
  })

  it.each([
    ...casesOf('price', ['', 'x', '(null)', '3140_0']),
    ...casesOf('volume', ['', 'nan', '5x']),
    ...casesOf('time', ['', '09:00:', '(null)']),
    ...casesOf('date', ['', '2026-9-1', '(null)']),
  ] as const)('%s with %s %j is none: what is empty or unreadable stays null', (tr, column, text) => {
    const [event] = decode(changed(tr, { [column]: text }))
    expect(event?.type).toBe(tr.endsWith('CNT0') ? 'trade' : 'order-book')
  })

  it('does not affect the records beside it', () => {
    const good = recordOf('H0STCNT0')
    const bad = withValues('H0STCNT0', good, { STCK_PRPR: '-5' })
    const events = decode(frame('H0STCNT0', good, bad, good))
    expect(events.map(({ type }) => type)).toEqual(['trade', 'malformed', 'trade'])
    expect(events[1]).toMatchObject({ reason: 'record 2 of 3: STCK_PRPR is -5; expected no negative number' })
  })

  it('may have a side, a sign or a rate below 0: of these nothing is expected', () => {
    const values = { PRDY_VRSS: '-15000', PRDY_CTRT: '-4.56', CCLD_DVSN: '-1', CTTR: '-1' }
    expect(only('trade', decode(changed('H0STCNT0', values))).side).toBeNull()
  })

  it('has a bound on its totals: no gap of 9e14 shares hides those that come later', () => {
    expect(only('malformed', decode(changed('H0STCNT0', { ACML_VOL: '900000000000000' }))).reason).toBe(
      'record 1 of 1: ACML_VOL is 900000000000000; expected at most 100000000000',
    )
    expect(only('trade', decode(changed('H0STCNT0', { ACML_VOL: '99999999999' }))).cumulativeVolume).toBe(
      99_999_999_999,
    )
    expect(only('trade', decode(changed('H0STCNT0', { ACML_TR_PBMN: '12345678901234' }))).cumulativeValue).toBe(
      12_345_678_901_234,
    )
  })
})

describe('a symbol that its venue has not', () => {
  it.each([
    [
      'H0STCNT0',
      '5',
      "names '5', which is no symbol of KRX; expected six digits and letters (005930), or Q and six (Q500001)",
    ],
    [
      'H0STCNT0',
      '0059300',
      "names '0059300', which is no symbol of KRX; expected six digits and letters (005930), or Q and six (Q500001)",
    ],
    [
      'H0STASP0',
      'A005930',
      "names 'A005930', which is no symbol of KRX; expected six digits and letters (005930), or Q and six (Q500001)",
    ],
    ['HDFSCNT0', 'DHKS700', "names '700', which is no symbol of HKS; expected five digits (00700)"],
    [
      'HDFSCNT0',
      'DNYSBRK.B',
      "names 'BRK.B', which is no symbol of NYS; expected letters, with a slash before the share class (AAPL, BRK/B)",
    ],
    [
      'HDFSASP0',
      'DTSE7203T',
      "names '7203T', which is no symbol of TSE; expected four digits and letters (7203, 130A)",
    ],
    ['H0STCNT0', '00593 ', 'names no symbol'],
  ] as const)('%s of %j is malformed', (tr, symbol, problem) => {
    const bad = [symbol, ...recordOf(tr).slice(1)]
    expect(decode(frame(tr, bad))).toEqual([
      { type: 'malformed', reason: `record 1 of 1 ${problem}`, raw: bad.join('^'), receivedTime },
    ])
  })

  it.each([
    ['H0UPCNT0', '0001'],
    ['H0STPGM0', '5'],
  ])('matters to trades and books alone: %s of %j is a record', (tr, key) => {
    const [record = []] = recordsOf(lineOf(`${tr}.txt`, 1))
    expect(only('record', decode(frame(tr, [key, ...record.slice(1)]))).tr).toBe(tr)
  })
})

describe('the date of a record in a live feed', () => {
  const now = kst('2026-09-15T10:00:00')
  const dated = (tr: Tr, date: number) =>
    changed(
      tr,
      tr === 'H0STCNT0'
        ? { BSOP_DATE: String(date) }
        : tr === 'HDFSCNT0'
          ? { TYMD: String(date), KYMD: String(date) }
          : { KYMD: String(date) },
    )
  const daysOff = (days: number) => dateDigits(now + days * 86_400_000)
  const live = (frames: string[], options: { at?: number; aheadMs?: number } = {}) =>
    decode(frames, { receivedTime: options.at ?? now, clockAheadMs: () => options.aheadMs ?? 0 }).map(
      ({ type }) => type,
    )

  it.each(['H0STCNT0', 'HDFSCNT0', 'HDFSASP0'] as const)('%s is within seven days of the receipt', tr => {
    const kind = tr.endsWith('CNT0') ? 'trade' : 'order-book'
    for (const days of [-7, -1, 0, 1, 7]) expect(live([dated(tr, daysOff(days))])).toEqual([kind])
    for (const days of [-3000, -8, 8, 400]) expect(live([dated(tr, daysOff(days))])).toEqual(['malformed'])
  })

  it('is each of the dates that it has', () => {
    expect(live([changed('HDFSCNT0', { TYMD: String(daysOff(0)), KYMD: String(daysOff(30)) })])).toEqual(['malformed'])
    expect(live([changed('HDFSCNT0', { TYMD: String(daysOff(30)), KYMD: String(daysOff(0)) })])).toEqual(['malformed'])
  })

  it('is not asked for in captures, which may be of any day', () => {
    expect(decode(dated('H0STCNT0', 20200102), { receivedTime: now })[0]?.type).toBe('trade')
  })

  it('is held against the clock of KIS where ours is on another day', () => {
    const aheadMs = 300 * 86_400_000
    expect(live([dated('H0STCNT0', daysOff(0))], { at: now + aheadMs })).toEqual(['malformed'])
    expect(live([dated('H0STCNT0', daysOff(0))], { at: now + aheadMs, aheadMs })).toEqual(['trade'])
  })

  it('goes on through a step of our clock, by the record before', () => {
    const types: string[] = []
    const decoder = createDecoder({ clockAheadMs: () => 0 })
    const feed = (date: number, at: number) =>
      decoder.decode(Buffer.from(dated('H0STCNT0', date)), at, event => void types.push(event.type))
    feed(daysOff(0), now)
    feed(daysOff(0), now + 40 * 86_400_000)
    feed(daysOff(1), now + 41 * 86_400_000)
    feed(daysOff(400), now + 41 * 86_400_000)
    feed(daysOff(1), now + 86_400_000)
    expect(types).toEqual(['trade', 'trade', 'trade', 'malformed', 'trade'])
  })
})

const captured = transactions.flatMap(tr => linesOf(`${tr}.txt`))
const byte = fc.oneof(fc.constantFrom(...Buffer.from('^^0159.-+')), fc.nat({ max: 255 }))
const edit = fc.record({ where: fc.nat(), deletes: fc.nat({ max: 3 }), inserts: fc.array(byte, { maxLength: 3 }) })
const mutated = fc
  .tuple(fc.constantFrom(...captured), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) => {
    const bytes = [...Buffer.from(text)]
    for (const { where, deletes, inserts } of edits) bytes.splice(where % (bytes.length + 1), deletes, ...inserts)
    return Buffer.from(bytes)
  })

function numbersOf(event: DecodedEvent): (number | null)[] {
  if (event.type === 'trade') {
    const { price, volume, cumulativeVolume, cumulativeValue, open, high, low } = event
    return [
      price,
      volume,
      cumulativeVolume,
      cumulativeValue,
      open,
      high,
      low,
      event.bidPrice,
      event.askPrice,
      event.bidVolume,
      event.askVolume,
    ]
  }
  if (event.type !== 'order-book') return []
  return [...event.bids, ...event.asks]
    .flatMap(({ price, volume }) => [price, volume])
    .concat(event.totalBidVolume, event.totalAskVolume)
}

describe('captured frames', () => {
  it('are all what they were: none is malformed', () => {
    const types = captured.flatMap(text => decode(text)).map(({ type }) => type)
    expect(types).not.toContain('malformed')
    expect(types.length).toBeGreaterThan(captured.length)
  })

  it('with some bytes changed make no trade and no book with a number that cannot be', () => {
    fc.assert(
      fc.property(mutated, bytes => {
        for (const event of decode(bytes)) {
          for (const value of numbersOf(event)) if (value !== null) expect(value).toBeGreaterThanOrEqual(0)
          if (event.type === 'trade') expect(event.price).not.toBe(0)
          if (event.type === 'trade') expect(event.cumulativeVolume ?? 0).toBeLessThanOrEqual(1e11)
          if (event.type === 'trade' || event.type === 'order-book')
            expect(event.instrument).toMatch(
              /^(KRX:(Q?[0-9A-Z]{6}|J[0-9A-Z]{8})|(NAS|NYS|AMS|BA[QYA]):[A-Z]{1,6}(\/[A-Z]{0,3})?|(HKS|TSE|S[HZ]S|HSX|HNX):.+)$/,
            )
        }
      }),
      tries(3_000),
    )
  })
})
