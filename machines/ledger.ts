// Is this key subscribed? The one truth about it: what is wished for, and what the server said in this session. Pure functions over a
// plain object (a Map shows as {} in the inspector). It never filters data; it only tells what was agreed.
import { isNotice } from '../kis/channel.ts'
import { type SubscriptionKey, subscriptionOf } from '../market/subscription.ts'

export type LedgerStatus = 'wanted' | 'requested' | 'active' | 'adopted' | 'releasing' | 'refused'

export type LedgerEntry = {
  readonly status: LedgerStatus
  /** Somebody wants this key, whatever the server holds at the moment. */
  readonly wished: boolean
  /** Why it was refused: KIS's code, or `UNANSWERED`, or `MUTE`. */
  readonly code?: string
  /**
   * It was mute, unanswered or refused for a passing reason, and is not to be asked for before its rest is
   * over.
   */
  readonly isResting?: true
  /** Refused by us, because no slot is left: it takes the next one that is. */
  readonly isUnplaced?: true
  /** How many times in a row it was refused for a passing reason: its rest grows with them. */
  readonly refusals?: number
}

export type Ledger = Readonly<Record<SubscriptionKey, LedgerEntry>>

/** Registrations of one session, all channels and markets together (KIS notice of 2026-04-20; the 42nd was refused on 2026-08-17). */
export const mostSubscriptions = 41

/** The code KIS gives to the 42nd; we say it ourselves and spare KIS the question. */
export const sessionFull = 'OPSP0008'
export const unanswered = 'UNANSWERED'

/** KIS says it is subscribed, and sends nothing, however often it is asked. */
export const mute = 'MUTE'

export const emptyLedger: Ledger = {}

const wanted: LedgerEntry = { status: 'wanted', wished: true }
const unplaced: LedgerEntry = { status: 'refused', wished: true, code: sessionFull, isUnplaced: true }

/** Notes wishes. A key that was refused is asked for again at once; one that is being released comes back once it is gone. */
export function want(ledger: Ledger, keys: readonly SubscriptionKey[], reserved = 0): Ledger {
  return keys.reduce((current, key) => wantOne(current, key, reserved), ledger)
}

function wantOne(ledger: Ledger, key: SubscriptionKey, reserved: number): Ledger {
  const entry = ledger[key]
  if (entry === undefined || entry.status === 'refused') {
    const others = entriesOf(ledger).flatMap(([other, placed]) => (other !== key && hasPlace(placed) ? [other] : []))
    const fits = hasRoom(others, key, reserved)
    return set(ledger, key, fits ? wanted : unplaced)
  }
  return entry.wished ? ledger : set(ledger, key, { ...entry, wished: true })
}

/** What had no slot takes those that became free, in the order in which it was wanted. */
export function admitted(ledger: Ledger, reserved = 0): Ledger {
  return keysWhere(ledger, entry => entry.isUnplaced === true).reduce(
    (current, key) => wantOne(current, key, reserved),
    ledger,
  )
}

/**
 * Whether a key fits beside the others. `reserved` of the 41 are for account notices, whether these are asked
 * for or not.
 */
function hasRoom(others: readonly SubscriptionKey[], key: SubscriptionKey, reserved: number): boolean {
  const notices = others.filter(isNoticeKey).length
  return others.length + (isNoticeKey(key) ? 0 : Math.max(0, reserved - notices)) < mostSubscriptions
}

function isNoticeKey(key: SubscriptionKey): boolean {
  return isNotice(subscriptionOf(key).channel)
}

/** Drops wishes. What the server holds stays in the ledger until it is released. */
export function unwant(ledger: Ledger, keys: readonly SubscriptionKey[]): Ledger {
  return keys.reduce((current, key) => {
    const entry = current[key]
    if (entry === undefined) return current
    return isHeld(entry) ? set(current, key, { ...entry, wished: false }) : remove(current, key)
  }, ledger)
}

/**
 * A key that is refused for good gives its place to another; one that rests and will be asked for again keeps
 * it.
 */
function hasPlace({ isResting, status }: LedgerEntry): boolean {
  return status !== 'refused' || isResting === true
}

/** The server may turn out to hold a key that it had refused. What no longer fits beside it is refused before it is asked for. */
export function fitted(ledger: Ledger, reserved = 0): Ledger {
  const placed = held(ledger)
  return toRequest(ledger).reduce((current, key) => {
    const fits = hasRoom(placed, key, reserved)
    if (fits) placed.push(key)
    return fits ? current : set(current, key, unplaced)
  }, ledger)
}

/** Wished for, and not asked yet: account notices first, whose slot is theirs. */
export function toRequest(ledger: Ledger): SubscriptionKey[] {
  const keys = keysWhere(ledger, entry => entry.status === 'wanted' && !entry.isResting)
  const notices = keys.filter(isNoticeKey)
  return notices.length === 0 ? keys : [...notices, ...keys.filter(key => !notices.includes(key))]
}

/** No longer wished for, and not let go of yet. */
export function toRelease(ledger: Ledger): SubscriptionKey[] {
  return keysWhere(ledger, entry => isHeld(entry) && !entry.wished && entry.status !== 'releasing')
}

/** Everything the server may hold. */
export function held(ledger: Ledger): SubscriptionKey[] {
  return keysWhere(ledger, isHeld)
}

export function hasWishes(ledger: Ledger): boolean {
  return entriesOf(ledger).some(([, entry]) => entry.wished)
}

/** Everything that was asked has been answered. */
export function isSettled(ledger: Ledger): boolean {
  return entriesOf(ledger).every(
    ([, { status, isResting }]) =>
      (status !== 'wanted' || isResting === true) && status !== 'requested' && status !== 'releasing',
  )
}

