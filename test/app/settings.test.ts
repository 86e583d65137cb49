import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError, subscriptionsOf } from '../../app/settings.ts'
import { readEnvironment } from '../../cli/environment.ts'

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
    expect(readSettings({ ...keys, instruments: ['NYS:BRK.B'] }).instruments).toEqual(['NYS:BRK.B'])
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

  it('leave certificates unchecked for paper only', () => {
    expect(readSettings({ ...keys, environment: 'paper', checkCertificate: 'false' }).checkCertificate).toBe(false)
    expect(problemsOf({ ...keys, checkCertificate: false })).toEqual([
      'checkCertificate may be turned off for paper only',
    ])
  })

  it('follow the operating guide, unless another schedule is named', () => {
    expect(readSettings(keys).schedule).toBe('operating-guide')
    expect(readSettings({ ...keys, schedule: 'korean-after-market' }).schedule).toBe('korean-after-market')
    expect(problemsOf({ ...keys, schedule: 'always' })).toEqual([expect.stringContaining("'always'")])
  })

  it('take a second app key for the US market: whole, another one, and for side by side', () => {
    const us = { usAppKey: 'an-app-key-too', usAppSecret: 'an-app-secret-too' }
    const settings = readSettings({ ...keys, ...us, schedule: 'side-by-side' })
    expect(settings.us?.appKey.reveal()).toBe('an-app-key-too')
    expect(readSettings(keys).us).toBeUndefined()
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
    const printed = `${JSON.stringify(settings)} ${inspect(settings, { depth: 9 })} ${String(settings.appKey)}`
    expect(printed).not.toContain('an-app')
  })
})

describe('flags and environment', () => {
  it('give way to each other in order, and an empty variable counts as unset', () => {
    const { told, nameOf } = readEnvironment(
      { market: 'US', calendar: 'days.json' },
      { KIS_MARKET: 'KR', KIS_ENV: '', KIS_CHANNELS: 'trade', KIS_GRACE_MS: '5000' },
    )
    expect(told).toEqual({ market: 'US', calendarFile: 'days.json', channels: 'trade', timing: { graceMs: '5000' } })
    expect([
      nameOf('market'),
      nameOf('channels'),
      nameOf('graceMs'),
      nameOf('logLevel'),
      nameOf('calendarFile'),
    ]).toEqual(['--market', 'KIS_CHANNELS', 'KIS_GRACE_MS', 'KIS_LOG_LEVEL', '--calendar'])
  })
})
