// What can go wrong between us and KIS.
import { describe, expect, it } from 'vitest'
import { KisError, type KisErrorKind } from '../../kis/errors.ts'

describe('an error of KIS', () => {
  it.each([
    ['authentication', true],
    ['rate-limit', true],
    ['server', true],
    ['network', true],
    ['invalid-request', false],
  ] as const)('of kind %s is worth another try: %s', (kind: KisErrorKind, retryable) => {
    expect(new KisError(kind, 'what happened')).toMatchObject({ kind, retryable, code: undefined, name: 'KisError' })
  })

  it('may know better whether another try is worth it', () => {
    expect(new KisError('server', '', { retryable: false }).retryable).toBe(false)
    expect(new KisError('invalid-request', '', { retryable: true }).retryable).toBe(true)
  })

  it('carries KIS’s code, and what caused it', () => {
    const cause = new Error('ECONNREFUSED')
    const error = new KisError('network', 'no answer', { code: 'EGW00201', cause })
    expect(error).toMatchObject({ message: 'no answer', code: 'EGW00201', cause })
    expect(error).toBeInstanceOf(Error)
    expect(`${error}`).toBe('KisError: no answer')
  })

  it('has no cause when there was none', () => {
    expect('cause' in new KisError('server', '')).toBe(false)
  })
})
