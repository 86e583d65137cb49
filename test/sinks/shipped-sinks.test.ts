// Every shipped sink holds the contract, and so does the one that the documents show.
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Subscription } from 'rxjs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { csvTrades } from '../../examples/own-sink.ts'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import type { Backpressure } from '../../sinks/queue/backpressure.ts'
import { consume } from '../../sinks/consume.ts'
import { type MakeSink, type SinkUnderTest, sinkContract } from '../../sinks/contract.ts'
import { jsonLines } from '../../sinks/file/json-lines.ts'
import { redisStream } from '../../sinks/redis/stream.ts'
import type { Sink } from '../../sinks/sink.ts'
import { trade } from '../streams/samples.ts'
import { hasRedisServer, needsRedis, type RedisServer, startRedisServer } from '../support/servers/redis-server.ts'

/** By then a handler whose gate was opened is at its next event. */
const nextTurn = () => new Promise<void>(resolve => void setImmediate(resolve))

const parse = (text: string) =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as MarketEvent | Dropped)

/**
 * A handler that waits at a gate, which may be opened for one call: a spill brings the next event only when
 * the disk has it.
 */
function consumer(options: Backpressure, capacity: number): MakeSink {
  return () => {
    const delivered: (MarketEvent | Dropped)[] = []
    let isBlocked = false
    /** Calls that may pass the gate although it is closed. */
    let passes = 0
    let wake = () => {}
    let taken = () => {}
    let isBroken = false
    const subscriptions: Subscription[] = []
    const sink: Sink = events => {
      const subscription = consume(
        async event => {
          while (isBlocked && passes === 0) {
            await new Promise<void>(resolve => {
              wake = resolve
            })
          }
          if (isBlocked) passes--
          if (isBroken) throw new Error('no database')
          delivered.push(event)
          taken()
        },
        { ...options, onError: () => {} },
      )(events)
      subscriptions.push(subscription)
      return subscription
    }
    return {
      sink,
      delivered: () => delivered,
      close: async () => {
        for (const subscription of subscriptions) await new Promise<void>(resolve => subscription.add(resolve))
      },
      capacity,
      block() {
        isBlocked = true
      },
      release() {
        isBlocked = false
        wake()
      },
      step() {
        passes++
        wake()
        return new Promise(resolve => {
          taken = resolve
        })
      },
      break() {
        isBroken = true
      },
    }
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-contract-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Into a file, where nothing can be slow. */
function linesToFile(): SinkUnderTest {
  const file = join(temporaryFolder(), 'events.ndjson')
  const sink = jsonLines({ to: file })
  return { sink, delivered: () => parse(readFileSync(file, 'utf8')), close: () => sink.close() }
}

/** Into a pipe that is not read until it is released. */
function linesToPipe(): SinkUnderTest {
  const path = join(temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const ends = new Set([
    openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    openSync(path, constants.O_WRONLY | constants.O_NONBLOCK),
  ])
  const [reader, writer] = [...ends] as [number, number]
  const close = (end: number) => ends.delete(end) && closeSync(end)
  onTestFinished(() => ends.forEach(close))
  const sink = jsonLines({ to: writer, capacityBytes: 16_384 })
  const buffer = Buffer.alloc(65_536)
  const chunks: Buffer[] = []
  let isBlocked = false

  function drain(): void {
    try {
      for (;;) {
        const length = readSync(reader, buffer)
        if (length === 0) return
        chunks.push(Buffer.from(buffer.subarray(0, length)))
      }
    } catch {
      // Nothing in it at the moment.
    }
  }
  return {
    sink,
    delivered() {
      drain()
      return parse(Buffer.concat(chunks).toString())
    },
    async close() {
      let isClosed = false
      void sink.close().then(() => {
        isClosed = true
      })
      while (!isClosed) {
        if (!isBlocked && ends.has(reader)) drain()
        await new Promise(setImmediate)
      }
    },
    // The ring, what the thread has in hand, and what the pipe holds.
    capacity: 1_000,
    block() {
      isBlocked = true
    },
    release() {
      isBlocked = false
    },
    break: () => close(reader),
  }
}

let server: RedisServer | undefined
let streams = 0
beforeAll(async () => {
  if (hasRedisServer) server = await startRedisServer()
})
afterAll(() => server?.end())

function toRedis(): SinkUnderTest {
  const { url, client } = server as RedisServer // not called without one
  const stream = `contract-${++streams}`
  const sink = redisStream({ url, stream, capacityBytes: 16_384, closeTimeoutMs: 100 })
  return {
    sink,
    async delivered() {
      const entries = await client.xrange(stream, '-', '+')
      return entries.flatMap(([, fields]) => parse(fields[fields.indexOf('events') + 1] ?? ''))
    },
    close: () => sink.close(),
    // The ring, and the entry that the thread has in hand.
    capacity: 1_000,
    block: async () => void (await client.client('PAUSE', 100_000, 'WRITE')),
    release: async () => void (await client.client('UNPAUSE')),
    break: () => void client.set(stream, 'no stream'),
  }
}

const everything: string[] = []
const toAPipe = ['never makes', 'accounts for', 'gives events', 'holds no more', 'keeps what fails']

describe.each<[string, MakeSink, readonly string[]]>([
  ['consume', consumer({ limit: 50 }, 51), everything],
  ['consume, conflating', consumer({ policy: 'conflate', limit: 50 }, 51), everything],
  ['consume, spilling', consumer({ policy: 'spill', limit: 50, mostBytes: 2 * 1024 ** 2 }, 30_000), everything],
  ['json-lines to a file', linesToFile, toAPipe],
  ['json-lines to a pipe', linesToPipe, everything],
])('%s', (name, make, exempt) => {
  // With conflation, forty trades of three names become three for a slow consumer.
  const rules = sinkContract.filter(
    ({ rule }) => !(name === 'consume, conflating' && rule.startsWith('delivers every')),
  )
  it.each(rules.map(({ rule, check }) => [rule, check] as const))('%s', async (rule, check) => {
    expect(await check(make)).toBe(!exempt.some(start => rule.startsWith(start)))
  })
})

describe.skipIf(!hasRedisServer)(`redis-stream (${needsRedis})`, () => {
  it.each(sinkContract.map(({ rule, check }) => [rule, check] as const))('%s', async (_rule, check) => {
    expect(await check(toRedis)).toBe(true)
  })
})

/** A line of that sink, as far as the rest of the contract looks at it. */
function eventIn(line: string): MarketEvent | Dropped {
  const [, from, to, count] = /^# from (\d+) to (\d+): (\d+)/.exec(line) ?? []
  if (count !== undefined) return { type: 'dropped', count: Number(count), from: Number(from), to: Number(to) }
  const [receivedTime, instrument] = line.split(',')
  return trade({ receivedTime: Number(receivedTime), instrument: instrument as Instrument })
}

/** The one of docs/sinks.md, which writes to a slow terminal here. */
function ownSink(): SinkUnderTest {
  const written: string[] = []
  let gate: Promise<void> | undefined
  let open = () => {}
  let isBroken = false
  const sink = csvTrades(
    async text => {
      await gate
      if (isBroken) throw new Error('no terminal')
      written.push(text)
    },
    { limit: 50 },
  )
  const subscriptions: Subscription[] = []
  const block = () => {
    gate = new Promise(resolve => {
      open = resolve
    })
  }
  return {
    sink(events) {
      const subscription = sink(events)
      subscriptions.push(subscription)
      return subscription
    },
    delivered: () => written.map(eventIn),
    close: async () => {
      for (const subscription of subscriptions) await new Promise<void>(resolve => subscription.add(resolve))
    },
    capacity: 51,
    block,
    release: () => open(),
    step() {
      const openThis = open
      block()
      openThis()
      return nextTurn()
    },
    break() {
      isBroken = true
    },
  }
}

describe("the sink of one's own in examples/own-sink.ts", () => {
  // What it does with a failure is warn the process, which is no news here.
  beforeEach(() => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  // It writes trades only, and not all of them: what it delivers are lines of its own.
  it.each(sinkContract.slice(1).map(({ rule, check }) => [rule, check] as const))('%s', async (_rule, check) => {
    expect(await check(ownSink)).toBe(true)
  })
})
