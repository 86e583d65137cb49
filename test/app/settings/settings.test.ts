import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError } from '../../../app/settings/settings.ts'
import { subscriptionsOf } from '../../../app/feed/subscriptions.ts'
import { feedSettings, readEnvironment, unknownVariables } from '../../../cli/input/environment.ts'

const keys = { appKey: 'an-app-key', appSecret: 'an-app-secret' }

function problemsOf(input: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    readSettings(input)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

describe('settings', () => {
  it('need nothing but keys', () => {
    const settings = readSettings(keys)
    expect(settings).toMatchObject({
      environment: 'prod',
      market: 'auto',
      channels: ['trade'],
      restUrl: 'https://openapi.koreainvestment.com:9443',
      endpoints: {
        KR: { url: 'ws://ops.koreainvestment.com:21000/tryitout' },
        US: { url: 'ws://ops.koreainvestment.com:21000/tryitout' },
      },
    })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  it('show no password of an address, right or misspelt', () => {
    const given = 'https://someone:planted-password@gateway:9443/'
    expect(readSettings({ ...keys, restUrl: given }).restUrl).toBe('https://gateway:9443')
    const misspelt = [
      'htps://someone:planted-password@gateway',
      'https//someone:planted-password@gateway',
      'https://someone:planted-password',
      'https://someone:planted/password@gateway',
    ]
    for (const restUrl of misspelt) {
      const problems = problemsOf({ ...keys, restUrl, socketUrl: restUrl }).join()
      expect(problems).toContain('is no address')
      expect(problems).not.toMatch(/planted|password/)
    }
  })

  it('of paper use its hosts and its slower pace', () => {
    expect(readSettings({ ...keys, environment: 'paper' })).toMatchObject({
      restUrl: 'https://openapivts.koreainvestment.com:29443',
      endpoints: { KR: { url: 'ws://ops.koreainvestment.com:31000/tryitout' } },
      timing: { pacingMs: 500, graceMs: 3_000 },
    })
  })

  it('take an address for each market, a path of their own, and the bare host for one that ends in a slash', () => {
    const { endpoints } = readSettings({ ...keys, socketUrl: 'ws://one:1/', usSocketUrl: 'ws://two:2/HDFSCNT0' })
    expect(endpoints).toEqual({ KR: { url: 'ws://one:1/' }, US: { url: 'ws://two:2/HDFSCNT0' } })
  })

  it('take lists as text or as arrays, in any case, each name once', () => {
    const { instruments } = readSettings({ ...keys, instruments: ' krx:005930, NAS:aapl,KRX:005930,' })
    expect(instruments).toEqual(['KRX:005930', 'NAS:AAPL'])
    expect(readSettings({ ...keys, instruments: ['NYS:BRK/B'] }).instruments).toEqual(['NYS:BRK/B'])
  })

  it('ask for a transaction only where a venue has it', () => {
    const settings = readSettings({ ...keys, instruments: 'KRX:005930,NAS:AAPL', channels: 'trade,H0STPGM0' })
    expect(subscriptionsOf(settings)).toEqual([
      { instrument: 'KRX:005930', channel: 'trade' },
      { instrument: 'NAS:AAPL', channel: 'trade' },
      { instrument: 'KRX:005930', channel: 'H0STPGM0' },
    ])
    expect(problemsOf({ ...keys, instruments: 'NAS:AAPL', channels: 'H0STPGM0' })).toEqual([
      "channel 'H0STPGM0' is none of NAS's, which NAS:AAPL is asked from",
    ])
  })

  it('name each symbol that cannot be, once, with the likely one, and only where a stock is asked for', () => {
    const input = { ...keys, instruments: 'KRX:005930,KRX:5930,NYS:BRK.B,KRX:0001', channels: 'trade,order-book' }
    expect(problemsOf(input)).toEqual([
      expect.stringMatching(/^'KRX:5930' is no stock.*; did you mean KRX:005930\?$/),
      expect.stringMatching(/^'NYS:BRK.B' is no stock.*; did you mean NYS:BRK\/B\?$/),
      expect.stringMatching(/^'KRX:0001' is no stock: .*; an index has a channel of its own: KRX:0001@H0UPCNT0$/),
    ])
    expect(problemsOf({ ...keys, instruments: 'KRX:0001,KRX:1001', channels: 'H0UPCNT0' })).toEqual([])
  })

  it('report every mistake at once', () => {
    const problems = problemsOf({
      appKey: ' ',
      environment: 'live',
      instruments: 'AAPL,KRX:',
      channels: 'tick',
      socketUrl: 'http://one',
      timing: { graceMs: -1, pacingMs: 'slow' },
      checkCertificate: 'maybe',
    })
    expect(problems).toHaveLength(10)
    for (const word of [
      'appKey',
      'appSecret',
      'live',
      'AAPL',
      'KRX:',
      'tick',
      'http://one',
      'graceMs',
      'pacingMs',
      'checkCertificate',
    ]) {
      expect(problems.join('\n')).toContain(word)
    }
  })

  it.each<[Record<string, unknown>, string | RegExp]>([
    [{ intruments: ['KRX:005930'] }, 'intruments is no option here; did you mean instruments?'],
    [{ timing: { graceMS: 5 } }, 'timing.graceMS is no option here; did you mean graceMs?'],
    [{ timing: { patience: 5 } }, 'timing.patience is no option here'],
    [{ market: 'kr' }, "market 'kr'; expected auto, KR, US; did you mean KR?"],
    [{ schedule: 'side_by_side' }, /did you mean side-by-side\?$/],
    [{ channels: 'trades' }, /did you mean trade\?$/],
    [{ channels: 'H0STPGMO' }, /did you mean H0STPGM0\?$/],
    [{ instruments: 'KRW:005930' }, /did you mean KRX\?$/],
    [{ columns: 'VI_STD_PRC' }, "columns 'VI_STD_PRC' is no column of trades or books; did you mean VI_STND_PRC?"],
    [{ columns: ['cttr'] }, /did you mean CTTR\?$/],
    [{ checkCertificate: 'flase' }, "checkCertificate 'flase'; expected true or false"],
    [{ appKey: 5 }, 'appKey is no text'],
  ])('take no misspelt name: %j', (input, problem) => {
    const [found, ...others] = problemsOf({ ...keys, ...input })
    expect(others).toEqual([])
    if (typeof problem === 'string') expect(found).toBe(problem)
    else expect(found).toMatch(problem)
  })

  it.each([
    ['abc', "'abc'"],
    [true, 'needs a value'],
    [[86_400], "'[86400]'"],
    ['0x10', "'0x10'"],
    ['1e3', "'1e3'"],
    ['', "''"],
    [null, "'null'"],
    [Number.NaN, "'NaN'"],
    [1.5, "'1.5'"],
    [-1, "'-1'"],
    [86_400_001, "'86400001'"],
  ])('take %j for no wait, and name it', (graceMs, given) => {
    expect(problemsOf({ ...keys, timing: { graceMs } })).toEqual([
      `graceMs ${given}; expected milliseconds, 0 to 86400000`,
    ])
  })

  it('of a limit are no milliseconds', () => {
    expect(problemsOf({ ...keys, timing: { mostConnects: 'four' } })).toEqual([
      "mostConnects 'four'; expected a whole number, 0 to 86400000",
    ])
    expect(readSettings({ ...keys, timing: { mostConnects: '4', graceMs: '50' } }).timing).toMatchObject({
      mostConnects: 4,
      graceMs: 50,
    })
  })

  it('report symbols that cannot be beside mistakes of every other kind', () => {
    expect(problemsOf({ instruments: 'KRX:5930', timing: { graceMs: 'abc' } })).toEqual([
      'appKey is missing',
      'appSecret is missing',
      expect.stringContaining("graceMs 'abc'"),
      expect.stringContaining('did you mean KRX:005930?'),
    ])
  })

  it('leave certificates unchecked for paper only', () => {
    expect(readSettings({ ...keys, environment: 'paper', checkCertificate: 'false' }).checkCertificate).toBe(false)
    expect(problemsOf({ ...keys, checkCertificate: false })).toEqual([
      'checkCertificate may be turned off for paper only',
    ])
  })

  it('follow the operating guide by default', () => {
    expect(readSettings(keys).schedule).toBe('operating-guide')
    expect(readSettings({ ...keys, schedule: 'korean-after-market' }).schedule).toBe('korean-after-market')
    expect(problemsOf({ ...keys, schedule: 'always' })).toEqual([expect.stringContaining("'always'")])
  })

  it('take a second app key for the US market: whole, another one, and for side by side', () => {
    const us = { usAppKey: 'an-app-key-too', usAppSecret: 'an-app-secret-too' }
    const settings = readSettings({ ...keys, ...us, schedule: 'side-by-side' })
    expect(settings.lines.map(({ id, markets, appKey }) => [id, markets, appKey.reveal()])).toEqual([
      ['1', ['KR'], keys.appKey],
      ['2', ['US'], 'an-app-key-too'],
    ])
    expect(readSettings(keys).lines).toMatchObject([{ id: '1', markets: ['KR', 'US'] }])
    expect(problemsOf({ ...keys, usAppKey: 'an-app-key-too' })).toEqual([expect.stringContaining('usAppSecret')])
    expect(problemsOf({ ...keys, ...us, usAppKey: keys.appKey })).toEqual([expect.stringContaining('one session')])
    expect(problemsOf({ ...keys, schedule: 'side-by-side' })).toEqual([expect.stringContaining('usAppKey')])
  })

  it('take days that the user knows better, from code or from a file', () => {
    const calendarChanges = { holidays: { KR: [20261013] } }
    expect(readSettings({ ...keys, calendarChanges }).calendarChanges).toEqual(calendarChanges)
    expect(readSettings(keys).calendarChanges).toEqual({})
    expect(problemsOf({ ...keys, calendarChanges: { holidays: { KR: [20260230] } } })).toEqual([
      'calendarChanges Calendar: holidays.KR: 20260230 is no date; expected one like 20260914',
    ])
    expect(problemsOf({ ...keys, calendarFile: '/nowhere' })).toEqual([
      expect.stringMatching(/^calendarFile .*nowhere/),
    ])
  })

  it('show no secret, however they are printed', () => {
    const settings = readSettings({
      ...keys,
      htsId: 'an-app-user',
      usAppKey: 'an-app-key-too',
      usAppSecret: 'an-app-secret-too',
    })
    const printed = `${JSON.stringify(settings)} ${inspect(settings, { depth: 9 })} ${String(settings.lines[0].appKey)}`
    expect(printed).not.toContain('an-app')
  })
})

describe('flags and environment', () => {
  it('give way to each other in order, and an empty variable counts as unset', () => {
    const { input, nameOf } = readEnvironment(
      { market: 'US', calendar: 'days.json' },
      { KIS_MARKET: 'KR', KIS_ENV: '', KIS_CHANNELS: 'trade', KIS_GRACE_MS: '5000' },
    )
    expect(input).toEqual({ market: 'US', calendarFile: 'days.json', channels: 'trade', timing: { graceMs: '5000' } })
    expect([
      nameOf('market'),
      nameOf('channels'),
      nameOf('graceMs'),
      nameOf('logLevel'),
      nameOf('calendarFile'),
    ]).toEqual(['--market', 'KIS_CHANNELS', 'KIS_GRACE_MS', 'KIS_LOG_LEVEL', '--calendar'])
  })

  it('leave settings of the command to the command', () => {
    const { input } = readEnvironment(
      { output: 'ndjson' },
      { KIS_MARKET: 'KR', KIS_JOBS: 'off', REDIS_URL: 'redis://a' },
    )
    expect(feedSettings(input)).toEqual({ market: 'KR', timing: {} })
  })

  it('that no longer exist are mistakes that name what takes their place', () => {
    const { mistakes } = readEnvironment(
      {},
      { KIS_OUTPUT: 'ndjson', KIS_PACING_MS: '1', KIS_PULSE_MS: '', KIS_MARKET: 'KR' },
    )
    expect(mistakes).toEqual([
      'KIS_OUTPUT is no variable any more; it is called KIS_FORMAT now',
      'KIS_PACING_MS is no variable any more; it is only an option in code now, timing.pacingMs',
    ])
    expect(unknownVariables({ KIS_PACING_MS: '1', KIS_OUTPUT: 'x' })).toEqual([])
  })

  it('know a flag that only turns off, and that was not used', () => {
    expect(readEnvironment({ dashboard: true }, { KIS_DASHBOARD: 'off' }).input).toMatchObject({ dashboard: 'off' })
    const { input, nameOf } = readEnvironment({ dashboard: false, jobs: false }, { KIS_DASHBOARD: 'on' })
    expect(input).toMatchObject({ dashboard: false, jobs: false })
    expect(nameOf('jobs')).toBe('--jobs')
  })

  it('that look like ours and are none are named, with the likely one, and without their values', () => {
    const environment = {
      KIS_INSTRUMENT: 'KRX:005930',
      KIS_GRACE: '5',
      KIS_APPKEY: 'a-secret',
      KIS_CANO: '12345678',
      KIS_ENV_FILE: 'x',
      KIS_MARKET: 'KR',
      REDIS_URL: 'x',
      PATH: 'x',
    }
    expect(unknownVariables(environment)).toEqual([
      {
        says: 'KIS_INSTRUMENT is no variable of kis-stream and is ignored; did you mean KIS_INSTRUMENTS?',
        meant: 'KIS_INSTRUMENTS',
      },
      {
        says: 'KIS_GRACE is no variable of kis-stream and is ignored; did you mean KIS_GRACE_MS?',
        meant: 'KIS_GRACE_MS',
      },
      {
        says: 'KIS_APPKEY is no variable of kis-stream and is ignored; did you mean KIS_APP_KEY?',
        meant: 'KIS_APP_KEY',
      },
      { says: 'KIS_CANO is no variable of kis-stream and is ignored' },
    ])
  })
})
