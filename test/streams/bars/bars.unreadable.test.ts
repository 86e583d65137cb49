// A trade that cannot enter its bar leaves it incomplete: the bar is forgotten, and no other.
import { Subject } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDecoder } from '../../../kis/wire/decoder.ts'
import type { MarketEvent, Trade } from '../../../market/events.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { openPipeline } from '../../../streams/pipeline.ts'
import { tradeFrame } from '../../support/wire/frames.ts'
import { barRig, timeOf, upRig } from './rig.ts'
import { at, hynix, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: at('09:59:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

const unreadable = [
  ['no-price', { price: null }],
  ['no-volume', { volume: null }],
  ['no-event-time', { eventTime: null }],
] as const

describe.each(unreadable)('a trade with %s', (reason, changes) => {
  const broken = (time: string): Trade =>
    trade({ volume: 500, eventTime: at(time), receivedTime: at(time), ...changes })

  it('in the middle of a bar', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:05', 2)
    rig.trades('10:01:05', 2, { instrument: hynix })
    rig.advanceTo('10:01:10')
    rig.events.next(broken('10:01:10'))
    rig.trades('10:01:40', 3)
    rig.trades('10:02:10', 4)
    rig.advanceTo('10:04:00')
    expect(rig.bars.map(({ instrument, startTime, volume }) => [instrument, timeOf(startTime), volume])).toEqual([
      [samsung, '10:00:00', 1],
      [hynix, '10:01:00', 2],
      [samsung, '10:02:00', 4],
    ])
    expect(rig.lost).toEqual([['10:01:00', 5, 'unreadable']])
    expect(rig.skipped.map(one => one.reason)).toEqual([reason])
  })

  it('at the end of a bar that the clock ends', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.advanceTo('10:00:50')
    rig.events.next(broken('10:00:50'))
    rig.advanceTo('10:05:00')
    rig.trades('10:05:10', 2)
    rig.advanceTo('10:07:00')
    expect(rig.lost).toEqual([['10:00:00', 1, 'unreadable']])
    expect(rig.published).toEqual([['10:05:00', 2]])
  })

  it('at the beginning of a bar', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.advanceTo('10:01:05')
    rig.events.next(broken('10:01:05'))
    rig.trades('10:01:40', 2)
    rig.trades('10:02:10', 4)
    rig.advanceTo('10:04:00')
    expect(rig.published).toEqual([
      ['10:00:00', 1],
      ['10:02:00', 4],
    ])
    expect(rig.lost).toEqual([['10:01:00', 2, 'unreadable']])
  })

  it('before the first bar', () => {
    const rig = upRig('1m')
    rig.events.next(broken('10:00:00'))
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 2)
    rig.advanceTo('10:03:00')
    expect(rig.published).toEqual([['10:01:00', 2]])
  })
})

it.each([
  ['no-price', { price: null }],
  ['no-volume', { volume: null }],
] as const)('a late one with %s withdraws the bar that was published', (_, changes) => {
  const rig = upRig('1m')
  rig.trades('10:00:10', 1)
  rig.trades('10:01:10', 2)
  rig.trades('10:01:11', 500, { eventTime: at('10:00:50'), ...changes })
  expect(rig.published).toEqual([['10:00:00', 1]])
  expect(rig.lost).toEqual([['10:00:00', 1, 'unreadable']])
})

it('one without a time, of a delayed feed, spoils the bar of the trade before it and that of the trade after it', () => {
  const rig = upRig('1m')
  let total = 100
  const delayed = (time: string | null, arrives: string) => {
    rig.advanceTo(arrives)
    const eventTime = time === null ? null : at(time)
    const totals = { cumulativeVolume: (total += 1) }
    rig.events.next(trade({ instrument: 'TSE:7203', eventTime, receivedTime: at(arrives), ...totals }))
  }
  delayed('10:00:10', '10:15:10')
  delayed(null, '10:15:59')
  delayed('10:01:10', '10:16:10')
  delayed('10:02:10', '10:17:10')
  delayed('10:03:10', '10:18:10')
  expect(rig.lost.map(([time, , reason]) => [time, reason])).toEqual([
    ['10:00:00', 'unreadable'],
    ['10:01:00', 'unreadable'],
  ])
  expect(rig.published).toEqual([['10:02:00', 1]])
})

