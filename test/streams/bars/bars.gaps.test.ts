// Bars of a stream that says what is missing in it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { Subject } from 'rxjs'
import type { Gap, MarketEvent } from '../../../market/events.ts'
import { upRig } from './rig.ts'
import { at, hynix, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: at('09:59:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

function gap(from: string | null, to: string | null, changes: Partial<Gap> = {}): Gap {
  return {
    type: 'gap',
    instrument: samsung,
    cause: 'lost',
    businessDate: 20260914,
    missingVolume: 5,
    missingValue: null,
    fromVolume: 10,
    toVolume: 15,
    from: from === null ? null : at(from),
    to: to === null ? null : at(to),
    receivedTime: at(to ?? '10:00:30'),
    ...changes,
  }
}

describe('a gap', () => {
  it('inside a bar holds it back, and no other', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:00:10', 2, { instrument: hynix })
    rig.events.next(gap('10:00:10', '10:00:30'))
    rig.trades('10:00:30', 4)
    rig.trades('10:01:10', 8)
    rig.advanceTo('10:03:00')
    expect(rig.bars.map(({ instrument, volume }) => [instrument, volume])).toEqual([
      [hynix, 2],
      [samsung, 8],
    ])
    expect(rig.waiting).toEqual([['10:00:00', 5]])
    expect(rig.lost).toEqual([])
    rig.events.complete()
    expect(rig.lost).toEqual([['10:00:00', 5, 'gap']])
  })

  it('from one bar into another holds both back', () => {
    const rig = upRig('1m')
    rig.trades('10:00:50', 1)
    rig.events.next(gap('10:00:50', '10:03:10'))
    rig.trades('10:03:10', 2)
    rig.trades('10:04:10', 4)
    rig.advanceTo('10:06:00')
    expect(rig.published).toEqual([['10:04:00', 4]])
    expect(rig.waiting).toEqual([
      ['10:00:00', 1],
      ['10:03:00', 2],
    ])
  })

  it('after a bar was published takes nothing back, and holds back the bar of the trade that revealed it', () => {
    const rig = upRig('1m')
    rig.trades('10:00:50', 1)
    rig.advanceTo('10:01:30')
    rig.events.next(gap('10:00:50', '10:01:30'))
    rig.trades('10:01:30', 2)
    rig.advanceTo('10:04:00')
    expect(rig.published).toEqual([['10:00:00', 1]])
    expect(rig.waiting).toEqual([['10:01:00', 2]])
  })

  it('of an outage holds back the bar after it, which the line’s return alone would not', () => {
    const rig = upRig('1m')
    rig.trades('10:00:50', 1)
    rig.disconnects('10:00:55')
    rig.resumes('10:01:00')
    rig.events.next(gap('10:00:50', '10:01:05', { cause: 'outage' }))
    rig.trades('10:01:05', 2)
    rig.advanceTo('10:04:00')
    expect(rig.published).toEqual([])
    expect(rig.lost).toEqual([['10:00:00', 1, 'disconnect']])
    expect(rig.waiting).toEqual([['10:01:00', 2]])
  })

  it('whose beginning or end is not known spoils whatever it may lie in', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.events.next(gap(null, '10:00:30'))
    rig.trades('10:01:10', 2)
    rig.events.next(gap('10:01:10', null, { receivedTime: at('10:02:10') }))
    rig.trades('10:02:10', 4)
    rig.trades('10:03:10', 8)
    rig.advanceTo('10:05:00')
    expect(rig.published).toEqual([['10:03:00', 8]])
    expect(rig.lost.map(([, , reason]) => reason)).toEqual(['gap', 'gap', 'gap'])
  })

  it('holds back the whole of its day, by its business date', () => {
    const rig = upRig('1d')
    const day = { instrument: 'BAQ:AAPL', businessDate: 20260915 } as const
    rig.trades('10:00:00', 5, { ...day, cumulativeVolume: 5 })
    rig.events.next(gap('10:00:00', '10:00:30', day))
    rig.trades('10:00:30', 1, day)
    rig.trades('10:01:00', 1, { ...day, businessDate: 20260916 })
    expect(rig.waiting.map(([, volume]) => volume)).toEqual([6])
    expect(rig.bars).toEqual([])
  })

  it('that may be is as bad as one that is', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    const { type, instrument, businessDate, from, to, receivedTime } = {
      ...gap('10:00:10', '10:00:20'),
      type: 'resync' as const,
    }
    rig.events.next({ type, instrument, reason: 'count-restarted', businessDate, from, to, receivedTime })
    rig.trades('10:00:20', 3, { cumulativeVolume: 3 })
    rig.trades('10:01:10', 8)
    rig.advanceTo('10:03:00')
    expect(rig.published).toEqual([['10:01:00', 8]])
    expect(rig.lost).toEqual([['10:00:00', 4, 'gap']])
  })
})

it('behind continuity, a bar whose record was lost is not published, and repeats are not counted twice', () => {
  const events = new Subject<MarketEvent>()
  const volumes: number[] = []
  events.pipe(checkContinuity(), toBars('1m')).subscribe(({ volume }) => volumes.push(volume))
  events.next({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: at('09:59:00') })
  const tell = (time: string, volume: number, cumulativeVolume: number) =>
    events.next(trade({ eventTime: at(time), volume, cumulativeVolume }))
  tell('10:00:10', 1, 101)
  tell('10:00:20', 2, 103)
  tell('10:00:10', 1, 101)
  tell('10:01:10', 4, 107)
  tell('10:01:20', 4, 121)
  tell('10:02:10', 9, 130)
  tell('10:03:10', 1, 131)
  expect(volumes).toEqual([3, 9])
})
