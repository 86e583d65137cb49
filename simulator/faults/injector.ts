// The faults in force and their effects. Independent of sockets: the server calls it where a frame or an
// answer leaves, where a request is answered, and where REST answers.
import type { Alarms } from '../alarms.ts'
import { describeFault, readFault } from './form.ts'
import type { Hooks, Host, Recipient, Work } from './hooks.ts'
import { createFaultLog, type FaultLog } from './log.ts'
import { makeFault } from './makers.ts'
import type { Fault, FaultReport, Injected, ScheduledFault } from './faults.ts'
import { hooksOfOneKey, hostOfOneKey } from './one-key.ts'
import type { AppKeys } from '../keys/app-keys.ts'
import { appKeyOf } from '../rest/app-key.ts'
import type { Truth } from '../truth.ts'
import { createRandom, type Random, seedFor } from '../tape/random.ts'
import { type DataFrame, frameText, headLength, type TapeRecord } from '../columns/records.ts'
import type { SubscriptionRequest } from '../request.ts'
import type { Rest } from '../rest/routes.ts'
import type { Interference, Session } from '../session.ts'
import type { Registration } from '../transactions.ts'

/** More than any scenario needs; this stops a script that goes on forever. */
const mostInForce = 100
/** Ended faults are listed too, up to a limit. */
const mostKnown = 1_000

export type InjectorOptions = {
  readonly host: Host
  readonly alarms: Alarms
  readonly truth: Truth
  readonly keys: AppKeys
  readonly seed: number
  readonly log: (line: string) => void
}

export type Injector = Interference & {
  /** Throws, with everything that is wrong, when the input is no fault. */
  inject(fault: Fault): Injected
  /** Throws likewise; returns a function that starts the script. */
  schedule(faults: readonly ScheduledFault[]): () => void
  /** Oldest first, ended ones included. */
  reports(): readonly FaultReport[]
  /** Undefined when no fault has this number. */
  find(id: number): Injected | undefined
  /** Whether frames must go through `deliver`; if not, they may leave as they are. */
  readonly isWatching: boolean
  /** Sends one frame, or what the faults make of it. */
  deliver(to: Recipient, frame: string): void
  /** Sends the answer to a subscription: now, later or never. */
  reply(session: Session, request: SubscriptionRequest, send: () => void): void
  /** The text of an answer, or what the faults make of it. */
  reword(session: Session, request: SubscriptionRequest, text: string): string
  /** Whether messages of this kind are dropped: `received` from the session, or `sent` to it. */
  isAbsent(session: Session, message: 'received' | 'sent'): boolean
  /** Whether a protocol ping gets no pong. */
  ignoresPing(session: Session): boolean
  /** Closes when the client's close is to be answered. */
  closing(session: Session, close: () => void): void
  /** The HTTP status that refuses an upgrade. */
  refusesUpgrade(): number | undefined
  /** REST with the faults before it. */
  restBehind(rest: Rest): Rest
  opened(session: Session): void
  /** The session has its app key now. */
  identified(session: Session): void
  released(session: Session, registration: Registration): void
}

type InForce = {
  readonly id: number
  readonly hooks: Hooks
  readonly log: FaultLog
  /** When its time is over. The alarm that ends it may come a little later. */
  readonly until: number
}

