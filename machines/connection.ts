// The actor that owns one WebSocket: opens and closes it, separates data from control, paces requests, echoes
// heartbeats. The machine takes every decision.
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
import type { LineId } from '../market/events.ts'
import type { Market } from '../market/instrument.ts'
import type { SubscriptionKey } from '../market/subscription.ts'
import { createReadBatch } from './read-batch.ts'
import type { Instruction, Observation } from './events.ts'
import type { Budget, ConnectBudget } from './budget.ts'
import type { ConnectionLock } from './connection-lock.ts'
import type { LineOwner } from './owner.ts'
import { createOutbox, type Request } from './requests/outbox.ts'
import { createPendingRequests } from './requests/pending-requests.ts'
import { createDeadConnectionWatch } from './dead-connection-watch.ts'
import type { ConnectionInput } from './socket.ts'
import type { Timing } from './timing.ts'

/** An answer of KIS, for logs and counts. `key` is undefined when it belongs to no subscription of ours. */
export type ReceivedAnswer = {
  readonly line: LineId
  readonly market: Market
  readonly entry: CodeEntry
  readonly key: SubscriptionKey | undefined
}

/** KIS allows one session for each app key, and counts the requests of each. */
export type LineAccess = {
  readonly approvalKeys: ApprovalKeys
  readonly lock: ConnectionLock
  /** Spent before every connection. */
  readonly connects: ConnectBudget
  readonly requests: Budget
  readonly owner: LineOwner
}

export type ConnectionParts = {
  readonly accessOf: (line: LineId) => LineAccess
  readonly customerType: CustomerType
  readonly wireOf: (key: SubscriptionKey) => WireKey
  /**
   * Takes data frames, in the order of their arrival. Also whatever is neither data nor control: it is not
   * lost here.
   */
  readonly deliver: (frame: RawFrame) => void
  /** Called behind the frames of one read, and behind each that comes outside of one. */
  readonly settled: () => void
  readonly onAnswer: (answer: ReceivedAnswer) => void
  /** KIS's PINGPONG: the time of its clock, and of ours. */
  readonly heartbeat?: (serverTime: number, receivedTime: number) => void
  /** Takes secrets out of KIS's texts. By default, everything that is a secret by its name or shape. */
  readonly redaction?: Redaction
  readonly clock: Clock
  readonly timing: Timing
}

/**
 * Encrypted frames that may wait for their key, which comes with the acknowledgement, just before or after
 * them.
 */
const mostSealedFrames = 100
/** One is some hundred bytes. */
const longestSealed = 16 * 1024

/** Twenty records are about 8 KB. A longer message is not KIS's, and ends the connection. */
const longestMessage = 1024 * 1024

/** KIS's PINGPONG has some 70 bytes. A longer one is not echoed. */
const longestEcho = 1024

/** We send a few hundred bytes a second at most: a peer that leaves so much unread does not read. */
const mostUnsent = 1024 * 1024

/** Routers cut idle connections. The operating system's keep-alive prevents that, and KIS does not see it. */
const tcpKeepAliveMs = 30_000

