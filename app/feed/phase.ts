// What a socket is doing, in the lifecycle's own words.
import type { SocketSnapshot } from './sockets.ts'

/** `{ session: { connecting: 'opening' } }` → `connecting.opening`. */
export function phaseOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [[state, inner] = ['', '']] = Object.entries(value as object)
  return state === 'session' ? phaseOf(inner) : `${state}.${phaseOf(inner)}`
}

/** How long it waits before the next attempt, and how many came to nothing; nothing of it while it does not wait. */
export function waitOf(snapshot: SocketSnapshot): object {
  const { waitMs, failures } = snapshot.context
  return snapshot.matches('reconnecting') ? { waitMs, failures } : {}
}
