// Everything that takes secrets out of a text, a code or a frame.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../kis/codes/codes.ts'
import { addressOf, createRedaction, withoutNamed } from '../../kis/redaction.ts'
import { Secret } from '../../kis/secret.ts'
import { lineOf } from '../support/wire/frames.ts'
import { tries } from '../support/property.ts'

const value = 'PSr8aQ-very-secret-0123456789'
const redactionOf = (...secrets: string[]) => createRedaction(secrets.map(secret => new Secret(secret)))
const knownOf = (...secrets: string[]) => redactionOf(...secrets).known

describe('known secrets', () => {
  it('takes out every occurrence of each', () => {
    const text = `{"a":"${value}","b":"${value}${value}","c":"another-secret"}`
    expect(knownOf(value, 'another-secret')(text)).toBe(
      '{"a":"[redacted]","b":"[redacted][redacted]","c":"[redacted]"}',
    )
  })

  it('takes a secret as it is, not as a pattern', () => {
    expect(knownOf('a.b$&c*d')('a.b$&c*d and axb$&c*d')).toBe('[redacted] and axb$&c*d')
    expect(knownOf('......')('abcdef')).toBe('abcdef')
  })

  it('leaves words too short to be a secret, and everything else', () => {
    expect(knownOf('trade', '')('trade of KRX:005930')).toBe('trade of KRX:005930')
    expect(knownOf()('nothing to hide')).toBe('nothing to hide')
  })

  it('leaves none in any text', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdef$&.'.split('')), minLength: 6, maxLength: 12 })
    fc.assert(
      fc.property(word, fc.array(fc.oneof(word, fc.constant('|')), { maxLength: 8 }), (hidden, parts) => {
        const text = parts.map(part => (part === '|' ? hidden : part)).join(' ')
        expect(knownOf(hidden)(text)).not.toContain(hidden)
      }),
      tries(500),
    )
  })
})

describe('a report', () => {
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
    expect(redactionOf('planted-secret').report(text)).toBe(shown)
  })

  it('leaves market data as it is', () => {
    const text = '0|H0STCNT0|001|005930^114827^314000^5^-15000^-4.56^303993.34 2026-11-23 10:00:00.000 KST NAS:AAPL'
    expect(redactionOf().report(text)).toBe(text)
  })
})

describe('values of fields that hold secrets', () => {
  it('are taken out of an acknowledgement, which carries what opens notices', () => {
    expect(withoutNamed(lineOf('control.txt', 1))).toBe(
      '{"header":{"tr_id":"H0STASP0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"0","msg_cd":"OPSP0000",' +
        '"msg1":"SUBSCRIBE SUCCESS","output":{"iv":"[redacted]","key":"[redacted]"}}}',
    )
    for (const line of [3, 4]) expect(withoutNamed(lineOf('control.txt', line))).toBe(lineOf('control.txt', line))
  })

  it.each([
    ['"approval_key" : "hidden"', '"approval_key" : "[redacted]"'],
    [`{'approval_key': 'hidden'}`, `{'approval_key': '[redacted]'}`],
    ['{"IV":"hidden","Key":"hidden"}', '{"IV":"[redacted]","Key":"[redacted]"}'],
    [
      String.raw`{"request":"{\"appkey\":\"hidden\",\"tr_id\":\"x\"}"}`,
      String.raw`{"request":"{\"appkey\":\"[redacted]\",\"tr_id\":\"x\"}"}`,
    ],
    [String.raw`"appsecret":"hid\/den\"hidden"`, '"appsecret":"[redacted]"'],
    ['appkey=hidden&secretkey=hidden&tr_id=x', 'appkey=[redacted]&secretkey=[redacted]&tr_id=x'],
    [
      'appsecret: hidden\r\nauthorization: Bearer hidden\r\ntr_id: x',
      'appsecret: [redacted]\r\nauthorization: [redacted]\r\ntr_id: x',
    ],
    ['{"output":{"iv":"hidden', '{"output":{"iv":"[redacted]'],
    ['{"appkey":null,"appKey":{"a":1}}', '{"appkey":null,"appKey":{"a":1}}'],
    ['the key: of a door', 'the key: of a door'],
  ])('in %s', (text, shown) => {
    expect(withoutNamed(text)).toBe(shown)
    expect(withoutNamed(shown)).toBe(shown)
  })
})

