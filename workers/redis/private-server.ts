// A private Redis server where none is configured: one for each data folder, shared by every process that
// uses the folder, reachable through a unix socket that only its user may open. It ends with the last of
// those processes, also when they are killed.
import { execFile, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { chmod, mkdir, open, rename, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { privateFolder } from '../../system/kept-file.ts'
import type { Clock } from '../../market/clock.ts'
import { isTaken, type LockRules, newHolder, releaseLockFile, takingLock } from './lock-file.ts'
import { thisProcess } from './process-identity.ts'

const run = promisify(execFile)

export type PrivateServer = {
  /** Path of its unix socket. */
  readonly path: string
  /** Starts it again if it is gone. Resolves when it answers, or at once after `leave`. */
  revive(): Promise<void>
  /** This process needs it no longer. It stops when no process does. */
  leave(): Promise<void>
}

/** The first of these that there is. */
export const serverPrograms = ['redis-server', 'valkey-server']

/** A server starts in 30 to 40 ms; one that has a long log to read takes longer. */
const defaultStartTimeoutMs = 15_000
const lookEveryMs = 25
const logFile = 'redis.log'
/** The kernel's limit for the address of a unix socket is 108 bytes, 104 on some systems. */
const longestPath = 100

/**
 * A process beside the server, because we may be killed. Its standard input is the read end of a pipe, and
 * every process that uses the server holds the write end. The kernel closes theirs at their end; when the
 * last one is closed, `cat` ends, and the server is stopped. This process does not start the server again:
 * two servers would damage each other's files, so only a holder of the lock starts one.
 */
const keeper = `umask 077
trap 'kill "$server"' TERM
exec 3<&0
"$@" </dev/null 3<&- & server=$!
(cat <&3 >/dev/null; kill "$$") & watch=$!
wait "$server"
wait "$server"
kill "$watch" 2>/dev/null`

/** The server gets no variable but PATH: our keys are in the environment. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] }
}

/** The program on PATH that can be the private server, or undefined. */
export async function findServerProgram(programs: readonly string[] = serverPrograms): Promise<string | undefined> {
  // Windows has neither unix sockets nor named pipes of this kind.
  if (process.platform === 'win32') return undefined
  for (const program of programs) {
    const answer = await run(program, ['--version'], { env: environment() }).catch(() => undefined)
    if (answer !== undefined) return program
  }
  return undefined
}

export type PrivateServerOptions = {
  /** Made when it is not there. */
  readonly folder: string
  readonly program: string
  readonly clock: Clock
  readonly startTimeoutMs?: number
  /**
   * The files of the server could not be read and were put aside; the sentence has their place and the
   * reason.
   */
  readonly onSetAside?: (sentence: string) => void
}

export async function joinPrivateServer(options: PrivateServerOptions): Promise<PrivateServer> {
  const { folder, program, clock, startTimeoutMs = defaultStartTimeoutMs, onSetAside } = options
  const home = join(resolve(folder), 'redis')
  await mkdir(home, privateFolder)
  await chmod(home, privateFolder.mode)
  const socket = shortest(join(home, 'redis.sock'))
  const users = await holdPipe(join(home, 'users'))
  let isHeld = true

  async function revive(): Promise<void> {
    const deadline = AbortSignal.timeout(startTimeoutMs)
    while (isHeld && (await stateOf(socket)) !== 'ready') {
      if (deadline.aborted) throw new Error(await complaint(home, program, 0))
      if ((await stateOf(socket)) === 'absent') await startAlone(deadline)
      else await wait(lookEveryMs)
    }
  }

  /**
   * A second server would take over the socket and the files of the running one, so only one process may
   * start it.
   */
  async function startAlone(deadline: AbortSignal): Promise<void> {
    const unlock = takeLock(join(home, 'starting'), clock)
    if (unlock === undefined) return await wait(lookEveryMs)
    try {
      const isAbsent = (await stateOf(socket)) === 'absent'
      // Last: opening a pipe without a writer would block the whole process until there is one.
      if (isAbsent && isHeld) await startWithWhatItCanRead(deadline)
    } finally {
      unlock()
    }
  }

  /**
   * A server that ends at once may not be able to read its files. If it starts without them, they are the
   * reason, and stay put aside; otherwise they go back. Its own messages for this vary too much to be used.
   */
  async function startWithWhatItCanRead(deadline: AbortSignal): Promise<void> {
    try {
      await start(home, program, socket, deadline)
    } catch (error) {
      const aside = error instanceof ServerEnded ? await setAside(home, clock) : []
      if (aside.length === 0) throw error
      try {
        await start(home, program, socket, deadline)
      } catch {
        for (const { from, to } of aside) await rename(to, from)
        throw error
      }
      const places = aside.map(({ to }) => to).join(', ')
      const { reason } = error as ServerEnded
      onSetAside?.(
        `${program} could not read the jobs it had kept, and started without them: they are in ${places}. ${reason}`,
      )
    }
  }

  try {
    await revive()
  } catch (error) {
    await leave()
    throw error
  }
  return { path: socket, revive, leave }

  function leave(): Promise<void> {
    if (isHeld) closeSync(users)
    isHeld = false
    return Promise.resolve()
  }
}

/** The server ended by itself instead of serving. */
class ServerEnded extends Error {
  override readonly name = 'ServerEnded'
  /** Its own words. */
  readonly reason: string

  constructor(message: string, reason: string) {
    super(message)
    this.reason = reason
  }
}

/** The files of a server of any version. */
const keptFiles = ['appendonlydir', 'appendonly.aof', 'dump.rdb']

async function setAside(home: string, clock: Clock): Promise<{ readonly from: string; readonly to: string }[]> {
  const moved = []
  for (const name of keptFiles) {
    const from = join(home, name)
    const to = `${from}.unreadable-${clock.now()}`
    const isMoved = await rename(from, to).then(
      () => true,
      () => false,
    )
    if (isMoved) moved.push({ from, to })
  }
  return moved
}

async function start(home: string, program: string, socket: string, deadline: AbortSignal): Promise<void> {
  const logged = await stat(join(home, logFile)).then(
    ({ size }) => size,
    () => 0,
  )
  const pipe = openSync(join(home, 'users'), constants.O_RDONLY)
  const settings = [
    ['--port', '0'],
    ['--unixsocket', 'redis.sock'],
    ['--unixsocketperm', '700'],
    ['--dir', home],
    // Jobs survive a crash, and are never evicted to free memory.
    ['--appendonly', 'yes'],
    ['--save', ''],
    ['--maxmemory-policy', 'noeviction'],
    ['--logfile', logFile],
    ['--loglevel', 'warning'],
    ['--daemonize', 'no'],
  ]
  const child = spawn('sh', ['-c', keeper, 'kis-stream-redis', program, ...settings.flat()], {
    cwd: home,
    // A session of its own: Ctrl-C in our terminal must not stop it.
    detached: true,
    env: environment(),
    stdio: [pipe, 'ignore', 'ignore'],
  })
  closeSync(pipe)
  let failure: Error | undefined
  child.on('error', error => {
    failure = error
  })
  child.unref()
  while (!deadline.aborted) {
    if ((await stateOf(socket)) === 'ready') return
    if (child.exitCode !== null || failure !== undefined) break
    await wait(lookEveryMs)
  }
  child.kill('SIGTERM')
  const message = await complaint(home, program, logged)
  if (child.exitCode === null || failure !== undefined) throw new Error(message, { cause: failure })
  throw new ServerEnded(message, await lastWords(home, logged))
}

/**
 * A named pipe, held open for writing. Both ways, because opening one for writing alone waits for a reader.
 */
async function holdPipe(path: string): Promise<number> {
  await run('mkfifo', ['-m', '600', path], { env: environment() }).catch(async (error: unknown) => {
    const there = await stat(path).catch(() => undefined)
    if (there?.isFIFO() !== true) throw error
  })
  // A descriptor and no file handle: it stays open for as long as the process lives, even when objects are
  // garbage collected.
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
}

/** A server starts in 40 ms. Its lock is not renewed meanwhile. */
const startingRules: LockRules = { here: thisProcess(), neighbourMs: 5_000, strangerMs: 2 * defaultStartTimeoutMs }

/** Undefined when another process has it, or is about to. */
function takeLock(file: string, clock: Clock): (() => void) | undefined {
  const taking = takingLock(file, newHolder(startingRules.here, clock), startingRules)
  for (let step = taking.next(); ; step = taking.next()) {
    if (step.done === true) {
      const result = step.value
      return isTaken(result) ? () => releaseLockFile(file, result) : undefined
    }
    if (step.value === 'step') continue
    taking.return({ descriptor: -1 })
    return undefined
  }
}

/**
 * `absent`: nothing listens. `busy`: a server listens and does not answer: it reads its files, stops, or the
 * machine is busy. Then no other one is started.
 */
function stateOf(socket: string): Promise<'ready' | 'busy' | 'absent'> {
  return new Promise(resolve => {
    const talk = connect(socket)
    const settle = (state: 'ready' | 'busy' | 'absent') => {
      talk.destroy()
      resolve(state)
    }
    talk.setTimeout(1_000, () => settle('busy'))
    talk.on('error', ({ code }: NodeJS.ErrnoException) => {
      settle(code === 'ENOENT' || code === 'ECONNREFUSED' ? 'absent' : 'busy')
    })
    talk.on('close', () => settle('busy'))
    talk.on('connect', () => talk.write('PING\r\n'))
    talk.on('data', data => settle(data.toString().startsWith('+PONG') ? 'ready' : 'busy'))
  })
}

/** Relative to the current folder, if that is shorter: the address of a unix socket may not be long. */
function shortest(path: string): string {
  const near = relative('', path)
  const address = near.length < path.length ? near : path
  if (Buffer.byteLength(address) <= longestPath) return address
  throw new Error(
    `the data folder's path is too long for a unix socket (${address}): name a shorter one, or set REDIS_URL`,
  )
}

async function complaint(home: string, program: string, from: number): Promise<string> {
  const words = await lastWords(home, from)
  return `${program} did not start in ${home}. ${words || 'It left no log.'} Set REDIS_URL to use another server.`
}

/** The last lines of its log, after the first `from` bytes. */
async function lastWords(home: string, from: number): Promise<string> {
  const log = await readFrom(join(home, logFile), from).catch(() => '')
  const lines = log.split('\n').filter(line => line.trim() !== '')
  return lines.slice(-3).join(' | ')
}

async function readFrom(file: string, from: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    return await handle
      .createReadStream({ start: from, encoding: 'utf8' })
      .toArray()
      .then(parts => parts.join(''))
  } finally {
    await handle.close()
  }
}
