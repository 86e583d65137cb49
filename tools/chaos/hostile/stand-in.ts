// A server that looks like KIS and behaves badly in one way. It shares no code with the simulator: HTTP and
// WebSocket on one port, made of Node's own server, so that it can say what no sane server says.
import { hourMs } from '../../../market/basics/durations.ts'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What a client said after the handshake, and how to answer it. */
export type Session = {
  /** The approval key that its first request carried. */
  approvalKey: string
  /** A whole text frame. */
  send(text: string | Uint8Array): void
  /** Bytes as they are: a frame only if they make one. */
  raw(bytes: Uint8Array): void
  /** The TCP connection underneath. */
  readonly link: Duplex
  readonly isOpen: boolean
}

export type Request = {
  readonly verb: 'subscribe' | 'unsubscribe' | 'other'
  readonly tr: string
  readonly key: string
}

type Rest = (response: ServerResponse, call: { readonly request: IncomingMessage; readonly body: string }) => void
type Every = (ms: number, act: () => void) => void

/** One way to behave badly. What is absent is done as KIS does it. */
export type Misbehaviour = {
  readonly name: string
  readonly approval?: Rest
  readonly token?: Rest
  readonly quotation?: Rest
  /** In place of the handshake. */
  readonly upgrade?: (link: Duplex, request: IncomingMessage) => void
  /** Beside the data, once a session is open. */
  readonly opened?: (session: Session, every: Every) => void
  /** In place of the acknowledgement. */
  readonly asked?: (session: Session, request: Request) => void
  /** False: no trades. */
  readonly hasData?: boolean
  /** Every third trade is left out, so that jobs ask for it over REST. */
  readonly losesTrades?: boolean
}

export type StandIn = { readonly restUrl: string; readonly wsUrl: string; stop(): Promise<void> }

/**
 * What a user has, and what every stand-in issues: none of it may be found in anything that a process shows
 * or keeps.
 */
export const planted = {
  appKey: 'PLANTED-APP-KEY-0123456789-ABCDEFGHI',
  appSecret: `PLANTED-APP-SECRET-${'x1Y2z3'.repeat(26)}`,
  htsId: 'planted-hts-id',
}
export const issued = {
  approvalKey: 'PLANTED-APPROVAL-c0ffee00-1234-5678-9abc-def012345678',
  token: `PLANTED.TOKEN.${'aZ9'.repeat(40)}`,
  noticeKey: 'PLANTEDnoticekeyPLANTEDnoticekey',
  noticeIv: 'PLANTEDnoticeiv0',
}

const longest = 1024 * 1024

export async function startStandIn(misbehaviour: Misbehaviour, now: () => number): Promise<StandIn> {
  const timers = new Set<NodeJS.Timeout>()
  const links = new Set<Duplex>()
  const every: Every = (ms, act) => void timers.add(setInterval(act, ms))
  const { approval = approves, token = issuesToken, quotation = refusesQuotation } = misbehaviour

  const server = createServer((request, response) => {
    response.on('error', () => {})
    let body = ''
    request.on('data', (chunk: Buffer) => {
      if (body.length < longest) body += chunk.toString('latin1')
    })
    request.on('error', () => {})
    request.on('end', () => {
      const path = request.url ?? ''
      const act = /Approval/i.test(path) ? approval : /tokenP/i.test(path) ? token : quotation
      act(response, { request, body })
    })
  })
  server.on('connection', (link: Socket) => {
    links.add(link)
    link.on('error', () => link.destroy())
    link.on('close', () => links.delete(link))
  })
  server.on('upgrade', (request, link) => {
    link.on('error', () => link.destroy())
    if (misbehaviour.upgrade !== undefined) return misbehaviour.upgrade(link, request)
    link.write(handshakeFor(request))
    open(link)
  })

  function open(link: Duplex): void {
    const session: Session = {
      approvalKey: '',
      send: text => void (link.writable && link.write(frameOf(text))),
      raw: bytes => void (link.writable && link.write(bytes)),
      link,
      get isOpen() {
        return link.writable
      },
    }
    const registered = new Set<string>()
    readFrames(link, text => {
      const request = readRequest(text)
      session.approvalKey ||= request.approvalKey
      if (request.verb === 'other') return
      const name = `${request.tr} ${request.key}`
      if (request.verb === 'subscribe') registered.add(name)
      else registered.delete(name)
      if (misbehaviour.asked !== undefined) misbehaviour.asked(session, request)
      else session.send(acknowledgement(request))
    })
    every(1_000, () => session.send(heartbeat(now())))
    let total = 1_000
    let count = 0
    if (misbehaviour.hasData !== false) {
      every(50, () => {
        for (const name of registered) {
          const [tr, key] = name.split(' ') as [string, string]
          total += 10
          if (misbehaviour.losesTrades === true && ++count % 3 === 0) continue
          if (tr === 'H0STCNT0') session.send(tradeText(key, { time: now(), total }))
        }
      })
    }
    misbehaviour.opened?.(session, every)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    restUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    async stop() {
      for (const timer of timers) clearInterval(timer)
      const closed = once(server, 'close')
      server.close()
      for (const link of links) link.destroy()
      await closed
    },
  }
}

