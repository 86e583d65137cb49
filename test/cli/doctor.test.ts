import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readSettings } from '../../app/settings/settings.ts'
import type { SupportRecord } from '../../app/operations/support-record.ts'
import { examineBanRisk } from '../../cli/doctor/ban-risk.ts'
import { examineCalendar, holidayFinding } from '../../cli/doctor/calendar.ts'
import { examineConfiguration } from '../../cli/doctor/configuration.ts'
import { examineClock, skewFinding } from '../../cli/doctor/clock.ts'
import { examineEndpoints } from '../../cli/doctor/endpoints.ts'
import { nodeFinding } from '../../cli/doctor/environment.ts'
import { exitCodeOf, type Finding, type Context } from '../../cli/doctor/finding.ts'
import { examineKeys } from '../../cli/doctor/keys.ts'
import { examineLastRun } from '../../cli/doctor/last-run.ts'
import { examineRedis, judge } from '../../cli/doctor/redis.ts'
import { reportOf } from '../../cli/doctor/report.ts'
import { examineSlots } from '../../cli/doctor/slots.ts'
import { standardCalendar } from '../../market/calendar/calendar.ts'
import { startSimulator } from '../../simulator/server.ts'
import { runCommand } from '../support/processes/command.ts'
import { silentMarket } from '../support/rigs/feed.ts'
import { hasRedisServer, needsRedis, startRedisServer } from '../support/servers/redis-server.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)
const keys = { appKey: `PS${'k'.repeat(34)}`, appSecret: 's'.repeat(180) }
const severitiesOf = (findings: readonly Finding[]) => findings.map(({ severity }) => severity)

function patient(input: Readonly<Record<string, unknown>> = {}, changes: Partial<Context> = {}): Context {
  return {
    settings: readSettings({ ...keys, ...input }),
    mistakes: [],
    input: { ...keys, ...input },
    environment: {},
    dataFolder: undefined,
    record: undefined,
    clock: { now: () => kst('2026-11-23T10:00:00') },
    calendar: standardCalendar,
    ...changes,
  }
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the doctor on Node', () => {
  it.each([
    ['18.20.0', 'error'],
    ['20.18.1', 'error'],
    ['20.19.0', 'info'],
    ['23.1.0', 'info'],
    ['24.21.0', 'ok'],
  ])('%s: %s', (node, severity) => {
    expect(nodeFinding(node).severity).toBe(severity)
  })
})

describe('the doctor on keys', () => {
  it('finds them well formed, does not use them, and says when KIS may be asked', () => {
    const [shape, use, prefix] = examineKeys(patient())
    expect(shape?.severity).toBe('ok')
    expect(prefix?.found).toMatch(/BullMQ prefix of their jobs: \{kis-[0-9a-f]{16}\}/)
    expect(use?.found).toMatch(/Market is Open; .*from 2026-11-23 20:00 KST/)
  })

  it.each([
    ['quotes', { appKey: `"${keys.appKey}"` }, /quotes/, 'error'],
    ['a placeholder', { appKey: 'your-app-key' }, /placeholder/, 'error'],
    ['letters of another alphabet', { appSecret: '비밀'.repeat(90) }, /characters that no key has/, 'error'],
    ['half a secret', { appSecret: 's'.repeat(90) }, /90 characters; KIS gives 180/, 'warning'],
  ] as const)('finds %s, and never shows what it saw', (_, input, found, severity) => {
    const [finding] = examineKeys(patient({}, { input: { ...keys, ...input } }))
    expect(finding).toMatchObject({ severity, found: expect.stringMatching(found) as string })
    expect(finding?.remedy).toBeDefined()
    expect(JSON.stringify(finding)).not.toContain(Object.values(input)[0])
  })

  it('takes none for a demonstration, and one without the other for a mistake', () => {
    expect(severitiesOf(examineKeys(patient({}, { input: {} })))).toEqual(['info'])
    const [finding] = examineKeys(patient({}, { input: { appKey: keys.appKey } }))
    expect(finding).toMatchObject({ severity: 'error', found: 'KIS_APP_SECRET is missing' })
  })

  it('looks at those of the US market as well, where it has its own', () => {
    const second = { usAppKey: keys.appKey.toLowerCase(), usAppSecret: keys.appSecret }
    const look = (more: object) => examineKeys(patient({}, { input: { ...keys, ...more } }))[0]
    expect(look(second)).toMatchObject({ severity: 'ok', found: expect.stringContaining('both') as string })
    expect(look({ ...second, usAppKey: 'too-short' })?.found).toBe('KIS_APP_KEY_US has 9 characters; KIS gives 36')
    expect(look({ usAppKey: keys.appKey })?.found).toBe('KIS_APP_SECRET_US is missing')
  })
})

