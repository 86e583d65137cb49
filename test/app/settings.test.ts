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

  it('show no secret, however they are printed', () => {
    const settings = readSettings({ ...keys, htsId: 'an-app-user' })
    const printed = `${JSON.stringify(settings)} ${inspect(settings, { depth: 9 })} ${String(settings.appKey)}`
    expect(printed).not.toContain('an-app')
  })
})

describe('flags and environment', () => {
  it('give way to each other in order, and an empty variable counts as unset', () => {
    const { told, nameOf } = readEnvironment(
      { market: 'US' },
      { KIS_MARKET: 'KR', KIS_ENV: '', KIS_CHANNELS: 'trade', KIS_GRACE_MS: '5000' },
    )
    expect(told).toEqual({ market: 'US', channels: 'trade', timing: { graceMs: '5000' } })
    expect([nameOf('market'), nameOf('channels'), nameOf('graceMs'), nameOf('logLevel')]).toEqual([
      '--market',
      'KIS_CHANNELS',
      'KIS_GRACE_MS',
      'KIS_LOG_LEVEL',
    ])
  })
})
