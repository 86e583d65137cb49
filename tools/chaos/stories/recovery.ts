// The quiet end: nothing goes wrong any more, and everything must come back by itself. Only what was refused
// is asked for again, because a refusal stands until then.
import { setTimeout as wait } from 'node:timers/promises'
import type { Feed } from '../../../app/feed/contract.ts'
import type { SubscriptionState } from '../../../app/feed/subscription-states.ts'
import { keyOf, type SubscriptionKey } from '../../../market/subscription.ts'

export type Healing = {
  /**
   * Until every subscription was active and brought data after all of them were; undefined when that never
   * came.
   */
  readonly healedMs: number | undefined
  /** What was not well when patience ended. */
  readonly ailing: readonly string[]
  /** How often the user had to ask again for what was refused. */
  readonly askedAgain: number
}

const lookMs = 20
/**
 * 40 s. The longest honest wait: the app key was tried in vain until the wait for it is at its longest (12
 * s), and the connect budget is spent then (12 s more). Beyond that something is stuck. Counted in looks, so
 * that a machine that stood still has not lost patience.
 */
const mostLooks = 2_000
/** A user who sees a refusal tries again, but not like a machine. */
const askAgainMs = 600

export type Recovery = {
  /** Waits for it, but not without end. */
  complete(): Promise<Healing>
}

/** Call it before anything flows. */
export function watchRecovery(feed: Feed): Recovery {
  const flowed = new Set<SubscriptionKey>()
  feed.events$.subscribe(event => {
    if (event.type !== 'trade' && event.type !== 'order-book') return
    flowed.add(keyOf({ instrument: event.instrument, channel: event.type }))
  })

  const isActive = ({ status }: SubscriptionState) => status === 'active'
  const isWell = (state: SubscriptionState) => isActive(state) && flowed.has(keyOf(state))

  function askAgain(): number {
    const refused = feed.subscriptions().filter(({ status }) => status === 'refused')
    for (const { instrument, channel } of refused) feed.subscribe(instrument, channel)
    return refused.length
  }

  return {
    async complete() {
      const startedAt = performance.now()
      let askedAt = 0
      let askedAgain = 0
      let wereActive = false
      for (let looks = 0; ; looks++) {
        const states = feed.subscriptions()
        const areActive = states.every(isActive)
        if (!areActive || !wereActive) flowed.clear()
        wereActive = areActive
        const now = performance.now()
        if (states.every(isWell)) return { healedMs: now - startedAt, ailing: [], askedAgain }
        if (looks === mostLooks) {
          const ailing = states.filter(state => !isWell(state)).map(describe)
          return { healedMs: undefined, ailing, askedAgain }
        }
        if (now - askedAt > askAgainMs) {
          askedAt = now
          askedAgain += askAgain()
        }
        await wait(lookMs)
      }
    },
  }
}

function describe({ code, lastData, status, ...subscription }: SubscriptionState): string {
  const data = lastData === undefined ? 'never any data' : `last data at ${new Date(lastData).toISOString()}`
  return `${keyOf(subscription)} is ${status}${code === undefined ? '' : ` (${code})`}, ${data}`
}

/** False when it took longer than so many looks. */
export async function within(looks: number, work: Promise<void>): Promise<boolean> {
  let isDone = false
  const done = work.then(() => {
    isDone = true
  })
  for (let look = 0; look < looks && !isDone; look++) await Promise.race([done, wait(lookMs)])
  return isDone
}