export function createInjector({ alarms, host, keys, truth, log, seed }: InjectorOptions): Injector {
  /** Never changed in place: a fault may end while the list is read. */
  let inForce: readonly InForce[] = []
  let onFrames: readonly InForce[] = []
  const known = new Map<number, Injected>()
  let injections = 0
  const now = () => host.clock.now()

  function keep(entries: readonly InForce[]): void {
    inForce = entries
    onFrames = entries.filter(({ hooks }) => hooks.frames !== undefined)
    injector.isWatching = onFrames.length > 0 || truth.keepsTruth
  }

  /** The first answer of the faults in force. */
  function first<T>(ask: (hooks: Hooks) => T | undefined): T | undefined {
    alarms.catchUp()
    for (const { hooks } of inForce) {
      const said = ask(hooks)
      if (said !== undefined) return said
    }
    return undefined
  }

  function isMeant({ hooks, until }: InForce, to: Recipient): boolean {
    return until > now() && (hooks.frames?.concern(to) ?? false)
  }

  /** The records as this session gets them. */
  function cutFor({ cutter, session }: Recipient, records: readonly TapeRecord[]): readonly TapeRecord[] {
    // A damaged frame has no single records.
    if (cutter === undefined || records.some(({ countEach }) => countEach > 1)) return records
    return truth.cut(records, session.id, cutter(records.map(({ record }) => record)))
  }

  /** Sends what these faults leave of the frames. */
  function pass(to: Recipient, given: readonly DataFrame[], faults: readonly InForce[]): void {
    let frames = given
    for (const fault of faults) {
      if (!isMeant(fault, to)) continue
      frames = fault.hooks.frames?.change(to, frames) ?? frames
      fault.log.settle()
    }
    for (const frame of frames) {
      if (!to.send(frameText(frame))) continue
      for (const { origin } of frame.rows) truth.sent(origin, to.session.id)
    }
  }

  /** An app key is a secret, so the fault is reported with its number. */
  function begin(given: Fault): Injected {
    const name = 'appKey' in given ? given.appKey : undefined
    const isMeant = name === undefined ? undefined : (appKey: string | undefined) => keys.isNamed(name, appKey)
    const fault = name === undefined ? given : ({ ...given, appKey: keys.shownName(name) } as Fault)
    const id = ++injections
    const began = now()
    const faultLog = createFaultLog(`${id} ${fault.kind}`, now, log)
    const dice = new Map<string, Random>()
    let ended: number | undefined
    let entry: InForce | undefined
    let cancel = () => {}

    function end(why: string): void {
      if (ended !== undefined) return
      ended = now()
      cancel()
      keep(inForce.filter(other => other !== entry))
      entry?.hooks.end?.()
      faultLog.end(why)
    }

    const work: Work = {
      host: isMeant === undefined ? host : hostOfOneKey(host, isMeant),
      alarms,
      dice(name) {
        const random = dice.get(name) ?? createRandom(seedFor(`fault ${id} ${name}`, seed))
        dice.set(name, random)
        return random
      },
      strike: faultLog.strike,
      tally: faultLog.tally,
      withhold(to, rows) {
        for (const { origin } of rows) faultLog.withheld(truth.withhold(origin, to.session.id, fault.kind, id))
      },
      release(to, frames) {
        pass(
          to,
          frames,
          onFrames.filter(other => other.id > id),
        )
      },
      over: () => end('its work is done'),
    }

    const injected: Injected = {
      id,
      fault,
      report: () => ({
        id,
        fault,
        state: ended === undefined ? 'in-force' : 'over',
        began,
        ended,
        acted: faultLog.acted(),
        withheld: faultLog.sums(),
      }),
      clear: () => end('cleared'),
    }
    remember(injected)
    const values = describeFault(fault)
    faultLog.say(`begins${values === '' ? '' : `: ${values}`}`)
    const made = makeFault(fault, work)
    const hooks = isMeant === undefined ? made : hooksOfOneKey(made, isMeant, host)
    if (ended !== undefined) return injected

    const forMs = 'forMs' in fault ? fault.forMs : undefined
    entry = { id, hooks, log: faultLog, until: began + (forMs ?? Number.POSITIVE_INFINITY) }
    keep([...inForce, entry])
    if (forMs !== undefined) cancel = alarms.in(forMs, () => end('its time is up'))
    return injected
  }

  function remember(injected: Injected): void {
    known.set(injected.id, injected)
    for (const [id, { report }] of known) {
      if (known.size <= mostKnown) return
      if (report().state === 'over') known.delete(id)
    }
  }

  const injector: Injector & { isWatching: boolean } = {
    isWatching: truth.keepsTruth,
    inject(given) {
      const { fault } = readOrThrow(given)
      if (inForce.length >= mostInForce) throw new Error(`${mostInForce} faults are in force: clear some first`)
      return begin(fault)
    },
    schedule(faults) {
      const read = faults.map(({ atMs, fault }) => ({ atMs, ...readOrThrow(fault) }))
      return () => {
        for (const { atMs, fault } of read) {
          if (atMs === 0) begin(fault)
          else alarms.in(atMs, () => begin(fault))
        }
      }
    },
    reports: () => [...known.values()].map(({ report }) => report()),
    find: id => known.get(id),
    deliver(to, text) {
      const isUntouched = !onFrames.some(fault => isMeant(fault, to))
      if (isUntouched && !truth.keepsTruth && to.cutter === undefined) return void to.send(text)
      const { tr, key } = to.registration
      const emitted = truth.recordsOf(tr, key, text, now())
      const origins = cutFor(to, emitted)
      const rows = origins.map(origin => ({ text: origin.record, count: origin.countEach, origin }))
      const isSame = origins.length === emitted.length && origins.every((origin, at) => origin === emitted[at])
      pass(to, [{ text: isSame ? text : undefined, head: text.slice(0, headLength), rows }], onFrames)
    },
    isOccupied: (session, appKey) => first(hooks => hooks.isOccupied?.(session, appKey) || undefined) ?? false,
    answer: (session, request) => first(hooks => hooks.answer?.(session, request)),
    reply(session, request, send) {
      alarms.catchUp()
      let lateMs = 0
      for (const { hooks } of inForce) {
        const fate = hooks.reply?.(session, request)
        if (fate === 'lost') return
        lateMs += fate ?? 0
      }
      if (lateMs === 0) send()
      else alarms.in(lateMs, send)
    },
    reword: (session, request, text) => first(hooks => hooks.reword?.(session, request, text)) ?? text,
    isAbsent: (session, message) => inForce.some(({ hooks }) => hooks.isAbsent?.(session, message)),
    ignoresPing: session =>
      injector.isAbsent(session, 'received') || (first(hooks => hooks.ignoresPing?.(session) || undefined) ?? false),
    closing(session, close) {
      if (injector.isAbsent(session, 'received')) return
      const lateMs = first(hooks => hooks.closing?.(session))
      if (lateMs === undefined) close()
      else alarms.in(lateMs, close)
    },
    refusesUpgrade: () => first(hooks => hooks.upgrade?.()),
    restBehind: rest => ({
      answer(call) {
        const { path } = call
        const appKey = appKeyOf(call)
        const usual = first(hooks => hooks.rest?.(path, appKey)) ?? rest.answer(call)
        const said =
          usual instanceof Promise ? usual : (first(hooks => hooks.restAnswer?.(path, usual, appKey)) ?? usual)
        const lateMs = first(hooks => hooks.restDelay?.(path, appKey))
        return lateMs === undefined ? said : new Promise(resolve => alarms.in(lateMs, () => resolve(said)))
      },
    }),
    opened(session) {
      for (const { hooks } of inForce) hooks.opened?.(session)
    },
    identified(session) {
      for (const { hooks } of inForce) hooks.identified?.(session)
    },
    released(session, registration) {
      for (const { hooks } of inForce) hooks.released?.(session, registration)
    },
    closed(session) {
      for (const { hooks } of inForce) hooks.closed?.(session)
    },
  }
  return injector
}

function readOrThrow(value: unknown): { readonly fault: Fault } {
  const read = readFault(value)
  if ('mistakes' in read) throw new Error(`no fault: ${read.mistakes.join('; ')}`)
  return read
}