export function requested(ledger: Ledger, keys: readonly SubscriptionKey[]): Ledger {
  return withStatus(ledger, keys, 'requested')
}

export function releasing(ledger: Ledger, keys: readonly SubscriptionKey[]): Ledger {
  return withStatus(ledger, keys, 'releasing')
}

/** SUBSCRIBE SUCCESS. A key that is on its way out stays on its way out; a key nobody knows is none of ours. */
export function acknowledged(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (entry === undefined || entry.status === 'releasing') return ledger
  return set(ledger, key, { status: 'active', wished: entry.wished })
}

/** ALREADY IN SUBSCRIBE: no news of a key we hold; a ghost of one we just asked for, which only data can prove. */
export function duplicated(ledger: Ledger, key: SubscriptionKey): Ledger {
  return ledger[key]?.status === 'requested' ? withStatus(ledger, [key], 'adopted') : ledger
}

/** Data of an adopted key arrived, so KIS was right. */
export function flowing(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  return entry?.status === 'adopted' ? set(ledger, key, { status: 'active', wished: entry.wished }) : ledger
}

/** The server no longer holds the key. Still wished for, it is asked for again. */
export function released(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (entry === undefined || !isHeld(entry)) return ledger
  if (!entry.wished) return remove(ledger, key)
  return set(ledger, key, { ...wanted, ...(entry.isResting ? { isResting: true } : {}), ...refusalsOf(entry) })
}

/**
 * The server said no: to the subscription, or to the release of something it then does not hold. For a
 * passing reason, the key rests and is asked for again.
 */
export function refused(ledger: Ledger, key: SubscriptionKey, code: string, isPassing = false): Ledger {
  const entry = ledger[key]
  if (entry === undefined) return ledger
  if (entry.status === 'releasing' || !entry.wished) return released(ledger, key)
  const refusal: LedgerEntry = { status: 'refused', wished: true, code }
  return set(ledger, key, isPassing ? { ...refusal, isResting: true, refusals: (entry.refusals ?? 0) + 1 } : refusal)
}

/** Let go of a mute key, to ask for it again after a rest. */
export function resting(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (entry === undefined) return ledger
  return set(ledger, key, { status: 'releasing', wished: entry.wished, isResting: true, ...refusalsOf(entry) })
}

export function rested(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (!entry?.isResting) return ledger
  const { status, wished } = entry
  return set(ledger, key, { ...(status === 'refused' ? wanted : { status, wished }), ...refusalsOf(entry) })
}

/**
 * Nothing helped: it is called refused, and asked for again as if KIS had refused it for a passing reason.
 */
export function gaveUp(ledger: Ledger, key: SubscriptionKey): Ledger {
  return ledger[key]?.wished ? refused(ledger, key, mute, true) : ledger
}

/** The request never left the house, so it was no request. */
export function unsent(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  return entry?.status === 'requested' ? set(ledger, key, { ...wanted, ...refusalsOf(entry) }) : ledger
}

/** Asked for, and not answered yet. */
export function waiting(ledger: Ledger): SubscriptionKey[] {
  return keysWhere(ledger, ({ status }) => status === 'requested')
}

/**
 * Time is up for whatever was asked and not answered, a passing reason. `again`: those that are asked for
 * once more after a short rest, which is not counted.
 */
export function giveUpWaiting(ledger: Ledger, again: readonly SubscriptionKey[] = []): Ledger {
  const overdue = keysWhere(ledger, ({ status }) => status === 'requested' || status === 'releasing')
  const given = overdue.reduce((current, key) => refused(current, key, unanswered, true), ledger)
  return again.reduce((current, key) => {
    const entry = current[key]
    if (entry?.status !== 'refused') return current
    const { refusals: _counted, ...refusal } = entry
    return set(current, key, { ...refusal, ...refusalsOf(ledger[key]) })
  }, given)
}

/** The server has not said a word that holds in this session: neither yes nor no. */
export function isUnheard(ledger: Ledger): boolean {
  return entriesOf(ledger).every(([, { status, code }]) =>
    status === 'refused' ? code === unanswered || code === sessionFull : status !== 'active' && status !== 'adopted',
  )
}

/** Truth does not outlive the connection it was told on: wishes stay, what the server said is forgotten. */
export function newSession(ledger: Ledger, reserved = 0): Ledger {
  return want(
    emptyLedger,
    keysWhere(ledger, entry => entry.wished),
    reserved,
  )
}

function isHeld(entry: LedgerEntry): boolean {
  return entry.status !== 'wanted' && entry.status !== 'refused'
}

/** Entries in the order in which the keys were first wished for. */
export function entriesOf(ledger: Ledger): [SubscriptionKey, LedgerEntry][] {
  return Object.entries(ledger) as [SubscriptionKey, LedgerEntry][]
}

function keysWhere(ledger: Ledger, holds: (entry: LedgerEntry) => boolean): SubscriptionKey[] {
  return entriesOf(ledger).flatMap(([key, entry]) => (holds(entry) ? [key] : []))
}

function withStatus(ledger: Ledger, keys: readonly SubscriptionKey[], status: LedgerStatus): Ledger {
  return keys.reduce((current, key) => {
    const entry = current[key]
    return entry === undefined ? current : set(current, key, { status, wished: entry.wished, ...refusalsOf(entry) })
  }, ledger)
}

function refusalsOf(entry: LedgerEntry | undefined): Pick<LedgerEntry, 'refusals'> {
  return entry?.refusals === undefined ? {} : { refusals: entry.refusals }
}

function set(ledger: Ledger, key: SubscriptionKey, entry: LedgerEntry): Ledger {
  return { ...ledger, [key]: entry }
}

function remove(ledger: Ledger, key: SubscriptionKey): Ledger {
  const { [key]: _removed, ...rest } = ledger
  return rest
}
