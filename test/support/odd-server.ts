// An HTTP server that answers as told, for answers no sane server gives.
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

/** What to do with a call: answer it, hang up on it, or leave it waiting. */
export type Reply = { readonly status?: number; readonly body: string } | 'hang-up' | 'hang-up-midway' | 'silence'

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
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json; charset=utf-8' }).end(reply.body)
}

/** An address where nobody listens: a port that was free a moment ago. */
export async function deadAddress(): Promise<string> {
  const server = await startOddServer()
  await server.stop()
  return server.url
}