describe('the doctor on the configuration', () => {
  it('finds variables that are probably misspelt', () => {
    const environment = { KIS_INSTRUMENT: 'KRX:005930', KIS_CANO: '12345678' }
    const [, misspelt, foreign] = examineConfiguration(patient({}, { environment }))
    expect(misspelt).toMatchObject({ severity: 'warning', remedy: 'Call it KIS_INSTRUMENTS, or unset it.' })
    expect(foreign).toMatchObject({ severity: 'info', found: expect.stringMatching(/^KIS_CANO is no/) as string })
  })
})

describe('the doctor on slots', () => {
  const instruments = (count: number) => Array.from({ length: count }, (_, i) => `KRX:${String(i).padStart(6, '0')}`)

  it.each([
    [20, 'ok'],
    [40, 'info'],
    [41, 'info'],
    [42, 'error'],
  ])('%i of one market: %s', (count, severity) => {
    expect(severitiesOf(examineSlots(patient({ instruments: instruments(count) })))).toEqual([severity])
  })

  it('counts each channel, and each market by itself', () => {
    const input = { instruments: [...instruments(21), 'NAS:AAPL'], channels: ['trade', 'order-book'] }
    const [korea, us] = examineSlots(patient(input))
    expect(korea).toMatchObject({
      severity: 'error',
      found: 'KR: 42 slots are asked for (21 trade, 21 order-book), and an app key has 41',
    })
    expect(us).toMatchObject({ severity: 'ok', found: 'US: 2 of 41 slots needed' })
    const [allowed] = examineSlots(patient(input, { input: { allowUnplaced: 'on' } }))
    expect(allowed).toMatchObject({ severity: 'warning', remedy: expect.stringContaining('The last 1 are') as string })
  })
})

describe('the doctor on the calendar', () => {
  it('says who has the line, what is on, and what comes next', () => {
    const findings = examineCalendar(patient({ instruments: ['KRX:005930', 'NAS:AAPL'] }))
    const text = findings.map(({ found }) => found).join('\n')
    expect(text).toContain(
      '2026-11-23 10:00:00 KST, and by operating-guide KR has the line; US has it from 2026-11-23 16:30 KST',
    )
    expect(text).toContain(
      'KRX (Korea Exchange): regular until 15:20 KST; next: closing-auction at 2026-11-23 15:20 KST',
    )
    expect(text).toContain('NAS (Nasdaq): closed; next: pre-market at 2026-11-23 18:00 KST')
  })

  it.each([
    ['korean-after-market', {}, 'KR has the line; US has it from 2026-11-23 20:05 KST'],
    ['side-by-side', { usAppKey: 'another', usAppSecret: 'another' }, 'by side-by-side KR and US have a line each'],
  ])('goes by the schedule %s', (schedule, second, found) => {
    expect(examineCalendar(patient({ schedule, ...second }))[0]?.found).toContain(found)
  })

  it.each([
    [20271231, 'ok'],
    [20261222, 'warning'],
    [20261122, 'error'],
    [undefined, 'info'],
  ])('holidays known through %s: %s', (through, severity) => {
    expect(holidayFinding('KR', through, kst('2026-11-23T10:00:00')).severity).toBe(severity)
  })
})