export function createConnection(parts: ConnectionParts) {
  const deadConnections = createDeadConnectionWatch(parts.timing.pulseMs)
  const { redaction = createRedaction() } = parts

  return fromCallback<Instruction, ConnectionInput>(({ input, sendBack, receive }) => {
    const { line, market, endpoint } = input
    const { clock, timing, deliver, settled } = parts
    const { approvalKeys, lock, connects, requests, owner } = parts.accessOf(line)
    const report = (observation: Observation) => sendBack(observation)
    const notices = createNoticeOpener()
    const pending = createPendingRequests(timing.ackTimeoutMs)
    const outbox = createOutbox(timing.pacingMs, requests, send)
    const batch = createReadBatch<Buffer>(bytes => {
      if (!isLeft) deliver({ line, market, bytes, receivedTime: readTime })
    }, settled)
    let sealed: { bytes: Uint8Array; receivedTime: number }[] = []
    let approvalKey = ''
    let socket: WebSocket | undefined
    let trouble = ''
    let isLeft = false
    let isAccepted = false
    let unansweredHeartbeats = 0
    const watch = deadConnections.of(endpoint.url)
    let nextLook: NodeJS.Timeout | undefined
    /** When the bytes came that are being read. */
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
      const release = await lock.take()
      try {
        if (isLeft) return release()
        approvalKey = (await approvalKeys.current()).reveal()
        if (isLeft) return release()
        const waitMs = await connects.take()
        if (isLeft) return release()
        if (waitMs > 0) {
          release()
          return report({ type: 'connect.denied', waitMs, isReserved: connects.isReserved?.() === true })
        }
        connect(release)
      } catch (error) {
        release()
        throw error
      }
    }

    function failToOpen(error: unknown): void {
      const code = error instanceof KisError ? error.code : undefined
      const text = error instanceof KisError ? error.said : undefined
      const why = redaction.line(error instanceof Error ? error.message : String(error))
      if (code !== undefined) parts.onAnswer({ line, market, entry: explain(code, text ?? ''), key: undefined })
      report(
        isAboutKeys(error)
          ? { type: 'credentials.refused', code: code ?? why }
          : { type: 'socket.closed', reason: why },
      )
    }

    function connect(release: () => void): void {
      const opening = new WebSocket(endpoint.url, {
        perMessageDeflate: false,
        // Frames are read as bytes; one that is not UTF-8 is an event, not a reason to close.
        skipUTF8Validation: true,
        handshakeTimeout: timing.openTimeoutMs,
        maxPayload: longestMessage,
      })
      socket = opening
      opening.on('upgrade', ({ socket: link }) => {
        link.setKeepAlive(true, tcpKeepAliveMs)
        if (timing.pulseMs > 0) watchBytes(link)
        // Before ws splits them: all frames of one read arrived together, however long the first ones take.
        // Not before ws listens: what came with the answer to the upgrade would reach this listener alone.
        opening.once('open', () => {
          link.prependListener('data', () => {
            readTime = clock.now()
          })
        })
      })
      opening.on('open', () => !isLeft && report({ type: 'socket.opened' }))
      opening.on('message', data => take(data as Buffer))
      opening.on('error', error => {
        if (trouble === '') trouble = `${redaction.quote(error.message)}, `
      })
      opening.on('close', code => {
        release()
        clearTimeout(nextLook)
        batch.flush()
        for (const { bytes, receivedTime } of sealed) deliverAlone(bytes, receivedTime)
        if (!isLeft) report({ type: 'socket.closed', reason: `${trouble}close code ${code}` })
      })
    }

    /** Reads the socket's own count of bytes, so that it costs nothing for each frame. */
    function watchBytes(link: Socket): void {
      const quietMs = watch.look(clock.now(), link.bytesRead)
      if (quietMs !== undefined) report({ type: 'connection.dead', quietMs })
      nextLook = setTimeout(watchBytes, deadConnections.lookEveryMs, link)
    }

    function leave(): void {
      isLeft = true
      clearTimeout(nextLook)
      outbox.close()
      if (socket === undefined || socket.readyState === WebSocket.CLOSED) return
      const leaving = socket
      const timeout = setTimeout(() => leaving.terminate(), timing.closeTimeoutMs)
      leaving.on('close', () => clearTimeout(timeout))
      leaving.close(1000)
    }

    function take(bytes: Buffer): void {
      if (isLeft) return
      const isAnswer = isControl(bytes)
      if (!isAnswer && !isEncrypted(bytes)) return batch.add(bytes)
      batch.flush()
      if (isLeft) return // a consumer of those frames closed the connection
      if (isAnswer) takeControl(bytes)
      else takeNotice(bytes, readTime)
    }

    function deliverAlone(bytes: Uint8Array, receivedTime: number): void {
      deliver({ line, market, bytes, receivedTime })
      settled()
    }

    function takeControl(bytes: Buffer): void {
      const message = readControl(bytes, redaction)
      switch (message.kind) {
        case 'heartbeat':
          if (message.serverTime !== null) {
            watch.beat(readTime)
            parts.heartbeat?.(message.serverTime, readTime)
          }
          if (bytes.length > longestEcho) return deliverAlone(bytes, readTime)
          return echo(bytes)
        case 'answer':
          return takeAnswer(message)
        case 'unreadable':
          return deliverAlone(bytes, readTime)
      }
    }

    /**
     * Byte for byte and at once: a session that does not answer is closed after about 100 s (protocol notes
     * 3.6).
     */
    function echo(bytes: Buffer): void {
      const isOurOwn = unansweredHeartbeats > 0 && bytes.equals(Buffer.from(heartbeatText))
      // A server that echoes ours would otherwise start an endless exchange.
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
        parts.onAnswer({ line, market, entry, key: undefined })
        return report({ type: 'session.occupied', isOwnerGone: owner.isGone() })
      }
      if (entry.reaction === 'renew-approval') {
        approvalKeys.forget()
        parts.onAnswer({ line, market, entry, key: undefined })
        return report({ type: 'credentials.refused', code: entry.code })
      }
      const settled = pending.settle(answer, clock.now())
      if (settled?.verb === 'heartbeat') return report({ type: 'heartbeat.refused' })
      const key = settled?.key ?? pending.keyOf(answer)
      parts.onAnswer({ line, market, entry, key })
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
      if (key !== undefined && entry.reaction !== 'none') report(observationOf(entry, key))
    }

    function takeNotice(bytes: Uint8Array, receivedTime: number): void {
      const opened = notices.open(bytes)
      if (opened !== 'unknown-key' || bytes.length > longestSealed)
        return deliverAlone(opened === 'unknown-key' ? bytes : opened, receivedTime)
      sealed.push({ bytes, receivedTime })
      const oldest = sealed.length > mostSealedFrames ? sealed.shift() : undefined
      if (oldest !== undefined) deliverAlone(oldest.bytes, oldest.receivedTime)
    }

    function openSealed(): void {
      const frames = sealed
      sealed = []
      for (const { bytes, receivedTime } of frames) takeNotice(bytes, receivedTime)
    }

    /** A subscribe request that was not sent yet is withdrawn: there is nothing to release. */
    function releaseOf(key: SubscriptionKey): Request[] {
      if (!outbox.withdraw({ verb: 'subscribe', key })) return [{ verb: 'unsubscribe', key }]
      report({ type: 'subscription.released', key })
      return []
    }

    function send(request: Request): void {
      const wire = parts.wireOf(request.key)
      const text = request.verb === 'subscribe' ? subscribeText : unsubscribeText
      pending.sent({ ...request, wire })
      socket?.send(text(wire, approvalKey, parts.customerType), error => {
        if (error && !isLeft) report({ type: 'subscription.unsent', key: request.key })
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

/** A failed send is followed by the close of the socket, which is reported. */
function ignoreFailure(): void {}
