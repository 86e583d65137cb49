import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'
import { planted } from '../support/rigs/feed.ts'
import { jsonLinesOf, runCommand, saidIn, startCommand } from '../support/processes/command.ts'

const hurry = { KIS_GRACE_MS: '50' }

async function againstSimulator() {
  const simulator = await startSimulator({ tape: generatedTape({ rate: 500 }) })
  onTestFinished(() => simulator.stop())
  const environment = {
    KIS_APP_KEY: planted.appKey,
    KIS_APP_SECRET: planted.appSecret,
    KIS_REST_URL: simulator.restUrl,
    KIS_WS_URL: simulator.wsUrl,
    ...hurry,
  }
  return { simulator, environment }
}

describe('kis-stream run', () => {
  it('shows trades and books moving, with no keys and no flags, and says where they come from', async () => {
    const running = startCommand(['run', '--market', 'KR'], hurry)
    await running.printed(out => /KRX:005930 +▲|▼/.test(out) && /book/.test(out))
    running.process.kill('SIGINT')
    const { code, err } = await running.finished
    expect(code).toBe(0)
    expect(err).toMatch(/No KIS keys set: .*simulator/)
  })

  it('leaves nothing of a demonstration behind, its Redis included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kis-run-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const ours = () => readdirSync(folder).filter(name => name.startsWith('kis-stream-'))
    const running = startCommand(['run', '--market', 'KR', '--no-dashboard'], { ...hurry, TMPDIR: folder })
    await running.printed(out => out.includes('KRX:005930'))
    const whileItRuns = ours()
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    expect(whileItRuns).toHaveLength(1)
    expect(ours()).toEqual([])
  })

  it('streams events as NDJSON, releases everything on SIGTERM, and ends with code 0', async () => {
    const { simulator, environment } = await againstSimulator()
    const running = startCommand(
      [
        'run',
        '--market',
        'KR',
        '--instruments',
        'KRX:005930,NXT:000660',
        '--channels',
        'trade,order-book',
        '--format',
        'ndjson',
      ],
      // Time for the answers to come on a busy machine: those of the releases are looked for.
      { ...environment, KIS_GRACE_MS: '500' },
    )
    await running.printed(
      out => out.includes('"type":"trade"') && out.includes('"type":"order-book","instrument":"NXT:000660"'),
    )
    running.process.kill('SIGTERM')
    const { code, out, err } = await running.finished

    expect(code).toBe(0)
    const events = jsonLinesOf(out)
    expect(events.at(-1)).toMatchObject({ type: 'disconnect', line: '1', market: 'KR', reason: 'stop' })
    expect(events.filter(({ type, status }) => type === 'subscription' && status === 'released')).toHaveLength(4)
    expect(simulator.stats().requests.filter(({ verb }) => verb === 'unsubscribe')).toHaveLength(4)
    for (const secret of [planted.appKey, planted.appSecret]) expect(out + err).not.toContain(secret)
  })

  it('refuses a folder that another one uses and names that one; jobs and readers may use it too', async () => {
    const { simulator, environment } = await againstSimulator()
    const folder = mkdtempSync(join(tmpdir(), 'kis-run-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const recorded = join(folder, 'recorded')
    const data = { ...environment, KIS_DATA_FOLDER: join(folder, 'data') }
    const args = ['--market', 'KR', '--instruments', 'KRX:005930', '--format', 'ndjson', '--no-jobs']
    const first = startCommand(['run', ...args, '--record', recorded], data)
    await first.printed(out => out.includes('"type":"trade"'))

    const second = await runCommand(['run', ...args], data)
    expect(second).toMatchObject({ code: 1, out: '' })
    expect(saidIn(second.err)).toMatch(
      new RegExp(`^kis-stream run: The data folder .*/data is in use by process ${first.process.pid} on .+, started `),
    )
    const recorder = await runCommand(['record', recorded, ...args.slice(0, 4), '--no-jobs'], environment)
    expect(recorder).toMatchObject({ code: 1 })
    expect(recorder.err).toContain(`The recording folder ${recorded} is in use by process ${first.process.pid}`)
    expect(simulator.sessions()).toHaveLength(1)

    expect(await runCommand(['job', 'list'], data)).toMatchObject({ code: 0 })
    const replay = await runCommand(['replay', recorded, '--format', 'ndjson', '--speed', 'max'])
    expect(replay.out).toContain('"type":"trade"')

    first.process.kill('SIGKILL')
    await first.finished
    const again = startCommand(['run', ...args], data)
    await again.printed(out => out.includes('"type":"subscription"'))
    again.process.kill('SIGTERM')
    expect((await again.finished).code).toBe(0)
  })

  it('leaves at once on another signal, a second or more after the first', async () => {
    const { simulator, environment } = await againstSimulator()
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], {
      ...environment,
      KIS_GRACE_MS: '3600000',
    })
    await running.printed(out => out.includes('"type":"trade"'))
    running.process.kill('SIGINT')
    await running.printed((_, err) => err.includes('Stopping'))
    const askedAt = performance.now()
    const pressing = setInterval(() => running.process.kill('SIGINT'), 50)
    const { code, err } = await running.finished
    clearInterval(pressing)
    expect(code).toBe(130)
    expect(performance.now() - askedAt).toBeGreaterThan(900)
    expect(err.match(/Stopping/g)).toHaveLength(1)
    expect(simulator.stats().socketsOpened).toBe(1)
  })

  it('ends without an error when its output is closed', async () => {
    const { environment } = await againstSimulator()
    for (const output of ['ndjson', 'pretty']) {
      const running = startCommand(['run', '--market', 'KR', '--format', output], environment)
      await running.printed(out => out.length > 0)
      running.process.stdout?.destroy()
      expect((await running.finished).code).toBe(0)
    }
  })

  it('goes on when the reader of its log leaves, and ends in order', async () => {
    const { simulator, environment } = await againstSimulator()
    const folder = mkdtempSync(join(tmpdir(), 'kis-run-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const settings = { ...environment, KIS_DATA_FOLDER: folder, KIS_JOBS: 'off' }
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], settings)
    await running.printed((_, err) => err.includes('"msg"'))
    running.process.stderr?.destroy()
    await running.printed(out => out.includes('"type":"trade"'))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    expect(simulator.stats().requests.some(({ verb }) => verb === 'unsubscribe')).toBe(true)
    expect(JSON.parse(readFileSync(join(folder, 'support.json'), 'utf8'))).toMatchObject({ moment: 'stopped' })
  })

  it('lists every mistake of flags and environment in one message, with exit code 2', async () => {
    const { code, out, err } = await runCommand(
      ['run', '--instruments', '005930,XXX:AAPL', '--market', 'JP', '--format', 'xml', '--colour', 'red', '--channels'],
      { KIS_ENV: 'production', KIS_APP_KEY: planted.appKey, KIS_REST_URL: 'nowhere', KIS_GRACE_MS: 'soon' },
    )
    expect(code).toBe(2)
    expect(out).toBe('')
    for (const name of [
      '--instruments',
      "'XXX'",
      '--market',
      '--format',
      '--colour',
      "'red'",
      '--channels',
      'KIS_ENV',
      'KIS_APP_SECRET',
      'KIS_REST_URL',
      'KIS_GRACE_MS',
    ]) {
      expect(err).toContain(name)
    }
    expect(err).not.toContain(planted.appKey)
  })

  it('names the likely spelling of a symbol that cannot be, from flags and environment, with exit code 2', async () => {
    const environment = { KIS_APP_KEY: 'k', KIS_APP_SECRET: 's', KIS_INSTRUMENTS: 'KRX:005930,KRX:A000660' }
    const { code, err } = await runCommand(['run'], environment)
    expect([code, err]).toEqual([2, expect.stringContaining('did you mean KRX:000660?')])
    const flagged = await runCommand(['record', '--instruments', 'KRX:005930,NYS:BRK.B'], environment)
    expect([flagged.code, flagged.err]).toEqual([2, expect.stringContaining('did you mean NYS:BRK/B?')])
  })

  it('refuses more than the slots of an app key before it connects, unless it may go without the rest', async () => {
    const { simulator, environment } = await againstSimulator()
    const instruments = Array.from({ length: 30 }, (_, i) => `KRX:${100_000 + i}`).join(',')
    const words = ['run', '--market', 'KR', '--instruments', instruments, '--format', 'ndjson']
    const { code, out, err } = await runCommand(words, environment)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('KR: 60 slots are asked for (30 trade, 30 order-book), and an app key has 41: leave out 19')
    expect(err).toContain('--allow-unplaced')
    expect(simulator.stats()).toMatchObject({ socketsOpened: 0, requests: [] })

    const running = startCommand([...words, '--allow-unplaced'], environment)
    await running.printed(out => out.split('"status":"active"').length > 41)
    running.process.kill('SIGINT')
    const second = await running.finished
    expect(second.code).toBe(0)
    expect(second.out.split('"code":"OPSP0008"')).toHaveLength(1 + 19)
    expect(second.err).toContain('the last 19 are refused')
  })

  it('asks for pairs that are named one by one, and for no instruments of its own then', async () => {
    const { simulator, environment } = await againstSimulator()
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], {
      ...environment,
      KIS_SUBSCRIBE: 'KRX:005930@trade,KRX:0001@H0UPCNT0',
    })
    await running.printed(out => out.split('"status":"active"').length > 2)
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    const asked = simulator.stats().requests.filter(({ verb }) => verb === 'subscribe')
    expect(asked.map(({ tr, key }) => `${tr} ${key}`)).toEqual(['H0STCNT0 005930', 'H0UPCNT0 0001'])
  })

  it('names variables that are probably misspelt, whether or not something else is wrong', async () => {
    const environment = { KIS_INSTRUMENT: 'KRX:005930', KIS_APPSECRET: planted.appSecret, KIS_MARKET: 'JP' }
    const { err } = await runCommand(['run', '--instrumens', 'KRX:005930'], environment)
    expect(err).toContain('KIS_INSTRUMENT is no variable of kis-stream and is ignored; did you mean KIS_INSTRUMENTS?')
    expect(err).toContain('did you mean KIS_APP_SECRET?')
    expect(err).toContain("unknown flag '--instrumens'; did you mean --instruments?")
    expect(err).not.toContain(planted.appSecret)
  })

  it('says how it is used', async () => {
    const { code, out } = await runCommand(['run', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('--instruments')
    expect((await runCommand([])).code).toBe(2)
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object & {
      readonly version: string
    }
    expect(await runCommand(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect((await runCommand(['fly'])).code).toBe(2)
  })
})

describe('kis-stream simulate', () => {
  it('prints how to point a client at it, and serves one', async () => {
    const simulating = startCommand(['simulate', '--port', '0', '--rate', '500'])
    let printed = ''
    await simulating.printed(out => (printed = out).includes('KIS_WS_URL='))
    const variables = Object.fromEntries(
      [...printed.matchAll(/(KIS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    )
    const running = startCommand(['run', '--market', 'US', '--instruments', 'NAS:AAPL', '--format', 'ndjson'], {
      ...variables,
      ...hurry,
    })
    await running.printed(out => out.includes('"type":"trade","instrument":"NAS:AAPL"'))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    simulating.process.kill('SIGINT')
    expect((await simulating.finished).code).toBe(0)
  })

  it('reads a .env file that begins with a byte order mark', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'kis-stream-')), '.env')
    onTestFinished(() => rmSync(dirname(file), { recursive: true, force: true }))
    writeFileSync(file, '\uFEFFKIS_MARKET=nowhere\nKIS_CUSTOMER_TYPE=P\n')
    const { code, err } = await runCommand(['run'], { KIS_ENV_FILE: file })
    expect([code, err]).toEqual([2, expect.stringMatching(/KIS_MARKET.*nowhere/)])
  })

  it('lists what is wrong with its flags', async () => {
    const { code, err } = await runCommand(['simulate', '--port', '99999', '--rate', 'fast', '--tape', 'no-such-file'])
    expect(code).toBe(2)
    expect(err).toMatch(/--port.*\n.*--rate.*\n.*--tape/)
    const { err: lax } = await runCommand(['simulate', '--port', '0x10', '--rate', '1e3', '--seed'])
    expect(lax).toMatch(/--port '0x10'.*\n.*--rate '1e3'.*\n.*--seed needs a value/)
  })
})
