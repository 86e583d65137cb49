// The entry point for programs with a connection of their own, as they import it.
import {
  catalogue,
  createDecoder,
  type DecodedEvent,
  englishLabelOf,
  explain,
  isRecordOf,
  layoutOf,
  transactionIds,
} from 'kis-stream/decode'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { linesOf } from '../support/wire/frames.ts'

function decode(text: string, typed: boolean): DecodedEvent[] {
  const events: DecodedEvent[] = []
  createDecoder({ typed }).decode(Buffer.from(text), 1_780_886_907_412, event => events.push(event))
  return events
}

const [captured = ''] = linesOf('H0STCNT0.txt')

describe('kis-stream/decode', () => {
  it('decodes a captured frame to typed events', () => {
    const events = decode(captured, true)
    expect(events).toHaveLength(5)
    expect(events[0]).toMatchObject({ type: 'trade', instrument: 'KRX:005930', price: 314_000, previousClose: 329_000 })
  })

  it("decodes the same frame to KIS's own columns, with their types", () => {
    const [event] = decode(captured, false)
    if (event === undefined || !isRecordOf(event, 'H0STCNT0')) throw new Error(`expected a record, got ${event?.type}`)
    const { columns } = event
    expectTypeOf(columns.STCK_PRPR).toEqualTypeOf<number | null>()
    expectTypeOf(columns.STCK_CNTG_HOUR).toEqualTypeOf<string>()
    // The 47th column, since 2026-09-14: this frame has 46.
    expectTypeOf(columns.MARKET_CLS_CODE).toEqualTypeOf<string | undefined>()
    expect(columns.STCK_PRPR).toBe(314_000)
    expect(columns.STCK_CNTG_HOUR).toBe('114827')
    expect(columns.MARKET_CLS_CODE).toBeUndefined()
  })

  it('does not take one transaction for another', () => {
    const [event] = decode(captured, false)
    expect(event !== undefined && isRecordOf(event, 'H0NXCNT0')).toBe(false)
    const [trade] = decode(captured, true)
    expect(trade !== undefined && isRecordOf(trade, 'H0STCNT0')).toBe(false)
  })

  it('keeps account numbers out of the columns', () => {
    const values = layoutOf('H0STCNI0')?.columns.map(([name]) => (name === 'ACNT_NO' ? '1234567801' : '1')) ?? []
    const [event] = decode(`0|H0STCNI0|001|${values.join('^')}`, false)
    expect(JSON.stringify(event)).not.toContain('1234567801')
  })

  it('names every column of every transaction in Korean and in English', () => {
    for (const id of transactionIds) {
      for (const [name, , korean] of layoutOf(id)?.columns ?? []) {
        expect([id, name, korean]).toEqual([id, name, expect.stringMatching(/\S/)])
        expect([id, name, englishLabelOf(name)]).toEqual([id, name, expect.stringMatching(/^[\x20-\x7E]+$/)])
      }
    }
    expect(englishLabelOf('ASKP3')).toBe('ask price 3')
    expect(englishLabelOf('CNTG_UNPR12')).toBe('execution price, 12 digits')
    expect(englishLabelOf('toString')).toBeUndefined()
  })

  it('explains answer codes in both languages', () => {
    expect(explain('OPSP8996', 'ALREADY IN USE appkey')).toMatchObject({ reaction: 'occupied' })
    for (const { meaning, remedy } of catalogue)
      expect([meaning.en, meaning.ko, remedy.en, remedy.ko]).not.toContain('')
  })
})
