// The stand-in for KIS on loopback: REST and WebSocket on one port. Plumbing only: what is said is in answers.ts, what is remembered
// in session.ts, what is sent in the tape.
import { once } from 'node:events'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../market/clock.ts'
import { noticeFrame } from './answers.ts'
import { createCredentials } from './credentials.ts'
import { createRestServer, listen } from './http.ts'
import { type Ping, startPing } from './ping.ts'
import { readRequest } from './request.ts'
import { createRest } from './rest.ts'
import { createSessions, type Session } from './session.ts'
import { createCounters, remember, type SimulatorStats, statsOf } from './stats.ts'
import { generatedTape, type Listener, type Tape } from './tape.ts'
import { isNotice, nameOf, type Registration } from './transactions.ts'

export type { ReceivedRequest, SimulatorStats } from './stats.ts'

export type SimulatorOptions = {
  /** Default 0: any free one. Listens on 127.0.0.1 only. */
  readonly port?: number
  readonly clock?: Clock
  /** Default: a generated market. */
  readonly tape?: Tape
  /** The server's PINGPONG. KIS's period is reported as about 110 s (protocol notes 3.6). */
  readonly pingIntervalMs?: number
  /** A client that has not echoed by then is cut; KIS is reported to do so after 100 to 105 s. */
  readonly pingTimeoutMs?: number
  /** One line for each noteworthy thing; never an app key, secret, token, approval key or login id. */
  readonly log?: (line: string) => void
}

export type Simulator = {
  readonly port: number
  readonly restUrl: string
  readonly wsUrl: string
  /** What was counted so far. */
  stats(): SimulatorStats
  /** Registrations held right now, by open session. */
  sessions(): readonly { readonly registrations: readonly Registration[] }[]
  /** Sends one text to every open session, as it is. */
  send(text: string): void
  /** Sends an account notice to every session that registered `tr`, encrypted with that session's key; says to how many. */
  sendNotice(tr: string, plaintext: string): number
  /** Cuts every connection without a close handshake, as a network or KIS does. */
  cut(): void
  stop(): Promise<void>
}

/** One client's connection. */
type Connection = { readonly socket: WebSocket; readonly session: Session; readonly ping: Ping }

const host = '127.0.0.1'
const mostMessageBytes = 1024 * 1024
/** Queued for one client: a tape that can wait waits beyond the first, and beyond the second the client is cut off. */
const congestedBytes = 1024 * 1024
const hopelessBytes = 64 * 1024 * 1024

/** Rejects with a sentence when the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, clock = systemClock, tape = generatedTape(), log = () => {} } = options
  const { pingIntervalMs = 110_000, pingTimeoutMs = 100_000 } = options
  const counters = createCounters()
  const credentials = createCredentials(clock)
  const connections = new Map<Session, Connection>()
  const listeners = new Map<Registration, Listener>()
  const sessions = createSessions(credentials, { registered, released })

  const server = createRestServer(createRest(credentials), log)
  // KIS does not answer a client's protocol pings either (protocol notes 3.6).
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: mostMessageBytes,
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
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
        socket.send(text)
      },
      overdue: () => {
        log(`session ${session.id}: no echo of PINGPONG, cut`)
        socket.terminate()
      },
    })
    const connection = { socket, session, ping }
    connections.set(session, connection)
    counters.socketsOpened++
    counters.mostSocketsOpen = Math.max(counters.mostSocketsOpen, connections.size)
    log(`session ${session.id}: opened`)

    // By default ws hands over every message as one Buffer.
    socket.on('message', data => receive(connection, (data as Buffer).toString()))
    // The official sample echoes with a pong frame that carries the text; that is reported to do as well (protocol notes 3.6).
    socket.on('pong', data => {
      const text = data.toString()
      if (text.includes('PINGPONG')) heard(connection, text, true)
    })
    socket.on('ping', () => {
      counters.protocolPings++
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
    const { session, socket } = connection
    const request = readRequest(text)
    if (request.kind === 'heartbeat') return heard(connection, text, request.dated)
    const reply = sessions.answer(session, request)
    const { verb, tr, key } = request
    remember(counters, { time: clock.now(), session: session.id, verb, tr, key, code: reply.code })
    // What could not be read is not repeated: anything may stand in it.
    log(
      `session ${session.id}: ${request.kind === 'refused' ? 'refused' : `${verb} ${nameOf(request)}`}: ${reply.code}`,
    )
    socket.send(reply.text)
  }

  function heard({ ping }: Connection, text: string, dated: boolean): void {
    const meaning = ping.heard(text, dated)
    if (meaning === 'unasked') counters.heartbeats++
    else counters.echoes++
    if (meaning === 'identical') counters.identicalEchoes++
  }

  function registered(session: Session, registration: Registration): void {
    counters.registrations++
    const socket = connections.get(session)?.socket
    const listener = { ...registration, emit: (frame: string) => socket !== undefined && emit(socket, session, frame) }
    listeners.set(registration, listener)
    tape.add(listener)
  }

  function released(_session: Session, registration: Registration): void {
    const listener = listeners.get(registration)
    if (listener !== undefined) tape.remove(listener)
    listeners.delete(registration)
  }

  function emit(socket: WebSocket, session: Session, frame: string): boolean {
    if (socket.readyState !== socket.OPEN) return true
    socket.send(frame)
    if (socket.bufferedAmount > hopelessBytes) {
      log(`session ${session.id}: reads too slowly, ${socket.bufferedAmount} bytes behind, cut`)
      socket.terminate()
    }
    return socket.bufferedAmount < congestedBytes
  }

  const actualPort = await listen(server, host, port)
  tape.start({ clock, log })
  log(`listening on http://${host}:${actualPort} and ws://${host}:${actualPort}`)
  let stopped: Promise<void> | undefined

  function cut(): void {
    for (const { socket } of connections.values()) socket.terminate()
  }

  async function stop(): Promise<void> {
    tape.stop()
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
    restUrl: `http://${host}:${actualPort}`,
    wsUrl: `ws://${host}:${actualPort}`,
    stats: () => statsOf(counters, credentials.counts(), tape.stats()),
    sessions: () => [...connections.keys()].map(session => ({ registrations: [...session.registrations.values()] })),
    send(text) {
      for (const { socket } of connections.values()) socket.send(text)
    },
    sendNotice(tr, plaintext) {
      if (!isNotice(tr)) throw new Error(`${tr} is no account notice, so nothing would decrypt it`)
      const concerned = [...connections.values()].filter(({ session }) => hasRegistered(session, tr))
      for (const { session, socket } of concerned) socket.send(noticeFrame(tr, plaintext, session.noticeKey))
      return concerned.length
    },
    cut,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

function hasRegistered({ registrations }: Session, tr: string): boolean {
  return [...registrations.values()].some(registration => registration.tr === tr)
}
