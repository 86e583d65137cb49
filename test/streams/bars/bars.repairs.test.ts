// A bar that a gap cut: it comes, marked as repaired, once what was missing in it is there, and never without
// it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Backfill, Gap, GapVerdict, MarketEvent } from '../../../market/events.ts'
import { upRig } from './rig.ts'
import { at, hynix, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: at('09:59:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

const own = { instrument: samsung, businessDate: 20260914 } as const

function gap(from: string, to: string, fromVolume: number, toVolume: number, changes: Partial<Gap> = {}): Gap {
  const times = { from: at(from), to: at(to), receivedTime: at(to) }
  const volumes = { missingVolume: toVolume - fromVolume, missingValue: null, fromVolume, toVolume }
  return { type: 'gap', cause: 'lost', ...own, ...volumes, ...times, ...changes }
}

/**
 * Trades up to a total each: `['10:00:20', 12, 2]` are two shares, the 11th and the 12th of the day, for 12
 * each.
 */
function backfill(...trades: readonly (readonly [time: string, total: number, volume: number])[]): Backfill {
  const [first] = trades
  return {
    type: 'backfill',
    ...own,
    fromVolume: (first?.[1] ?? 0) - (first?.[2] ?? 0),
    toVolume: trades.at(-1)?.[1] ?? 0,
    trades: trades.map(([time, total, volume]) => ({
      price: total,
      volume,
      cumulativeVolume: total,
      bidPrice: null,
      askPrice: null,
      eventTime: at(time),
    })),
    receivedTime: at('10:10:00'),
  }
}

function verdict(
  said: GapVerdict['verdict'],
  fromVolume: number,
  toVolume: number,
  unknown: GapVerdict['unknown'] = [],
): GapVerdict {
  const volumes = { repairedVolume: 0, settledVolume: 0, explainedVolume: 0, unknownVolume: 0 }
  const rest = { unknown, evidence: [], receivedTime: at('10:10:00') }
  return { type: 'gap-verdict', ...own, verdict: said, fromVolume, toVolume, ...volumes, ...rest }
}

/** A rig in which trades are given by time, total and volume; the price is the total. */
function repairRig(...options: Parameters<typeof upRig>) {
  const rig = upRig(...options)
  return Object.assign(rig, {
    trade(time: string, total: number, volume: number, arrives = time) {
      rig.trades(arrives, volume, { price: total, cumulativeVolume: total, eventTime: at(time) })
    },
    tell(...events: MarketEvent[]) {
      for (const event of events) rig.events.next(event)
    },
  })
}

/** One bar in each of four minutes; in the second, shares 12 to 20 did not come. */
function cutInTheSecond() {
  const rig = repairRig('1m')
  rig.trade('10:00:10', 10, 10)
  rig.trade('10:01:10', 12, 2)
  rig.advanceTo('10:01:40')
  rig.tell(gap('10:01:10', '10:01:40', 12, 20))
  rig.trade('10:01:40', 21, 1)
  rig.trade('10:02:10', 22, 1)
  rig.trade('10:03:10', 23, 1)
  return rig
}

describe('a bar that a gap cut', () => {
  it('does not hold up those after it', () => {
    const rig = cutInTheSecond()
    expect(rig.published).toEqual([
      ['10:00:00', 10],
      ['10:02:00', 1],
    ])
    expect(rig.waiting).toEqual([['10:01:00', 3]])
    expect(rig.lost).toEqual([])
  })

  it('comes with the late trades, once all of them came, each in its place', () => {
    const rig = cutInTheSecond()
    rig.trade('10:01:15', 15, 3, '10:03:20')
    expect(rig.repaired).toEqual([])
    rig.trade('10:01:30', 20, 5, '10:03:21')
    expect(rig.bars.at(-1)).toEqual({
      type: 'bar',
      instrument: samsung,
      startTime: at('10:01:00'),
      endTime: at('10:02:00'),
      open: 12,
      high: 21,
      low: 12,
      close: 21,
      volume: 11,
      tradeCount: 4,
      isRepaired: true,
    })
    expect(rig.skipped).toEqual([])
    rig.trade('10:04:10', 24, 1)
    expect(rig.published.at(-1)).toEqual(['10:03:00', 1])
    rig.events.complete()
    expect(rig.lost).toEqual([['10:04:00', 1, 'completed']])
  })

  it('comes with the backfill that holds all of it', () => {
    const rig = cutInTheSecond()
    rig.tell(backfill(['10:01:10', 13, 1], ['10:01:20', 20, 7]))
    expect(rig.repaired).toEqual([['10:01:00', 11]])
    rig.tell(verdict('repaired', 12, 20))
    expect(rig.repaired).toHaveLength(1)
  })

  it('comes with a verdict that explains the rest', () => {
    const rig = cutInTheSecond()
    rig.tell(backfill(['10:01:20', 20, 7]))
    expect(rig.repaired).toEqual([])
    rig.tell(verdict('explained', 12, 20))
    expect(rig.repaired).toEqual([['10:01:00', 10]])
  })

  it('never comes when the verdict is unfillable, whatever comes later', () => {
    const rig = cutInTheSecond()
    rig.tell(
      verdict('unfillable', 12, 20, [{ fromVolume: 12, toVolume: 20, from: at('10:01:10'), to: at('10:01:40') }]),
    )
    expect(rig.lost).toEqual([['10:01:00', 3, 'gap']])
    rig.trade('10:01:30', 20, 8, '10:03:20')
    rig.tell(backfill(['10:01:30', 20, 8]), verdict('repaired', 12, 20))
    rig.events.complete()
    expect(rig.repaired).toEqual([])
    expect(rig.skipped.map(({ reason }) => reason)).toEqual(['late'])
  })

  it('comes at its end when what was missing came before that', () => {
    const rig = repairRig('1m')
    rig.trade('10:00:10', 10, 10)
    rig.tell(gap('10:00:10', '10:00:20', 10, 15))
    rig.trade('10:00:20', 16, 1)
    rig.trade('10:00:15', 15, 5, '10:00:30')
    expect(rig.bars).toEqual([])
    rig.advanceTo('10:01:02')
    expect(rig.bars).toMatchObject([{ open: 10, close: 16, volume: 16, isRepaired: true }])
    expect(rig.waiting).toEqual([])
  })

  it('is not completed by the repair of another date, instrument or volume', () => {
    const rig = cutInTheSecond()
    rig.tell({ ...backfill(['10:01:20', 20, 8]), businessDate: 20260911 })
    rig.tell({ ...backfill(['10:01:20', 20, 8]), instrument: hynix })
    rig.tell(backfill(['10:01:20', 30, 8]))
    rig.tell({ ...verdict('repaired', 12, 20), businessDate: 20260911 }, verdict('repaired', 20, 30))
    expect(rig.repaired).toEqual([])
  })

  it.each([
    ['price', { price: null }],
    ['time', { eventTime: null }],
  ] as const)('never comes when a late trade of it has no readable %s', (_, changes) => {
    const rig = cutInTheSecond()
    rig.advanceTo('10:03:20')
    rig.tell(trade({ volume: 8, cumulativeVolume: 20, eventTime: at('10:01:20'), ...changes }))
    rig.tell(verdict('repaired', 12, 20))
    expect(rig.repaired).toEqual([])
    expect(rig.lost.at(0)).toEqual(['10:01:00', 3, 'unreadable'])
  })

  it('does not come when the total could not be followed either', () => {
    const rig = repairRig('1m')
    rig.trade('10:00:10', 10, 10)
    rig.tell(gap('10:00:10', '10:00:20', 10, 15))
    rig.trade('10:00:20', 16, 1)
    rig.advanceTo('10:01:10')
    const times = { from: at('10:00:20'), to: at('10:01:10'), receivedTime: at('10:01:10') }
    rig.tell({ type: 'resync', reason: 'unreadable', ...own, ...times })
    rig.trade('10:01:10', 30, 1)
    rig.tell(backfill(['10:00:15', 15, 5]), verdict('repaired', 10, 15))
    expect(rig.repaired).toEqual([])
    expect(rig.lost).toEqual([['10:00:00', 11, 'gap']])
  })

  it('does not come behind a consumer that missed some of its repair', () => {
    const rig = cutInTheSecond()
    rig.events.next({ type: 'dropped', count: 1, from: at('10:03:10'), to: at('10:03:10') })
    rig.tell(verdict('repaired', 12, 20))
    expect(rig.repaired).toEqual([])
    expect(rig.lost).toEqual([['10:01:00', 3, 'gap']])
  })
})

describe('a gap from one bar into another', () => {
  /** From 10:00:50 to 10:03:10, shares 10 to 30. */
  function longGap() {
    const rig = repairRig('1m')
    rig.trade('10:00:50', 10, 10)
    rig.advanceTo('10:03:10')
    rig.tell(gap('10:00:50', '10:03:10', 10, 30))
    rig.trade('10:03:10', 31, 1)
    rig.trade('10:04:10', 32, 1)
    return rig
  }

  it('has its bars repaired in order, those of which nothing came among them', () => {
    const rig = longGap()
    // The clock had ended the first one already: all there was of it was published.
    expect(rig.published).toEqual([['10:00:00', 10]])
    rig.tell(backfill(['10:00:55', 12, 2], ['10:02:30', 25, 13], ['10:03:00', 30, 5]), verdict('repaired', 10, 30))
    expect(rig.repaired).toEqual([
      ['10:00:00', 12],
      ['10:02:00', 13],
      ['10:03:00', 6],
    ])
  })

  it('leaves those alone that it turns out not to reach into', () => {
    const rig = longGap()
    rig.tell(backfill(['10:01:30', 30, 20]), verdict('repaired', 10, 30))
    expect(rig.repaired).toEqual([
      ['10:01:00', 20],
      ['10:03:00', 1],
    ])
  })

  it('has those repaired that what remains unknown does not reach into, and withdraws those it does', () => {
    const rig = longGap()
    rig.tell(backfill(['10:01:30', 20, 10]))
    rig.tell(
      verdict('unfillable', 10, 30, [{ fromVolume: 20, toVolume: 30, from: at('10:01:30'), to: at('10:03:10') }]),
    )
    expect(rig.repaired).toEqual([])
    expect(rig.lost).toEqual([
      ['10:01:00', 10, 'gap'],
      ['10:03:00', 1, 'gap'],
    ])
    rig.advanceTo('10:07:00')
    expect(rig.published).toEqual([
      ['10:00:00', 10],
      ['10:04:00', 1],
    ])
  })

  it('withdraws what was published before it showed when nothing of it is found', () => {
    const rig = longGap()
    rig.tell(
      verdict('unfillable', 10, 30, [{ fromVolume: 10, toVolume: 30, from: at('10:00:50'), to: at('10:03:10') }]),
    )
    expect(rig.lost).toEqual([
      ['10:00:00', 10, 'gap'],
      ['10:03:00', 1, 'gap'],
    ])
  })
})

describe('repaired bars of an instrument', () => {
  it('are in order among themselves, and wait for nothing of another instrument', () => {
    const rig = cutInTheSecond()
    rig.tell(gap('10:03:10', '10:03:20', 23, 30))
    rig.trade('10:03:20', 31, 1)
    rig.trade('10:04:10', 32, 1)
    const changes = { instrument: hynix, cumulativeVolume: 5 } as const
    rig.trades('10:04:10', 1, changes)
    rig.tell(gap('10:04:10', '10:04:20', 5, 9, { instrument: hynix }))
    rig.trades('10:04:20', 1, { ...changes, cumulativeVolume: 10 })
    rig.trades('10:05:00', 1, { ...changes, cumulativeVolume: 11 })
    rig.tell({ ...backfill(['10:04:15', 9, 4]), instrument: hynix })
    expect(rig.repaired).toEqual([['10:04:00', 6]])
    rig.tell(backfill(['10:03:15', 30, 7]), verdict('repaired', 23, 30))
    expect(rig.repaired).toHaveLength(1)
    rig.tell(backfill(['10:01:15', 20, 8]), verdict('repaired', 12, 20))
    expect(rig.repaired.slice(1)).toEqual([
      ['10:01:00', 11],
      ['10:03:00', 9],
    ])
  })

  it('wait no longer for one that will not come', () => {
    const rig = cutInTheSecond()
    rig.tell(gap('10:03:10', '10:03:20', 23, 30))
    rig.trade('10:03:20', 31, 1)
    rig.trade('10:04:10', 32, 1)
    rig.tell(backfill(['10:03:15', 30, 7]))
    rig.tell(verdict('unfillable', 12, 20, [{ fromVolume: 12, toVolume: 20, from: null, to: null }]))
    expect(rig.repaired).toEqual([['10:03:00', 9]])
  })
})

describe('a gap of an outage', () => {
  it('has the bar repaired that the disconnect ended, and the rest of its interval', () => {
    const rig = repairRig('1m')
    rig.trade('10:00:10', 10, 10)
    rig.disconnects('10:00:20')
    rig.resumes('10:00:30')
    rig.advanceTo('10:00:40')
    rig.tell(gap('10:00:10', '10:00:40', 10, 15, { cause: 'outage' }))
    rig.trade('10:00:40', 16, 1)
    rig.trade('10:01:10', 17, 1)
    expect(rig.published).toEqual([])
    expect(rig.lost).toEqual([['10:00:00', 10, 'disconnect']])
    rig.tell(backfill(['10:00:25', 15, 5]), verdict('repaired', 10, 15))
    expect(rig.repaired).toEqual([['10:00:00', 16]])
    rig.advanceTo('10:03:00')
    expect(rig.published.at(-1)).toEqual(['10:01:00', 1])
  })

  it('over some bars has all of them repaired', () => {
    const rig = repairRig('1m')
    rig.becomes('active', '09:59:10')
    rig.trade('10:00:10', 10, 10)
    rig.disconnects('10:00:20')
    rig.resumes('10:02:30')
    rig.becomes('requested', '10:02:31')
    rig.becomes('active', '10:02:31')
    rig.advanceTo('10:02:40')
    rig.tell(gap('10:00:10', '10:02:40', 10, 20, { cause: 'outage' }))
    rig.trade('10:02:40', 21, 1)
    rig.trade('10:03:10', 22, 1)
    rig.tell(backfill(['10:00:10', 11, 1], ['10:01:25', 15, 4], ['10:02:20', 20, 5]), verdict('repaired', 10, 20))
    expect(rig.repaired).toEqual([
      ['10:00:00', 11],
      ['10:01:00', 4],
      ['10:02:00', 6],
    ])
  })

  it('forgets what was in the bar only once, should it not be filled', () => {
    const rig = repairRig('1m')
    rig.trade('10:00:10', 10, 10)
    rig.disconnects('10:00:20')
    rig.advanceTo('10:00:40')
    rig.tell(gap('10:00:10', '10:00:40', 10, 15, { cause: 'outage' }))
    rig.trade('10:00:40', 16, 1)
    rig.trade('10:01:10', 17, 1)
    rig.tell(verdict('unfillable', 10, 15, [{ fromVolume: 10, toVolume: 15, from: null, to: null }]))
    expect(rig.lost).toEqual([
      ['10:00:00', 10, 'disconnect'],
      ['10:00:00', 1, 'gap'],
    ])
  })

  it('does not repair a bar that was not whole before it, nor one that the process before had begun', () => {
    const late = upRig('1m')
    late.disconnects('10:00:01')
    late.resumes('10:00:02')
    late.trades('10:00:10', 10, { cumulativeVolume: 100 })
    late.disconnects('10:00:20')
    late.events.next(gap('10:00:10', '10:00:40', 100, 105))
    late.trades('10:00:40', 1, { cumulativeVolume: 106 })
    late.trades('10:01:10', 1, { cumulativeVolume: 107 })
    late.events.next(backfill(['10:00:25', 105, 5]))

    const restarted = upRig('1m')
    restarted.advanceTo('10:02:40')
    restarted.events.next(gap('10:00:10', '10:02:40', 10, 20, { cause: 'restart' }))
    restarted.trades('10:02:40', 1, { cumulativeVolume: 21 })
    restarted.trades('10:03:10', 1, { cumulativeVolume: 22 })
    restarted.events.next(backfill(['10:00:10', 11, 1], ['10:01:25', 15, 4], ['10:02:20', 20, 5]))

    const sameMinute = upRig('1m')
    sameMinute.advanceTo('10:02:40')
    sameMinute.events.next(gap('10:02:10', '10:02:40', 10, 20, { cause: 'restart' }))
    sameMinute.trades('10:02:40', 1, { cumulativeVolume: 21 })
    sameMinute.trades('10:03:10', 1, { cumulativeVolume: 22 })
    sameMinute.events.next(backfill(['10:02:20', 20, 10]))

    expect(late.repaired).toEqual([])
    expect(restarted.repaired).toEqual([
      ['10:01:00', 4],
      ['10:02:00', 6],
    ])
    expect(sameMinute.repaired).toEqual([])
  })

  it('that is not there leaves the bar forgotten: whether the totals were followed is unknown', () => {
    const rig = repairRig('1m')
    rig.trade('10:00:10', 10, 10)
    rig.disconnects('10:00:20')
    rig.resumes('10:00:30')
    rig.trade('10:00:40', 16, 1)
    rig.tell(gap('10:00:10', '10:00:40', 10, 15), backfill(['10:00:25', 15, 5]), verdict('repaired', 10, 15))
    rig.advanceTo('10:03:00')
    expect(rig.repaired).toEqual([])
    expect(rig.lost.map(([, , reason]) => reason)).toEqual(['disconnect', 'joined-late'])
  })
})

describe('what waits', () => {
  it('is forgotten after a day', () => {
    const rig = cutInTheSecond()
    vi.advanceTimersByTime(86_400_000 - 1_000 * 60 * 3)
    expect(rig.lost).toEqual([])
    vi.advanceTimersByTime(1_000 * 60 * 3)
    expect(rig.lost).toEqual([['10:01:00', 3, 'unrepaired']])
    rig.tell(backfill(['10:01:20', 20, 8]))
    expect(rig.repaired).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is a thousand bars of an instrument, the newest', () => {
    const rig = repairRig('1s')
    const [start, most] = [at('10:00:00'), 1_000]
    for (let second = 0; second <= most + 1; second++) {
      const [from, to] = [start + second * 1_000, start + second * 1_000 + 500]
      const total = second * 10
      rig.tell(
        trade({ volume: 1, price: 1, cumulativeVolume: total + 1, eventTime: from }),
        { ...gap('10:00:00', '10:00:00', total + 1, total + 9), from, to, receivedTime: to },
        trade({ volume: 1, price: 1, cumulativeVolume: total + 10, eventTime: to }),
      )
      if (second === most) expect(rig.lost).toEqual([])
    }
    expect(rig.published).toEqual([])
    expect(rig.lost).toEqual([['10:00:00', 2, 'unrepaired']])
    rig.tell(backfill(['10:00:00', 9, 8]), backfill(['10:00:01', 19, 8]))
    expect(rig.repaired).toEqual([['10:00:01', 10]])
  })

  it('leaves no timer behind when the stream is left', () => {
    const rig = cutInTheSecond()
    rig.subscription.unsubscribe()
    expect(vi.getTimerCount()).toBe(0)
  })
})
