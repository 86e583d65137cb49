import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError } from '../../../app/settings/settings.ts'
import { instrumentsOf, overflowOf, readPairs, slotsOf, subscriptionsOf } from '../../../app/feed/subscriptions.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { keyOf, type Subscription } from '../../../market/subscription.ts'

const keys = { appKey: 'an-app-key', appSecret: 'an-app-secret' }
const read = (given: Record<string, unknown>) => readSettings({ ...keys, ...given })
const wantedBy = (given: Record<string, unknown>) => subscriptionsOf(read(given)).map(keyOf)
const symbols = (count: number, venue = 'KRX', first = 100_000) =>
  Array.from({ length: count }, (_, index) => `${venue}:${first + index}`)

function problemsOf(given: Record<string, unknown>): readonly string[] {
  try {
    read(given)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

describe('pairs that are named one by one', () => {
  it('are asked for beside instruments × channels, each once', () => {
    const pairs = 'krx:005930@trade+order-book, KRX:0001@H0UPCNT0,KRX:005930@trade,'
    expect(wantedBy({ subscribe: pairs })).toEqual(['KRX:005930 trade', 'KRX:005930 order-book', 'KRX:0001 H0UPCNT0'])
    expect(wantedBy({ subscribe: pairs.split(','), instruments: 'NAS:AAPL,KRX:005930' })).toEqual([
      'NAS:AAPL trade',
      'KRX:005930 trade',
      'KRX:005930 order-book',
      'KRX:0001 H0UPCNT0',
    ])
    expect(instrumentsOf(read({ subscribe: pairs, instruments: 'NAS:AAPL' }))).toEqual([
      'NAS:AAPL',
      'KRX:005930',
      'KRX:0001',
    ])
  })

  it.each([
    [
      'KRX:005930',
      /^subscribe 'KRX:005930'; expected an instrument, @ and its channels, as KRX:005930@trade\+order-book$/,
    ],
    ['KRX:005930@', /^subscribe channel '' is unknown/],
    ['KRX:005930@trade+', /^subscribe channel '' is unknown/],
    ['KRX:005930@trades', /did you mean trade\?$/],
    ['KRX:005930@trade@order-book', /expected an instrument, @ and its channels/],
    ['@trade', /^subscribe '' has no venue/],
    ['005930@trade', /^subscribe '005930' has no venue/],
    ['KRX:5930@trade', /did you mean KRX:005930\?$/],
    ['KRX:0001@trade', /'KRX:0001' is no stock/],
    ['KRX:5930@H0STCNT0', /did you mean KRX:005930\?$/],
    ['NYS:BRK.B@HDFSASP0', /did you mean NYS:BRK\/B\?$/],
    ['NAS:AAPL@H0STPGM0', /is none of NAS's/],
    ['KRX:NOTICES@H0STCNI0', /needs the HTS login id/],
  ])('are no %j', (subscribe, problem) => {
    expect(problemsOf({ subscribe })).toEqual([expect.stringMatching(problem)])
  })

  it('that do not fit are a mistake also where another one of theirs fits', () => {
    expect(problemsOf({ subscribe: 'KRX:005930@H0STPGM0,NAS:AAPL@H0STPGM0' })).toHaveLength(1)
    expect(problemsOf({ instruments: 'KRX:005930,NAS:AAPL', channels: 'trade,H0STPGM0' })).toEqual([])
  })

  it('name every symbol that is none, also on a trade or a book that is given by its id', () => {
    const instruments = 'KRX:5930,KRX:660,NAS:AAPL,KRX:000660'
    expect(problemsOf({ instruments, channels: 'H0STCNT0' })).toEqual([
      expect.stringMatching(/did you mean KRX:005930\?$/),
      expect.stringMatching(/did you mean KRX:000660\?$/),
    ])
  })

  const anyPair: fc.Arbitrary<Subscription> = fc.record({
    instrument: fc.constantFrom<Instrument>('KRX:005930', 'NXT:0074K0', 'NAS:AAPL', 'NYS:BRK/B', 'KRX:0001'),
    channel: fc.constantFrom('trade', 'order-book', 'H0UPCNT0', 'H0STPGM0', 'HDFFF020'),
  })

  it('come back as they were written, together or one by one, in any case', () => {
    fc.assert(
      fc.property(fc.array(anyPair, { minLength: 1, maxLength: 20 }), fc.boolean(), (pairs, isLower) => {
        const names = [...new Set(pairs.map(({ instrument }) => instrument))]
        const written = names.map(name => {
          const channels = pairs.filter(({ instrument }) => instrument === name).map(({ channel }) => channel)
          return `${isLower ? name.toLowerCase() : name}@${channels.join('+')}`
        })
        const together = readPairs(written)
        const apart = readPairs(pairs.map(({ instrument, channel }) => `${instrument}@${channel}`))
        const sorted = (of: readonly Subscription[]) => of.map(keyOf).toSorted()
        expect(sorted(together.subscriptions)).toEqual(sorted(pairs))
        expect(apart).toEqual({ subscriptions: pairs, problems: [] })
      }),
    )
  })

  it('of any text are pairs or problems, never neither, and never half of what is right beside them', () => {
    const anyItem = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('@', '+', ':', 'K', 'R', 'X', '0', ' ', 'trade') }),
    )
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 5 }), anyPair, (items, pair) => {
        const { subscriptions, problems } = readPairs(items)
        for (const item of items) {
          const alone = readPairs([item])
          expect(alone.problems.length + alone.subscriptions.length).toBeGreaterThan(0)
          expect(alone.problems.every(problem => problems.includes(problem))).toBe(true)
        }
        const more = readPairs([...items, `${pair.instrument}@${pair.channel}`])
        expect(more.subscriptions).toEqual([...subscriptions, pair])
      }),
    )
  })
})

