// What is written for people and programs never holds up what writes it, and says at the end whether it was
// read.
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, type TestContext } from 'vitest'
import { openOutput } from '../../../cli/terminal/output.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { ensureCompiled, root } from '../../support/processes/compile.ts'
import { eventually } from '../../support/rigs/feed.ts'

const program = join(await ensureCompiled(), 'cli/main.js')

/** A reader that takes so many bytes and then none, until it is given more. */
function reader(room: number) {
  const taken: string[] = []
  const state = { room, failure: undefined as string | undefined }
  return {
    taken: () => taken.join(''),
    give(more: number) {
      state.room += more
    },
    break(code: string) {
      state.failure = code
    },
    writeTo: (_: number, bytes: Uint8Array) => {
      const code = state.failure ?? (state.room === 0 ? 'EAGAIN' : undefined)
      if (code !== undefined) throw Object.assign(new Error(code), { code })
      const part = bytes.subarray(0, state.room)
      state.room -= part.length
      taken.push(Buffer.from(part).toString())
      return part.length
    },
  }
}

describe('an output', () => {
  it('is written at once where it is read', () => {
    const { writeTo, taken } = reader(1_000)
    const output = openOutput(2, { writeTo })
    output.write('one\n')
    output.write('two\n')
    expect(taken()).toBe('one\ntwo\n')
  })

  it('that is not read never waits: it keeps whole lines up to its bound, and says how many it dropped', async () => {
    const { writeTo, taken, give } = reader(2)
    const dropped: number[] = []
    const output = openOutput(2, { writeTo, mostBytes: 10, onDropped: count => dropped.push(count) })
    for (const line of ['one\n', 'two\n', 'six\n', 'ten\n', 'far\n']) output.write(line)
    expect(taken()).toBe('on')
    expect(await output.drained(0)).toBe(false)
    give(1_000)
    expect(await output.drained()).toBe(true)
    expect(taken()).toBe('one\ntwo\nsix\n')
    expect(dropped).toEqual([2])
    output.write('on again\n')
    expect(taken()).toBe('one\ntwo\nsix\non again\n')
  })

  it.each(['EPIPE', 'ENOSPC', 'EIO'])(
    'that cannot be written any more (%s) says so once, and is no output from then on',
    async code => {
      const { writeTo, taken, break: fail } = reader(4)
      const failures: unknown[] = []
      const output = openOutput(1, { writeTo, onFailure: error => failures.push(error.code) })
      output.write('one\n')
      fail(code)
      output.write('two\n')
      output.write('six\n')
      expect(await output.drained()).toBe(false)
      expect({ failures, taken: taken() }).toEqual({ failures: [code], taken: 'one\n' })
    },
  )

  it('keeps the order and tears no line, whatever the reader takes when', async () => {
    const step = fc.record({ lines: fc.nat(6), give: fc.nat(30) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), async (steps, mostBytes) => {
        const { writeTo, taken, give } = reader(0)
        let dropped = 0
        const output = openOutput(2, { writeTo, mostBytes, onDropped: count => (dropped += count) })
        let number = 0
        for (const { lines, give: more } of steps) {
          for (let i = 0; i < lines; i++) output.write(`line ${number++}\n`)
          give(more)
        }
        give(1_000_000)
        await output.drained()
        const numbers = taken()
          .split('\n')
          .slice(0, -1)
          .map(line => Number(/^line (\d+)$/.exec(line)?.[1]))
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
        expect(numbers).not.toContain(Number.NaN)
        expect(new Set(numbers).size + dropped).toBe(number)
      }),
      { numRuns: 30 },
    )
  })
})

const isLinux = process.platform === 'linux'

