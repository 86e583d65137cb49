// Where time comes from. The only place in the project that asks the operating system what time it is.

/**
 * A source of the current instant. Pass one in wherever time matters, so that a story can start at 16:29:58
 * KST.
 */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that reads `start` now and runs on at the pace of `source`. */
export function clockStartingAt(start: number, source: Clock = systemClock): Clock {
  const offset = start - source.now()
  return { now: () => source.now() + offset }
}
