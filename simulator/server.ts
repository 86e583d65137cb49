// The stand-in for KIS on loopback: REST and WebSocket on one port. Only the connections are here: answers
// are in answers.ts, the state of a session in session.ts, its data in the tape, faults in injector.ts.
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { standardCalendar } from '../market/calendar/calendar.ts'
import { systemClock } from '../market/clock.ts'
import { refuseUnknown } from '../market/basics/did-you-mean.ts'
import { createAlarms } from './alarms.ts'
import { noticeFrame } from './answers.ts'
import { controlBefore } from './faults/fault-endpoint.ts'
import { createCredentials } from './credentials.ts'
import { cuttersOf } from './cuts/of-keys.ts'
import { createAppKeys } from './keys/app-keys.ts'
import { countingCalls } from './keys/calls.ts'
import { slotLimits } from './keys/slots.ts'
import type { Host, Recipient } from './faults/hooks.ts'
import { createRestServer, listen, refuseUpgrade } from './http.ts'
import { createInjector } from './faults/injector.ts'
import { createTruth } from './truth.ts'
import { createDays } from './market/day-bars.ts'
import {
  memoryOptionNames,
  quotationOptionNames,
  type Simulator,
  simulatorOptionNames,
  type SimulatorOptions,
} from './options.ts'
import { createPastMarket } from './market/past-market.ts'
import { type Ping, startPing } from './ping.ts'
import { createGate } from './rest/gate.ts'
import { skipsOneOf } from './rest/quoting.ts'
import { readRequest, type Request } from './request.ts'
import { createRest } from './rest/routes.ts'
import { createLook } from './market/seen.ts'
import { createSessions, type Session } from './session.ts'
import { createLastEmitted, standingIn } from './market/standing.ts'
import { createCounters, rememberHandshake, rememberRequest, statsOf } from './stats.ts'
import { generatedTape, type Listener, severalHistories } from './tape/tape.ts'
import { createNoticeWriter, type NoticeOf } from './notices.ts'
import { isNotice, nameOf, type Registration } from './transactions.ts'

export type { Fault, FaultKind, FaultReport, Injected, ScheduledFault } from './faults/faults.ts'
export type { TruthSizes, TruthRecord, Withheld } from './truth.ts'
export type { Simulator, SimulatorOptions } from './options.ts'
export type { ReceivedRequest, SimulatorStats } from './stats.ts'

/** One client's connection. */
type Connection = { readonly socket: WebSocket; readonly session: Session; readonly ping: Ping }

const loopback = '127.0.0.1'
const mostMessageBytes = 1024 * 1024
/**
 * Queued for one client: a tape that can wait does so above the first; above the second the client is cut
 * off.
 */
const congestedBytes = 1024 * 1024
const hopelessBytes = 64 * 1024 * 1024

