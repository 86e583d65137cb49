// Which keys are subscribed: what is wanted, and what the server answered in this session. Pure functions
// over a plain object (a Map shows as {} in the inspector). It never filters data.
import { isNotice } from '../kis/channel.ts'
import { type SubscriptionKey, subscriptionOf } from '../market/subscription.ts'

export type LedgerStatus = 'wanted' | 'requested' | 'active' | 'adopted' | 'releasing' | 'refused'

export type LedgerEntry = {
  readonly status: LedgerStatus
  /** Asked of us, whatever the server holds at the moment. */
  readonly isWanted: boolean
  /** Why it was refused: KIS's code, or `UNANSWERED`, or `MUTE`. */
  readonly code?: string
  /** Stale, unanswered or refused for a passing reason: not requested again before its rest is over. */
  readonly isResting?: true
  /** Refused by us, because no slot is free: it takes the next free one. */
  readonly isUnplaced?: true
  /** Refusals in a row for a passing reason: the rest grows with them. */
  readonly refusals?: number
}

export type Ledger = Readonly<Record<SubscriptionKey, LedgerEntry>>

/**
 * Slots of one session, all channels and markets together (KIS notice of 2026-04-20; the 42nd registration
 * was refused on 2026-08-17).
 */
export const mostSubscriptions = 41

/** KIS's code for the 42nd registration; given here without asking KIS. */
export const sessionFull = 'OPSP0008'
export const unanswered = 'UNANSWERED'

/** KIS answers that it is subscribed and sends nothing, however often it is requested. */
export const stale = 'MUTE'

export const emptyLedger: Ledger = {}

const wanted: LedgerEntry = { status: 'wanted', isWanted: true }
const unplaced: LedgerEntry = { status: 'refused', isWanted: true, code: sessionFull, isUnplaced: true }

/**
 * A refused key is requested again at once; one that is being released is requested again after its release.
 */
export function want(ledger: Ledger, keys: readonly SubscriptionKey[], reserved = 0): Ledger {
  return keys.reduce((current, key) => wantOne(current, key, reserved), ledger)
}

function wantOne(ledger: Ledger, key: SubscriptionKey, reserved: number): Ledger {
  const entry = ledger[key]
  if (entry === undefined || entry.status === 'refused') {
    const others = entriesOf(ledger).flatMap(([other, placed]) => (other !== key && hasSlot(placed) ? [other] : []))
    const fits = hasRoom(others, key, reserved)
    return set(ledger, key, fits ? wanted : unplaced)
  }
  return entry.isWanted ? ledger : set(ledger, key, { ...entry, isWanted: true })
}

/** Keys without a slot take the slots that became free, in the order in which they were wanted. */
export function admitted(ledger: Ledger, reserved = 0): Ledger {
  return keysWhere(ledger, entry => entry.isUnplaced === true).reduce(
    (current, key) => wantOne(current, key, reserved),
    ledger,
  )
}

/** `reserved` of the 41 slots are for account notices, whether these are wanted or not. */
function hasRoom(others: readonly SubscriptionKey[], key: SubscriptionKey, reserved: number): boolean {
  const notices = others.filter(isNoticeKey).length
  return others.length + (isNoticeKey(key) ? 0 : Math.max(0, reserved - notices)) < mostSubscriptions
}

function isNoticeKey(key: SubscriptionKey): boolean {
  return isNotice(subscriptionOf(key).channel)
}

/** What the server holds stays in the ledger until it is released. */
export function unwant(ledger: Ledger, keys: readonly SubscriptionKey[]): Ledger {
  return keys.reduce((current, key) => {
    const entry = current[key]
    if (entry === undefined) return current
    return isHeld(entry) ? set(current, key, { ...entry, isWanted: false }) : remove(current, key)
  }, ledger)
}

/** A key that is refused for good frees its slot; one that rests and is requested again keeps it. */
function hasSlot({ isResting, status }: LedgerEntry): boolean {
  return status !== 'refused' || isResting === true
}

/**
 * The server may hold a key that it had refused. What no longer fits beside it is refused before it is
 * requested.
 */
export function fitted(ledger: Ledger, reserved = 0): Ledger {
  const placed = held(ledger)
  return toRequest(ledger).reduce((current, key) => {
    const fits = hasRoom(placed, key, reserved)
    if (fits) placed.push(key)
    return fits ? current : set(current, key, unplaced)
  }, ledger)
}

/** Wanted and not requested yet. Account notices come first: they have reserved slots. */
export function toRequest(ledger: Ledger): SubscriptionKey[] {
  const keys = keysWhere(ledger, entry => entry.status === 'wanted' && !entry.isResting)
  const notices = keys.filter(isNoticeKey)
  return notices.length === 0 ? keys : [...notices, ...keys.filter(key => !notices.includes(key))]
}

/** No longer wanted, and not being released yet. */
export function toRelease(ledger: Ledger): SubscriptionKey[] {
  return keysWhere(ledger, entry => isHeld(entry) && !entry.isWanted && entry.status !== 'releasing')
}

