// What is in some rows is the same whether their frames were seen before or not.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Contents, contentsReader, emptyContents } from '../../../recording/format/contents.ts'
import { beginRow, encodeRow, koreanFrame, noteRow, usFrame } from '../../../recording/format/rows.ts'
import { linesOf } from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'
import { frameOf, nine } from '../support.ts'

function mostly(usual: string, ...others: string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
}

/** Frames that are the usual one, and such as differ from it in a single place. */
const texts = fc.oneof(
  fc
    .tuple(
      mostly('0|', '1|', '2|', '0^'),
      mostly('H0STCNT0', 'H0STASP0', 'HDFSCNT0', 'h0stcnt0', 'H0STCN^0'),
      mostly('|001|', '|002|', '|01|', '|1|', '|101|', '|000|'),
      fc.constantFrom('005930', '005931', '000660', '00^930', '00593', '0059301', 'DNASAAPL', ''),
      mostly('^114827^314000', '^', '', '^114827^314000^005930^114828^314500'),
    )
    .map(parts => parts.join('')),
  fc.constantFrom(...[1, 2, 3].map(line => frameOf('005930', 'H0STCNT0.txt', line).toString())),
  fc.string({ maxLength: 40 }),
)
const rows = fc.array(fc.tuple(fc.constantFrom(koreanFrame, usFrame, noteRow), texts), { minLength: 1, maxLength: 30 })

function shown({ names, ...counts }: Contents): unknown {
  return { ...counts, names: Object.fromEntries(names) }
}

it('contents are the same read cold and read again', () => {
  const warm = contentsReader()
  fc.assert(
    fc.property(rows, given => {
      const bytes = Buffer.concat(given.map(([kind, text], i) => encodeRow(kind, nine + i, Buffer.from(text))))
      const aligned = new Uint8Array(bytes)
      // Cold: a reader for each row alone has never seen anything.
      const cold = emptyContents()
      let at = 0
      for (const [kind, text] of given) {
        const { length } = encodeRow(kind, 0, Buffer.from(text))
        contentsReader().add(cold, aligned.subarray(at, (at += length)))
      }
      for (let time = 0; time < 2; time++) {
        const contents = emptyContents()
        expect(warm.add(contents, aligned)).toBe(aligned.length)
        expect(shown(contents)).toEqual(shown(cold))
      }
    }),
    tries(300),
  )
})

it('contents end in front of a row of the kind that is asked for, and of one that is not whole', () => {
  const frame = encodeRow(koreanFrame, nine, frameOf('005930'))
  const begin = encodeRow(beginRow, nine, Buffer.from('{}'))
  const all = new Uint8Array(Buffer.concat([frame, frame, begin, frame]))
  const contents = emptyContents()
  expect(contentsReader().add(contents, all, beginRow)).toBe(2 * frame.length)
  expect(contents.rows).toBe(2)
  expect(contentsReader().add(emptyContents(), all.subarray(0, 2 * frame.length - 8))).toBe(frame.length)
  expect(contentsReader().add(emptyContents(), all.subarray(0, 8))).toBe(0)
})

describe('a damaged frame', () => {
  const contentsOf = (...texts: string[]) => {
    const contents = emptyContents()
    const rows = Buffer.concat(texts.map((text, i) => encodeRow(koreanFrame, nine + i, Buffer.from(text))))
    contentsReader().add(contents, new Uint8Array(rows))
    return { records: contents.records, names: Object.fromEntries(contents.names) }
  }
  const good = frameOf('005930').toString()
  const payload = good.slice(good.lastIndexOf('|') + 1)
  const sound = contentsOf(good)

  it.each([
    ['announces more records than it has', `0|H0STCNT0|999999|${payload}`],
    ['announces as many as make them too narrow', `0|H0STCNT0|046|${payload.split('^').slice(0, 46).join('^')}`],
    ['is encrypted and announces more than fit into it', '1|H0STCNI0|999999|QUJDRA=='],
  ])('that %s has no records', (_what, text) => {
    expect(contentsOf(good, text)).toEqual(sound)
  })

  it.each([
    ['a transaction that does not exist', `0|H0XXXXX0|001|${payload}`],
    ['a symbol that its venue has not', `0|H0STCNT0|001|5${payload.slice(6)}`],
    ['no symbol', `0|H0STCNT0|001|${payload.slice(6)}`],
  ])('that names %s adds no name', (_what, text) => {
    expect(contentsOf(good, text).names).toEqual(sound.names)
  })

  it('is none where a transaction names no instrument: it is listed by its id', () => {
    const index = linesOf('H0UPCNT0.txt')[0] as string
    expect(contentsOf(good, index).records).toBe(sound.records + 1)
    expect(Object.keys(contentsOf(good, index).names)).toHaveLength(2)
  })
})