describe('a line of a log', () => {
  it('is one line, and holds nothing that a terminal would obey', () => {
    const escapes = '\u001b[2J\u009b31m\r\n{"level":60}\u0007\u2028\u202e\u200b\u007f\ufeff 한글'
    expect(redactionOf().line(escapes)).toBe(
      String.raw`\x1b[2J\x9b31m\x0d\x0a{"level":60}\x07\u2028\u202e\u200b\x7f\ufeff 한글`,
    )
  })

  it('ends: a quotation at 300 characters, a line at 4,000, and half a secret where it ends is gone', () => {
    expect(redactionOf().quote('x '.repeat(151))).toBe(`${'x '.repeat(150)}… (302 in all)`)
    expect(redactionOf().quote('x '.repeat(150))).toBe('x '.repeat(150))
    expect(redactionOf().line('x '.repeat(5_000))).toHaveLength(4_000 + '… (10000 in all)'.length)
    // What is looked through ends in the middle of a secret, and so much was taken out before it that its
    // half would be shown.
    const secret = 's3cr3t-'.repeat(20)
    const filling = `"appkey":"${'a'.repeat(65_536 - 100)}",`
    expect(redactionOf(secret).line(`${filling}${secret}${secret}`)).not.toContain('s3cr3t')
  })

  it('takes time in proportion to its length, whatever it is made of', () => {
    const parts = [
      'eyJ-',
      '"key',
      '\\',
      '"key":"',
      'appkey=',
      '://',
      '://a',
      '12345678-',
      'Bearer ',
      'a',
      '"',
      "'key'",
      'authorization ',
      'PS',
    ]
    for (const part of parts) {
      const text = part.repeat(Math.ceil(200_000 / part.length))
      expect(redactionOf(value).report(text).length, part).toBeGreaterThan(0)
    }
  }, 60_000)
})

describe('a code', () => {
  it('of the catalogue is shown as it is', () => {
    for (const { code } of catalogue) expect(redactionOf().code(code)).toBe(code)
    expect(redactionOf().code(' OPSP0000 ')).toBe('OPSP0000')
    expect(redactionOf().code('')).toBe('')
  })

  it.each(['opsp0000', 'OPSP-0000', 'A'.repeat(17), '\u001b[31m', 'OPSP0000\nOPSP0000', '초당', value])(
    'of another form is malformed: %j',
    code => expect(redactionOf().code(code)).toBe('malformed'),
  )

  it('that is a secret of ours is malformed', () => {
    expect(redactionOf('MYHTSID1').code('MYHTSID1')).toBe('malformed')
  })
})

describe('what was issued', () => {
  it('is a secret from then on; of what was issued the last 32 are kept', () => {
    const redaction = redactionOf('given-secret')
    const keys = Array.from({ length: 40 }, (_, i) => `issued-${String(i).padStart(3, '0')}`)
    for (const key of keys) redaction.add(new Secret(key))
    expect(keys.filter(key => redaction.known(key) === '[redacted]')).toEqual(keys.slice(-32))
    expect(redaction.known('given-secret')).toBe('[redacted]')
  })
})

describe('a secret of which another is a part', () => {
  it('is taken out whole', () => {
    expect(knownOf('demonstration', 'demonstration-us')('demonstration-us')).toBe('[redacted]')
  })
})

describe('a secret as a gateway spells it', () => {
  it.each([encodeURIComponent('a+b/c=d e'), String.raw`a+b\/c=d e`])('%s', text => {
    expect(knownOf('a+b/c=d e')(text)).toBe('[redacted]')
  })
})

describe('a frame', () => {
  const secret = 'S'.repeat(36)
  const redaction = redactionOf(secret, value, 'HTSID')

  it('is suspected where it holds a known secret, in any place, and nowhere else', () => {
    const values = fc.array(fc.string({ unit: fc.constantFrom('1', '.', 'A'), maxLength: 50 }), { maxLength: 30 })
    fc.assert(
      fc.property(values, fc.option(fc.nat(30)), (parts, place) => {
        if (place !== null) parts.splice(place, 0, secret)
        const frame = Buffer.from(`0|H0STCNT0|001|${parts.join('^')}`)
        expect(redaction.suspects(frame)).toBe(place !== null)
        expect(redaction.frame(frame).toString()).toBe(frame.toString().replaceAll(secret, '[redacted]'))
      }),
      tries(300),
    )
  })

  it('of the captures is not suspected, and kept as it is', () => {
    for (const name of ['H0STCNT0.txt', 'control.txt']) {
      const frame = readFileSync(new URL(`../fixtures/frames/${name}`, import.meta.url)).subarray(0, 400)
      expect(redaction.suspects(frame)).toBe(false)
    }
    expect(createRedaction().suspects(Buffer.alloc(1_000))).toBe(false)
  })

  it('that is shown is 4 KB at most, whatever its length', () => {
    const shown = redaction.shown(Buffer.alloc(1_000_000, 'x'))
    expect(shown).toBe(`${'x'.repeat(4_096)}… (1000000 in all)`)
    const half = Buffer.from(`0|H0STCNT0|001|${'^'.repeat(8_192 - 25)}${secret}${secret}`)
    expect(redaction.shown(half)).not.toContain('SSSS')
  })
})

describe('an address', () => {
  it.each([
    ['https://user:pass@host:9443/path', 'https://[redacted]@host:9443/path'],
    ['https://user:p@ss@host', 'https://[redacted]@host'],
    ['redis:/user:pass@host', 'redis:/[redacted]@host'],
    ['rediss:user:pass@host', 'rediss:[redacted]@host'],
    ['https://user:12/pass@host', 'https://[redacted]@host'],
    ['https://user:pass', 'https://[redacted]'],
    ['user:pass@host', 'user:[redacted]@host'],
    ['https//user:pass@host', '[redacted]@host'],
    ['https://host:9443/a', 'https://host:9443/a'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['host', 'host'],
  ])('%s is shown without its password', (url, shown) => {
    expect(addressOf(url)).toBe(shown)
  })
})
