import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonLinesOf, runCommand, saidIn, startCommand } from '../support/processes/command.ts'
import { againstSimulator } from '../support/rigs/command.ts'
import { planted } from '../support/rigs/feed.ts'

const hurry = { KIS_GRACE_MS: '50' }

describe('kis-stream run', () => {
  it('shows trades and books moving, with no keys and no flags, and says where they come from', async () => {
    const running = startCommand(['run', '--market', 'KR'], hurry)
    await running.printed(out => /KRX:005930 +▲|▼/.test(out) && /book/.test(out))
    running.process.kill('SIGINT')
    const { code, err } = await running.finished
    expect(code).toBe(0)
    expect(err).toMatch(/No KIS keys set: .*simulator/)
  })

  it('streams events as NDJSON, releases everything on SIGTERM, and ends with code 0', async () => {
    const { simulator, environment } = await againstSimulator(hurry)
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
    const { simulator, environment } = await againstSimulator(hurry)
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

  it('refuses more than the slots of an app key before it connects, unless it may go without the rest', async () => {
    const { simulator, environment } = await againstSimulator(hurry)
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
    const { simulator, environment } = await againstSimulator(hurry)
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
})
