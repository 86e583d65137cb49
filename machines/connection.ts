// The actor that owns one WebSocket: opens it, tells data from control, paces requests, echoes heartbeats, closes it. Reflexes only;
// whatever needs a decision is reported to the machine.
import type { Socket } from 'node:net'
import { fromCallback } from 'xstate'
import WebSocket from 'ws'
import type { ApprovalKeys } from '../kis/rest/approval.ts'
import type { WireKey } from '../kis/channel.ts'
import { type CodeEntry, explain, isPassing } from '../kis/codes/codes.ts'
import { type Answer, readControl } from '../kis/wire/control.ts'
import { KisError } from '../kis/errors.ts'
import { isControl, type RawFrame } from '../kis/wire/frame.ts'
import { createRedaction, type Redaction } from '../kis/redaction.ts'
import { createNoticeOpener, isEncrypted } from '../kis/wire/notices.ts'
import { type CustomerType, heartbeatText, subscribeText, unsubscribeText } from '../kis/wire/request.ts'
import type { Clock } from '../market/clock.ts'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionKey } from '../market/subscription.ts'
import { createBatch } from './read-batch.ts'
import type { Instruction, Observation } from './events.ts'
import type { Budget, ConnectBudget } from './budget.ts'
import type { Line } from './connection-lock.ts'
import type { LineOwner } from './owner.ts'
import { createOutbox, type Request } from './outbox.ts'
import { createPending } from './pending-requests.ts'
import { createPulses } from './dead-connection-watch.ts'
import type { ConnectionInput } from './socket.ts'
import type { Timing } from './timing.ts'

/** What KIS said, and to whom, for those who log and count. `key` is undefined when nobody here was meant. */
export type HeardAnswer = {
  readonly market: Market
  readonly entry: CodeEntry
  readonly key: SubscriptionKey | undefined
}

/** KIS allows one session for each app key, and counts what each of them asks for. */
export type AppKeyAccess = {
  readonly approvalKeys: ApprovalKeys
  readonly line: Line
  /** Asked before every connection. */
  readonly connects: ConnectBudget
  readonly requests: Budget
  readonly owner: LineOwner
}

export type ConnectionParts = {
  /** The app key of a market; the markets may share one. */
  readonly accessOf: (market: Market) => AppKeyAccess
  readonly customerType: CustomerType
  readonly wireOf: (key: SubscriptionKey) => WireKey
  /**
   * Takes data frames, in the order of their arrival. Also whatever is neither data nor control: it is not lost here. `moreFollow`:
   * another one comes at once, unless its consumers have the line closed.
   */
  readonly deliver: (frame: RawFrame, moreFollow: boolean) => void
  readonly heard: (answer: HeardAnswer) => void
  /** KIS's own PINGPONG: what its clock said, and what ours did. */
  readonly heartbeat?: (serverTime: number, receivedTime: number) => void
  /** What of KIS's answers may go on to be shown. By default, what holds no secret by its name or shape. */
  readonly redaction?: Redaction
  readonly clock: Clock
  readonly timing: Timing
}

/** Encrypted records that may wait for their key; it comes with the acknowledgement, right behind or right before them. */
const mostSealedFrames = 100
/** One is some hundred bytes. */
const longestSealed = 16 * 1024

/** Twenty records are about 8 KB. A longer message ends the connection: it is nothing of KIS's. */
const longestMessage = 1024 * 1024

/** KIS's PINGPONG has some 70 bytes. What is longer is not sent back. */
const longestEcho = 1024

/** Of what we send, which is a few hundred bytes a second at most. A peer that leaves so much unread is not there for us. */
const mostUnsent = 1024 * 1024

/** Idle links are cut on the way; the operating system's own keep-alive is invisible to KIS and keeps them open. */
const tcpKeepAliveMs = 30_000

