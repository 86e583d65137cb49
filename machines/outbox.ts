// Requests on their way out, one every `pacingMs`: KIS takes bursts for abuse.
import type { SubscriptionKey } from '../market/subscription.ts'

export type Request = { readonly verb: 'subscribe' | 'unsubscribe'; readonly key: SubscriptionKey }

export type Outbox = {
  add(requests: readonly Request[]): void
  /** Takes back a request that has not left yet; false when there is none. */
  withdraw(request: Request): boolean
  close(): void
}

export function createOutbox(pacingMs: number, send: (request: Request) => void): Outbox {
  const waiting: Request[] = []
  let timer: NodeJS.Timeout | undefined

  function sendNext(): void {
    timer = undefined
    const request = waiting.shift()
    if (request === undefined) return
    // The pause follows the last request too, so that the next batch keeps the pace.
    timer = setTimeout(sendNext, pacingMs)
    send(request)
  }

  return {
    add(requests) {
      waiting.push(...requests)
      if (timer === undefined) sendNext()
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
