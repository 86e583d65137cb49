// An HTTP server that answers as the test says, for answers that no sane server gives.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ReceivedCall = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Milliseconds by a clock that only moves forward. */
  readonly at: number
}

/**
 * What to do with a call: answer it, hang up on it, leave it waiting, or keep it busy for ever.
 * - `trickle`: headers, then a byte every few milliseconds
 * - `trickle-headers`: a byte of a header every few milliseconds
 * - `early-hints`: one `103` after the other
 * - `endless`: a body as fast as it is read
 */
export type Reply =
  | { readonly status?: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang-up'
  | 'hang-up-midway'
  | 'silence'
  | 'trickle'
  | 'trickle-headers'
  | 'early-hints'
  | 'endless'

const everyMs = 5

export type OddServer = {
  readonly url: string
  /** Every call so far, in order of arrival. */
  readonly calls: readonly ReceivedCall[]
  replies(next: Reply): void
  stop(): Promise<void>
}

export async function startOddServer(first: Reply = { body: '{}' }): Promise<OddServer> {
  const calls: ReceivedCall[] = []
  let reply = first
  const server = createServer(async (request, response) => {
    const at = performance.now()
    const { method = '', url: path = '', headers } = request
    let body = ''
    for await (const chunk of request) body += String(chunk)
    calls.push({ method, path, headers, body, at })
    answer(response, reply)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    replies(next) {
      reply = next
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return
  if (reply === 'hang-up') return void response.destroy()
  if (reply === 'hang-up-midway') {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"rt_cd":', () => response.destroy())
    return
  }
  if (typeof reply === 'string') return keepBusy(response, reply)
  response
    .writeHead(reply.status ?? 200, { ...reply.headers, 'content-type': 'application/json; charset=utf-8' })
    .end(reply.body)
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const chunk = Buffer.alloc(64 * 1024, 32)

function keepBusy(response: ServerResponse, reply: Exclude<Reply, object>): void {
  const { socket } = response
  if (socket === null) return
  socket.on('error', () => {})
  if (reply === 'endless') {
    socket.write(`${head}content-length: 100000000000\r\n\r\n`)
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', pour)
    return pour()
  }
  const part = { trickle: ' ', 'trickle-headers': 'x', 'early-hints': 'HTTP/1.1 103 Early Hints\r\n\r\n' }[
    reply as 'trickle'
  ]
  if (reply === 'trickle') socket.write(`${head}content-length: 1000000\r\n\r\n`)
  if (reply === 'trickle-headers') socket.write(`${head}x-long: `)
  const timer = setInterval(() => socket.write(part), everyMs)
  socket.on('close', () => clearInterval(timer))
}

/** An address without a server: a port that was free a moment ago. */
export async function deadAddress(): Promise<string> {
  const server = await startOddServer()
  await server.stop()
  return server.url
}