describe('the doctor on the clock', () => {
  it.each([
    [0, 'ok'],
    [1_900, 'ok'],
    [-2_500, 'warning'],
    [45_000, 'error'],
  ])('%i ms: %s', (aheadMs, severity) => {
    expect(skewFinding(aheadMs, 'by a witness').severity).toBe(severity)
  })

  it('asks the REST host by its Date header', async () => {
    const now = kst('2026-11-23T10:00:00')
    const url = await serve((_, response) => {
      response.setHeader('date', new Date(now + 60_000).toUTCString())
      response.end()
    })
    const [finding] = await examineClock(patient({ restUrl: url }))
    expect(finding).toMatchObject({ severity: 'error', found: expect.stringMatching(/^60\.5 s behind/) as string })
  })

  it("asks KIS's last PINGPONG, if a feed left one", async () => {
    const url = await serve((_, response) => response.end())
    const clockSkew = { aheadMs: 5_000, withinMs: 500, at: kst('2026-11-23T09:00:00') }
    const findings = await examineClock(patient({ restUrl: url }, { record: record({ clockSkew }) }))
    expect(findings.at(-1)).toMatchObject({
      severity: 'warning',
      found: "5.0 s ahead, by KIS's PINGPONG at 2026-11-23 09:00:00 KST",
    })
  })

  it('says so when there is nothing to ask', async () => {
    const findings = await examineClock(patient({ restUrl: 'http://127.0.0.1:1' }))
    expect(severitiesOf(findings)).toEqual(['info'])
  })
})

