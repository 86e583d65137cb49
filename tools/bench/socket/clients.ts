// The clients that are compared on a socket. Each connects, and calls `count` for what it counts.
import { dayMs } from '../../../market/basics/durations.ts'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'
import { createFeed } from '../../../app/feed/feed.ts'
import type { Feed } from '../../../app/feed/contract.ts'
import { createReadBatch } from '../../../machines/read-batch.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import type { MarketEvent, Trade } from '../../../market/events.ts'
import { jsonLines } from '../../../sinks/file/json-lines.ts'
import { obviousPipeline, obviousTrades, type Read, usualTrades } from '../pipelines/baselines.ts'
import { receivedTime, symbolAt, usualSymbols } from '../frames.ts'
import { dataPath } from '../pipelines/pipelines.ts'

/**
 * `nothing` is a WebSocket as ws makes it; `nothing, unchecked` the floor, with the options of
 * machines/connection.ts.
 */
export type ClientName =
  | 'nothing'
  | 'nothing, unchecked'
  | 'decode, normalise, share'
  | 'the data path'
  | 'kis-stream'
  | 'kis-stream and json-lines'
  | 'kis-stream and recorder'
  | 'the obvious pipeline'
  | 'the usual pipeline'

export type Connect = (url: string, count: () => void) => Promise<void>

/** Those that do nothing hear frames, all others hear records. */
export const clients: Readonly<Record<ClientName, Connect>> = {
  nothing: connectPlain,
  'nothing, unchecked': connectBare,
  'decode, normalise, share': (url, count) => connectDataPath(url, count, { continuity: false }),
  'the data path': connectDataPath,
  'kis-stream': connectFeed,
  'kis-stream and json-lines': connectFeedWithSink,
  'kis-stream and recorder': connectFeedWithRecorder,
  'the obvious pipeline': (url, count) => connectPipeline(url, count, obviousTrades),
  'the usual pipeline': (url, count) => connectPipeline(url, count, usualTrades),
}

/** Room for a whole round: this is about what a copy costs, and what is dropped is not copied. */
const ringBytes = 64 * 1024 * 1024

async function connectPlain(url: string, count: () => void): Promise<void> {
  const socket = new WebSocket(url)
  socket.on('message', () => count())
  await once(socket, 'open')
}

async function connectBare(url: string, count: () => void): Promise<void> {
  await open(url, () => count())
}

/**
 * Decode, normalise, follow the totals, share: what a frame passes in a feed, without what watches it pass.
 */
async function connectDataPath(url: string, count: () => void, options: { continuity?: false } = {}): Promise<void> {
  const take = dataPath(count, options)
  let readTime = 0
  const batch = createReadBatch<Buffer>(data => take(data, readTime))
  await open(url, batch.add, link => {
    link.on('data', () => {
      readTime = Date.now()
    })
  })
}

async function connectPipeline(url: string, count: () => void, read: Read<Trade>): Promise<void> {
  const take = obviousPipeline(read, count)
  await open(url, data => take(data, Date.now()))
}

/** The options of machines/connection.ts: the comparison is about what follows. */
async function open(url: string, take: (data: Buffer) => void, watch?: (link: Socket) => void): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true })
  if (watch !== undefined) socket.on('upgrade', ({ socket: link }) => watch(link))
  socket.on('message', data => take(data as Buffer))
  await once(socket, 'open')
}

async function connectFeed(url: string, count: () => void): Promise<void> {
  await feedOf(url, count)
}

/** /dev/null takes everything at once: this is about what a sink costs the feed, not about disks. */
async function connectFeedWithSink(url: string, count: () => void): Promise<void> {
  const feed = await feedOf(url, count)
  feed.attach(jsonLines({ to: '/dev/null', capacityBytes: ringBytes, onDropped: complain, onClosed: complain }))
}

/** To a real file system, because that is what a recorder is for; the folder goes with the process. */
async function connectFeedWithRecorder(url: string, count: () => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kis-bench-recorder-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  await feedOf(url, count, folder)
}

/** While the others have their turn, nothing comes, and that is no trouble. */

const troubles: ReadonlySet<MarketEvent['type']> = new Set([
  'malformed',
  'disconnect',
  'gap',
  'resync',
  'recording-trouble',
])

/** The whole feed, as a user makes it: approval, machines, forty subscriptions, one subscriber. */
async function feedOf(url: string, count: () => void, recordFolder: string | false = false): Promise<Feed> {
  const instruments = Array.from({ length: usualSymbols }, (_, index) => `KRX:${symbolAt(index)}`)
  const feed = createFeed({
    appKey: 'app key',
    appSecret: 'app secret',
    restUrl: new URL(url.replace('ws:', 'http:')).origin,
    socketUrl: url,
    market: 'KR',
    instruments,
    recordFolder,
    clock: clockStartingAt(receivedTime),
    timing: { pacingMs: 1, heartbeatMs: 0, quietMs: dayMs, silenceMs: dayMs },
  })
  feed.events$.subscribe(event => {
    if (event.type === 'trade') count()
    else if (troubles.has(event.type)) complain(JSON.stringify(event))
  })
  feed.start()
  await Promise.all(instruments.map(instrument => feed.confirmed(instrument)))
  return feed
}

/** A measurement in which this happened measured something else. */
function complain(problem: string | number): void {
  process.stderr.write(`bench: ${problem}\n`)
  process.exit(1)
}