/** A pipe that is full, and that its reader does not read. */
function stalledPipe({ onTestFinished }: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'kis-output-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const ends = [
    openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    openSync(path, constants.O_WRONLY | constants.O_NONBLOCK),
  ]
  // Blocking, as a shell hands it out.
  const writer = openSync(path, constants.O_WRONLY)
  onTestFinished(() => {
    for (const end of [...ends, writer]) closeSync(end)
    rmSync(folder, { recursive: true, force: true })
  })
  const fill = Buffer.alloc(4_096)
  try {
    for (;;) writeSync(ends[1] as number, fill)
  } catch {
    // Full.
  }
  return writer
}

async function runWith(
  { onTestFinished }: TestContext,
  stdio: readonly (number | 'pipe' | 'ignore')[],
  output: string,
) {
  const simulator = await startSimulator({ tape: generatedTape({ rate: 50 }) })
  onTestFinished(() => simulator.stop())
  const child = spawn(
    process.execPath,
    [program, 'run', '--market', 'KR', '--instruments', 'KRX:005930', '--channels', 'trade', '--format', output],
    {
      cwd: root,
      stdio: [...stdio],
      env: {
        PATH: process.env['PATH'],
        KIS_ENV_FILE: devNull,
        KIS_DATA_FOLDER: 'off',
        KIS_DASHBOARD: 'off',
        KIS_JOBS: 'off',
        KIS_APP_KEY: 'any',
        KIS_APP_SECRET: 'any',
        KIS_REST_URL: simulator.restUrl,
        KIS_WS_URL: simulator.wsUrl,
        KIS_GRACE_MS: '50',
      },
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  let err = ''
  child.stderr?.on('data', chunk => (err += String(chunk)))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const requests = (verb: string) => simulator.stats().requests.filter(request => request.verb === verb).length
  return {
    child,
    streams: () => eventually(() => simulator.stats().registrations > 0),
    asked: () => requests('subscribe'),
    released: () => requests('unsubscribe'),
    finished: async () => ({ code: await ended, err }),
  }
}

// Side by side: each spends most of its time waiting.
describe.skipIf(!isLinux || !existsSync('/dev/full')).concurrent('kis-stream run', () => {
  it.for(['ndjson', 'pretty'])(
    'with %s into a full disk ends in order, with code 1 and a sentence',
    async (output, test) => {
      const full = openSync('/dev/full', 'w')
      test.onTestFinished(() => closeSync(full))
      const running = await runWith(test, ['ignore', full, 'pipe'], output)
      const { code, err } = await running.finished()
      test.expect(err).toMatch(/kis-stream run: standard output cannot be written: ENOSPC/)
      // It may be full before the line is up. What was asked for is released.
      test.expect({ code, released: running.released() }).toEqual({ code: 1, released: running.asked() })
    },
  )

  it.for(['ndjson', 'pretty'])(
    'with %s to a reader that stalled ends in time on SIGTERM, and says what was not written',
    async (output, test) => {
      const { expect } = test
      const running = await runWith(test, ['ignore', stalledPipe(test), 'pipe'], output)
      await running.streams()
      running.child.kill('SIGTERM')
      const { code, err } = await running.finished()
      expect(err).toMatch(/left without waiting for .*what is printed/)
      expect({ code, released: running.released() }).toEqual({ code: 1, released: 1 })
    },
  )

  it('goes on and ends well when its log is closed', async test => {
    const { expect } = test
    const running = await runWith(test, ['ignore', 'ignore', stalledPipe(test)], 'pretty')
    await running.streams()
    running.child.kill('SIGTERM')
    expect(await running.finished()).toMatchObject({ code: 0 })
    expect(running.released()).toBe(1)
  })

  it('survives a log that is closed, and takes SIGHUP as SIGTERM', async test => {
    const { expect } = test
    const running = await runWith(test, ['ignore', 'ignore', 'pipe'], 'ndjson')
    await running.streams()
    running.child.stderr?.destroy()
    running.child.kill('SIGHUP')
    expect(await running.finished()).toMatchObject({ code: 0 })
    expect(running.released()).toBe(1)
  })
})
