// Which bars are published, and which are not because something of them may be missing.
import { Subject } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { barRig, upRig } from './rig.ts'
import { apple, at, hynix, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: at('09:59:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a bar is whole', () => {
  it('when its market came back before it began, or as it began', () => {
    const rig = barRig('1m')
    rig.resumes('10:00:00')
    rig.trades('10:00:10', 1)
    rig.advanceTo('10:02:00')
    expect(rig.published).toEqual([['10:00:00', 1]])
  })

  it('when its subscription became active before it began', () => {
    const rig = barRig('1m')
    rig.becomes('requested', '09:59:58')
    rig.becomes('active', '09:59:59')
    rig.trades('10:00:10', 1)
    rig.advanceTo('10:02:00')
    expect(rig.published).toEqual([['10:00:00', 1]])
  })

  it('when an earlier one of its instrument was seen, however many stayed empty in between', () => {
    const rig = barRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:07:10', 2)
    rig.advanceTo('10:09:00')
    expect(rig.published).toEqual([['10:07:00', 2]])
    expect(rig.lost).toEqual([['10:00:00', 1, 'joined-late']])
  })

  it("when its first trade is the day's first", () => {
    const rig = barRig('1m')
    rig.trades('10:00:10', 5, { cumulativeVolume: 5 })
    rig.trades('10:00:20', 5, { cumulativeVolume: 10 })
    rig.advanceTo('10:02:00')
    expect(rig.published).toEqual([['10:00:00', 10]])
  })
})

describe('a bar is not whole', () => {
  const joinedLate = [['10:00:00', 1, 'joined-late']]

  it('when nothing is known of the line before it began', () => {
    const rig = barRig('1m')
    rig.trades('10:00:10', 1)
    rig.advanceTo('10:02:00')
    expect(rig.published).toEqual([])
    expect(rig.lost).toEqual(joinedLate)
  })

  it('when its market came back after it began, or another market before', () => {
    const rig = barRig('1m')
    rig.resumes('09:59:59', 'US')
    rig.resumes('10:00:01')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 1)
    expect(rig.lost).toEqual(joinedLate)
  })

  it('when its own subscription became active after it began, whatever its market did before', () => {
    const rig = barRig('1m')
    rig.becomes('requested', '09:59:58')
    rig.resumes('09:59:59')
    rig.becomes('active', '10:00:01')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 1)
    expect(rig.lost).toEqual(joinedLate)
  })

  it('when KIS only says that it was subscribed already', () => {
    const rig = barRig('1m')
    rig.becomes('requested', '09:59:58')
    rig.becomes('adopted', '09:59:59')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 1)
    rig.trades('10:02:10', 1)
    expect(rig.lost).toEqual(joinedLate)
    expect(rig.published).toEqual([['10:01:00', 1]])
  })

  it('when only its order book, another instrument, or a subscription without an instrument became active', () => {
    const rig = barRig('1m')
    rig.becomes('active', '09:59:59', samsung, 'order-book')
    rig.becomes('active', '09:59:59', hynix)
    rig.becomes('active', '09:59:59', null)
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 1)
    expect(rig.lost).toEqual(joinedLate)
  })

  it('when its instrument was let go of and asked for again in the middle of it', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 2)
    rig.becomes('releasing', '10:01:20')
    rig.becomes('released', '10:01:21')
    rig.becomes('wanted', '10:01:30')
    rig.becomes('requested', '10:01:31')
    rig.becomes('active', '10:01:32')
    rig.trades('10:01:40', 4)
    rig.trades('10:02:10', 8)
    rig.trades('10:03:10', 16)
    expect(rig.published).toEqual([
      ['10:00:00', 1],
      ['10:02:00', 8],
    ])
    expect(rig.lost).toEqual([
      ['10:01:00', 2, 'unsubscribed'],
      ['10:01:00', 4, 'joined-late'],
    ])
  })

  it('when it is made of stragglers that come after the release', () => {
    const rig = upRig('1m')
    rig.becomes('active', '09:59:10')
    rig.becomes('released', '10:00:59')
    rig.trades('10:00:59', 1)
    rig.trades('10:01:00', 2)
    rig.advanceTo('10:03:00')
    expect(rig.published).toEqual([])
  })
})

