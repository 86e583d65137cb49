// A child that plays KIS's server as cheaply as possible: it approves and acknowledges whatever it is asked,
// and sends ready-made frames, in large pieces as fast as a client takes them, or one by one at a given pace.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { answer } from '../../../simulator/answers.ts'
import { createRandom } from '../../../simulator/tape/random.ts'
import { readRequest } from '../../../simulator/request.ts'
import { serve } from '../children.ts'
import { asWire, beginDay, type Day, type Load, type Piece, trades, usualSymbols } from '../frames.ts'

export type LoadName =
  | 'three records a frame'
  | 'one record a frame'
  | 'few instruments'
  | 'some instruments'
  | 'many instruments'

export type SenderQuestion =
  | { readonly ask: 'address' }
  /** To the client that connected under this path, this many pieces of `framesPerPiece` frames. */
  | { readonly ask: 'flood'; readonly path: string; readonly load: LoadName; readonly pieces: number }
  | { readonly ask: 'pace'; readonly path: string; readonly frames: number; readonly perSecond: number }

export type SenderAnswer = {
  readonly port: number
  readonly framesPerPiece: Readonly<Record<LoadName, number>>
  /** The pace that was kept, the last time one was asked for. */
  readonly perSecond: number
}

type Line = { readonly socket: Duplex; readonly day: Day }

/** A little less than what a socket is read into at once. */
const pieceBytes = 60_000
/** Pieces that differ, so that no client sees the same symbols in the same order every time. */
const differentPieces = 8
/** One frame each, and as many frames for the few. */
const someSymbols = 400
const manySymbols = 4_000
const manyPieces = 20

const noticeKey = { iv: '0123456789abcdef', key: '0123456789abcdef0123456789abcdef' }

const three = trades({ recordsPerFrame: 3, bytes: pieceBytes * differentPieces })
const one = trades({ recordsPerFrame: 1, bytes: pieceBytes * differentPieces })
const among = (symbols: number) => trades({ recordsPerFrame: 1, frames: manySymbols, symbols })
const pieces: Readonly<Record<LoadName, readonly Piece[]>> = {
  'three records a frame': piecesOf(three),
  'one record a frame': piecesOf(one),
  'few instruments': piecesOf(among(usualSymbols), manyPieces),
  'some instruments': piecesOf(among(someSymbols), manyPieces),
  'many instruments': piecesOf(among(manySymbols), manyPieces),
}
const singles = one.frames.map((_, index) => asWire(one, index, index + 1))

/**
 * By the path under which each client connected. A day for each: one client's trades are no news to another.
 */
const lines = new Map<string, Line>()

const server = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ approval_key: 'approved' }))
})
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, acknowledge)
  lines.set(request.url ?? '', { socket, day: beginDay() })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

const framesPerPiece = Object.fromEntries(
  Object.entries(pieces).map(([name, [first]]) => [name, first?.frames ?? 0]),
) as Record<LoadName, number> // the same names
let perSecond = 0

serve<SenderQuestion, SenderAnswer>(async question => {
  if (question.ask === 'flood') await flood(lineOf(question.path), pieces[question.load], question.pieces)
  if (question.ask === 'pace') perSecond = await pace(lineOf(question.path), question.frames, question.perSecond)
  const { port } = server.address() as AddressInfo
  return { port, framesPerPiece, perSecond }
})

function acknowledge(socket: WebSocket): void {
  socket.on('message', data => {
    const request = readRequest((data as Buffer).toString())
    if (request.kind === 'subscription') socket.send(answer('OPSP0000', request, noticeKey))
  })
}

function piecesOf(load: Load, count = differentPieces): Piece[] {
  const size = Math.floor(load.frames.length / count)
  return Array.from({ length: count }, (_, i) => asWire(load, i * size, (i + 1) * size))
}

function lineOf(path: string): Line {
  const line = lines.get(path)
  if (line === undefined) throw new Error(`no client is connected under ${path}`)
  return line
}

/** Past ws, which would frame and write each message by itself: the sender must not be what limits. */
async function flood({ socket, day }: Line, all: readonly Piece[], count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { bytes, totals } = all[i % all.length] as Piece
    day.goOn(bytes, 0, totals)
    // A piece is longer than what may wait, so it has left when it is taken, and may be written into again.
    const isTaken = socket.write(bytes)
    if (!isTaken) await once(socket, 'drain')
  }
}

/**
 * Poisson arrivals: exponential waits between frames, each frame in a write of its own. It spins, because no
 * timer is so fine.
 */
function pace({ socket, day }: Line, count: number, wanted: number): Promise<number> {
  const random = createRandom(1)
  const wait = () => (-Math.log(1 - random.next()) / wanted) * 1000
  const start = performance.now()
  let due = start + wait()
  let sent = 0
  return new Promise(resolve => {
    const turn = () => {
      for (const now = performance.now(); due <= now && sent < count; due += wait()) {
        const at = sent++ % singles.length
        const piece = singles[at] as Piece
        day.goOn(piece.bytes, 0, piece.totals)
        socket.write(piece.bytes)
        // It waits for a client that is held up, and must not be written into again.
        if (socket.writableLength > 0) singles[at] = { ...piece, bytes: Buffer.from(piece.bytes) }
      }
      if (sent < count) setImmediate(turn)
      else resolve((count / (performance.now() - start)) * 1000)
    }
    turn()
  })
}
