// Account notices become records. The account's identity never leaves the decoder: not in a record, not in
// the reason of a `malformed`.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layouts } from '../../../kis/wire/layouts.ts'
import { createNoticeOpener } from '../../../kis/wire/notices.ts'
import type { DecodedEvent } from '../../../kis/wire/decoder.ts'
import { decode, frame, lineOf, only, receivedTime, typesOf } from '../../support/wire/frames.ts'
import { encryptedFrame, testNoticeKey } from '../../support/wire/notices.ts'
import { tries } from '../../support/property.ts'

const values = lineOf('H0STCNI0.decrypted.txt', 1).split('^')
const accountNumber = '1234567801'
const holder = '김한투'
const htsId = 'HTS ID'

/** 26 values, the width of today: the vendor's example has the 23 of before the exchange fields. */
const today = [...values.slice(0, 18), '000000000', '1', 'Y', '', '10', '', '하림', '000003190']

/** What the decoder says to a notice that was encrypted, sent and opened. */
function opened(tr: string, plaintext: string, count = '001'): DecodedEvent[] {
  const opener = createNoticeOpener()
  opener.learn(tr, testNoticeKey)
  const bytes = opener.open(Buffer.from(encryptedFrame(tr, plaintext, { count })))
  if (bytes === 'unknown-key') throw new Error('the opener forgot its key')
  return decode(bytes)
}

function expectNoIdentity(events: readonly DecodedEvent[]): void {
  const shown = JSON.stringify(events)
  for (const identity of [accountNumber, holder, htsId]) expect(shown).not.toContain(identity)
}

describe('an account notice', () => {
  it.each(['H0STCNI0', 'H0STCNI9'])('%s of 26 values says what happened, but not to whom', tr => {
    const events = opened(tr, today.join('^'))
    expect(events).toEqual([
      {
        type: 'record',
        tr,
        columns: {
          CUST_ID: '[redacted]',
          ACNT_NO: '[redacted]',
          ODER_NO: '0000002891',
          OODER_NO: '',
          SELN_BYOV_CLS: '02',
          RCTF_CLS: '0',
          ODER_KIND: '01',
          ODER_COND: '0',
          STCK_SHRN_ISCD: '136480',
          CNTG_QTY: 1,
          CNTG_UNPR: 0,
          STCK_CNTG_HOUR: '094941',
          RFUS_YN: '0',
          CNTG_YN: '1',
          ACPT_YN: '1',
          BRNC_NO: '06010',
          ODER_QTY: 1,
          ACNT_NAME: '[redacted]',
          ORD_COND_PRC: 0,
          ORD_EXG_GB: '1',
          POPUP_YN: 'Y',
          FILLER: '',
          CRDT_CLS: '10',
          CRDT_LOAN_DATE: '',
          CNTG_ISNM40: '하림',
          ODER_PRC: 3190,
        },
        extra: [],
        receivedTime,
      },
    ])
    expectNoIdentity(events)
  })

  it('of 23 values, the vendor’s example, hides the same three', () => {
    const events = opened('H0STCNI0', values.join('^'))
    expect(only('record', events).columns).toMatchObject({
      CUST_ID: '[redacted]',
      ACNT_NO: '[redacted]',
      ACNT_NAME: '[redacted]',
      STCK_SHRN_ISCD: '136480',
    })
    expectNoIdentity(events)
  })

  it('of 23 values is read by the columns it had then', () => {
    const { columns } = only('record', opened('H0STCNI0', values.join('^')))
    expect(columns).toMatchObject({ CNTG_ISNM40: '하림', CRDT_CLS: '10' })
  })

  it('leaves an empty identity empty', () => {
    const anonymous = ['', '', ...today.slice(2)]
    expect(only('record', opened('H0STCNI0', anonymous.join('^'))).columns).toMatchObject({ CUST_ID: '', ACNT_NO: '' })
  })

  it('hides the values of unknown columns, which may hold anything', () => {
    const events = opened('H0STCNI0', [...today, accountNumber, '', holder].join('^'))
    expect(typesOf(events)).toEqual(['schema-drift', 'record'])
    expect(events[1]).toMatchObject({ extra: ['[redacted]', '', '[redacted]'] })
    expectNoIdentity(events)
  })

  it('may come several to a frame', () => {
    const events = opened('H0STCNI0', [...today, ...today].join('^'), '002')
    expect(typesOf(events)).toEqual(['record', 'record'])
    expectNoIdentity(events)
  })
})