/** Rejects with a sentence when the port is not available, and on unknown options. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  refuseUnknown(options, simulatorOptionNames)
  refuseUnknown(options.quotations ?? {}, quotationOptionNames, 'quotations.')
  refuseUnknown(options.memory ?? {}, memoryOptionNames, 'memory.')
  const { port = 0, clock = systemClock, tape = generatedTape(), log = () => {} } = options
  const { control = false, faultSeed = 1, faults = [], pingIntervalMs = 110_000, pingTimeoutMs = 100_000 } = options
  const counters = createCounters()
  const credentials = createCredentials(options.credentialClock ?? clock)
  const keys = createAppKeys()
  const slotsOf = slotLimits(options.slots, options.slotsOf)
  const cutterOf = cuttersOf(options.differentCuts ?? false, keys, faultSeed)
  const connections = new Map<Session, Connection>()
  /**
   * The TCP connections under them, until the client hangs up. The ones that are left at the end are closed.
   */
  const lines = new Set<Duplex>()
  const listeners = new Map<Registration, Listener>()
  const alarms = createAlarms(clock)
  const truth = createTruth({ withheld: 100_000, truth: 0, ...options.memory })
  const host: Host = {
    clock,
    sessions: () => [...connections.keys()],
    send(session, text) {
      const connection = connections.get(session)
      if (connection !== undefined) say(connection, text)
    },
    cut(session) {
      const socket = connections.get(session)?.socket
      const queued = socket?.bufferedAmount ?? 0
      socket?.terminate()
      return queued
    },
    stopPing: session => connections.get(session)?.ping.stop(),
    adopt: (session, registration) => sessions.adopt(session, registration),
    forget: (session, registration) => sessions.forget(session, registration),
    appKeyOf,
    forgetApprovals: (isMeant = () => true) => credentials.forgetApprovals(isMeant),
  }
  const injector = createInjector({ host, alarms, truth, keys, seed: faultSeed, log })
  const startFaults = injector.schedule(faults)
  const sessions = createSessions(credentials, { identified, registered, released }, injector, slotsOf)

  const { callsPerSecond = 18, keptTrades = 20_000, skippedOneOf = 500 } = options.quotations ?? {}
  const emitted = createPastMarket(keptTrades)
  const gate = createGate(credentials, clock, callsPerSecond)
  const past = options.quotations?.past ?? emitted
  const lastEmitted = createLastEmitted()
  // A generated market knows its state; for a capture or a recording it is the last record emitted.
  const standing = standingIn(registrations =>
    tape.record === undefined ? lastEmitted.record(registrations) : tape.record(registrations),
  )
  const { seed = faultSeed } = tape
  const hasPast = tape.record !== undefined
  const quoting = {
    past,
    standing,
    look: createLook({ standing, past, seed }),
    days: createDays({ calendar: standardCalendar, seed, hasPast }),
    clock,
    calendar: standardCalendar,
    seed,
    skips: skipsOneOf(skippedOneOf, faultSeed),
  }

  const stats = () => {
    const appKeys = keys.stats(slotsOf, [...connections.keys()])
    return statsOf(counters, credentials.counts(), gate.stats(), appKeys, tape.stats(), truth.stats())
  }
  const rest = countingCalls(injector.restBehind(createRest(credentials, gate, quoting)), keys)
  const server = createRestServer(control ? controlBefore(rest, { injector, truth, stats, notify }) : rest, log)
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Answered below, unless a fault prevents it.
    autoPong: false,
    maxPayload: mostMessageBytes,
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    rememberHandshake(counters, clock.now())
    const refusal = injector.refusesUpgrade()
    if (refusal !== undefined) return refuseUpgrade(socket, refusal)
    lines.add(socket)
    for (const over of ['end', 'close']) socket.once(over, () => lines.delete(socket))
    counters.mostSocketsOpen = Math.max(counters.mostSocketsOpen, lines.size)
    sockets.handleUpgrade(request, socket, head, accept)
  })

  function accept(socket: WebSocket): void {
    const session = sessions.open()
    const ping = startPing({
      clock,
      intervalMs: pingIntervalMs,
      timeoutMs: pingTimeoutMs,
      send: text => {
        counters.pings++
        say(connection, text)
      },
      overdue: () => {
        log(`session ${session.id}: no echo of PINGPONG, cut`)
        socket.terminate()
      },
    })
    const connection = { socket, session, ping }
    connections.set(session, connection)
    counters.socketsOpened++
    log(`session ${session.id}: opened`)
    injector.opened(session)

    // By default ws hands over every message as one Buffer.
    socket.on('message', data => {
      if (!injector.isAbsent(session, 'received')) receive(connection, (data as Buffer).toString())
    })
    // The official sample echoes with a pong frame that has the text; that is reported to work as well
    // (protocol notes 3.6).
    socket.on('pong', data => {
      const text = data.toString()
      if (text.includes('PINGPONG') && !injector.isAbsent(session, 'received')) echoed(connection, text, true)
    })
    // ws answers a close frame by calling this, so the answer can be delayed here.
    const close = socket.close.bind(socket)
    socket.close = (code, reason) => injector.closing(session, () => close(code, reason))
    socket.on('ping', data => {
      counters.protocolPings++
      if (!injector.ignoresPing(session)) socket.pong(data)
      log(`session ${session.id}: a protocol ping; the real service drops a client for these after about 30 s`)
    })
    socket.on('error', error => log(`session ${session.id}: ${error.message}`))
    socket.on('close', code => {
      ping.stop()
      connections.delete(session)
      counters.socketsClosed++
      log(`session ${session.id}: closed (${code}), ${session.registrations.size} registrations forgotten`)
      sessions.close(session)
    })
  }

  function receive(connection: Connection, text: string): void {
    const { session } = connection
    const request = readRequest(text)
    if (request.kind === 'heartbeat') return echoed(connection, text, request.dated)
    const reply = sessions.answer(session, request)
    const { verb, tr, key } = request
    const { code } = reply
    const appKey = noteRequest(appKeyOf(session, request), code)
    rememberRequest(counters, { time: clock.now(), session: session.id, appKey, verb, tr, key, code })
    // An unreadable message is not repeated: it may hold anything.
    log(
      `session ${session.id}: ${request.kind === 'refused' ? 'refused' : `${verb} ${nameOf(request)}`}: ${reply.code}`,
    )
    if (request.kind === 'refused') say(connection, reply.text)
    else {
      const said = injector.reword(session, request, reply.text)
      injector.reply(session, request, () => say(connection, said))
    }
  }

  /** Whose session it is, or would be with this request. */
  function appKeyOf(session: Session, request?: Exclude<Request, { kind: 'heartbeat' }>): string | undefined {
    const approval = request?.kind === 'subscription' ? credentials.approvalOf(request.approvalKey) : undefined
    return approval?.appKey ?? session.appKey
  }

  /** Returns how the app key is shown. */
  function noteRequest(appKey: string | undefined, code: string): string | undefined {
    if (appKey === undefined) return undefined
    const deeds = keys.of(appKey)
    deeds.requests++
    if (!['OPSP0000', 'OPSP0001'].includes(code)) deeds.requestsRefused++
    return keys.shown(appKey)
  }

  /** Everything but frames of the tape goes out here. */
  function say({ session, socket }: Connection, text: string): void {
    if (!injector.isAbsent(session, 'sent')) socket.send(text)
  }

  function echoed({ ping }: Connection, text: string, dated: boolean): void {
    const meaning = ping.received(text, dated)
    if (meaning === 'unasked') counters.heartbeats++
    else counters.echoes++
    if (meaning === 'identical') counters.identicalEchoes++
  }

  function identified(session: Session, appKey: string): void {
    keys.of(appKey).sessions.push(session.id)
    log(`session ${session.id}: of app key ${keys.shown(appKey)}`)
    injector.identified(session)
  }

  function registered(session: Session, registration: Registration): void {
    counters.registrations++
    const socket = connections.get(session)?.socket
    if (socket === undefined) return
    const send = (frame: string) => {
      if (socket.readyState !== socket.OPEN) return false
      socket.send(frame)
      return true
    }
    const cutter = cutterOf(session.appKey ?? '', registration)
    const to = { session, registration, cutter, send }
    const listener = { ...registration, emit: (frame: string) => emit(socket, to, frame) }
    listeners.set(registration, listener)
    tape.add(listener)
  }

  function released(session: Session, registration: Registration): void {
    const listener = listeners.get(registration)
    if (listener !== undefined) tape.remove(listener)
    listeners.delete(registration)
    injector.released(session, registration)
  }

  function emit(socket: WebSocket, to: Recipient, frame: string): boolean {
    if (socket.readyState !== socket.OPEN) return true
    if (injector.isWatching || to.cutter !== undefined) injector.deliver(to, frame)
    else socket.send(frame)
    const { session } = to
    if (socket.bufferedAmount > hopelessBytes) {
      log(`session ${session.id}: reads too slowly, ${socket.bufferedAmount} bytes behind, cut`)
      socket.terminate()
    }
    return socket.bufferedAmount < congestedBytes
  }

  const noticeWriter = createNoticeWriter(clock, faultSeed)

  /** To every session that registered it, encrypted with that session's key; returns their number. */
  function sendNotice(tr: string, plaintext: string): number {
    if (!isNotice(tr)) throw new Error(`${tr} is no account notice, so nothing would decrypt it`)
    const meant = [...connections.keys()].flatMap(session => {
      const held = [...session.registrations.values()].find(registration => registration.tr === tr)
      return held === undefined ? [] : [{ session, listener: listeners.get(held) }]
    })
    for (const { listener, session } of meant) listener?.emit(noticeFrame(tr, plaintext, session.noticeKey))
    return meant.length
  }

  function notify(tr: string, what: string | NoticeOf): number {
    if (typeof what === 'string') return sendNotice(tr, what)
    return Math.max(...noticeWriter.order(tr, what).map(plaintext => sendNotice(tr, plaintext)))
  }

  /** An order at this interval, for all registered notices. */
  function notifyEvery(everyMs: number): void {
    const registered = [...connections.keys()].flatMap(session => [...session.registrations.values()])
    for (const tr of new Set(registered.map(registration => registration.tr).filter(isNotice))) notify(tr, {})
    alarms.in(everyMs, () => notifyEvery(everyMs))
  }

  const actualPort = await listen(server, loopback, port)
  const asked = [emitted, ...(hasPast ? [] : [lastEmitted])]
  const histories = [...(truth.keepsTruth ? [truth] : []), ...(keptTrades > 0 ? asked : [])]
  tape.start(histories.length === 0 ? { clock, log } : { clock, log, history: severalHistories(histories) })
  log(`listening on http://${loopback}:${actualPort} and ws://${loopback}:${actualPort}`)
  startFaults()
  const { noticesEveryMs } = options
  if (noticesEveryMs !== undefined) alarms.in(noticesEveryMs, () => notifyEvery(noticesEveryMs))
  let stopped: Promise<void> | undefined

  function cut(): void {
    for (const { socket } of connections.values()) socket.terminate()
  }

  async function stop(): Promise<void> {
    tape.stop()
    alarms.stop()
    const open = [...connections.values()]
    const closed = open.map(({ socket }) => once(socket, 'close'))
    cut()
    sockets.close()
    const serverClosed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await Promise.all([...closed, serverClosed])
  }

  return {
    port: actualPort,
    restUrl: `http://${loopback}:${actualPort}`,
    wsUrl: `ws://${loopback}:${actualPort}`,
    stats,
    sessions: of =>
      [...connections.keys()]
        .filter(({ appKey }) => of === undefined || appKey === of)
        .map(({ registrations }) => ({ registrations: [...registrations.values()] })),
    shownAs: appKey => keys.shown(appKey),
    send(text) {
      for (const connection of connections.values()) say(connection, text)
    },
    sendNotice,
    sendOrder: (tr, of = {}) => notify(tr, of),
    inject: fault => injector.inject(fault),
    faults: () => injector.reports(),
    withheld: () => truth.withheld(),
    truth: (tr, key, session) => truth.truth(tr, key, session),
    cut,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}
