import { interval, take, timer } from 'rxjs'
import { expect, it } from 'vitest'
import { createVirtualTime } from '../../streams/virtual-time.ts'

it('fires timers at their own time, in order, when it is moved past them', () => {
  const time = createVirtualTime(1_000)
  const fired: string[] = []
  const note = (what: string) => fired.push(`${what} at ${time.clock.now()}`)
  timer(50, time.scheduler).subscribe(() => note('a timer'))
  interval(20, time.scheduler)
    .pipe(take(3))
    .subscribe(() => note('an interval'))
  expect(fired).toEqual([])
  time.advanceTo(1_030)
  expect([fired, time.clock.now()]).toEqual([['an interval at 1020'], 1_030])
  time.advanceTo(1_060)
  expect(fired.slice(1)).toEqual(['an interval at 1040', 'a timer at 1050', 'an interval at 1060'])
})

it('never goes back', () => {
  const time = createVirtualTime(1_000)
  time.advanceTo(2_000)
  time.advanceTo(1_500)
  expect(time.clock.now()).toBe(2_000)
})