export const json = (response: ServerResponse, content: unknown, status = 200) =>
  void response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(content))

const approves: Rest = response => json(response, { approval_key: issued.approvalKey })

const issuesToken: Rest = response =>
  json(response, { access_token: issued.token, token_type: 'Bearer', expires_in: 86_400 })

const refusesQuotation: Rest = response =>
  json(response, { rt_cd: '1', msg_cd: 'EGW00202', msg1: 'GW라우팅 중 오류가 발생했습니다.' }, 500)

export function handshakeFor(request: IncomingMessage): string {
  const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

/** A frame from the server: no mask. Text by default. */
export function frameOf(content: string | Uint8Array, first = 0x81): Buffer {
  const payload = Buffer.from(content)
  const { length } = payload
  const head =
    length < 126
      ? Buffer.from([first, length])
      : length < 65_536
        ? Buffer.from([first, 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, 127]), bigEndian(BigInt(length))])
  return Buffer.concat([head, payload])
}

export function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

export function acknowledgement({ verb, tr, key }: Request): string {
  const isSubscribed = verb === 'subscribe'
  return JSON.stringify({
    header: { tr_id: tr, tr_key: key, encrypt: 'N' },
    body: {
      rt_cd: '0',
      msg_cd: isSubscribed ? 'OPSP0000' : 'OPSP0001',
      msg1: isSubscribed ? 'SUBSCRIBE SUCCESS' : 'UNSUBSCRIBE SUCCESS',
      ...(isSubscribed ? { output: { iv: issued.noticeIv, key: issued.noticeKey } } : {}),
    },
  })
}

export function refusalText(code: string, text: string, { tr, key }: Partial<Request> = {}): string {
  return JSON.stringify({
    header: { tr_id: tr ?? '(null)', tr_key: key ?? '', encrypt: 'N' },
    body: { rt_cd: '9', msg_cd: code, msg1: text },
  })
}

function heartbeat(time: number): string {
  const { date, clock } = seoul(time)
  return `{"header":{"tr_id":"PINGPONG","datetime":"${date}${clock}"}}`
}

/** A trade of ten shares, with as many columns as KIS had in 2026. */
export function tradeText(
  symbol: string,
  { time, total, price = 70_000 }: { time: number; total: number; price?: number },
) {
  const { date, clock } = seoul(time)
  const columns = Array.from({ length: 47 }, () => '0')
  const own: Readonly<Record<number, string | number>> = {
    0: symbol,
    1: clock,
    2: price,
    3: '2',
    7: price,
    8: price,
    9: price,
    10: price + 100,
    11: price - 100,
    12: 10,
    13: total,
    14: total * price,
    21: '1',
    33: date,
    34: '20',
    35: 'N',
  }
  for (const [index, value] of Object.entries(own)) columns[Number(index)] = String(value)
  return `0|H0STCNT0|001|${columns.join('^')}`
}

function seoul(time: number): { date: string; clock: string } {
  const text = new Date(time + 9 * hourMs).toISOString()
  return { date: text.slice(0, 10).replaceAll('-', ''), clock: text.slice(11, 19).replaceAll(':', '') }
}

function readRequest(text: string): Request & { readonly approvalKey: string } {
  try {
    const { header = {}, body } = JSON.parse(text) as {
      header?: { approval_key?: string; tr_type?: string }
      body?: { input?: { tr_id?: string; tr_key?: string } }
    }
    const verb = header.tr_type === '1' ? 'subscribe' : header.tr_type === '2' ? 'unsubscribe' : 'other'
    const { tr_id: tr = '', tr_key: key = '' } = body?.input ?? {}
    return { verb, tr, key, approvalKey: header.approval_key ?? '' }
  } catch {
    return { verb: 'other', tr: '', key: '', approvalKey: '' }
  }
}

/** Text frames of a client, which are masked and, from ours, never fragmented. */
function readFrames(link: Duplex, take: (text: string) => void): void {
  let waiting = Buffer.alloc(0)
  link.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    for (;;) {
      if (waiting.length < 2) return
      const short = (waiting[1] as number) & 0x7f
      const extra = short === 126 ? 2 : short === 127 ? 8 : 0
      const head = 2 + extra + 4
      if (waiting.length < head) return
      const length = extra === 0 ? short : extra === 2 ? waiting.readUInt16BE(2) : Number(waiting.readBigUInt64BE(2))
      if (waiting.length < head + length) return
      const mask = waiting.subarray(head - 4, head)
      const payload = Buffer.from(waiting.subarray(head, head + length))
      for (let i = 0; i < length; i++) payload[i] = (payload[i] as number) ^ (mask[i % 4] as number)
      const opcode = (waiting[0] as number) & 0x0f
      waiting = waiting.subarray(head + length)
      if (opcode === 1) take(payload.toString())
      if (opcode === 8) link.end(frameOf(payload, 0x88))
    }
  })
}
