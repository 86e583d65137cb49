// What a signal means, and Ctrl-C as a person presses it: in a terminal, under npm.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { stopSignal } from '../../../cli/terminal/stop-signal.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { root } from '../../support/processes/compile.ts'

describe('a signal', () => {
  afterEach(() => void vi.restoreAllMocks())

  /** Handlers of this test alone, and the codes with which the process would have ended. */
  function signals() {
    const before = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(name => [name, process.listeners(name)] as const)
    onTestFinished(() => {
      for (const [name, known] of before) {
        for (const listener of process.listeners(name)) if (!known.includes(listener)) process.off(name, listener)
      }
    })
    const ended: unknown[] = []
    vi.spyOn(process, 'exit').mockImplementation(code => ended.push(code) as never) // does not return otherwise
    return ended
  }

  it.each([
    ['within a second is the same one', 999, []],
    ['within a second and of another kind is the same one', 1_000, []],
    ['later does not wait', 1_001, [130]],
    ['three seconds later does not wait', 3_000, [130]],
    ['does not wait where the clock was set back', -5_000, [130]],
  ])('that comes again %s', async (_, afterMs, expected) => {
    const ended = signals()
    let now = 1_000_000
    const says = vi.fn()
    const stopping = stopSignal('Stopping', { now: () => now }, says)
    process.emit('SIGINT')
    expect(await stopping).toBe(0)
    now += afterMs
    process.emit('SIGTERM')
    expect(ended).toEqual(expected)
    expect(says).toHaveBeenCalledExactlyOnceWith('Stopping')
  })

  it('of a terminal that is closed is one, however often it comes', async () => {
    const ended = signals()
    let now = 1_000_000
    const stopping = stopSignal(undefined, { now: () => now })
    process.emit('SIGHUP')
    expect(await stopping).toBe(0)
    now += 5_000
    process.emit('SIGHUP')
    expect(ended).toEqual([])
    process.emit('SIGTERM')
    expect(ended).toEqual([130])
  })
})

/**
 * Debian's `script` gives a command a terminal of its own, and what is written to it is what a person types.
 */
const hasTerminal = spawnSync('script', ['--version']).status === 0
const controlC = '\u0003'

describe('Ctrl-C in a terminal', () => {
  it.skipIf(!hasTerminal).each([
    // npm is pressed as well, and its own code says so.
    ['under npm', 'npm run --silent kis-stream -- run', 'the code is 130.'],
    ['alone', `${process.execPath} --import tsx cli/main.ts run`, 'the code is 0.'],
  ])(
    '%s: one press releases everything, waits out the grace, and the command ends with code 0',
    async (_, program, ending) => {
      const simulator = await startSimulator({ tape: generatedTape({ rate: 200 }) })
      onTestFinished(() => simulator.stop())
      const folder = mkdtempSync(join(tmpdir(), 'kis-terminal-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }))
      const command = `trap : INT; ${program}; echo "the code is $?."`
      const terminal = spawn('script', ['--quiet', '--flush', '--command', command, join(folder, 'typescript')], {
        cwd: root,
        env: {
          ...process.env,
          KIS_ENV_FILE: devNull,
          KIS_APP_KEY: 'any',
          KIS_APP_SECRET: 'any',
          KIS_REST_URL: simulator.restUrl,
          KIS_WS_URL: simulator.wsUrl,
          KIS_MARKET: 'KR',
          KIS_INSTRUMENTS: 'KRX:005930,KRX:000660',
          KIS_CHANNELS: 'trade',
          KIS_DATA_FOLDER: folder,
          KIS_DASHBOARD: 'off',
          KIS_JOBS: 'off',
          KIS_GRACE_MS: '200',
          TZ: 'Asia/Seoul',
        },
      })
      onTestFinished(() => void terminal.kill('SIGKILL'))
      let shown = ''
      let hasPressed = false
      terminal.stdout.on('data', chunk => {
        shown += chunk
        if (hasPressed || !['KRX:005930', 'KRX:000660'].every(name => shown.includes(name))) return
        hasPressed = true
        terminal.stdin.write(controlC)
      })
      await new Promise(resolve => terminal.on('close', resolve))

      expect(shown.match(/Stopping: /g)).toHaveLength(1)
      expect(shown).toContain(ending)
      // A person reads it: sentences, and times with their zone.
      expect(shown).not.toContain('"msg"')
      expect(shown).toMatch(/\[\d\d:\d\d:\d\d\.\d{3} \+0900\]/)
      const released = simulator.stats().requests.filter(({ verb }) => verb === 'unsubscribe')
      expect(released.map(({ key }) => key)).toEqual(['005930', '000660'])
    },
  )
})