/** Everything the server may hold. */
export function held(ledger: Ledger): SubscriptionKey[] {
  return keysWhere(ledger, isHeld)
}

export function hasWanted(ledger: Ledger): boolean {
  return entriesOf(ledger).some(([, entry]) => entry.isWanted)
}

/** Every request has its answer. */
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

/** SUBSCRIBE SUCCESS. A key that is being released stays so; an unknown key is ignored. */
export function acknowledged(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (entry === undefined || entry.status === 'releasing') return ledger
  return set(ledger, key, { status: 'active', isWanted: entry.isWanted })
}

/**
 * ALREADY IN SUBSCRIBE: no change for a key we hold. A key just requested is adopted until data proves it.
 */
export function duplicated(ledger: Ledger, key: SubscriptionKey): Ledger {
  return ledger[key]?.status === 'requested' ? withStatus(ledger, [key], 'adopted') : ledger
}

/** Data of an adopted key arrived: the server does hold it. */
export function flowing(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  return entry?.status === 'adopted' ? set(ledger, key, { status: 'active', isWanted: entry.isWanted }) : ledger
}

/** The server no longer holds the key. If it is still wanted, it is requested again. */
export function released(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (entry === undefined || !isHeld(entry)) return ledger
  if (!entry.isWanted) return remove(ledger, key)
  return set(ledger, key, { ...wanted, ...(entry.isResting ? { isResting: true } : {}), ...refusalsOf(entry) })
}

/**
 * The server refused a subscription, or the release of a key that it then does not hold. After a refusal for
 * a passing reason the key rests and is requested again.
 */
export function refused(ledger: Ledger, key: SubscriptionKey, code: string, isPassing = false): Ledger {
  const entry = ledger[key]
  if (entry === undefined) return ledger
  if (entry.status === 'releasing' || !entry.isWanted) return released(ledger, key)
  const refusal: LedgerEntry = { status: 'refused', isWanted: true, code }
  return set(ledger, key, isPassing ? { ...refusal, isResting: true, refusals: (entry.refusals ?? 0) + 1 } : refusal)
}

/** A stale key is released, and requested again after a rest. */
export function resting(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (entry === undefined) return ledger
  return set(ledger, key, { status: 'releasing', isWanted: entry.isWanted, isResting: true, ...refusalsOf(entry) })
}

export function rested(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  if (!entry?.isResting) return ledger
  const { status, isWanted } = entry
  return set(ledger, key, { ...(status === 'refused' ? wanted : { status, isWanted }), ...refusalsOf(entry) })
}

/** No recovery step helped: handled as if KIS had refused the key for a passing reason. */
export function gaveUp(ledger: Ledger, key: SubscriptionKey): Ledger {
  return ledger[key]?.isWanted ? refused(ledger, key, stale, true) : ledger
}

/** The request was never sent. */
export function unsent(ledger: Ledger, key: SubscriptionKey): Ledger {
  const entry = ledger[key]
  return entry?.status === 'requested' ? set(ledger, key, { ...wanted, ...refusalsOf(entry) }) : ledger
}

/** Requested, and not answered yet. */
export function waiting(ledger: Ledger): SubscriptionKey[] {
  return keysWhere(ledger, ({ status }) => status === 'requested')
}

/**
 * Requests without an answer are refused for a passing reason. Those in `again` are requested again after a
 * short rest, and the refusal is not counted.
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

/** The server has accepted and refused nothing in this session. */
export function isUnanswered(ledger: Ledger): boolean {
  return entriesOf(ledger).every(([, { status, code }]) =>
    status === 'refused' ? code === unanswered || code === sessionFull : status !== 'active' && status !== 'adopted',
  )
}

/** Keeps what is wanted and forgets the answers of the last session: they do not hold in the next one. */
export function newSession(ledger: Ledger, reserved = 0): Ledger {
  return want(
    emptyLedger,
    keysWhere(ledger, entry => entry.isWanted),
    reserved,
  )
}

function isHeld(entry: LedgerEntry): boolean {
  return entry.status !== 'wanted' && entry.status !== 'refused'
}

/** Entries in the order in which the keys were first wanted. */
export function entriesOf(ledger: Ledger): [SubscriptionKey, LedgerEntry][] {
  return Object.entries(ledger) as [SubscriptionKey, LedgerEntry][]
}

function keysWhere(ledger: Ledger, holds: (entry: LedgerEntry) => boolean): SubscriptionKey[] {
  return entriesOf(ledger).flatMap(([key, entry]) => (holds(entry) ? [key] : []))
}

function withStatus(ledger: Ledger, keys: readonly SubscriptionKey[], status: LedgerStatus): Ledger {
  return keys.reduce((current, key) => {
    const entry = current[key]
    return entry === undefined ? current : set(current, key, { status, isWanted: entry.isWanted, ...refusalsOf(entry) })
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
