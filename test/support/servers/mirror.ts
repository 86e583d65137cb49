// A server that speaks KIS's protocol just well enough to be talked to, REST and WebSocket on one port, and
// then sends back what it was sent: every header and every body, in whatever place the test chooses.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

/** A request as it came: head and body in one text. */
export type Reflected = { readonly path: string; readonly text: string; readonly secrets: readonly string[] }

export type Mirror = {
  readonly restUrl: string
  readonly wsUrl: string
  /** What has to stay hidden of what was sent and issued so far. */
  secrets(): readonly string[]
  /** Answers REST calls from now on; undefined as KIS does. */
  answers(answer: ((request: Reflected, response: ServerResponse) => void) | undefined): void
  /** That are open, the oldest first. */
  sessions(): readonly WebSocket[]
  /** Whatever sessions sent that is no request. */
  readonly echoes: readonly string[]
  /** To the sessions there are. */
  send(frame: string | Uint8Array): void
  calls(): number
}

export const approvalKey = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'
export const accessToken = `eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.${'TokenPayload'.repeat(9)}.${'Signature0'.repeat(6)}`

const secretHeaders = ['authorization', 'appkey', 'appsecret']

export async function startMirror(): Promise<Mirror> {
  const secrets = new Set<string>()
  let answer: ((request: Reflected, response: ServerResponse) => void) | undefined
  let calls = 0
  const echoes: string[] = []
  const server = createServer((request, response) => void take(request, response))
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', socket => socket.on('message', data => hear(socket, String(data as Buffer))))

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls++
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const path = request.url?.split('?')[0] ?? ''
    const own = secretHeaders
      .flatMap(name => request.headers[name] ?? [])
      .map(value => String(value).replace('Bearer ', ''))
    const given: Record<string, string> = body === '' ? {} : JSON.parse(body)
    const sent = [...own, ...['appkey', 'appsecret', 'secretkey'].flatMap(name => given[name] ?? [])]
    for (const secret of sent) secrets.add(secret)
    const text = `${request.method} ${request.url}\r\n${request.rawHeaders.join(': ')}\r\n\r\n${body}`
    if (answer !== undefined) return answer({ path, text, secrets: sent }, response)
    response.setHeader('content-type', 'application/json')
    secrets.add(path === '/oauth2/tokenP' ? accessToken : approvalKey)
    if (path === '/oauth2/tokenP')
      response.end(JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_in: 86_400 }))
    else response.end(JSON.stringify({ approval_key: approvalKey }))
  }

  function hear(socket: WebSocket, text: string): void {
    const { header, body } = JSON.parse(text)
    if (header.approval_key) secrets.add(header.approval_key)
    const { tr_id, tr_key } = body?.input ?? {}
    if (tr_id === undefined) return void echoes.push(text)
    const [code, says] =
      header.tr_type === '1' ? ['OPSP0000', 'SUBSCRIBE SUCCESS'] : ['OPSP0001', 'UNSUBSCRIBE SUCCESS']
    const output = { iv: 'v'.repeat(16), key: 'k'.repeat(32) }
    socket.send(
      JSON.stringify({
        header: { tr_id, tr_key, encrypt: 'N' },
        body: { rt_cd: '0', msg_cd: code, msg1: says, output },
      }),
    )
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return {
    restUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    secrets: () => [...secrets],
    sessions: () => [...sockets.clients],
    echoes,
    answers: next => void (answer = next),
    send: frame => sockets.clients.forEach(socket => socket.send(frame, { binary: false })),
    calls: () => calls,
  }
}
