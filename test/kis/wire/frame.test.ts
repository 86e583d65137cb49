// The envelope of a data frame, from untrusted bytes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameText, isControl, readEnvelope } from '../../../kis/wire/frame.ts'
import { linesOf } from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'

const envelopeOf = (text: string) => readEnvelope(Buffer.from(text))

describe('the envelope of a frame', () => {
  it('says whether it is encrypted, how many records it carries and where they start', () => {
    expect(envelopeOf('0|H0STCNT0|005|005930^114827')).toEqual({ encrypted: false, count: 5, payload: 15 })
    expect(envelopeOf('1|H0STCNI0|001|AbC=')).toEqual({ encrypted: true, count: 1, payload: 15 })
  })

  it('may write its count with one to six digits', () => {
    expect(envelopeOf('0|H0STCNT0|1|x')).toEqual({ encrypted: false, count: 1, payload: 13 })
    expect(envelopeOf('0|H0STCNT0|000020|x')).toEqual({ encrypted: false, count: 20, payload: 18 })
    expect(envelopeOf('0|H0STCNT0|999999|')).toEqual({ encrypted: false, count: 999_999, payload: 18 })
    expect(envelopeOf('0|H0STCNT0|0999999|')).toBeTypeOf('string')
  })

  it('is found in every captured frame', () => {
    for (const line of linesOf('H0STCNT0.txt'))
      expect(envelopeOf(line)).toMatchObject({ encrypted: false, payload: 15 })
  })

  it('is found, or a sentence says what is wrong, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'01|H0STCNT0^9'.split('')), maxLength: 40 }).map(text => Buffer.from(text)),
    )
    fc.assert(
      fc.property(bytes, frame => {
        const envelope = readEnvelope(frame)
        const parts = /^([01])\|[A-Z0-9]{8}\|(\d{1,6})\|/.exec(Buffer.from(frame).toString('latin1'))
        if (parts === null || Number(parts[2]) === 0) expect(envelope).toMatch(/: expected /)
        else {
          expect(envelope).toEqual({ encrypted: parts[1] === '1', count: Number(parts[2]), payload: parts[0].length })
        }
      }),
      tries(3_000),
    )
  })
})

describe('telling control messages from data', () => {
  it('takes one look at the first byte', () => {
    expect(linesOf('control.txt').every(line => isControl(Buffer.from(line)))).toBe(true)
    expect(linesOf('H0STCNT0.txt').some(line => isControl(Buffer.from(line)))).toBe(false)
    expect(isControl(Buffer.alloc(0))).toBe(false)
    expect(isControl(Buffer.from(' {'))).toBe(false)
  })
})

describe('the text of a frame, for people', () => {
  it('is UTF-8 where it can be', () => {
    expect(frameText(Buffer.from('미래에셋증권^5'))).toBe('미래에셋증권^5')
    expect(frameText(new Uint8Array(Buffer.from('미래')))).toBe('미래')
    expect(frameText(Buffer.alloc(0))).toBe('')
  })

  it('is that of the bytes in view, not of the memory around them', () => {
    expect(frameText(Buffer.from('xx가나yy').subarray(2, 8))).toBe('가나')
    expect(frameText(new Uint8Array(Buffer.from('xx가나yy')).subarray(2, 8))).toBe('가나')
  })

  it('loses no byte, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), bytes => {
        const text = frameText(bytes)
        const asUtf8 = Buffer.from(text, 'utf8')
        expect(asUtf8.equals(bytes) || Buffer.from(text, 'latin1').equals(bytes)).toBe(true)
      }),
      tries(1_000),
    )
  })
})
