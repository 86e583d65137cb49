import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCommand, saidIn, startCommand } from '../support/processes/command.ts'

describe('kis-stream simulate --fault', () => {
  it('makes the trouble asked for, reports it, and takes more over HTTP', async () => {
    const simulating = startCommand(['simulate', '--port', '0', '--fault', 'occupied', '--fault', 'lose:10%+1h'])
    let printed = ''
    await simulating.printed(out => (printed = out).includes('/simulator/withheld'))
    const faults = /\S+\/simulator\/faults/.exec(printed)?.[0] ?? ''
    const response = await fetch(faults, { method: 'POST', body: '{"kind":"cut"}' })
    expect(response.status).toBe(201)
    const { faults: listed } = (await (await fetch(faults)).json()) as { faults: object[] }
    expect(listed).toMatchObject([
      { fault: { kind: 'occupied' }, state: 'in-force' },
      { fault: { kind: 'lose', probability: 0.1, forMs: 3_600_000 }, state: 'in-force' },
      { fault: { kind: 'cut' }, state: 'over' },
    ])
    simulating.process.kill('SIGINT')
    const { code, err } = await simulating.finished
    expect(code).toBe(0)
    expect(saidIn(err)).toMatch(/fault 1 occupied: begins\n(.*\n)*fault 3 cut: over/)
  })

  it('lists every mistake in its faults beside those in its other flags', async () => {
    const flags = ['--port', 'x', '--fault', 'cut@soon', '--fault', 'lose', '--fault', 'explode']
    const { code, err } = await runCommand(['simulate', ...flags])
    expect(code).toBe(2)
    expect(err).toMatch(/4 mistakes/)
    expect(err).toMatch(/--port/)
    expect(err).toMatch(/--fault 'cut@soon': @soon: expected a time.*\n.*--fault 'lose': lose needs.*\n.*'explode'/)
  })

  it('wants to know which fault', async () => {
    const { code, err } = await runCommand(['simulate', '--fault'])
    expect(code).toBe(2)
    expect(err).toContain('--fault needs a fault, as cut@30s')
  })

  it('is explained in the help, kind by kind', async () => {
    const { code, out } = await runCommand(['simulate', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('mute-symbol:005930')
    expect(out).toContain('@TIME')
  })
})

describe('kis-stream simulate --at, --width and --notices', () => {
  it('is at an hour of its own, which run shares, and a hand-over can be watched', async () => {
    const at = '2026-11-20T16:29:58+09:00'
    const simulating = startCommand([
      'simulate',
      '--port',
      '0',
      '--rate',
      '500',
      '--at',
      at,
      '--width',
      'trade=46,book=59',
    ])
    let printed = ''
    await simulating.printed(out => (printed = out).includes('/simulator/notices'))
    expect(printed).toContain('Columns as before: trades 46, books 59.')
    const [command = ''] = /kis-stream run .*/.exec(printed) ?? []
    expect(command).toMatch(/--at 2026-11-20T16:29:5\d\.\d{3}\+09:00$/)
    const variables = Object.fromEntries(
      [...printed.matchAll(/(KIS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    )
    const running = startCommand(
      ['run', '--at', at, '--instruments', 'KRX:005930,NAS:AAPL', '--format', 'ndjson', '--no-jobs'],
      { ...variables, KIS_GRACE_MS: '50' },
    )
    await running.printed(out =>
      /"type":"trade","instrument":"KRX:005930".*\n(.*\n)*.*"type":"trade","instrument":"NAS:AAPL"/.test(out),
    )
    running.process.kill('SIGINT')
    const { code, out } = await running.finished
    expect(code).toBe(0)
    expect(out).toMatch(/"instrument":"KRX:005930".*"businessDate":20261120/)
    simulating.process.kill('SIGINT')
    expect((await simulating.finished).code).toBe(0)
  })

  it('is at the hour of its tape, and prints a line that fits', async () => {
    const tape = fileURLToPath(new URL('../fixtures/frames/H0STCNT0.txt', import.meta.url))
    const simulating = startCommand(['simulate', '--port', '0', '--rate', '100', '--tape', tape])
    let printed = ''
    await simulating.printed(out => (printed = out).includes('/simulator/notices'))
    const [, words = ''] = /kis-stream run (.*)/.exec(printed) ?? []
    expect(words).toMatch(/--at 20\d\d-\d\d-\d\dT/)
    const variables = Object.fromEntries(
      [...printed.matchAll(/(KIS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    )
    const running = startCommand(['run', ...words.split(' '), '--format', 'ndjson', '--no-jobs'], {
      ...variables,
      KIS_GRACE_MS: '50',
    })
    await running.printed(out => out.includes('"type":"trade","instrument":"KRX:005930"'))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    simulating.process.kill('SIGINT')
    await simulating.finished
  })

  it('names what is wrong with them', async () => {
    const { code, err } = await runCommand(['simulate', '--at', 'noon', '--width', 'trade=45', '--notices', '5'])
    expect(code).toBe(2)
    expect(err).toMatch(/--at 'noon' is no instant/)
    expect(err).toMatch(/--width 'trade=45': expected trade=46 or 47, book=59 or/)
    expect(err).toMatch(/--notices '5': expected a time, as every=5s/)
  })

  it('is refused to a feed that would connect to KIS itself', async () => {
    const { code, err } = await runCommand(
      ['run', '--at', '2026-11-20T08:29:45+09:00', '--instruments', 'KRX:005930'],
      { KIS_APP_KEY: 'any', KIS_APP_SECRET: 'any', KIS_REST_URL: 'http://127.0.0.1:1' },
    )
    expect(code).toBe(2)
    expect(err).toMatch(
      /--at is for a simulator or another stand-in on this machine, and ops\.koreainvestment\.com:21000 is none/,
    )
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
      KIS_GRACE_MS: '50',
    })
    await running.printed(out => out.includes('"type":"trade","instrument":"NAS:AAPL"'))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    simulating.process.kill('SIGINT')
    expect((await simulating.finished).code).toBe(0)
  })

  it('lists what is wrong with its flags', async () => {
    const { code, err } = await runCommand(['simulate', '--port', '99999', '--rate', 'fast', '--tape', 'no-such-file'])
    expect(code).toBe(2)
    expect(err).toMatch(/--port.*\n.*--rate.*\n.*--tape/)
    const { err: lax } = await runCommand(['simulate', '--port', '0x10', '--rate', '1e3', '--seed'])
    expect(lax).toMatch(/--port '0x10'.*\n.*--rate '1e3'.*\n.*--seed needs a value/)
  })
})
