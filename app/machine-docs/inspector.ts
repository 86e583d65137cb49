// What happens inside the machines, for people: the actors, their states, and the types of their events. It
// emits no context, no payload and no input, and costs nothing without a listener.
import type { AnyActorRef, InspectionEvent } from 'xstate'
import type { Clock } from '../../market/clock.ts'
import type { FeedInternals } from '../feed/contract.ts'

/** `subscribed`, or `{ session: { connecting: 'opening' } }`: names of states and nothing else. */
export type StateValue = string | { readonly [state: string]: StateValue }

export type InspectionRecord =
  | {
      readonly kind: 'actor'
      readonly at: number
      readonly id: string
      readonly name: string
      readonly parent: string | undefined
      /** `feed`, `line` or `socket`; undefined for what is no machine. */
      readonly machine: string | undefined
      readonly value: StateValue | undefined
    }
  | {
      readonly kind: 'event'
      readonly at: number
      readonly to: string
      readonly from: string | undefined
      readonly type: string
    }
  /** `cause`: the type of the event that led there. */
  | {
      readonly kind: 'state'
      readonly at: number
      readonly id: string
      readonly value: StateValue | undefined
      readonly cause: string
      readonly status: string
    }

export type Inspector = {
  /** Emits the actors, the records so far, and every record from now on. Returns how to stop it. */
  look(listener: (record: InspectionRecord) => void): () => void
  /** Oldest first; the newest `mostRecords`. */
  records(): readonly InspectionRecord[]
}

export type InspectorOptions = {
  /** Of the feed. */
  readonly inspect: FeedInternals['inspect']
  readonly clock: Clock
  readonly mostRecords?: number
}

/** A day of control events; a page steps through it in one go. */
const defaultMostRecords = 5_000

export function createInspector({ inspect, clock, mostRecords = defaultMostRecords }: InspectorOptions): Inspector {
  const listeners = new Set<(record: InspectionRecord) => void>()
  const lastSeen = new Map<string, string>()
  let records: InspectionRecord[] = []
  let attached: { unsubscribe(): void } | undefined

  function add(record: InspectionRecord): void {
    records.push(record)
    if (records.length > mostRecords) records.shift()
    for (const listener of listeners) listener(record)
  }

  function recordActor(actor: AnyActorRef): void {
    const snapshot: unknown = actor.getSnapshot()
    lastSeen.set(actor.sessionId, outwardly(snapshot))
    add({ kind: 'actor', at: clock.now(), ...identityOf(actor), value: valueOf(snapshot) })
  }

  function recordState(actor: AnyActorRef, snapshot: unknown, cause: string): void {
    if (lastSeen.get(actor.sessionId) === outwardly(snapshot)) return
    lastSeen.set(actor.sessionId, outwardly(snapshot))
    const state = { id: nameIn(actor.sessionId), value: valueOf(snapshot), status: statusOf(snapshot) }
    add({ kind: 'state', at: clock.now(), ...state, cause: nameIn(cause) })
  }

  function note(event: InspectionEvent): void {
    try {
      const actor = event.actorRef as AnyActorRef
      if (event.type === '@xstate.actor') recordActor(actor)
      if (event.type === '@xstate.event') {
        const from = event.sourceRef === undefined ? undefined : nameIn(event.sourceRef.sessionId)
        add({ kind: 'event', at: clock.now(), to: nameIn(actor.sessionId), from, type: nameIn(event.event.type) })
      }
      if (event.type === '@xstate.snapshot') recordState(actor, event.snapshot, event.event.type)
    } catch {
      // An exception here would surface inside the inspected machine: an unreadable record is left out.
    }
  }

  function attach(): void {
    records = []
    lastSeen.clear()
    const { actors, subscription } = inspect(note)
    attached = subscription
    actors.forEach(recordActor)
  }

  function detach(): void {
    attached?.unsubscribe()
    attached = undefined
  }

  return {
    look(listener) {
      if (attached === undefined) attach()
      for (const record of records) listener(record)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) detach()
      }
    },
    records: () => [...records],
  }
}

function identityOf(actor: AnyActorRef) {
  const { sessionId, id, _parent: parent } = actor
  const machine = Reflect.get(Object(Reflect.get(actor, 'logic')), 'id')
  const isRoot = parent === undefined && typeof machine === 'string'
  return {
    id: nameIn(sessionId),
    name: isRoot ? nameIn(machine) : machine === 'line' ? nameIn(`line ${id}`) : nameIn(id),
    parent: parent === undefined ? undefined : nameIn(parent.sessionId),
    machine: typeof machine === 'string' ? nameIn(machine) : undefined,
  }
}

/** Most events change a context and no state: those are no news. */
function outwardly(snapshot: unknown): string {
  return `${statusOf(snapshot)} ${JSON.stringify(valueOf(snapshot)) ?? ''}`
}

function statusOf(snapshot: unknown): string {
  return nameIn(Reflect.get(Object(snapshot), 'status'))
}

/** Of a machine's snapshot, the state value; other actors' snapshots have none, and may be anything. */
function valueOf(snapshot: unknown): StateValue | undefined {
  const hasStates = typeof snapshot === 'object' && snapshot !== null && 'machine' in snapshot && 'value' in snapshot
  return hasStates ? namesIn(snapshot.value) : undefined
}

function namesIn(value: unknown): StateValue {
  if (typeof value !== 'object' || value === null) return nameIn(value)
  return Object.fromEntries(Object.entries(value).map(([state, inner]) => [nameIn(state), namesIn(inner)]))
}

/** Names are short and plain. Whatever is not is none of ours, and might carry something. */
function nameIn(value: unknown): string {
  return typeof value === 'string' && /^[\w@*][\w .:@*-]{0,119}$/.test(value) ? value : '[other]'
}
