import { describe, expect, it } from 'vitest'
import { sweep } from '../../app/sweep.ts'
import { Secret } from '../../kis/secret.ts'

describe('the last look at a text', () => {
  it.each([
    ['a known secret', 'key is planted-secret here', 'key is [redacted] here'],
    [
      'an approval key',
      'a2585daf-8c09-4587-9fce-8ab893XXXXX a2585daf-8c09-4587-9fce-8ab893712345',
      'a2585daf-8c09-4587-9fce-8ab893XXXXX [redacted]',
    ],
    ['an access token', 'Bearer eyJ0eXAiOiJKV1Qi.eyJzdWIiOiJ0b2tlbi.x9Bv-_2', 'Bearer [redacted]'],
    ['an app key', `PS${'a1'.repeat(17)}`, '[redacted]'],
    ['an app secret', `"${'Ab1+/'.repeat(36)}"`, '"[redacted]"'],
    ['an account number', 'account 12345678-01.', 'account [redacted].'],
    ['a password in an address', 'redis://user:pass@127.0.0.1:6379/0', 'redis://[redacted]@127.0.0.1:6379/0'],
    ['a key in JSON', '{"iv":"0123","approval_key":"abc"}', '{"iv":"[redacted]","approval_key":"[redacted]"}'],
  ])('takes out %s', (_, text, shown) => {
    expect(sweep(text, [new Secret('planted-secret')])).toBe(shown)
  })

  it('leaves market data as it is', () => {
    const text = '0|H0STCNT0|001|005930^114827^314000^5^-15000^-4.56^303993.34 2026-11-23 10:00:00.000 KST NAS:AAPL'
    expect(sweep(text, [])).toBe(text)
  })
})
