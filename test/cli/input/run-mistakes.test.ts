// What `kis-stream run` says of its flags and environment.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCommand } from '../../support/processes/command.ts'
import { planted } from '../../support/rigs/feed.ts'

describe('kis-stream run', () => {
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

  it('names variables that are probably misspelt, whether or not something else is wrong', async () => {
    const environment = { KIS_INSTRUMENT: 'KRX:005930', KIS_APPSECRET: planted.appSecret, KIS_MARKET: 'JP' }
    const { err } = await runCommand(['run', '--instrumens', 'KRX:005930'], environment)
    expect(err).toContain('KIS_INSTRUMENT is no variable of kis-stream and is ignored; did you mean KIS_INSTRUMENTS?')
    expect(err).toContain('did you mean KIS_APP_SECRET?')
    expect(err).toContain("unknown flag '--instrumens'; did you mean --instruments?")
    expect(err).not.toContain(planted.appSecret)
  })

  it('reads a .env file that begins with a byte order mark', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'kis-stream-')), '.env')
    onTestFinished(() => rmSync(dirname(file), { recursive: true, force: true }))
    writeFileSync(file, '\uFEFFKIS_MARKET=nowhere\nKIS_CUSTOMER_TYPE=P\n')
    const { code, err } = await runCommand(['run'], { KIS_ENV_FILE: file })
    expect([code, err]).toEqual([2, expect.stringMatching(/KIS_MARKET.*nowhere/)])
  })

  it('says how it is used', async () => {
    const { code, out } = await runCommand(['run', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('--instruments')
    expect((await runCommand([])).code).toBe(2)
    const { version } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as object & {
      readonly version: string
    }
    expect(await runCommand(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect((await runCommand(['fly'])).code).toBe(2)
  })
})
