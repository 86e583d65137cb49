// Which Redis it is: the one that was named or none, one of our own, or one in memory; and how long one of
// our own lives.
import { execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../market/clock.ts'
import { newHolder } from '../../../workers/redis/lock-file.ts'
import { thisProcess } from '../../../workers/redis/process-identity.ts'
import { openRedis } from '../../../workers/redis/redis.ts'
import { eventually } from '../../support/rigs/feed.ts'
import { connected, serverProgram, startTestServer, temporaryFolder } from '../../support/servers/redis.ts'
import { bundledProgram } from '../../support/processes/bundled.ts'

const clock = systemClock

describe('a Redis that was named', () => {
  it.each([
    ['redis://somebody:A-SECRET@127.0.0.1:1', 'redis://127.0.0.1:1'],
    ['unix:///nowhere/redis.sock', 'unix:///nowhere/redis.sock'],
  ])('and cannot be reached is an error that says so, without its password: %s', async (url, place) => {
    const error = await openRedis({ url, folder: temporaryFolder(), clock }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toContain(`REDIS_URL names ${place}, which cannot be reached`)
    expect((error as Error).message).not.toContain('A-SECRET')
  })

  it('and is no Redis is an error too', async () => {
    const server = createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    await expect(openRedis({ url: `redis://127.0.0.1:${port}`, clock })).rejects.toThrow('cannot be reached')
  })

  it.each(['nowhere', 'http://127.0.0.1:6379', ''])('by what is no address is a mistake: %j', async url => {
    await expect(openRedis({ url, clock })).rejects.toThrow('REDIS_URL is no address')
  })

  it.each([
    'redis:/user:A-SECRET@127.0.0.1:6379',
    'redis:user:A-SECRET@127.0.0.1:6379',
    'rediss:///A-SECRET@127.0.0.1',
    'redis//user:A-SECRET@127.0.0.1',
    'redis://user:A/SECRET@127.0.0.1',
    'unix://user:A-SECRET@/run/redis.sock',
    'unix:/A-SECRET@run/redis.sock',
  ])('by what is nearly an address is a mistake that shows none of it: %s', async url => {
    const error = await openRedis({ url, clock }).catch((reason: unknown) => reason)
    expect((error as Error).message).toBe(
      'REDIS_URL is no address; expected redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH',
    )
  })

  it.skipIf(serverProgram === undefined)('is taken, and nothing of our own is started', async () => {
    const folder = temporaryFolder()
    const { url } = await startTestServer()
    const source = await openRedis({ url, folder, clock })
    expect(source.kind).toBe('named')
    expect(await (await connected(source)).ping()).toBe('PONG')
    expect(existsSync(join(folder, 'redis'))).toBe(false)
  })
})

describe('Redis in memory', () => {
  it('is what is left without a data folder, and says so', async () => {
    const source = await openRedis({ clock })
    onTestFinished(() => source.close())
    expect(source.says).toBe(
      "Jobs are kept in this process's memory and end with it: REDIS_URL is not set, and there is no data folder.",
    )
  })

  it('is what is left without a server program, and says in one line that jobs end with the process', async () => {
    const source = await openRedis({ folder: temporaryFolder(), programs: ['no-such-program'], clock })
    onTestFinished(() => source.close())
    expect(source.kind).toBe('embedded')
    expect(source.says).toMatch(/^Jobs are kept in this process's memory and end with it: no no-such-program on PATH/)
    const [one, other] = [await connected(source, 'ask'), await connected(source, 'work')]
    await one.set('a', '1')
    expect(await other.get('a')).toBe('1')
  })
})

describe.skipIf(serverProgram === undefined)('a server of our own', () => {
  const pidsOf = async (folder: string) => {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args='])
    return stdout.split('\n').filter(line => line.includes(join(folder, 'redis')) || line.includes(`${folder}/`))
  }
  /** Another process that uses the folder until it is stopped or killed. */
  async function startUser(folder: string) {
    const user = fork(
      bundledProgram(fileURLToPath(new URL('../../support/processes/redis-user.ts', import.meta.url))),
      [folder],
      {
        execArgv: [],
      },
    )
    onTestFinished(() => void user.kill('SIGKILL'))
    await once(user, 'message')
    return user
  }
  const goneFrom = async (folder: string) => {
    while ((await pidsOf(folder)).length > 0) await new Promise(resolve => setImmediate(resolve))
  }

  it('appends to its log, evicts nothing, and lets no other user in', async () => {
    const folder = temporaryFolder()
    const source = await openRedis({ folder, clock })
    onTestFinished(() => source.close())
    const redis = await connected(source)
    expect(source.says).toContain(folder)
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes'])
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
    expect(await redis.config('GET', 'port')).toEqual(['port', '0'])
    expect(statSync(join(folder, 'redis')).mode & 0o077).toBe(0)
    expect(statSync(join(folder, 'redis/redis.sock')).mode & 0o077).toBe(0)
  })

  it.skipIf(process.platform !== 'linux')('is given no more of the environment than PATH', async () => {
    vi.stubEnv('KIS_APP_SECRET', 'planted-secret')
    onTestFinished(() => void vi.unstubAllEnvs())
    const folder = temporaryFolder()
    const source = await openRedis({ folder, clock })
    onTestFinished(() => source.close())
    await connected(source)
    const pids = (await pidsOf(folder)).map(line => line.trim().split(' ')[0])
    const environments = pids.map(pid => readFileSync(`/proc/${pid}/environ`, 'utf8'))
    expect(environments.length).toBeGreaterThanOrEqual(2) // the server and its keeper
    // A shell adds its own.
    const names = environments.flatMap(text =>
      text
        .split('\0')
        .filter(Boolean)
        .map(pair => pair.split('=')[0]),
    )
    expect(new Set(names)).toEqual(
      new Set(['PATH', ...names.filter(name => ['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))]),
    )
    expect(environments.join()).not.toContain('planted-secret')
  })

  it('is reached in a folder named from where we are, as the usual one is', async () => {
    const folder = mkdtempSync('.kis-stream-test-')
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const source = await openRedis({ folder, clock })
    onTestFinished(() => source.close())
    expect(await (await connected(source)).ping()).toBe('PONG')
  })

  it('is shared by all processes that name the same folder, stops with the last one, and has everything when it comes back', async () => {
    const folder = temporaryFolder()
    const [one, other] = await Promise.all([openRedis({ folder, clock }), openRedis({ folder, clock })])
    await (await connected(one)).set('kept', 'yes')
    await one.close()
    expect(await (await connected(other)).get('kept')).toBe('yes')
    await other.close()
    await goneFrom(folder)

    const again = await openRedis({ folder, clock })
    expect(await (await connected(again)).get('kept')).toBe('yes')
    await again.close()
    await goneFrom(folder)
  })

  it('outlives the process that started it while another one uses it, and goes with the last one even when that is killed', async () => {
    const folder = temporaryFolder()
    const first = await startUser(folder)
    const second = await startUser(folder)
    first.kill('SIGKILL')
    await once(first, 'exit')
    second.send('set')
    expect(await once(second, 'message')).toEqual(['OK', undefined])
    second.kill('SIGKILL')
    await once(second, 'exit')
    await goneFrom(folder)
  })

  it('is not started again by who let go of it, which would wait for a user for ever', async () => {
    const program = bundledProgram(fileURLToPath(new URL('../../support/processes/late-reviver.ts', import.meta.url)))
    const patience = { timeout: 200_000, killSignal: 'SIGKILL' } as const
    const words = [program, temporaryFolder()]
    const { stdout } = await promisify(execFile)(process.execPath, words, patience)
    expect(stdout).toBe('let go')
  })

  it('is started again when it died', async () => {
    const folder = temporaryFolder()
    const source = await openRedis({ folder, clock })
    onTestFinished(() => source.close())
    const redis = await connected(source, 'work')
    await redis.set('kept', 'yes')
    const dead = once(redis, 'close')
    // Asked by another connection: this one would ask again when it is back.
    ;(await connected(source, 'ask')).shutdown('NOSAVE').catch(() => {})
    await dead
    expect(await redis.get('kept')).toBe('yes')
  })

  it.each([
    ['was killed', {}],
    // As pid 1 of a container that was started again.
    ['had our pid', { pid: process.pid, start: 'before' }],
  ])('is started though a process that %s was starting it', async (_, changes) => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'redis'))
    const killed = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
    await once(killed, 'exit')
    const gone = { ...thisProcess(), pid: killed.pid as number, start: 'before', ...changes }
    writeFileSync(join(folder, 'redis/starting'), JSON.stringify(newHolder(gone, clock)))

    const source = await openRedis({ folder, clock, startTimeoutMs: 5_000 })
    onTestFinished(() => source.close())
    expect(source.kind).toBe('private')
    expect(await (await connected(source)).ping()).toBe('PONG')
    await eventually(() => !existsSync(join(folder, 'redis/starting')))
  })

  it.each([
    ['appendonly.aof.manifest', (text: string) => `garbled ${text}`],
    ['appendonly.aof.1.incr.aof', () => 'garbled'.repeat(50)],
    ['appendonly.aof.1.base.rdb', () => undefined],
  ])('that cannot read its files starts without them, reports that, and keeps them: %s', async (name, garble) => {
    const folder = temporaryFolder()
    const source = await openRedis({ folder, clock })
    await (await connected(source)).set('kept', 'yes')
    await source.close()
    await goneFrom(folder)
    const file = join(folder, 'redis/appendonlydir', name)
    const garbled = garble(readFileSync(file, 'utf8'))
    if (garbled === undefined) rmSync(file)
    else writeFileSync(file, garbled)

    const troubles: string[] = []
    const again = await openRedis({ folder, clock, onTrouble: trouble => troubles.push(trouble) })
    const redis = await connected(again)
    expect(await redis.get('kept')).toBeNull()
    await redis.set('kept', 'anew')
    const aside = readdirSync(join(folder, 'redis')).filter(one => one.includes('.unreadable-'))
    expect(aside).toHaveLength(1)
    const place = join(folder, 'redis', aside[0] as string)
    if (garbled !== undefined) expect(readFileSync(join(place, name), 'utf8')).toBe(garbled)
    expect(troubles).toEqual([
      expect.stringMatching(
        /could not read the jobs it had kept, and started without them: they are in .*(AOF|append only)/,
      ),
    ])
    expect(troubles[0]).toContain(place)
    expect(again.says).toContain(troubles[0])
    await again.close()
    await goneFrom(folder)

    const third = await openRedis({ folder, clock })
    expect(await (await connected(third)).get('kept')).toBe('anew')
    await third.close()
    await goneFrom(folder)
  })

  it('that does not start at all leaves its files where they are; jobs are kept in memory and say why', async () => {
    const folder = temporaryFolder()
    const program = join(folder, 'no-server')
    writeFileSync(program, '#!/bin/sh\n[ "$1" = --version ] || { echo "out of luck" >redis.log; exit 1; }\n', {
      mode: 0o700,
    })
    const kept = join(folder, 'redis/appendonlydir/kept')
    mkdirSync(join(kept, '..'), { recursive: true })
    writeFileSync(kept, 'yes')
    const troubles: string[] = []
    const options = { folder, programs: [program], clock, onTrouble: (trouble: string) => void troubles.push(trouble) }
    const source = await openRedis(options)
    onTestFinished(() => source.close())
    expect(source.kind).toBe('embedded')
    expect(source.says).toMatch(/in this process's memory and end with it: .*did not start in .*redis\. out of luck/)
    expect(troubles).toEqual([expect.stringContaining('out of luck')])
    expect(readFileSync(kept, 'utf8')).toBe('yes')
    expect(await (await connected(source)).ping()).toBe('PONG')
  })

  it('is not tried in a folder whose path no socket can have', async () => {
    const folder = mkdtempSync(join(temporaryFolder(), `${'deep-'.repeat(25)}`))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const source = await openRedis({ folder, clock })
    onTestFinished(() => source.close())
    expect(source).toMatchObject({ kind: 'embedded', says: expect.stringContaining('too long for a unix socket') })
  })
})