it('one without a date spoils the open bar of its day', () => {
  const rig = barRig('1d')
  rig.trades('10:00:00', 1, { cumulativeVolume: 1 })
  rig.trades('10:00:10', 5, { businessDate: null })
  rig.trades('10:00:20', 1)
  rig.trades('10:00:20', 1, { businessDate: 20260915, cumulativeVolume: 1 })
  rig.trades('10:00:20', 1, { businessDate: 20260916 })
  expect(rig.lost.map(([, volume, reason]) => [volume, reason])).toEqual([[2, 'unreadable']])
  expect(rig.bars.map(({ volume }) => volume)).toEqual([1])
})

describe('what a slow consumer missed', () => {
  const missed = { type: 'dropped', count: 3, from: at('10:01:20'), to: at('10:01:30') } as const

  it('may be of any open bar', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 2)
    rig.trades('10:01:10', 2, { instrument: hynix })
    rig.advanceTo('10:01:30')
    rig.events.next(missed)
    rig.trades('10:02:10', 4)
    rig.advanceTo('10:05:00')
    expect(rig.published).toEqual([
      ['10:00:00', 1],
      ['10:02:00', 4],
    ])
    expect(rig.lost.map(([time, , reason]) => [time, reason])).toEqual([
      ['10:01:00', 'gap'],
      ['10:01:00', 'gap'],
    ])
  })

  it('is of one instrument when newer trades of it took their place, and of no bar when these are books', () => {
    const rig = upRig('1m')
    rig.trades('10:01:10', 1)
    rig.trades('10:01:10', 2, { instrument: hynix })
    rig.events.next({ ...missed, conflated: { instrument: samsung, type: 'trade' } })
    rig.events.next({ ...missed, conflated: { instrument: hynix, type: 'order-book' } })
    rig.advanceTo('10:03:00')
    expect(rig.published).toEqual([['10:01:00', 2]])
  })
})

describe('from frames of KIS', () => {
  it('five trades over three minutes, one of 500 shares with an empty price: its minute has no bar', () => {
    const frames = [
      tradeFrame('120010', '70000', 1, 1_001),
      tradeFrame('120105', '70100', 2, 1_003),
      tradeFrame('120110', '', 500, 1_503),
      tradeFrame('120140', '70200', 3, 1_506),
      tradeFrame('120205', '70300', 4, 1_510),
    ]
    const decoded: Trade[] = []
    for (const frame of frames) {
      createDecoder().decode(frame, at('12:02:05'), event => void (event.type === 'trade' && decoded.push(event)))
    }
    expect(decoded.map(({ price, volume, cumulativeVolume }) => [price, volume, cumulativeVolume])[2]).toEqual([
      null,
      500,
      1_503,
    ])

    const events = new Subject<MarketEvent>()
    const pipeline = openPipeline({}, event => events.next(event))
    const volumes: [string, number][] = []
    events.pipe(toBars('1m')).subscribe(({ startTime, volume }) => volumes.push([timeOf(startTime), volume]))
    const first = Number(decoded[0]?.eventTime)
    pipeline.lifecycle({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: first - 60_000 })
    for (const [place, frame] of frames.entries()) {
      pipeline.frame({ line: '1', market: 'KR', bytes: frame, receivedTime: Number(decoded[place]?.eventTime) })
    }
    pipeline.lifecycle({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: first })
    pipeline.frame({
      line: '1',
      market: 'KR',
      bytes: tradeFrame('120305', '70300', 4, 1_514),
      receivedTime: first + 175_000,
    })
    expect(volumes).toEqual([
      ['12:00:00', 1],
      ['12:02:00', 4],
    ])
  })
})
