// One stream to many subscribers: everything a Subject promises that the feed relies on.
import { filter } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { createBroadcast } from '../../streams/broadcast.ts'

describe('a broadcast', () => {
  it('hands each value to everyone who is there, in the order in which they came', () => {
    const { next, values$ } = createBroadcast<number>()
    const received: string[] = []
    next(0)
    values$.subscribe(value => received.push(`first ${value}`))
    next(1)
    values$.pipe(filter(value => value > 1)).subscribe(value => received.push(`second ${value}`))
    next(2)
    expect(received).toEqual(['first 1', 'first 2', 'second 2'])
  })

  it('is not disturbed by who comes and goes while a value is handed round', () => {
    const { next, values$ } = createBroadcast<number>()
    const received: string[] = []
    const leaving = values$.subscribe(value => {
      received.push(`leaving ${value}`)
      leaving.unsubscribe()
      values$.subscribe(later => received.push(`came ${later}`))
    })
    const gone = values$.subscribe(value => {
      received.push(`takes the next one along ${value}`)
      dismissed.unsubscribe()
    })
    const dismissed = values$.subscribe(value => received.push(`dismissed ${value}`))
    values$.subscribe(value => received.push(`stays ${value}`))

    next(1)
    gone.unsubscribe()
    next(2)

    expect(received).toEqual(['leaving 1', 'takes the next one along 1', 'stays 1', 'stays 2', 'came 2'])
  })

  it('hands on what is sent while a value is handed round', () => {
    const { next, values$ } = createBroadcast<number>()
    const received: number[] = []
    values$.subscribe(value => value === 1 && next(2))
    values$.subscribe(value => received.push(value))
    next(1)
    expect(received).toEqual([2, 1])
  })

  it('completes for everyone, and for late subscribers', () => {
    const { complete, next, values$ } = createBroadcast<number>()
    const received: string[] = []
    values$.subscribe({ next: value => received.push(String(value)), complete: () => received.push('first completes') })
    complete()
    next(1)
    complete()
    values$.subscribe({
      next: value => received.push(String(value)),
      complete: () => received.push('second completes'),
    })
    expect(received).toEqual(['first completes', 'second completes'])
  })
})
