import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCaptureLine } from '../../../recording/read/capture-line.ts'
import { kst, lineOf } from '../../support/wire/frames.ts'

const frame = lineOf('H0STCNT0.txt', 1)
const answer = '{"header":{"tr_id":"PINGPONG","datetime":"20230502221924"}}'
const headless = '{"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS"}}'
const at = kst('2026-06-08T11:48:27.123')
const read = (line: string) => {
  const { frame: bytes, time } = readCaptureLine(Buffer.from(line))
  return { frame: Buffer.from(bytes).toString(), time }
}

describe('a line of a capture', () => {
  it.each([
    ['nothing', '', undefined],
    ['an instant with its offset', '2026-06-08T11:48:27.123+09:00 ', { at }],
    ['an instant in UTC', '2026-06-08T02:48:27.123Z\t', { at }],
    ['an offset without a colon', '2026-06-08T02:48:27.123+0000,', { at }],
    ['Korean time, as loggers write it', '2026-06-08 11:48:27,123 ', { at }],
    ['Korean time in brackets', '[2026-06-08 11:48:27.123] ', { at }],
    ['a date without hyphens', '20260608 11:48:27.123 | ', { at }],
    ['more digits than milliseconds', '2026-06-08 11:48:27.123456789: ', { at }],
    ['seconds since 1970', `${at / 1_000} `, { at }],
    ['whole seconds since 1970', `${(at - 123) / 1_000}\t`, { at: at - 123 }],
    ['milliseconds', `${at} `, { at }],
    ['microseconds', `${at}456,`, { at }],
    ['nanoseconds', `"${at}456789",`, { at }],
    ['a time of day', '11:48:27.123 ', { timeOfDay: ((11 * 60 + 48) * 60 + 27) * 1_000 + 123 }],
    ['a time of day without colons', '114827 ', { timeOfDay: ((11 * 60 + 48) * 60 + 27) * 1_000 }],
  ])('may have %s in front', (_what, before, time) => {
    expect(read(before + frame)).toEqual({ frame, time })
    expect(read(before + answer)).toEqual({ frame: answer, time })
    expect(read(before + headless)).toEqual({ frame: headless, time })
  })

  it.each(['', '11:48:27.123 '])('may have a byte order mark in front of %j', before => {
    expect(read(`\uFEFF${before}${frame}`)).toEqual(read(before + frame))
  })

  it.each([
    ['words', `received ${frame}`],
    ['words and a time', `INFO 2026-06-08 11:48:27 ws ${frame}`],
    ['half a date', `2026-06 ${frame}`],
    ['an hour that is none', `31:48:27 ${frame}`],
    ['a month that is none', `2026-13-08 11:48:27 ${frame}`],
    ['no frame at all', '2026-06-08 11:48:27 reconnecting'],
    ['a frame far behind', `${' '.repeat(200)}${frame}`],
  ])('that has %s is taken as it is', (_what, line) => {
    expect(read(line)).toEqual({ frame: line, time: undefined })
  })

  it('is never made longer, reordered, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), bytes => {
        const { frame: rest } = readCaptureLine(bytes)
        expect(
          Buffer.from(bytes)
            .subarray(bytes.length - rest.length)
            .equals(rest),
        ).toBe(true)
      }),
    )
  })
})
