import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeFault, faultKinds, fieldsOf, readFault } from '../../../simulator/faults/form.ts'
import type { Fault } from '../../../simulator/faults/faults.ts'

/** One of each kind, with every value it takes. */
const examples: readonly Fault[] = [
  { kind: 'cut', session: 3, appKey: '#2' },
  { kind: 'half-open', session: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'mute-session', session: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'mute-symbol', key: 'DNASAAPL', tr: 'HDFSCNT0', forMs: 1_000, appKey: '#2' },
  { kind: 'refuse', code: 'OPSP0008', key: '005930', tr: 'H0STCNT0', count: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'occupied', forMs: 1_000, appKey: '#2' },
  {
    kind: 'ghosts',
    rememberMs: 60_000,
    delivering: false,
    occupiedMs: 45_000,
    occupiedUpToMs: 90_000,
    forMs: 1_000,
    appKey: '#2',
  },
  { kind: 'late-acks', byMs: 2_000, key: '005930', tr: 'H0STCNT0', count: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'bare-acks', without: 'header', key: '005930', tr: 'H0STCNT0', count: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'lost-acks', key: '005930', tr: 'H0STCNT0', count: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'lose', records: 3, probability: 0.1, key: '005930', tr: 'H0STCNT0', forMs: 1_000, appKey: '#2' },
  {
    kind: 'duplicate',
    records: 3,
    probability: 0.1,
    key: '005930',
    tr: 'H0STCNT0',
    where: 'inside',
    forMs: 1_000,
    appKey: '#2',
  },
  {
    kind: 'reorder',
    records: 3,
    probability: 0.1,
    key: '005930',
    tr: 'H0STCNT0',
    where: 'between',
    forMs: 1_000,
    appKey: '#2',
  },
  { kind: 'new-column', tr: 'H0STCNT0', extra: 2, forMs: 1_000, appKey: '#2' },
  { kind: 'rubbish', texts: ['', '0|'], session: 1, appKey: '#2' },
  { kind: 'expire-approval-keys', appKey: '#2' },
  { kind: 'rest-500', path: '/oauth2/tokenP', code: 'EGW00201', count: 1, forMs: 1_000, appKey: '#2' },
  {
    kind: 'rest-refuse',
    code: 'EGW00201',
    codeIn: 'message',
    status: 429,
    path: '/a',
    count: 1,
    forMs: 1_000,
    appKey: '#2',
  },
  { kind: 'token-without', field: 'expires_in', count: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'rest-slow', byMs: 5_000, path: '/oauth2/tokenP', count: 1, forMs: 1_000, appKey: '#2' },
  { kind: 'refuse-handshake', count: 3, status: 502, forMs: 1_000 },
  { kind: 'no-pongs', forMs: 1_000, appKey: '#2' },
  { kind: 'slow-close', byMs: 5_000, count: 1, forMs: 1_000, appKey: '#2' },
]

function mistakesIn(value: unknown): readonly string[] {
  const read = readFault(value)
  return 'mistakes' in read ? read.mistakes : []
}

describe('reading a fault', () => {
  it.each(examples)('takes $kind with all its values', fault => {
    expect(readFault(JSON.parse(JSON.stringify(fault)))).toEqual({ fault })
    expect(
      Object.keys(fault)
        .filter(name => name !== 'kind')
        .sort(),
    ).toEqual(Object.keys(fieldsOf(fault.kind)).sort())
  })

  it('knows every kind', () => {
    expect(examples.map(({ kind }) => kind)).toEqual(faultKinds)
  })

  it('lists everything that is wrong, and what was expected', () => {
    expect(mistakesIn({ kind: 'lose', probability: 2, key: 'a b', tr: 'H0STXXX0', sessions: 1, forMs: '30s' })).toEqual(
      [
        'lose: probability 2: expected more than 0 and at most 1',
        'lose: key "a b": expected a key of 1 to 40 letters and digits, as 005930 or DNASAAPL',
        'lose: tr "H0STXXX0": expected a transaction of KIS, as H0STCNT0',
        '"sessions": lose takes key, tr, records, probability, forMs, appKey',
        'lose: forMs "30s": expected milliseconds, a whole number from 1 to 604800000',
      ],
    )
  })

  it.each([
    [{ kind: 'lose' }, 'lose needs probability or records'],
    [{ kind: 'mute-symbol' }, 'mute-symbol needs key'],
    [{ kind: 'refuse', code: 'OPSP0000' }, /refuse: code "OPSP0000": expected one of OPSP0002, /],
    [{ kind: 'expire-approval-keys', forMs: 1 }, '"forMs": expire-approval-keys takes appKey'],
    [{ kind: 'cut', appKey: 'planted key' }, 'cut: appKey [redacted]: expected an app key, or # and its number, as #2'],
    [{ kind: 'explode' }, /kind "explode": expected one of cut, half-open, /],
    [{}, /kind that is missing: expected one of cut/],
    [{ kind: ['cut'] }, /kind that is a list/],
    [{ kind: 'cut', session: null }, /session that is null: expected a whole number/],
    [{ kind: 'rubbish', texts: [1] }, /texts that is a list: expected a list of 1 to 1000 texts/],
    [null, /a fault is an object/],
    [[], /a fault is an object/],
    ['cut', /a fault is an object/],
    [{ kind: '__proto__' }, /expected one of/],
    [JSON.parse('{"kind":"cut","__proto__":{"a":1}}'), /"__proto__": cut takes session/],
    [{ kind: 'cut', constructor: 1 }, /"constructor": cut takes session/],
  ])('refuses %j', (value, mistake) => {
    expect(mistakesIn(value)).toEqual([typeof mistake === 'string' ? mistake : expect.stringMatching(mistake)])
  })

  it('never throws, and what it takes it takes again', () => {
    const name = fc.constantFrom(...faultKinds.flatMap(kind => Object.keys(fieldsOf(kind))), '__proto__', 'x')
    const value = fc.oneof(
      fc.jsonValue(),
      fc.integer({ min: -1, max: 100 }),
      fc.constantFrom('005930', 'H0STCNT0', 'OPSP0008', 'inside', '/a', true, 0.5, ['text']),
    )
    const near = fc
      .tuple(fc.constantFrom(...faultKinds), fc.dictionary(name, value, { maxKeys: 4 }))
      .map(([kind, values]) => ({ ...values, kind }))
    fc.assert(
      fc.property(fc.oneof(near, fc.anything()), given => {
        const read = readFault(given)
        if ('fault' in read) {
          expect(readFault(read.fault)).toEqual(read)
          expect(typeof describeFault(read.fault)).toBe('string')
        } else expect(read.mistakes.length).toBeGreaterThan(0)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a fault in the log', () => {
  it('has its values, but no texts, no login id and no app key', () => {
    expect(describeFault({ kind: 'mute-symbol', key: '005930', forMs: 5 })).toBe('key 005930, forMs 5')
    expect(describeFault({ kind: 'mute-symbol', key: 'login-id', tr: 'H0STCNI0' })).toBe('key [redacted], tr H0STCNI0')
    expect(describeFault({ kind: 'cut', appKey: 'planted' })).toBe('appKey [redacted]')
    expect(describeFault({ kind: 'cut', appKey: '#2' })).toBe('appKey #2')
    expect(describeFault({ kind: 'rubbish', texts: ['secret', 'text'] })).toBe('2 texts')
  })
})
