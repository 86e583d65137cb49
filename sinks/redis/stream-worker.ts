// The thread behind `redisStream`: reads events from the ring, packs them into entries and adds those to the
// stream, one after the other and in order. An entry is sent until Redis says that it has it; a reader knows
// one that came twice.
import { randomUUID } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { firstValueFrom, timer } from 'rxjs'
import { systemClock } from '../../market/clock.ts'
import type { RingTask, ThreadNews } from '../ring/event-thread.ts'
import { type Entry, toFields } from './entry.ts'
import { connectRedis, type RedisConnection } from './connection.ts'
import type { RedisStreamTask } from './stream.ts'
import { type RingReader, ringReader } from '../ring/reader.ts'

/** Past this, an entry costs no less for each of its events. */
const mostEvents = 500

/**
 * After this many looks in vain, sleep until woken, but not for long: meanwhile this thread reads nothing
 * from its connection.
 */
const looksBeforeSleep = 50
const sleepMs = 250

/** A Redis that is away is asked again after this. */
const retryMs = 100

const task = workerData as RedisStreamTask & RingTask // given by `redisStream`
const connection = await connectRedis(task.url)
const writer = randomUUID()
const ring = ringReader(task.buffer, task.names)
const say = (news: ThreadNews) => parentPort?.postMessage(news)
/** Whether Redis took the last entry; undefined before the first one. */
let isBack: boolean | undefined

try {
  await connection.tried
  await writeEvents(ring, connection)
} catch (error) {
  if (!ring.isClosed) throw error
  say({ is: 'over', reason: error instanceof Error ? error.message : String(error), isReaderGone: false })
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
      ring.settle()
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
  let giveUpAt = Number.POSITIVE_INFINITY
  for (;;) {
    try {
      await redis.xadd(task.stream, 'MAXLEN', '~', task.maxEntries, '*', ...toFields(entry))
      if (isBack !== true) say({ is: 'back' })
      isBack = true
      return
    } catch (error) {
      const reason = troubleOf(error)
      if (isBack !== false) say({ is: 'away', reason })
      isBack = false
      if (ring.isClosed) giveUpAt = Math.min(giveUpAt, systemClock.now() + task.closeTimeoutMs)
      if (systemClock.now() >= giveUpAt) throw new Error(`Redis took nothing more (${reason})`)
      await pause(retryMs)
    }
  }
}

function pause(ms: number): Promise<unknown> {
  return firstValueFrom(timer(ms))
}
