// The app keys that the simulator has met, numbered in the order they came, and what each of them did. An app
// key is a secret, so it is shown as its number: `#1`.
import type { Registration } from '../transactions.ts'

export type AppKeyStats = {
  /** `#1` for the first app key that came. */
  readonly appKey: string
  /** How many registrations a session of it may hold. */
  readonly slots: number
  /** How many its open session holds. */
  readonly registrations: number
  /** Its sessions by number, in the order they opened with a valid approval key. */
  readonly sessions: readonly number[]
  /** Requests to subscribe or release, and how many were answered with anything but success. */
  readonly requests: number
  readonly requestsRefused: number
  /** Calls over REST, and how many were answered with an HTTP error. */
  readonly calls: number
  readonly callsRefused: number
}

/** What is counted of one app key. */
type Deeds = {
  readonly sessions: number[]
  requests: number
  requestsRefused: number
  calls: number
  callsRefused: number
}

export type AppKeys = {
  /** `#1`; a new app key gets the next number. */
  shown(appKey: string): string
  /** How the name in a fault or option is shown: an app key, or `#` and its number. */
  shownName(name: string): string
  isNamed(name: string, appKey: string | undefined): boolean
  of(appKey: string): Deeds
  stats(
    slotsOf: (appKey: string) => number,
    open: readonly { readonly appKey: string | undefined; readonly registrations: ReadonlyMap<string, Registration> }[],
  ): readonly AppKeyStats[]
}

export function createAppKeys(): AppKeys {
  const known = new Map<string, Deeds & { readonly shown: string }>()

  function of(appKey: string) {
    let deeds = known.get(appKey)
    if (deeds === undefined) {
      deeds = { shown: `#${known.size + 1}`, sessions: [], requests: 0, requestsRefused: 0, calls: 0, callsRefused: 0 }
      known.set(appKey, deeds)
    }
    return deeds
  }

  const shownName = (name: string) => (isNumber(name) ? name : of(name).shown)

  return {
    of,
    shown: appKey => of(appKey).shown,
    shownName,
    isNamed(name, appKey) {
      if (appKey === undefined) return false
      return isNumber(name) ? known.get(appKey)?.shown === name : name === appKey
    },
    stats: (slotsOf, open) =>
      [...known].map(([appKey, { shown, sessions, ...counts }]) => ({
        appKey: shown,
        slots: slotsOf(appKey),
        registrations: open.find(session => session.appKey === appKey)?.registrations.size ?? 0,
        sessions: [...sessions],
        ...counts,
      })),
  }
}

/** KIS's app keys are letters and digits. */
function isNumber(name: string): boolean {
  return name.startsWith('#')
}
