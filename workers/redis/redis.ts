// Opens Redis: the given one, or a private one, or one inside this process. Describes it in one line, and
// connects to it. It never uses another one than the given one.
import { Redis, type RedisOptions } from 'ioredis'
import type { Clock } from '../../market/clock.ts'
import { visible } from '../../market/basics/visible-text.ts'
import { findServerProgram, joinPrivateServer, serverPrograms } from './private-server.ts'

/**
 * - `ask`: commands fail at once while Redis is away, and when they take too long: the caller must not wait
 * - `work`: commands wait until Redis is back
 */
export type RedisUse = 'ask' | 'work'

/** A connection, for callers that do not import the package. */
export type RedisClient = Redis

export type RedisSource = {
  readonly kind: 'named' | 'private' | 'embedded'
  /** Which Redis it is and its consequences, for people. Without user and password. */
  readonly says: string
  /** A connection of its own. */
  connect(use: RedisUse): Redis
  /** Ends the connections that are left. */
  close(): Promise<void>
}

export type RedisSourceOptions = {
  /** `REDIS_URL`: this one or none. */
  readonly url?: string | undefined
  /** The folder of a private server's files. Without it there is no private server. */
  readonly folder?: string | undefined
  readonly clock: Clock
  /** Programs for a private server; the first one that exists is used. */
  readonly programs?: readonly string[]
  /** How long a private server may take to start. */
  readonly startTimeoutMs?: number
  /**
   * A private server put its old files aside, or there is none although there should be. The text has the
   * reason.
   */
  readonly onTrouble?: (sentence: string) => void
}

/** Nothing here takes longer than milliseconds; a slower Redis counts as away. */
const commandTimeoutMs = 2_000
const connectTimeoutMs = 5_000
/** Soon after a restart, and without a storm of attempts when it stays away. */
const retryStrategy = (attempt: number) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6))

const optionsOf = {
  // Without retries: a command that went down with its connection has failed.
  ask: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: commandTimeoutMs, retryStrategy },
  // BullMQ's workers block inside a command and require this.
  work: { maxRetriesPerRequest: null, retryStrategy },
} as const satisfies Record<RedisUse, RedisOptions>

/** Rejects with a sentence when the given Redis cannot be reached. */
export async function openRedis(options: RedisSourceOptions): Promise<RedisSource> {
  const source = await findRedis(options)
  const open = new Set<Redis>()
  return {
    ...source,
    connect: use => remember(source.connect(use), open),
    async close() {
      for (const connection of open) connection.disconnect()
      await source.close()
    },
  }
}

/**
 * BullMQ blocks on its own copy of our connection, and cannot leave it while Redis is away: we end them all.
 */
function remember(connection: Redis, open: Set<Redis>): Redis {
  open.add(connection)
  connection.on('end', () => open.delete(connection))
  const duplicate = connection.duplicate.bind(connection)
  connection.duplicate = options => remember(duplicate(options), open)
  return connection
}

async function findRedis(options: RedisSourceOptions): Promise<RedisSource> {
  if (options.url !== undefined) return await openNamed(options.url)
  const program = options.folder === undefined ? undefined : await findServerProgram(options.programs)
  if (options.folder === undefined) return await openEmbedded('REDIS_URL is not set, and there is no data folder')
  if (program === undefined) {
    const programs = (options.programs ?? serverPrograms).join(' or ')
    return await openEmbedded(`no ${programs} on PATH, and REDIS_URL is not set`)
  }
  try {
    return await openPrivate(options.folder, program, options)
  } catch (error) {
    // Jobs in memory alone are worse than stored ones, but a stream without them is better than none.
    const why = error instanceof Error ? error.message : String(error)
    options.onTrouble?.(why)
    return await openEmbedded(why.replace(/\.$/, ''))
  }
}

async function openNamed(url: string): Promise<RedisSource> {
  const place = redisPlace(url)
  if (place === undefined) {
    throw new Error('REDIS_URL is no address; expected redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH')
  }
  const probe = new Redis(url, { lazyConnect: true, connectTimeout: connectTimeoutMs, retryStrategy: () => null })
  let trouble = ''
  probe.on('error', error => {
    trouble = error.message
  })
  try {
    await probe.connect()
    await probe.ping()
  } catch (error) {
    const why = visible(trouble || (error instanceof Error ? error.message : String(error)))
    throw new Error(`REDIS_URL names ${place}, which cannot be reached: ${why}. Start it, or unset REDIS_URL.`)
  } finally {
    probe.disconnect()
  }
  return {
    kind: 'named',
    says: `Jobs are kept in Redis at ${place}.`,
    connect: use => new Redis(url, optionsOf[use]),
    close: async () => {},
  }
}

/**
 * The server's address without user and password; undefined when the address is malformed. No part of a
 * misspelt one may be shown: without a slash the password is a part of the path.
 */
export function redisPlace(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host, pathname } = new URL(url)
  if (protocol === 'unix:') return pathname.includes('@') || host !== '' ? undefined : `unix://${pathname}`
  if (!/^rediss?:$/.test(protocol) || host === '') return undefined
  return `${protocol}//${host}${/^\/\d+$/.test(pathname) ? pathname : ''}`
}

async function openPrivate(folder: string, program: string, options: RedisSourceOptions): Promise<RedisSource> {
  let trouble = ''
  const onSetAside = (sentence: string) => {
    trouble = ` ${sentence}`
    options.onTrouble?.(sentence)
  }
  const server = await joinPrivateServer({ ...options, folder, program, onSetAside })
  let isClosed = false
  /**
   * The server is gone, and its watcher with it: the first process that notices starts it again. ioredis
   * keeps trying meanwhile.
   */
  const revive = () => {
    if (!isClosed) server.revive().catch(() => {})
  }
  return {
    kind: 'private',
    says: `Jobs are kept by a private ${program} in ${folder}.${trouble}`,
    // As an option: a path relative to the current folder would be read as a host name.
    connect: use => new Redis({ ...optionsOf[use], path: server.path }).on('close', revive),
    async close() {
      isClosed = true
      await server.leave()
    },
  }
}

async function openEmbedded(why: string): Promise<RedisSource> {
  // Loaded only here: it takes a fifth of a second, and most installations have a server.
  const { createIoredisMock } = await import('js-redis-server')
  // A real ioredis client over an emulated socket. Without a port: no other process can connect.
  const first = (await createIoredisMock()) as unknown as Redis
  return {
    kind: 'embedded',
    says: `Jobs are kept in this process's memory and end with it: ${why}.`,
    // Its socket emits no close; ioredis waits for that as long as its options say.
    connect: use => first.duplicate({ ...optionsOf[use], disconnectTimeout: 20 }),
    close: async () => first.disconnect(),
  }
}
