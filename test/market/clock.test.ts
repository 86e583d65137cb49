// Where time comes from.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { clockStartingAt, systemClock } from '../../market/clock.ts'
import { kst } from '../support/wire/frames.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('the system clock', () => {
  it('reads the time of the operating system', () => {
    vi.useFakeTimers()
    vi.setSystemTime(kst('2026-09-14T16:29:58'))
    expect(systemClock.now()).toBe(kst('2026-09-14T16:29:58'))
  })
})

describe('a clock that starts where the story does', () => {
  it('reads its start now, and runs on at the pace of the system clock', () => {
    vi.useFakeTimers()
    const clock = clockStartingAt(kst('2026-09-14T16:29:58'))
    expect(clock.now()).toBe(kst('2026-09-14T16:29:58'))
    vi.advanceTimersByTime(2_500)
    expect(clock.now()).toBe(kst('2026-09-14T16:30:00.500'))
  })

  it('runs at the pace of the clock it is given', () => {
    let now = 1_000
    const clock = clockStartingAt(50, { now: () => now })
    expect(clock.now()).toBe(50)
    now += 7
    expect(clock.now()).toBe(57)
    now -= 100
    expect(clock.now()).toBe(-43)
  })

  it('may be started from another of its kind', () => {
    const first = clockStartingAt(500, { now: () => 0 })
    expect(clockStartingAt(9, first).now()).toBe(9)
  })
})
