import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../kis/secret.ts'
import { createSeal, fingerprintOf, prefixOf } from '../../../workers/redis/scope.ts'
import { testOwner } from '../../support/servers/redis.ts'
import { tries } from '../../support/property.ts'

describe('what belongs to an app key in Redis', () => {
  it('is named without the app key, and apart from what belongs to another key or address', () => {
    const names = [
      prefixOf(testOwner),
      prefixOf({ ...testOwner, appKey: new Secret('ANOTHER-APP-KEY') }),
      prefixOf({ ...testOwner, restUrl: 'http://127.0.0.1:2' }),
    ]
    expect(new Set(names).size).toBe(3)
    for (const name of names) expect(name).toMatch(/^\{kis-[0-9a-f]{16}\}$/)
  })
})

describe('a seal', () => {
  it('opens what it closed, whatever it is, and shows nothing of it', () => {
    const seal = createSeal(testOwner, 'token')
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), text => {
        const closed = seal.close(text)
        expect(closed).not.toContain(text)
        expect(seal.open(closed)).toBe(text)
        expect(seal.close(text)).not.toBe(closed)
      }),
      tries(100),
    )
  })

  it('does not open what was closed under another secret, key, address or name', () => {
    const closed = createSeal(testOwner, 'token').close('a token')
    const others = [
      createSeal({ ...testOwner, appSecret: new Secret('ANOTHER-APP-SECRET') }, 'token'),
      createSeal({ ...testOwner, appKey: new Secret('ANOTHER-APP-KEY') }, 'token'),
      createSeal({ ...testOwner, restUrl: 'http://127.0.0.1:2' }, 'token'),
      createSeal(testOwner, 'approval'),
    ]
    expect(others.map(other => other.open(closed))).toEqual([undefined, undefined, undefined, undefined])
  })

  it('does not open what was changed, and does not throw on malformed input', () => {
    const seal = createSeal(testOwner, 'token')
    const bytes = Buffer.from(seal.close('a token'), 'base64url')
    for (let place = 0; place < bytes.length; place++) {
      const changed = Buffer.from(bytes)
      changed[place] = (changed[place] as number) ^ 1
      expect(seal.open(changed.toString('base64url'))).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.string(), text => {
        expect(seal.open(text)).toBeUndefined()
      }),
      tries(100),
    )
  })

  it('names a token by a fingerprint that is not part of it', () => {
    expect(fingerprintOf(new Secret('a token'))).toMatch(/^[0-9a-f]{16}$/)
    expect(fingerprintOf(new Secret('a token'))).toBe(fingerprintOf(new Secret('a token')))
    expect(fingerprintOf(new Secret('a token'))).not.toBe(fingerprintOf(new Secret('another')))
  })
})
