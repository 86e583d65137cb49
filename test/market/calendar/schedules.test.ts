import { describe, expect, it } from 'vitest'
import { turnAt } from '../../../market/calendar/calendar.ts'
import { nextTurns, type ScheduleName, schedules, turnsAt } from '../../../market/calendar/schedules.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)
const turns = (schedule: ScheduleName, ...times: string[]) =>
  times.map(time => turnsAt(schedule, kst(`2026-10-13T${time}`)).join('+'))

describe('the socket schedule', () => {
  it('of the operating guide gives Korea 08:30 to 16:30, and the US the rest', () => {
    expect(turns('operating-guide', '08:29:59.999', '08:30', '16:29:59.999', '16:30', '00:00')).toEqual([
      'US',
      'KR',
      'KR',
      'US',
      'US',
    ])
  })

  it('is the operating guide’s by default, weekends included', () => {
    for (const day of ['2019-06-03', '2026-08-13', '2026-10-13', '2026-10-17']) {
      expect([turnAt(kst(`${day}T08:29:59`)), turnAt(kst(`${day}T08:30`))]).toEqual(['US', 'KR'])
      expect([turnAt(kst(`${day}T16:29:59`)), turnAt(kst(`${day}T16:30`))]).toEqual(['KR', 'US'])
    }
  })

  it('for the Korean after-market lasts from 07:50 to 20:05', () => {
    expect(turns('korean-after-market', '07:49:59.999', '07:50', '20:04:59.999', '20:05')).toEqual([
      'US',
      'KR',
      'KR',
      'US',
    ])
  })

  it('for the Korean after-market was the guide’s before there was one', () => {
    const at = (time: string) => turnsAt('korean-after-market', kst(time)).join()
    expect([at('2025-03-03T08:00'), at('2025-03-03T18:00')]).toEqual(['US', 'US'])
    expect([at('2025-03-04T08:00'), at('2025-03-04T18:00')]).toEqual(['KR', 'KR'])
  })

  it('side by side never takes a market’s turn away', () => {
    expect(turns('side-by-side', '00:00', '08:30', '16:30', '23:59')).toEqual(['KR+US', 'KR+US', 'KR+US', 'KR+US'])
  })

  it('gives the same array for the same answer', () => {
    for (const schedule of Object.keys(schedules) as ScheduleName[]) {
      expect(turnsAt(schedule, kst('2026-10-13T12:00'))).toBe(turnsAt(schedule, kst('2026-10-14T12:00')))
    }
  })

  it('can be one’s own', () => {
    const own = [{ from: 20260101, korea: { startsAt: 9 * 3_600_000, endsAt: 15 * 3_600_000 } }]
    expect(turnsAt(own, kst('2026-10-13T08:59'))).toEqual(['US'])
    expect(turnsAt(own, kst('2026-10-13T09:00'))).toEqual(['KR'])
    expect(turnsAt(own, kst('2025-10-13T09:00'))).toEqual(['US'])
  })
})

describe('the next change of turns', () => {
  it('is the next boundary of the hours', () => {
    expect(nextTurns('operating-guide', kst('2026-11-23T08:29:59.999'))).toEqual({
      at: kst('2026-11-23T08:30:00'),
      markets: ['KR'],
    })
    expect(nextTurns('operating-guide', kst('2026-11-23T08:30:00'))).toEqual({
      at: kst('2026-11-23T16:30:00'),
      markets: ['US'],
    })
    expect(nextTurns('operating-guide', kst('2026-11-23T23:00:00'))).toEqual({
      at: kst('2026-11-24T08:30:00'),
      markets: ['KR'],
    })
  })

  it('follows a schedule on the day it begins to hold', () => {
    expect(nextTurns('korean-after-market', kst('2025-03-03T17:00:00'))?.at).toBe(kst('2025-03-04T07:50:00'))
  })

  it('never comes when both markets always have theirs', () => {
    expect(nextTurns('side-by-side', kst('2026-11-23T08:00:00'))).toBeUndefined()
  })
})