describe('every account notice there is', () => {
  const notices = Object.values(layouts).filter(({ kind }) => kind === 'notice')

  it.each(notices.map(({ tr }) => tr))('%s hides who it is about', tr => {
    const record = layouts[tr]!.columns.map(([name], index) => (isIdentity(name) ? `private-${name}` : `${index}`))
    const events = opened(tr, record.join('^'))
    expect(record.join('^')).toContain('private-')
    expect(typesOf(events)).toEqual(['record'])
    expect(JSON.stringify(events)).not.toContain('private-')
  })
})

/** By KIS's abbreviations, not by the layouts' marks: customer, user and account, by number, id or name. */
function isIdentity(column: string): boolean {
  return /^(CUST|USER|ACNT|ACCT)_|EMPL$/.test(column)
}

describe('a notice that is damaged once it is open', () => {
  it.each([
    ['does not divide', today.join('^'), '002'],
    ['is cut off', today.slice(0, 20).join('^'), '001'],
    ['is cut off behind the account number', today.slice(0, 2).join('^'), '001'],
    ['announces more records than it has', today.join('^'), '026'],
    ['announces no record', today.join('^'), '000'],
    ['has no count', today.join('^'), ''],
    ['has a count that is no number', today.join('^'), 'abc'],
    ['has an endless count', today.join('^'), '0000001'],
  ])('is reported without its content when it %s', (_, plaintext, count) => {
    const events = opened('H0STCNI0', plaintext, count)
    expect(only('malformed', events).reason).not.toBe('')
    expectNoIdentity(events)
  })

  it('says how long it was, which is all that can be shown', () => {
    const text = today.slice(0, 20).join('^')
    const events = opened('H0STCNI0', text)
    const bytes = '0|H0STCNI0|001|'.length + Buffer.byteLength(text)
    expect(only('malformed', events).raw).toBe(`H0STCNI0: a notice of ${bytes} bytes, [redacted]`)
  })

  it('hides whom it is about, wherever it is cut off and whatever its count', () => {
    const count = fc.string({ unit: fc.constantFrom(...'0012 x|'.split('')), maxLength: 8 })
    fc.assert(
      fc.property(count, fc.nat({ max: today.join('^').length }), (digits, length) => {
        const events = opened('H0STCNI0', today.join('^').slice(0, length), digits)
        expect(events.length).toBeGreaterThan(0)
        expectNoIdentity(events)
      }),
      tries(500),
    )
  })

  it('hides it too when the bar behind its transaction is missing', () => {
    expectNoIdentity(decode(`0|H0STCNI0001|${today.join('^')}`))
  })

  it('hides it too when it comes in clear', () => {
    expectNoIdentity(decode(frame('H0STCNI0', today.slice(0, 20))))
    expectNoIdentity(decode(frame('H0STCNI0', today)))
  })
})

describe('an encrypted frame whose key is unknown', () => {
  it('is reported as it came: it is not readable', () => {
    const text = encryptedFrame('H0STCNI0', today.join('^'))
    expect(decode(text)).toEqual([
      {
        type: 'malformed',
        reason: 'encrypted, and no key: the key comes with the acknowledgement of its subscription',
        raw: text,
        receivedTime,
      },
    ])
  })

  it('does not disturb what follows', () => {
    const events = decode([encryptedFrame('H0STCNI0', today.join('^')), lineOf('H0STCNT0.txt', 17)])
    expect(typesOf(events)).toEqual(['malformed', 'trade'])
  })
})
