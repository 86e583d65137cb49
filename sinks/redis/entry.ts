// How events lie in a Redis stream: many to an entry, because an entry for each costs Redis and both clients
// twenty times as much.
//
// v 1 · w 0f3a… · first 1200 · n 87 · t0 1795… · t1 1795… · events
// {"type":"trade",…}\n{"type":"dropped",…}\n…
//
// `first` counts what was offered to the writer before this entry, dropped events included, and `n` what it
// accounts for. So a reader knows, to the event, what was trimmed away before it was read, and what was
// written twice because an answer got lost.
import type { Dropped, MarketEvent } from '../../market/events.ts'

export type Entry = {
  /** Chosen anew by every sink that starts. */
  readonly writer: string
  readonly first: number
  readonly count: number
  /** The `receivedTime` of the first and the last event. */
  readonly from: number
  readonly to: number
  /** One a line, as JSON. */
  readonly events: string
}

/** Fields as ioredis and Redis want them: name, value, name, value. */
export function toFields({ writer, first, count, from, to, events }: Entry): (string | number)[] {
  return ['v', 1, 'w', writer, 'first', first, 'n', count, 't0', from, 't1', to, 'events', events]
}

/** Undefined for what no sink of this version wrote. */
export function fromFields(fields: readonly string[]): Entry | undefined {
  const named = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) named.set(fields[i] as string, fields[i + 1] as string)
  const [writer, events] = [named.get('w'), named.get('events')]
  const [first, count, from, to] = ['first', 'n', 't0', 't1'].map(name => Number(named.get(name) ?? Number.NaN)) as [
    number,
    number,
    number,
    number,
  ]
  if (named.get('v') !== '1' || writer === undefined || events === undefined) return undefined
  return [first, count, from, to].some(Number.isNaN) ? undefined : { writer, first, count, from, to, events }
}

/** The events of an entry, in order. Throws on what is no JSON. */
export function eventsOf(entry: Entry): (MarketEvent | Dropped)[] {
  return entry.events
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as MarketEvent | Dropped) // what the sink wrote
}

/**
 * What was trimmed away between two entries of a writer. When its events came is not known, so these are the
 * times around them.
 */
export function receiptBetween(next: number, lastTime: number, { first, from }: Entry): Dropped[] {
  return first > next ? [{ type: 'dropped', count: first - next, from: lastTime, to: from }] : []
}