describe('a disconnect', () => {
  it('makes forgotten what was unfinished, of that market alone', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:00:10', 2, { instrument: hynix })
    rig.trades('10:00:10', 4, { instrument: apple })
    rig.disconnects('10:00:20')
    rig.advanceTo('10:02:00')
    expect(rig.bars.map(bar => bar.instrument)).toEqual([apple])
    expect(rig.lost).toEqual([
      ['10:00:00', 1, 'disconnect'],
      ['10:00:00', 2, 'disconnect'],
    ])
  })

  it('makes the rest of its interval a bar that is not whole, and leaves the next one alone', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.disconnects('10:00:20')
    rig.resumes('10:00:30')
    rig.trades('10:00:40', 2)
    rig.trades('10:01:10', 4)
    rig.advanceTo('10:03:00')
    expect(rig.published).toEqual([['10:01:00', 4]])
    expect(rig.lost).toEqual([
      ['10:00:00', 1, 'disconnect'],
      ['10:00:00', 2, 'joined-late'],
    ])
  })

  it('spoils its bar even when our clock is behind and says that the line was back before the bar began', () => {
    const rig = upRig('1m')
    rig.trades('09:59:58', 1, { eventTime: at('10:00:00') })
    rig.disconnects('09:59:58')
    rig.resumes('09:59:59')
    rig.trades('10:00:10', 2)
    rig.advanceTo('10:03:00')
    expect(rig.published).toEqual([])
  })

  it('ends what was known of the line: an earlier bar or return says nothing about the time after it', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.disconnects('10:00:20')
    rig.trades('10:01:10', 2)
    rig.trades('10:02:10', 4)
    rig.advanceTo('10:04:00')
    expect(rig.published).toEqual([['10:02:00', 4]])
  })

  it('does not touch a bar that was over before the clock was read', () => {
    const events = new Subject<MarketEvent>()
    let now = at('10:00:57')
    const seen: number[] = []
    events.pipe(toBars('1m', { clock: { now: () => now } })).subscribe(bar => seen.push(bar.volume))
    events.next({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: at('09:59:00') })
    events.next(trade({ eventTime: at('10:00:57'), volume: 3 }))
    now = at('10:01:02')
    events.next({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: now })
    expect(seen).toEqual([3])
  })
})

describe('a clock that steps', () => {
  function steppedRig() {
    let step = 0
    const clock = { now: () => Date.now() + step }
    const rig = upRig('1m', { clock })
    return {
      rig,
      stepBy: (ms: number) => void (step += ms),
      /** A trade at a time of KIS's clock, stamped with ours. */
      trades(time: string, volume: number) {
        rig.trades(time, volume, { receivedTime: at(time) + step })
      },
    }
  }

  it.each([3_600_000, -600_000])('by %i ms ends no bar: the next trade does', stepMs => {
    const { rig, stepBy, trades } = steppedRig()
    trades('10:00:10', 1)
    stepBy(stepMs)
    trades('10:00:20', 2)
    rig.advanceTo('10:00:50')
    expect(rig.published).toEqual([])
    trades('10:00:55', 4)
    trades('10:01:05', 8)
    expect(rig.published).toEqual([['10:00:00', 7]])
    trades('10:02:05', 16)
    expect(rig.published.at(-1)).toEqual(['10:01:00', 8])
    expect(rig.skipped).toEqual([])
  })

  it('while a laptop sleeps publishes no bar of which trades may be unread', () => {
    const { rig, stepBy, trades } = steppedRig()
    trades('10:00:10', 1)
    stepBy(40 * 60_000)
    rig.advanceTo('10:00:15')
    rig.disconnects('10:00:16')
    expect(rig.published).toEqual([])
    expect(rig.lost).toEqual([['10:00:00', 1, 'disconnect']])
  })
})

describe('an instrument that was forgotten for 4,096 others', () => {
  it('does not come back in a bar that lacks what was in it before', () => {
    const rig = barRig('1m')
    rig.resumes('10:00:00')
    rig.trades('10:00:10', 5)
    for (let i = 0; i < 4_096; i++) {
      rig.events.next(trade({ instrument: `KRX:A${String(i).padStart(5, '0')}`, volume: 1, eventTime: at('10:00:20') }))
    }
    expect(rig.lost).toEqual([['10:00:00', 5, 'completed']])
    rig.trades('10:00:30', 7)
    rig.trades('10:01:10', 9)
    rig.advanceTo('10:03:00')
    expect(rig.bars.filter(({ instrument }) => instrument === samsung).map(({ volume }) => volume)).toEqual([9])
  })
})
