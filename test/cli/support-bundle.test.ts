// The archive that a person gives away: what must be in it, and what must never be.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'
import { runCommand, startCommand } from '../support/processes/command.ts'
import { planted } from '../support/rigs/feed.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-bundle-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Every file of an archive by its name. */
function unpack(folder: string, archive: string): Map<string, string> {
  execFileSync('tar', ['-xzf', archive], { cwd: folder })
  const inside = join(folder, 'kis-stream-support')
  return new Map(readdirSync(inside).map(name => [name, readFileSync(join(inside, name), 'utf8')]))
}

/** Tests knock at no door of KIS. */
const unreachable = { KIS_REST_URL: 'http://127.0.0.1:1', KIS_WS_URL: 'ws://127.0.0.1:1' }

const notice = readFileSync(new URL('../fixtures/frames/H0STCNI0.decrypted.txt', import.meta.url), 'utf8').trim()

describe('kis-stream support-bundle', () => {
  it('tells what a feed did and how it was set up, and none of the secrets that were planted everywhere', async () => {
    const folder = newFolder()
    const dataFolder = join(folder, 'data')
    const simulator = await startSimulator({ tape: generatedTape({ rate: 50 }) })
    onTestFinished(() => simulator.stop())
    const environment = {
      KIS_APP_KEY: planted.appKey,
      KIS_APP_SECRET: planted.appSecret,
      KIS_APP_KEY_US: 'planted-us-app-key',
      KIS_APP_SECRET_US: 'planted-us-app-secret',
      KIS_HTS_ID: 'planted-hts-id',
      KIS_REST_URL: simulator.restUrl,
      KIS_WS_URL: simulator.wsUrl,
      KIS_DATA_FOLDER: dataFolder,
      KIS_DASHBOARD_TOKEN: 'planted-dashboard-token',
      REDIS_URL: 'redis://planted-user:planted-password@127.0.0.1:1',
      // That Redis is not there, and a feed that works on jobs would rightly refuse to begin.
      KIS_JOBS: 'off',
      KIS_GRACE_MS: '50',
    }
    const flags = [
      '--market',
      'KR',
      '--instruments',
      'KRX:005930',
      '--channels',
      'trade,H0STCNI0',
      '--format',
      'ndjson',
    ]
    const running = startCommand(['run', ...flags], environment)
    // Both, as the socket settles with the last answer.
    const isActive = (out: string, channel: string) => out.includes(`"channel":"${channel}","status":"active"`)
    await running.printed(out => isActive(out, 'trade') && isActive(out, 'H0STCNI0'))
    // A server that throws our own words back, an account notice, and a control message that is broken.
    simulator.send(`0|H0STCNT0|001|${planted.appKey}^${planted.appSecret}^12345678-01`)
    simulator.sendNotice('H0STCNI0', notice)
    simulator.send(`{"header":{"approval_key":"a2585daf-8c09-4587-9fce-8ab893712345","key":"${'k'.repeat(32)}"`)
    await running.printed(out => out.includes('"tr":"H0STCNI0"') && out.split('"malformed"').length > 2)
    running.process.kill('SIGTERM')
    expect((await running.finished).code).toBe(0)

    const archive = join(folder, 'bundle.tar.gz')
    const { code, out } = await runCommand(['support-bundle', '--file', archive], environment)
    expect(code).toBe(0)
    expect(out).toContain(archive)
    expect(statSync(archive).mode & 0o777).toBe(0o600)
    const files = unpack(folder, archive)
    expect([...files.keys()].sort()).toEqual([
      'about.txt',
      'configuration.json',
      'doctor.json',
      'doctor.txt',
      'last-run.json',
      'limits.json',
      'versions.json',
    ])

    const everything = [...files.values()].join('\n')
    const secrets = [
      planted.appKey,
      planted.appSecret,
      'planted-us-app-key',
      'planted-us-app-secret',
      'planted-hts-id',
      'planted-dashboard-token',
      'planted-user',
      'planted-password',
      '12345678-01',
      '8ab893712345',
      'k'.repeat(32),
      // Whose account the notice is of.
      '1234567801',
      notice.split('^')[0] as string,
    ]
    expect(secrets.filter(secret => everything.includes(secret))).toEqual([])
    expect(everything).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i)

    const read = (name: string): unknown => JSON.parse(files.get(name) ?? '')
    expect(read('configuration.json')).toMatchObject({
      keysAreThere: { appKey: true, appSecret: true, usAppKey: true, usAppSecret: true, htsId: true },
      restUrl: simulator.restUrl,
    })
    expect(read('limits.json')).toMatchObject({
      mostSubscriptions: 41,
      changedFromDefault: expect.arrayContaining(['graceMs']) as string[],
    })
    expect(read('versions.json')).toMatchObject({
      node: process.versions.node,
      dependencies: { xstate: expect.stringMatching(/^\^?5\./) as string },
    })
    expect(read('last-run.json')).toMatchObject({
      moment: 'stopped',
      status: { sockets: { KR: { phase: 'stopped' } } },
    })
    const { frames, status } = read('last-run.json') as {
      frames: { text: string }[]
      status: { sockets: { KR: { transitions: { to: string }[] } } }
    }
    expect(status.sockets.KR.transitions.map(({ to }) => to)).toContain('subscribed.settled')
    expect(frames.some(({ text }) => text.startsWith('0|H0STCNT0|'))).toBe(true)
    expect(frames.some(({ text }) => /H0STCNI0: a notice of \d+ bytes, \[redacted\]/.test(text))).toBe(true)
  })

  it('does without a feed, and says what is missing of the configuration', async () => {
    const folder = newFolder()
    const archive = join(folder, 'bundle.tar.gz')
    const mistaken = { ...unreachable, KIS_REST_URL: 'nowhere', KIS_APP_SECRET: planted.appSecret }
    expect((await runCommand(['support-bundle', '--file', archive], mistaken)).code).toBe(0)
    const files = unpack(folder, archive)
    expect(files.has('last-run.json')).toBe(false)
    const { mistakes } = JSON.parse(files.get('configuration.json') ?? '') as { mistakes: string[] }
    expect(mistakes).toEqual([expect.stringContaining('KIS_APP_KEY'), expect.stringContaining('KIS_REST_URL')])
  })

  it('overwrites nothing, and says what is wrong with its flags', async () => {
    const archive = join(newFolder(), 'bundle.tar.gz')
    writeFileSync(archive, 'something else')
    const { code, err } = await runCommand(['support-bundle', '--file', archive], unreachable)
    expect(code).toBe(2)
    expect(err).toContain('already exists')
    expect(readFileSync(archive, 'utf8')).toBe('something else')
    expect((await runCommand(['support-bundle', 'now', '--file'], unreachable)).code).toBe(2)
  })
})