describe('the slots of a line', () => {
  it('are counted by what is asked of KIS, in each market by itself', () => {
    const given = { instruments: [...symbols(21), 'NAS:AAPL'], channels: ['trade', 'order-book', 'H0STPGM0'] }
    expect(slotsOf(read(given))).toEqual({ KR: 63, US: 2 })
    expect(overflowOf(read(given))).toEqual([
      {
        market: 'KR',
        slots: 63,
        most: 41,
        says: 'KR: 63 slots are asked for (21 trade, 21 order-book, 21 H0STPGM0), and an app key has 41',
      },
    ])
  })

  it('are 41 in each market, whether they take turns or stand side by side', () => {
    const us = Array.from({ length: 41 }, (_, i) => `NAS:${String.fromCharCode(65 + (i % 26))}${i < 26 ? 'A' : 'B'}`)
    const given = { instruments: [...symbols(41), ...us] }
    expect(overflowOf(read(given))).toEqual([])
    const second = { usAppKey: 'another', usAppSecret: 'another', schedule: 'side-by-side' }
    expect(overflowOf(read({ ...given, ...second }))).toEqual([])
    expect(overflowOf(read({ ...given, subscribe: 'KRX:0001@H0UPCNT0' }))).toMatchObject([{ market: 'KR', slots: 42 }])
  })

  it('hold account notices once, under however many names they are asked for', () => {
    const given = { instruments: symbols(40), channels: 'trade,H0STCNI0', htsId: 'somebody' }
    expect(slotsOf(read(given))).toEqual({ KR: 41, US: 0 })
    expect(overflowOf(read(given))).toEqual([])
    expect(overflowOf(read({ ...given, instruments: symbols(41) }))).toMatchObject([{ slots: 42, most: 41 }])
  })

  it('hold account notices on one of two lines that stand side by side, and on each that takes its turn', () => {
    const given = { subscribe: 'KRX:005930@H0STCNI0,NAS:AAPL@H0STCNI0', htsId: 'somebody' }
    expect(slotsOf(read(given))).toEqual({ KR: 1, US: 1 })
    const second = { usAppKey: 'another', usAppSecret: 'another', schedule: 'side-by-side' }
    expect(slotsOf(read({ ...given, ...second }))).toEqual({ KR: 1, US: 0 })
  })

  it('are one less beside an HTS login id, so that account notices can be asked for at any time', () => {
    const given = { instruments: symbols(41), channels: 'trade', htsId: 'somebody' }
    expect(overflowOf(read(given))).toMatchObject([{ market: 'KR', slots: 41, most: 40 }])
    expect(overflowOf(read(given))[0]?.says).toContain('one of them for account notices')
    expect(overflowOf(read({ ...given, instruments: symbols(40) }))).toEqual([])
  })
})
