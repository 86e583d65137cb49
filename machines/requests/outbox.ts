// Sends one request every `pacingMs`, within a budget: KIS treats bursts of requests as abuse.
import type { SubscriptionKey } from '../../market/subscription.ts'
import type { Budget } from '../budget.ts'

export type Request = { readonly verb: 'subscribe' | 'unsubscribe'; readonly key: SubscriptionKey }

export type Outbox = {
  add(requests: readonly Request[]): void
  /** Removes a request that was not sent yet; false when there is none. */
  withdraw(request: Request): boolean
  close(): void
}

/** Releases do not wait for the budget. */
export function createOutbox(pacingMs: number, budget: Budget, send: (request: Request) => void): Outbox {
  const waiting: Request[] = []
  let timer: NodeJS.Timeout | undefined
  let isPacing = false

  function sendNext(): void {
    timer = undefined
    isPacing = false
    const next = takeNext()
    if (typeof next === 'number') {
      timer = setTimeout(sendNext, next)
    } else if (next !== undefined) {
      // A pause follows the last request too, so that a later one keeps the pace.
      isPacing = true
      timer = setTimeout(sendNext, pacingMs)
      send(next)
    }
  }

  /** The request to send now, or how long to wait for the budget. */
  function takeNext(): Request | number | undefined {
    if (waiting[0]?.verb === 'subscribe') {
      const waitMs = budget.take()
      if (waitMs === 0) return waiting.shift()
      return takeRelease() ?? waitMs
    }
    return takeRelease()
  }

  function takeRelease(): Request | undefined {
    const index = waiting.findIndex(({ verb }) => verb === 'unsubscribe')
    if (index < 0) return undefined
    budget.spend()
    return waiting.splice(index, 1)[0]
  }

  return {
    add(requests) {
      waiting.push(...requests)
      if (isPacing) return
      clearTimeout(timer)
      sendNext()
    },
    withdraw({ verb, key }) {
      const index = waiting.findIndex(request => request.verb === verb && request.key === key)
      if (index >= 0) waiting.splice(index, 1)
      return index >= 0
    },
    close() {
      clearTimeout(timer)
      waiting.length = 0
    },
  }
}
