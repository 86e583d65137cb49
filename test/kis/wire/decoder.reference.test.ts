// The decoder against a plain one: split, look up, Number(). Same frames, same events, bit for bit.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../kis/wire/layout.ts'
import { decode, frame, type Frames, linesOf, receivedTime } from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'
import { referenceDecode, textOf, typedTransactions } from '../../support/wire/reference-decoder.ts'

const captured = ['H0STCNT0', 'H0STASP0', 'HDFSCNT0', 'HDFSASP0'].flatMap(tr => linesOf(`${tr}.txt`))

/** What the decoder says of a frame's content, and what the plain one says. */
function both(bytes: Uint8Array) {
  return { events: saidOf(bytes), expected: referenceDecode(bytes, receivedTime) }
}

/** Of a record that is malformed, which one it is: in what words, other tests say. */
function saidOf(frames: Frames) {
  return decode(frames)
    .filter(({ type }) => type !== 'schema-drift')
    .map(event => {
      const [place] = event.type === 'malformed' ? (/^record \d+ of \d+/.exec(event.reason) ?? []) : []
      return place === undefined ? event : { ...event, reason: place }
    })
}

describe('a captured frame', () => {
  it.each(captured.map((line, i) => [i + 1, line] as const))(
    'number %d means what the plain decoder says',
    (_, line) => {
      const { events, expected } = both(Buffer.from(line))
      expect(expected).toBeDefined()
      expect(events).toStrictEqual(expected)
    },
  )
})

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 1, maxLength: 20 })
const sign = fc.constantFrom('', '', '', '-', '+')
const number = fc.oneof(
  fc.nat().map(String),
  fc.bigInt({ min: 0n, max: 99_999_999_999_999n }).map(String),
  fc.tuple(sign, digits).map(parts => parts.join('')),
  fc.tuple(sign, digits, digits).map(([minus, whole, fraction]) => `${minus}${whole}.${fraction}`),
  fc
    .tuple(sign, fc.nat({ max: 2_000_000 }), fc.nat({ max: 9999 }))
    .map(([minus, won, part]) => `${minus}${won}.${part}`),
)
const value = fc.oneof(
  { weight: 8, arbitrary: number },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', '0', '1', '5', '3', '20260914', '153000', '090001', '(null)', 'nan', '-nan'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('-', '+', '.', '1e5', ' 1', '1 ', '1.2.3', '미래에셋증권', 'N', '|', '0x1F'),
  },
)
const symbol = fc.constantFrom(
  '005930',
  '0074K0',
  'Q500001',
  'DNASAAPL',
  'RBAQNVDA',
  'DNYSBRK/B',
  'DHKS00003',
  '',
  'krx',
  'DNAS',
)

/** Some records of one typed transaction, all of one width: a known one, or up to four columns more. */
const frames = fc.constantFrom(...typedTransactions).chain(tr => {
  const widths = Object.keys(layoutOf(tr)?.widths ?? {}).map(Number)
  const width = fc
    .tuple(fc.constantFrom(...widths), fc.constantFrom(0, 0, 0, 1, 4))
    .map(([known, more]) => known + more)
  const records = width.chain(values => {
    const record = fc.tuple(symbol, fc.array(value, { minLength: values - 1, maxLength: values - 1 }))
    return fc.array(record, { minLength: 1, maxLength: 4 })
  })
  return records.map(list => frame(tr, ...list.map(([name, rest]) => [name, ...rest])))
})

describe('a generated frame', () => {
  it('means what the plain decoder says, whatever numbers it holds', () => {
    fc.assert(
      fc.property(frames, text => {
        const { events, expected } = both(Buffer.from(text))
        expect(events).toStrictEqual(expected)
      }),
      tries(400),
    )
  })

  it('means the same behind frames of other widths', () => {
    fc.assert(
      fc.property(fc.array(frames, { minLength: 2, maxLength: 6 }), texts => {
        expect(saidOf(texts)).toStrictEqual(
          texts.flatMap(text => referenceDecode(Buffer.from(text), receivedTime) ?? []),
        )
      }),
      tries(60),
    )
  })
})

/**
 * A captured frame with a few bytes changed, removed or inserted: mostly bytes with a meaning on the wire.
 */
const byte = fc.oneof(fc.constantFrom(...Buffer.from('^^^||0159.-+ND')), fc.nat({ max: 255 }))
const edit = fc.record({ where: fc.nat(), deletes: fc.nat({ max: 3 }), inserts: fc.array(byte, { maxLength: 3 }) })
const mutated = fc
  .tuple(fc.constantFrom(...captured), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([line, edits]) => {
    const bytes = [...Buffer.from(line)]
    for (const { where, deletes, inserts } of edits) bytes.splice(where % (bytes.length + 1), deletes, ...inserts)
    return Buffer.from(bytes)
  })

describe('a captured frame with some bytes changed', () => {
  it('means what the plain decoder says, or is reported whole', () => {
    fc.assert(
      fc.property(mutated, bytes => {
        const { events, expected } = both(bytes)
        if (expected !== undefined) expect(events).toStrictEqual(expected)
        else if (!isForeign(bytes)) {
          expect(events).toEqual([
            expect.objectContaining({ type: 'malformed', raw: textOf(bytes.toString('latin1')) }),
          ])
        }
      }),
      tries(1_500),
    )
  })

  it('means what the plain decoder says, or is reported whole, wherever it is cut off', () => {
    const line = Buffer.from(captured[0] ?? '')
    for (let length = 0; length < line.length; length++) {
      const bytes = line.subarray(0, length)
      const { events, expected } = both(bytes)
      if (expected === undefined)
        expect(events).toEqual([expect.objectContaining({ type: 'malformed', raw: bytes.toString() })])
      else expect(events).toStrictEqual(expected)
    }
  })
})

/** The transaction id was hit, so the plain decoder has no table for it. */
function isForeign(bytes: Buffer): boolean {
  const tr = bytes.subarray(2, 10).toString('latin1')
  return !typedTransactions.some(typed => typed === tr)
}
