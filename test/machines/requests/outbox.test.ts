import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createBudget } from '../../../machines/budget.ts'
import { createOutbox, type Request } from '../../../machines/requests/outbox.ts'
import { systemClock } from '../../../market/clock.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

const subscribe = (symbol: string): Request => ({ verb: 'subscribe', key: `KRX:${symbol} trade` })
const unsubscribe = (symbol: string): Request => ({ verb: 'unsubscribe', key: `KRX:${symbol} trade` })

/** What is sent, and when, counted from the start. */
function outboxRig({ most = 100, windowMs = 60_000 } = {}) {
  const left: string[] = []
  const budget = createBudget(most, windowMs, systemClock)
  const outbox = createOutbox(100, budget, ({ verb, key }) => {
    left.push(`${systemClock.now() - 1_000_000} ${verb} ${key}`)
  })
  return { outbox, budget, left }
}

it('requests are sent one by one, in their order, with a pause after each, also after the last', async () => {
  const { outbox, left } = outboxRig()
  outbox.add([subscribe('005930'), unsubscribe('000660')])
  await vi.advanceTimersByTimeAsync(150)
  outbox.add([subscribe('035420')])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(left).toEqual([
    '0 subscribe KRX:005930 trade',
    '100 unsubscribe KRX:000660 trade',
    '200 subscribe KRX:035420 trade',
  ])
})

it('a request that was withdrawn is not sent; one that was sent cannot be withdrawn', async () => {
  const { outbox, left } = outboxRig()
  outbox.add([subscribe('005930'), subscribe('000660'), subscribe('035420')])
  expect(outbox.withdraw(subscribe('000660'))).toBe(true)
  expect(outbox.withdraw(subscribe('005930'))).toBe(false)
  expect(outbox.withdraw(unsubscribe('035420'))).toBe(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(left).toEqual(['0 subscribe KRX:005930 trade', '100 subscribe KRX:035420 trade'])
})

it('a release passes subscriptions that wait for the budget, and is counted in it', async () => {
  const { outbox, budget, left } = outboxRig({ most: 1 })
  outbox.add([subscribe('005930'), subscribe('000660'), unsubscribe('035420')])
  await vi.advanceTimersByTimeAsync(200)
  expect(left).toEqual(['0 subscribe KRX:005930 trade', '100 unsubscribe KRX:035420 trade'])
  expect(budget.left()).toBe(0)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(left[2]).toBe('60100 subscribe KRX:000660 trade')
})

it('nothing is sent once it is closed', async () => {
  const { outbox, left } = outboxRig()
  outbox.add([subscribe('005930'), subscribe('000660')])
  outbox.close()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(left).toHaveLength(1)
})
