// What a socket is doing, in the lifecycle's own words, and why.
import type { SocketSnapshot } from './control.ts'

/** `{ session: { connecting: 'opening' } }` → `connecting.opening`. */
export function phaseOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [[state, inner] = ['', '']] = Object.entries(value as object)
  return state === 'session' ? phaseOf(inner) : `${state}.${phaseOf(inner)}`
}

/** Why a session is being left or was lost, and what follows. */
export function causeOf(snapshot: SocketSnapshot): object {
  const { loss: cause, waitMs, failures } = snapshot.context
  if (snapshot.matches('reconnecting')) return { cause, waitMs, failures }
  return snapshot.matches({ session: 'unsubscribing-grace' }) ? { cause } : {}
}