describe('the doctor on endpoints', () => {
  it('finds a simulator there, opens no session and asks for no key', async () => {
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const findings = await examineEndpoints(patient({ restUrl: simulator.restUrl, socketUrl: simulator.wsUrl }))
    expect(severitiesOf(findings)).toEqual(['ok', 'ok'])
    expect(simulator.stats()).toMatchObject({ socketsOpened: 0, requests: [] })
  })

  it('waits no longer than five seconds for somebody who takes a connection and says nothing', async () => {
    const mute = createTcpServer().listen(0, '127.0.0.1')
    await new Promise(resolve => mute.once('listening', resolve))
    onTestFinished(() => void mute.close())
    const restUrl = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`
    const [rest] = await examineEndpoints(patient({ restUrl, socketUrl: restUrl.replace('http', 'ws') }))
    expect(rest).toMatchObject({ severity: 'error', found: expect.stringContaining('no answer in 5 s') as string })
  })

  it('says what cannot be reached, why, and what to do', async () => {
    const findings = await examineEndpoints(patient({ restUrl: 'http://127.0.0.1:1', socketUrl: 'ws://127.0.0.1:1' }))
    expect(findings).toHaveLength(2)
    for (const { severity, found, remedy } of findings) {
      expect(severity).toBe('error')
      expect(found).toMatch(/ECONNREFUSED/)
      expect(remedy).toMatch(/firewall/)
    }
  })
})

function record({ left = 4, ...changes }: { left?: number } & Record<string, unknown> = {}): SupportRecord {
  const { moment = 'stopped', crash, time = kst('2026-11-23T09:59:00'), ...status } = changes
  const connects = { left, most: 4, windowMs: 600_000 }
  return {
    format: 1,
    version: '0.1.0',
    moment: moment as SupportRecord['moment'],
    ...(crash === undefined ? {} : { crash: crash as string }),
    status: { time: time as number, lines: [{ line: '1', budgets: { connects } }], ...status },
  }
}

describe('the doctor on the risk of a ban', () => {
  it('counts the connections of each line by themselves', () => {
    const spent = { budgets: { connects: { left: 0, most: 4, windowMs: 600_000 } } }
    const some = { budgets: { connects: { left: 2, most: 4, windowMs: 600_000 } } }
    const lines = [
      { line: '1', ...some },
      { line: '2', ...spent },
    ]
    const findings = examineBanRisk(patient({}, { record: record({ lines }) }))
    expect(findings.map(({ severity, found }) => [severity, found.split(':')[0]])).toEqual([
      ['info', 'KIS_APP_KEY'],
      ['warning', 'KIS_APP_KEY_US'],
    ])
  })

  it('warns of settings that are quicker than KIS asks for, and of none that are slower', () => {
    const timing = { graceMs: 100, mostConnects: 50, pacingMs: 200, longestBackoffMs: 1 }
    const findings = examineBanRisk(patient({ timing }))
    expect(findings.map(({ found }) => found.split(' ')[0])).toEqual(['KIS_GRACE_MS', 'KIS_MOST_CONNECTS'])
    expect(severitiesOf(findings)).toEqual(['warning', 'warning'])
  })

  it('lets a simulator on this machine be treated in any way', () => {
    const restUrl = 'http://127.0.0.1:18800'
    expect(severitiesOf(examineBanRisk(patient({ restUrl, timing: { graceMs: 1 } })))).toEqual(['ok'])
  })

  it.each([
    [4, 'ok'],
    [2, 'info'],
    [0, 'warning'],
  ])('%i connections left a minute ago: %s', (left, severity) => {
    expect(severitiesOf(examineBanRisk(patient({}, { record: record({ left }) })))).toEqual([severity])
  })

  it('forgets connections as KIS does', () => {
    const old = record({ left: 0, time: kst('2026-11-23T09:50:00') })
    expect(severitiesOf(examineBanRisk(patient({}, { record: old })))).toEqual(['ok'])
  })
})

describe('the doctor on the last run', () => {
  it.each([
    ['stopped in order', record(), 'ok'],
    ['a feed is running', record({ moment: 'running' }), 'ok'],
    ['ended without a word', record({ moment: 'running', time: kst('2026-11-23T09:00:00') }), 'warning'],
    ['crashed .*: Error: no memory', record({ moment: 'crashed', crash: 'Error: no memory\n  at x' }), 'warning'],
    ['cannot be read: format', 'format: expected 1', 'warning'],
  ] as const)('%s', (found, left, severity) => {
    const [finding] = examineLastRun(patient({}, { record: left }))
    expect(finding).toMatchObject({ severity, found: expect.stringMatching(found) as string })
  })
})

/** One that is free at this moment. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('the doctor on Redis', () => {
  it.each([
    ['as it should be', { redis_version: '7.0.15', maxmemory_policy: 'noeviction', aof_enabled: '1' }, ['ok']],
    ['too old', { redis_version: '4.0.9', maxmemory_policy: 'noeviction', aof_enabled: '1' }, ['error']],
    [
      'a cache',
      { redis_version: '7.2.4', maxmemory_policy: 'allkeys-lru', aof_enabled: '0' },
      ['ok', 'error', 'warning'],
    ],
  ])('%s', (_, info, severities) => {
    expect(severitiesOf(judge('localhost:6379', info))).toEqual(severities)
  })

  it('says without its password what cannot be reached', async () => {
    const environment = { REDIS_URL: 'redis://someone:planted-password@127.0.0.1:1' }
    const findings = await examineRedis(patient({}, { environment }))
    expect(findings).toMatchObject([{ severity: 'error', found: expect.stringContaining('127.0.0.1:1') as string }])
    expect(JSON.stringify(findings)).not.toContain('planted-password')
  })

  it.skipIf(!hasRedisServer)(`knows a wrong password from an absent server (${needsRedis})`, async () => {
    const server = await startRedisServer()
    onTestFinished(() => server.end())
    const port = await freePort()
    await server.client.config('SET', 'port', String(port))
    await server.client.config('SET', 'requirepass', 'planted-right-password')
    const look = (password: string) =>
      examineRedis(patient({}, { environment: { REDIS_URL: `redis://${password}127.0.0.1:${port}` } }))
    for (const password of [':planted-wrong-password@', '']) {
      const [finding] = await look(password)
      expect(finding).toMatchObject({ severity: 'error', found: expect.stringContaining('refuses us') as string })
      expect(finding?.remedy).toContain('password in REDIS_URL')
      expect(JSON.stringify(finding)).not.toContain('planted')
    }
    expect((await look(':planted-right-password@'))[0]).toMatchObject({ severity: 'ok' })
  })

  it('without REDIS_URL looks for a program that jobs could start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kis-stream-path-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const onPath = () => examineRedis(patient({}, { environment: { PATH: `/nowhere:${folder}` } }))
    expect(severitiesOf(await onPath())).toEqual(['info'])
    writeFileSync(join(folder, 'valkey-server'), '', { mode: 0o755 })
    expect(await onPath()).toMatchObject([{ severity: 'ok', found: expect.stringContaining('valkey') as string }])
  })

  it.runIf(hasRedis())('asks a real one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kis-stream-redis-'))
    const socket = join(folder, 'redis.sock')
    const flags = ['--port', '0', '--unixsocket', socket, '--save', '', '--maxmemory-policy', 'volatile-lru']
    const server = spawn('redis-server', flags, { cwd: folder })
    onTestFinished(async () => {
      server.kill()
      await new Promise(resolve => server.once('close', resolve))
      rmSync(folder, { recursive: true, force: true })
    })
    await new Promise<void>(resolve =>
      server.stdout.on('data', text => String(text).includes('eady to accept') && resolve()),
    )
    const findings = await examineRedis(patient({}, { environment: { REDIS_URL: `unix://${socket}` } }))
    expect(severitiesOf(findings)).toEqual(['ok', 'error', 'warning'])
  })
})

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'])
    return true
  } catch {
    return false
  }
}

