// A redis-server of a test's own, on a Unix socket in a folder of its own. It keeps what it was given across
// `stop` and `start`.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** What a test that is skipped says. */
export const needsRedis = 'needs redis-server on the PATH'

export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0

export type RedisServer = {
  /** For ioredis: the path of the socket. */
  readonly url: string
  /** A client of the test's own. */
  readonly client: Redis
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it for good and deletes its folder. */
  end(): Promise<void>
}

export async function startRedisServer(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kis-redis-'))
  const url = join(folder, 'redis.sock')
  const options = ['--port', '0', '--unixsocket', url, '--dir', folder, '--save', '', '--appendonly', 'yes']
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    const child = spawn('redis-server', [...options, '--appendfsync', 'always'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    server = child
    await new Promise<void>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`redis-server ended with code ${code}`)))
      child.stdout.on('data', chunk => {
        if (String(chunk).includes('eady to accept connections')) resolve()
      })
    })
  }

  async function stop(): Promise<void> {
    const child = server
    server = undefined
    if (child === undefined) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }

  await start()
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
  client.on('error', () => {}) // while a test has it stopped
  return {
    url,
    client,
    start,
    stop,
    async end() {
      client.disconnect()
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
