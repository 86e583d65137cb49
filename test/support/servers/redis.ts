// Redis for tests: a real server, private to the test, or the embedded one. Tests of jobs run on both.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Secret } from '../../../kis/secret.ts'
import { systemClock } from '../../../market/clock.ts'
import { findServerProgram } from '../../../workers/redis/private-server.ts'
import { openRedis, type RedisClient, type RedisSource } from '../../../workers/redis/redis.ts'
import type { Owner } from '../../../workers/redis/scope.ts'

/** Undefined on a machine without one: tests that need it are skipped there, and CI installs it. */
export const serverProgram = await findServerProgram()

export type RedisKind = 'a real server' | 'the embedded server'

export const redisKinds: readonly RedisKind[] = ['a real server', 'the embedded server']

export const isMissing = (kind: RedisKind) => kind === 'a real server' && serverProgram === undefined

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-test-'))
  // A private server writes on stopping, and is not waited for. Not rmSync: it repeats only its last step.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }))
  return folder
}

/** Gone, with everything in it, when the test ends. */
export async function redisRig(kind: RedisKind): Promise<RedisSource> {
  const source =
    kind === 'a real server'
      ? await openRedis({ folder: temporaryFolder(), clock: systemClock })
      : await openRedis({ clock: systemClock })
  onTestFinished(() => source.close())
  return source
}

/** A connection that is ready and ends with the test. */
export async function connected(source: RedisSource, use: 'ask' | 'work' = 'ask'): Promise<RedisClient> {
  const client = source.connect(use)
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  if (client.status !== 'ready') await once(client, 'ready')
  return client
}

export type TestServer = {
  readonly url: string
  /** As a machine that loses its power does. */
  kill(): Promise<void>
  start(): Promise<void>
  /** It takes connections and commands and answers nothing. */
  freeze(): void
  thaw(): void
}

/** A server that can be taken away and given back, with what it had written. */
export async function startTestServer(): Promise<TestServer> {
  const folder = temporaryFolder()
  const path = join(folder, 'test.sock')
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const settings = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '', '--appendonly', 'yes']
    child = spawn(serverProgram as string, [...settings, '--appendfsync', 'always'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      if (chunk.toString().includes('eady to accept connections')) break
    }
  }
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  onTestFinished(kill)
  await start()
  return {
    url: `unix://${path}`,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
}

export const testOwner: Owner = {
  appKey: new Secret('PLANTED-APP-KEY-0123456789-ABCDEFGHIJ'),
  appSecret: new Secret(`PLANTED-APP-SECRET-${'x1Y2z3'.repeat(26)}`),
  restUrl: 'http://127.0.0.1:1',
}

/** Every key of a Redis with everything in it, as text. */
export async function everythingIn(redis: RedisClient): Promise<string> {
  const keys = await redis.keys('*')
  const contents = await Promise.all(
    keys.map(async key => {
      switch (await redis.type(key)) {
        case 'hash':
          return JSON.stringify(await redis.hgetall(key))
        case 'list':
          return JSON.stringify(await redis.lrange(key, 0, -1))
        case 'zset':
          return JSON.stringify(await redis.zrange(key, '0', '-1'))
        case 'set':
          return JSON.stringify(await redis.smembers(key))
        case 'stream':
          return JSON.stringify(await redis.xrange(key, '-', '+'))
        default:
          return await redis.get(key)
      }
    }),
  )
  return keys.map((key, index) => `${key} ${contents[index]}`).join('\n')
}
