// The thread behind `redisStream`: reads events from the ring, packs them into entries and adds those to the stream, one after the
// other and in order. An entry is sent until Redis says that it has it; a reader knows one that came twice.
import { randomUUID } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { firstValueFrom, timer } from 'rxjs'
import { systemClock } from '../market/clock.ts'
import type { RingTask } from './event-thread.ts'
import { type Entry, toFields } from './redis-entry.ts'
import { connectRedis, type RedisConnection } from './redis-connection.ts'
import type { RedisStreamNews, RedisStreamTask } from './redis-stream.ts'
import { type RingReader, ringReader } from './ring-reader.ts'

/** Past this, an entry costs no less for each of its events. */
const mostEvents = 500

/** After this many looks in vain, sleep until woken, but not for long: meanwhile this thread does not hear its connection. */
const looksBeforeSleep = 50
const sleepMs = 250

/** A Redis that is away is asked again after this. */
const retryMs = 100

const task = workerData as RedisStreamTask & RingTask // given by `redisStream`
const connection = connectRedis(task.url)
const writer = randomUUID()
const tell = (news: RedisStreamNews) => parentPort?.postMessage(news)

try {
  await connection.tried
  await writeEvents(ringReader(task.buffer), connection)
} finally {
  connection.redis.disconnect()
}

async function writeEvents(ring: RingReader, connection: RedisConnection): Promise<void> {
  let offered = 0
  let looks = 0
  while (!ring.hasEnded) {
    const entry = packEntry(ring, offered)
    if (entry !== undefined) {
      await send(connection, entry, ring)
      offered += entry.count
      looks = 0
      if (entry.isFull) continue
    }
    if (ring.isClosed) continue
    if (looks++ >= looksBeforeSleep) ring.sleep(sleepMs)
    await pause(task.lingerMs)
  }
}

/** What is in the ring at the moment, up to a full entry. */
function packEntry(ring: RingReader, first: number): (Entry & { readonly isFull: boolean }) | undefined {
  let events = ''
  let count = 0
  let from = 0
  let to = 0
  let lines = 0
  for (; lines < mostEvents; lines++) {
    const event = ring.read()
    if (event === undefined) break
    const isReceipt = event.type === 'dropped'
    if (lines === 0) from = isReceipt ? event.from : event.receivedTime
    to = isReceipt ? event.to : event.receivedTime
    count += isReceipt ? event.count : 1
    events += `${JSON.stringify(event)}\n`
  }
  return lines === 0 ? undefined : { writer, first, count, from, to, events, isFull: lines === mostEvents }
}

async function send({ redis, troubleOf }: RedisConnection, entry: Entry, ring: RingReader): Promise<void> {
  let isAway = false
  let giveUpAt = Number.POSITIVE_INFINITY
  for (;;) {
    try {
      await redis.xadd(task.stream, 'MAXLEN', '~', task.maxEntries, '*', ...toFields(entry))
      if (isAway) tell({ is: 'back' })
      return
    } catch (error) {
      const reason = troubleOf(error)
      if (!isAway) tell({ is: 'away', reason })
      isAway = true
      if (ring.isClosed) giveUpAt = Math.min(giveUpAt, systemClock.now() + task.closeTimeoutMs)
      if (systemClock.now() >= giveUpAt) throw new Error(`Redis took nothing more (${reason}); ${left(entry, ring)}`)
      await pause(retryMs)
    }
  }
}

function left(entry: Entry, ring: RingReader): string {
  let count = entry.count
  for (let event = ring.read(); event !== undefined; event = ring.read()) {
    count += event.type === 'dropped' ? event.count : 1
  }
  return `${count} events were not written`
}

function pause(ms: number): Promise<unknown> {
  return firstValueFrom(timer(ms))
}