export function createConnection(parts: ConnectionParts) {
  const pulses = createPulses(parts.timing.pulseMs)
  const { redaction = createRedaction() } = parts

  return fromCallback<Instruction, ConnectionInput>(({ input, sendBack, receive }) => {
    const { market, endpoint } = input
    const { clock, timing, deliver } = parts
    const { approvalKeys, line, connects, requests, owner } = parts.accessOf(market)
    const tell = (observation: Observation) => sendBack(observation)
    const notices = createNoticeOpener()
    const pending = createPending(timing.ackTimeoutMs)
    const outbox = createOutbox(timing.pacingMs, requests, send)
    const batch = createBatch<Buffer>((bytes, moreFollow) => {
      if (!isLeft) deliver({ market, bytes, receivedTime: readTime }, moreFollow)
    })
    let sealed: { bytes: Uint8Array; receivedTime: number }[] = []
    let approvalKey = ''
    let socket: WebSocket | undefined
    let trouble = ''
    let isLeft = false
    let isAccepted = false
    let unansweredHeartbeats = 0
    const pulse = pulses.of(endpoint.url)
    let nextLook: NodeJS.Timeout | undefined
    /** When the bytes came that are being taken apart. */
    let readTime = 0

    receive(instruction => {
      switch (instruction.type) {
        case 'request.subscribe':
          return outbox.add(instruction.keys.map(key => ({ verb: 'subscribe', key })))
        case 'request.unsubscribe':
          return outbox.add(instruction.keys.flatMap(releaseOf))
        case 'request.ping':
          return sendHeartbeat()
      }
    })

    void open().catch(failToOpen)
    return leave

    async function open(): Promise<void> {
      const freeLine = await line.take()
      try {
        if (isLeft) return freeLine()
        approvalKey = (await approvalKeys.current()).reveal()
        if (isLeft) return freeLine()
        const waitMs = await connects.take()
        if (isLeft) return freeLine()
        if (waitMs > 0) {
          freeLine()
          return tell({ type: 'connect.denied', waitMs, isReserved: connects.isReserved?.() === true })
        }
        connect(freeLine)
      } catch (error) {
        freeLine()
        throw error
      }
    }

    function failToOpen(error: unknown): void {
      const said = error instanceof KisError ? error.code : undefined
      const text = error instanceof KisError ? error.said : undefined
      const why = redaction.line(error instanceof Error ? error.message : String(error))
      if (said !== undefined) parts.heard({ market, entry: explain(said, text ?? ''), key: undefined })
      tell(
        isAboutKeys(error)
          ? { type: 'credentials.refused', code: said ?? why }
          : { type: 'socket.closed', reason: why },
      )
    }

    function connect(freeLine: () => void): void {
      const opening = new WebSocket(endpoint.url, {
        perMessageDeflate: false,
        // Frames are read as bytes; one that is no UTF-8 is an event, not a reason to hang up.
        skipUTF8Validation: true,
        handshakeTimeout: timing.openTimeoutMs,
        maxPayload: longestMessage,
      })
      socket = opening
      opening.on('upgrade', ({ socket: link }) => {
        link.setKeepAlive(true, tcpKeepAliveMs)
        if (timing.pulseMs > 0) watchPulse(link)
        // Before ws takes them apart: all frames of one read arrived together, however long those before them take.
        link.on('data', () => {
          readTime = clock.now()
        })
      })
      opening.on('open', () => !isLeft && tell({ type: 'socket.opened' }))
      opening.on('message', data => take(data as Buffer))
      opening.on('error', error => {
        if (trouble === '') trouble = `${redaction.quote(error.message)}, `
      })
      opening.on('close', code => {
        freeLine()
        clearTimeout(nextLook)
        batch.flush()
        for (const { bytes, receivedTime } of sealed) deliver({ market, bytes, receivedTime }, false)
        if (!isLeft) tell({ type: 'socket.closed', reason: `${trouble}close code ${code}` })
      })
    }

    /** Bytes are counted where they arrive, so that data pays nothing for it. */
    function watchPulse(link: Socket): void {
      const quietMs = pulse.look(clock.now(), link.bytesRead)
      if (quietMs !== undefined) tell({ type: 'line.dead', quietMs })
      nextLook = setTimeout(watchPulse, pulses.lookEveryMs, link)
    }

    function leave(): void {
      isLeft = true
      clearTimeout(nextLook)
      outbox.close()
      if (socket === undefined || socket.readyState === WebSocket.CLOSED) return
      const leaving = socket
      const impatience = setTimeout(() => leaving.terminate(), timing.closeTimeoutMs)
      leaving.on('close', () => clearTimeout(impatience))
      leaving.close(1000)
    }

    function take(bytes: Buffer): void {
      if (isLeft) return
      const isAnswer = isControl(bytes)
      if (!isAnswer && !isEncrypted(bytes)) return batch.add(bytes)
      batch.flush()
      if (isAnswer) takeControl(bytes)
      else takeNotice(bytes, readTime)
    }

    function takeControl(bytes: Buffer): void {
      const message = readControl(bytes, redaction)
      switch (message.kind) {
        case 'heartbeat':
          if (message.serverTime !== null) {
            pulse.beat(readTime)
            parts.heartbeat?.(message.serverTime, readTime)
          }
          if (bytes.length > longestEcho) return deliver({ market, bytes, receivedTime: readTime }, false)
          return echo(bytes)
        case 'answer':
          return takeAnswer(message)
        case 'unreadable':
          return deliver({ market, bytes, receivedTime: readTime }, false)
      }
    }

    /** Byte for byte and at once: a session that does not answer is closed after about 100 s (protocol notes 3.6). */
    function echo(bytes: Buffer): void {
      const isOurOwn = unansweredHeartbeats > 0 && bytes.equals(Buffer.from(heartbeatText))
      // A server that sends ours back would otherwise play ping-pong with us as fast as the line allows.
      if (isOurOwn) unansweredHeartbeats--
      else socket?.send(bytes, { binary: false }, ignoreFailure)
      leaveIfUnread()
    }

    function leaveIfUnread(): void {
      const unsent = socket?.bufferedAmount ?? 0
      if (unsent <= mostUnsent) return
      trouble = `the peer does not read: ${unsent} bytes wait to be sent, `
      socket?.terminate()
    }

    function sendHeartbeat(): void {
      if (socket?.readyState !== WebSocket.OPEN) return
      unansweredHeartbeats++
      pending.sent({ verb: 'heartbeat', sentAt: clock.now() })
      socket.send(heartbeatText, ignoreFailure)
      leaveIfUnread()
    }

    function takeAnswer(answer: Answer): void {
      const { entry } = answer
      if (entry.reaction === 'occupied') {
        parts.heard({ market, entry, key: undefined })
        return tell({ type: 'session.occupied', isOwnerGone: owner.isGone() })
      }
      if (entry.reaction === 'renew-approval') {
        approvalKeys.forget()
        parts.heard({ market, entry, key: undefined })
        return tell({ type: 'credentials.refused', code: entry.code })
      }
      const settled = pending.settle(answer, clock.now())
      if (settled?.verb === 'heartbeat') return tell({ type: 'heartbeat.refused' })
      const key = settled?.key ?? pending.keyOf(answer)
      parts.heard({ market, entry, key })
      if (entry.reaction === 'acknowledged') {
        approvalKeys.accepted()
        if (!isAccepted) owner.accepted()
        isAccepted = true
      }
      const tr = answer.tr ?? settled?.wire.tr
      if (answer.noticeKey !== undefined && tr !== undefined) {
        notices.learn(tr, answer.noticeKey)
        openSealed()
      }
      if (key !== undefined && entry.reaction !== 'none') tell(observationOf(entry, key))
    }

    function takeNotice(bytes: Uint8Array, receivedTime: number): void {
      const opened = notices.open(bytes)
      if (opened !== 'unknown-key' || bytes.length > longestSealed)
        return deliver({ market, bytes: opened === 'unknown-key' ? bytes : opened, receivedTime }, false)
      sealed.push({ bytes, receivedTime })
      const oldest = sealed.length > mostSealedFrames ? sealed.shift() : undefined
      if (oldest !== undefined) deliver({ market, ...oldest }, false)
    }

    function openSealed(): void {
      const frames = sealed
      sealed = []
      for (const { bytes, receivedTime } of frames) takeNotice(bytes, receivedTime)
    }

    /** A subscription that has not left yet is simply not sent, and there is nothing to release. */
    function releaseOf(key: SubscriptionKey): Request[] {
      if (!outbox.withdraw({ verb: 'subscribe', key })) return [{ verb: 'unsubscribe', key }]
      tell({ type: 'subscription.released', key })
      return []
    }

    function send(request: Request): void {
      const wire = parts.wireOf(request.key)
      const text = request.verb === 'subscribe' ? subscribeText : unsubscribeText
      pending.sent({ ...request, wire })
      socket?.send(text(wire, approvalKey, parts.customerType), error => {
        if (error && !isLeft) tell({ type: 'subscription.unsent', key: request.key })
      })
    }
  })
}

function observationOf(entry: CodeEntry, key: SubscriptionKey): Observation {
  switch (entry.reaction) {
    case 'acknowledged':
      return { type: 'subscription.acknowledged', key }
    case 'released':
      return { type: 'subscription.released', key }
    case 'duplicate':
      return { type: 'subscription.duplicate', key }
    default:
      return { type: 'subscription.refused', key, code: entry.code, isPassing: isPassing(entry) }
  }
}

function isAboutKeys(error: unknown): boolean {
  return error instanceof KisError && (error.kind === 'authentication' || error.kind === 'invalid-request')
}

/** A send that fails is followed by the socket's close, which says it all. */
function ignoreFailure(): void {}