describe('kis-stream doctor', () => {
  it('ends with 0 when there is nothing to do, 1 with warnings, 3 with errors', () => {
    const of = (...severities: Finding['severity'][]) =>
      exitCodeOf(severities.map(severity => ({ check: 'x', severity, found: 'x' })))
    expect([of('ok', 'info'), of('ok', 'warning'), of('error', 'warning'), of()]).toEqual([0, 1, 3, 0])
  })

  it('puts what to do under what is wrong, and counts it', () => {
    const findings: Finding[] = [
      { check: 'clock', severity: 'ok', found: 'right' },
      { check: 'ban risk', severity: 'warning', found: 'in a hurry', remedy: 'Slow down.' },
    ]
    expect(reportOf(findings, false)).toBe(`ok       clock     right
warning  ban risk  in a hurry
                   → Slow down.

1 warning.
`)
    expect(reportOf(findings.slice(0, 1), false)).toContain('All is well.')
  })

  it('looks at everything and prints it, without using a key', async () => {
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const environment = {
      KIS_APP_KEY: keys.appKey,
      KIS_APP_SECRET: keys.appSecret,
      KIS_REST_URL: simulator.restUrl,
      KIS_WS_URL: simulator.wsUrl,
      KIS_INSTRUMENTS: 'KRX:005930',
    }
    const { code, out, err } = await runCommand(['doctor', '--json'], environment)
    expect(err).toBe('')
    expect(code).toBe(0)
    const findings = JSON.parse(out) as Finding[]
    const table = reportOf(findings, false)
    const checks = [
      'environment',
      'configuration',
      'keys',
      'slots',
      'calendar',
      'clock',
      'endpoints',
      'redis',
      'ban risk',
    ]
    for (const check of checks) {
      expect(findings.some(finding => finding.check === check)).toBe(true)
      expect(table).toContain(check)
    }
    expect(findings.every(({ severity, remedy }) => !/warning|error/.test(severity) || remedy !== undefined)).toBe(true)
    for (const key of [keys.appKey, keys.appSecret]) expect(out).not.toContain(key)
    expect(simulator.stats()).toMatchObject({ socketsOpened: 0, requests: [] })
  })

  it('lists mistakes of the configuration as errors, and looks at the rest all the same', async () => {
    const { code, out } = await runCommand(['doctor', '--json', '--market', 'JP'], { KIS_GRACE_MS: 'soon' })
    expect(code).toBe(3)
    const findings = JSON.parse(out) as Finding[]
    const mistakes = findings.filter(({ check }) => check === 'configuration').map(({ found }) => found)
    expect(mistakes).toEqual([expect.stringContaining('--market'), expect.stringContaining('KIS_GRACE_MS')])
    expect(findings.some(({ check }) => check === 'calendar')).toBe(true)
  })

  it('finds symbols that cannot be', async () => {
    const { code, out } = await runCommand(['doctor'], { KIS_INSTRUMENTS: 'HKS:700,KRX:005930' })
    expect(code).toBe(3)
    expect(out).toMatch(/error +configuration +'HKS:700' is no stock.*; did you mean HKS:00700\?/)
  })

  it('knows the days that the user knows better, and the schedule', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kis-doctor-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'days.json')
    // Two years in which Korea does not trade at all, whatever today is.
    const days = Array.from({ length: 730 }, (_, i) => new Date(Date.now() + (i - 30) * 86_400_000))
    const closed = days.map(day => Number(day.toISOString().slice(0, 10).replaceAll('-', '')))
    writeFileSync(file, JSON.stringify({ holidays: { KR: closed } }))
    const environment = { KIS_CALENDAR: file, KIS_SCHEDULE: 'korean-after-market', KIS_INSTRUMENTS: 'KRX:005930' }
    const { out } = await runCommand(['doctor'], environment)
    expect(out).toContain('and by korean-after-market')
    expect(out).toContain('KRX (Korea Exchange): closed; next: none in 40 days')
  })

  it('is called wrongly with exit code 2', async () => {
    expect((await runCommand(['doctor', 'now', '--deep'])).code).toBe(2)
  })
})
