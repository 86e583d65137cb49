// The HTTP server around the REST routes: reads a body, writes an answer as JSON.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Rest } from './rest/routes.ts'

const failed = JSON.stringify({ rt_cd: '1', msg_cd: 'EGW00002', msg1: '서버 에러가 발생했습니다.' })

/** No request of KIS's is nearly as long. */
const mostBodyBytes = 64 * 1024

export function createRestServer(rest: Rest, log: (line: string) => void): Server {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method = '', url = '' } = request
    const [, asked = '', search = ''] = /^([^?]*)\??(.*)$/.exec(url) ?? []
    // mojito asks for //uapi/…, and KIS answers it.
    const path = asked.replace(/^\/+/, '/')
    const text = await readBody(request)
    if (text === undefined) {
      response.writeHead(413, { Connection: 'close' }).end()
      return
    }
    const { host = '', origin } = headers
    const parameters = byLowerCase(new URLSearchParams(search))
    const answer = await rest.answer({
      method,
      path,
      body: text,
      host,
      origin,
      header: name => String(headers[name] ?? ''),
      parameter: name => parameters.get(name.toLowerCase()) ?? '',
    })
    const { body, status } = answer
    const code = body.error_code ?? (body.rt_cd === '1' ? body.msg_cd : undefined)
    const error = typeof code === 'string' ? ` ${code}` : ''
    log(`${method} ${status === 404 ? `${printable(path)}, which does not exist` : path}: ${status}${error}`)
    response
      // KIS's spelling: the broker's own sample collects the headers whose names are all lower case, and
      // expects three of them.
      .writeHead(status, { ...answer.headers, 'Content-Type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(body))
  }

  return createServer((request, response) => {
    // A fault of the simulator: the client must still get an answer.
    serve(request, response).catch((error: unknown) => {
      log(`${request.method} failed inside the simulator: ${error instanceof Error ? error.message : String(error)}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'Content-Type': 'application/json; charset=utf-8' }).end(failed)
    })
  })
}

/** Clients name query fields in upper and in lower case; KIS takes both. The first of a name counts. */
function byLowerCase(given: URLSearchParams): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of given) if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), value)
  return values
}

const longestShown = 120

/** A path from a client may hold anything: escape sequences, or a key where a word should be. */
function printable(path: string): string {
  const words = path.slice(0, longestShown).split('/')
  return words.map(word => (isKeyLike(word) ? '…' : word.replaceAll(/[^\w.%~-]/g, '?'))).join('/')
}

/**
 * Words of paths are short or have no digits; tokens, approval keys and app keys are long and have digits.
 */
function isKeyLike(word: string): boolean {
  return word.length >= 20 && /\d/.test(word)
}

/** Undefined when it is too long, or the client broke it off. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length
      // Read to its end nevertheless: a client that is still sending does not read the answer.
      if (bytes <= mostBodyBytes) chunks.push(chunk as Buffer)
    }
  } catch {
    return undefined
  }
  return bytes > mostBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8')
}

/** This path has no WebSocket. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}

/** Resolves with the port it listens on, or rejects with the reason. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message
      reject(new Error(`the simulator cannot listen on port ${port} of ${host}: ${reason}`, { cause: error }))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}
