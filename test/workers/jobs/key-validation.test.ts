import { describe, expect, it } from 'vitest'
import { KisError } from '../../../kis/errors.ts'
import { askWhether, type KeyValidationDeps, validateKeys } from '../../../workers/jobs/key-validation.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)

function rig(now: string, watched: KeyValidationDeps['watched'] = ['KRX:005930']) {
  const calls: string[] = []
  const deps: KeyValidationDeps = {
    clock: { now: () => kst(now) },
    watched: watched ?? [],
    proveApproval: async () => void calls.push('approval'),
    proveToken: async () => {
      calls.push('token')
      return 'kept'
    },
  }
  return { calls, deps }
}

describe('validating keys', () => {
  it('has an approval key issued in the morning and the evening gap, and says what it proved', async () => {
    for (const now of ['2026-10-13T06:30:00', '2026-10-13T20:30:00', '2026-10-10T17:30:00']) {
      const { calls, deps } = rig(now)
      expect(await validateKeys({}, deps)).toEqual({
        allowed: true,
        reason: null,
        next: `${now}.000+09:00`,
        proved: { approvalKey: true, token: 'kept' },
      })
      expect(calls).toEqual(['approval', 'token'])
    }
  })

  it('makes no call while a market is open, for any job, and says when next', async () => {
    const inOpenMarkets = {
      '2026-10-13T10:00:00': '2026-10-13T20:00:00.000+09:00', // KRX regular
      '2026-10-13T17:30:00': '2026-10-13T20:00:00.000+09:00', // its after-market, in the midst of the window
      '2026-11-24T05:59:59': '2026-11-24T06:00:00.000+09:00', // New York, in winter
      '2026-10-13T23:00:00': '2026-10-14T06:00:00.000+09:00', // New York, in summer
    }
    for (const [now, next] of Object.entries(inOpenMarkets)) {
      const { calls, deps } = rig(now)
      expect(await validateKeys({}, deps)).toEqual({ allowed: false, reason: 'Market is Open', next })
      expect(calls).toEqual([])
    }
  })

  it('makes no call outside the windows, though nothing is open', async () => {
    const { calls, deps } = rig('2026-10-10T12:00:00')
    expect(await validateKeys({}, deps)).toEqual({
      allowed: false,
      reason: 'Outside the allowed windows',
      next: '2026-10-10T17:00:00.000+09:00',
    })
    expect(calls).toEqual([])
  })

  it('counts Nextrade where it is watched', async () => {
    const evening = '2026-08-13T17:30:00'
    const alone = rig(evening)
    expect(await validateKeys({}, alone.deps)).toMatchObject({ allowed: true })
    const withNextrade = rig(evening, ['UN:005930'])
    expect(await validateKeys({}, withNextrade.deps)).toMatchObject({ allowed: false, reason: 'Market is Open' })
    expect(withNextrade.calls).toEqual([])
  })

  it('only answers when it is a dry run or about another time, even when it is allowed', async () => {
    const { calls, deps } = rig('2026-10-13T20:30:00')
    expect(await validateKeys({ dryRun: true }, deps)).toEqual({
      allowed: true,
      reason: null,
      next: '2026-10-13T20:30:00.000+09:00',
    })
    expect(await validateKeys({ at: kst('2026-10-13T06:30:00') }, deps)).toMatchObject({ allowed: true })
    expect(await validateKeys({ at: kst('2026-10-13T12:00:00') }, deps)).toMatchObject({ allowed: false })
    expect(calls).toEqual([])
  })

  it('does not let a job name the time to get around the clock', async () => {
    const { calls, deps } = rig('2026-10-13T12:00:00')
    await validateKeys({ at: kst('2026-10-13T20:30:00') }, deps)
    await validateKeys({ at: kst('2026-10-13T20:30:00'), dryRun: false }, deps)
    expect(calls).toEqual([])
  })

  it('fails when KIS does not take the keys', async () => {
    const { deps } = rig('2026-10-13T20:30:00')
    const refused = {
      ...deps,
      proveApproval: () => Promise.reject(new KisError('invalid-request', 'the keys are wrong')),
    }
    await expect(validateKeys({}, refused)).rejects.toThrow('the keys are wrong')
  })

  it('says that it will never be allowed, for a time that is none', () => {
    expect(askWhether(Number.NaN, {})).toEqual({ allowed: false, reason: 'Outside the allowed windows', next: null })
  })
})
