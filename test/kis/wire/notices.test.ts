// Decryption of account notices. The vectors are the vendor's example, which names a dummy person, encrypted
// with a test key.
import { describe, expect, it } from 'vitest'
import { createNoticeOpener, isEncrypted } from '../../../kis/wire/notices.ts'
import { lineOf } from '../../support/wire/frames.ts'
import { encryptedFrame, testNoticeKey } from '../../support/wire/notices.ts'

const plaintext = lineOf('H0STCNI0.decrypted.txt', 1)
const sealed = Buffer.from(encryptedFrame('H0STCNI0', plaintext))
const otherKey = { key: 'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF', iv: 'fedcba9876543210' }

/** An opener that knows the test key for one transaction. */
function openerFor(tr: string) {
  const opener = createNoticeOpener()
  opener.learn(tr, testNoticeKey)
  return opener
}

function textOf(opened: Uint8Array | 'unknown-key'): string {
  return opened === 'unknown-key' ? opened : Buffer.from(opened).toString()
}

describe('telling encrypted frames from plain ones', () => {
  it('takes one look at the flag', () => {
    expect(isEncrypted(sealed)).toBe(true)
    expect(isEncrypted(Buffer.from('0|H0STCNT0|001|'))).toBe(false)
    expect(isEncrypted(Buffer.from('{"header":{}}'))).toBe(false)
    expect(isEncrypted(Buffer.alloc(0))).toBe(false)
  })
})

describe('opening a notice', () => {
  it('gives the frame in clear, its flag turned to 0', () => {
    expect(textOf(openerFor('H0STCNI0').open(sealed))).toBe(`0|H0STCNI0|001|${plaintext}`)
  })

  it('agrees with a vector made by openssl', () => {
    // printf 'HTS ID^1234567801^0000002891' |
    //   openssl enc -aes-256-cbc -K <hex of the key> -iv <hex of the iv> -base64
    const vector = 'OwFCob7p/wm/d+ttCVXYGKPWwVrjvH8Q5mjEkwK60+w='
    const opened = openerFor('H0STCNI0').open(Buffer.from(`1|H0STCNI0|001|${vector}`))
    expect(textOf(opened)).toBe('0|H0STCNI0|001|HTS ID^1234567801^0000002891')
  })

  it('leaves the count as it was written', () => {
    const frame = Buffer.from(encryptedFrame('H0STCNI0', plaintext, { count: '3' }))
    expect(textOf(openerFor('H0STCNI0').open(frame))).toBe(`0|H0STCNI0|3|${plaintext}`)
  })

  it('leaves the frame it was given unchanged', () => {
    const frame = Buffer.from(sealed)
    openerFor('H0STCNI0').open(frame)
    expect(frame).toEqual(sealed)
  })

  it('opens bytes that are no Buffer', () => {
    expect(textOf(openerFor('H0STCNI0').open(new Uint8Array(sealed)))).toBe(`0|H0STCNI0|001|${plaintext}`)
  })
})

describe('the keys of a session', () => {
  it('are known from their acknowledgement on, not before', () => {
    const opener = createNoticeOpener()
    expect(opener.open(sealed)).toBe('unknown-key')
    opener.learn('H0STCNI0', testNoticeKey)
    expect(opener.open(sealed)).not.toBe('unknown-key')
  })

  it('belong to one transaction each', () => {
    expect(openerFor('H0STCNI9').open(sealed)).toBe('unknown-key')
  })

  it('are those that were learned last', () => {
    const opener = openerFor('H0STCNI0')
    opener.learn('H0STCNI0', otherKey)
    opener.learn('H0STCNI0', testNoticeKey)
    expect(textOf(opener.open(sealed))).toBe(`0|H0STCNI0|001|${plaintext}`)
  })

  it('are not shared between sessions', () => {
    openerFor('H0STCNI0')
    expect(createNoticeOpener().open(sealed)).toBe('unknown-key')
  })
})

describe('a notice that does not open', () => {
  it.each([
    ['without a payload', '1|H0STCNI0|001|'],
    ['without bars', '1|H0STCNI0'],
    ['with half a block', '1|H0STCNI0|001|AAAA'],
    ['with text that is no base64', '1|H0STCNI0|001|!!!!'],
    ['cut off', sealed.toString().slice(0, -10)],
  ])('%s is handed on as it came', (_, text) => {
    const frame = Buffer.from(text)
    expect(openerFor('H0STCNI0').open(frame)).toBe(frame)
  })

  it('because the key is another is handed on as it came', () => {
    const opener = createNoticeOpener()
    opener.learn('H0STCNI0', otherKey)
    expect(opener.open(sealed)).toBe(sealed)
  })

  it.each([
    { key: '', iv: '' },
    { key: 'too short', iv: testNoticeKey.iv },
    { key: testNoticeKey.key, iv: 'too short' },
    { key: `${testNoticeKey.key}x`, iv: testNoticeKey.iv },
  ])('because the key has no usable length is handed on as it came', key => {
    const opener = createNoticeOpener()
    opener.learn('H0STCNI0', key)
    expect(opener.open(sealed)).toBe(sealed)
  })

  it.each(['', '1', '1|', '1|H0'])('too short to name a transaction, %j, has no key', text => {
    expect(openerFor('H0STCNI0').open(Buffer.from(text))).toBe('unknown-key')
  })
})
