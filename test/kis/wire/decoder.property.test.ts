// Whatever bytes arrive, the decoder says something about them, and never throws.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import { layouts } from '../../../kis/wire/layouts.ts'
import { decode, linesOf, manifest, receivedTime } from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'

const files = [...new Set(manifest().map(({ file }) => file))]
const captured = files.flatMap(file => linesOf(file))

const anyBytes = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes))

/** Text of wire characters behind some kind of header. */
const header = fc
  .tuple(
    fc.constantFrom('0|', '1|', '0', '2|', ''),
    fc.oneof(fc.constantFrom(...Object.keys(layouts)), fc.constantFrom('', 'H0', 'XXXXXXXX', 'h0stcnt0')),
    fc.constantFrom('|001|', '|1|', '|3|', '|000|', '||', '|999999|', '|'),
  )
  .map(parts => parts.join(''))
const wireText = fc.string({ unit: fc.constantFrom(...'^^^^||0159.-+ND한{"}'.split('')), maxLength: 120 })
const almostFrame = fc.tuple(header, wireText).map(([start, rest]) => Buffer.from(start + rest))

/** Records of any transaction with a plausible width, so that most get past the checks. */
const plausible = fc
  .tuple(fc.constantFrom(...Object.values(layouts)), fc.nat({ max: 3 }), fc.integer({ min: -1, max: 2 }))
  .chain(([{ tr, widths }, more, off]) => {
    const width = Math.max(1, Math.max(...Object.keys(widths).map(Number)) + off)
    const values = fc.array(fc.constantFrom('', '0', '1', 'DNASAAPL', '005930', '-1.5', 'nan', '20260914', '미래'), {
      minLength: width * (more + 1),
      maxLength: width * (more + 1),
    })
    return values.map(list => Buffer.from(`0|${tr}|00${more + 1}|${list.join('^')}`))
  })

/** A captured line with bytes flipped, cut away or put in. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), where: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), where: fc.nat(), length: fc.nat({ max: 400 }) }),
  fc.record({ kind: fc.constant('insert' as const), where: fc.nat(), bytes: fc.uint8Array({ maxLength: 8 }) }),
)
const mutated = fc
  .tuple(fc.constantFrom(...captured), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([line, mutations]) => {
    const bytes = [...Buffer.from(line)]
    for (const change of mutations) {
      const where = change.where % (bytes.length + 1)
      if (change.kind === 'cut') bytes.splice(where, change.length)
      else if (change.kind === 'insert') bytes.splice(where, 0, ...change.bytes)
      else if (where < bytes.length) bytes[where] = (bytes[where] ?? 0) ^ change.bits
    }
    return Buffer.from(bytes)
  })

const anyFrame = fc.oneof(anyBytes, almostFrame, plausible, mutated)

/** The number of events that a frame makes, by its bytes alone: one a record, or one `malformed` for all. */
function eventsDue(bytes: Buffer): number {
  const parts = /^0\|([A-Z0-9]{8})\|(\d{1,6})\|([^]*)$/.exec(bytes.toString('latin1'))
  const count = Number(parts?.[2] ?? 0)
  const width = (parts?.[3] ?? '').split('^').length / count
  const narrowest = layouts[parts?.[1] ?? '']?.minWidth ?? 1
  return count > 0 && Number.isInteger(width) && width >= narrowest ? count : 1
}

function everyValueIn(event: DecodedEvent): unknown[] {
  const seen: unknown[] = []
  const visit = (value: unknown) => {
    seen.push(value)
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  visit(event)
  return seen
}

describe('any bytes at all', () => {
  it('make at least one event, and one for each record when they are a frame', () => {
    fc.assert(
      fc.property(anyFrame, bytes => {
        const [first, ...rest] = decode(bytes)
        const events = first?.type === 'schema-drift' ? rest : [first, ...rest]
        expect(first).toBeDefined()
        expect(events).toHaveLength(eventsDue(bytes))
        expect(rest.some(({ type }) => type === 'schema-drift')).toBe(false)
      }),
      tries(3_000),
    )
  })

  it('make no number that is not finite', () => {
    fc.assert(
      fc.property(anyFrame, bytes => {
        const numbers = decode(bytes, { columns: ['CTTR', 'ACML_VOL', 'RATE'] })
          .flatMap(everyValueIn)
          .filter(value => typeof value === 'number')
        expect(numbers.every(Number.isFinite)).toBe(true)
      }),
      tries(1_000),
    )
  })

  it('leave a decoder able to read the next frame', () => {
    const sound = Buffer.from(captured.find(line => line.startsWith('0|H0STCNT0|')) ?? '')
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), frames => {
        const decoder = createDecoder()
        const events: DecodedEvent[] = []
        for (const frame of frames) decoder.decode(frame, receivedTime, () => {})
        decoder.decode(sound, receivedTime, event => void events.push(event))
        expect(events).toEqual(decode(sound))
      }),
      tries(300),
    )
  })

  it('are left as they were', () => {
    fc.assert(
      fc.property(anyFrame, bytes => {
        const before = Buffer.from(bytes)
        decode(bytes)
        expect(bytes.equals(before)).toBe(true)
      }),
      tries(500),
    )
  })
})

describe('what is said of them', () => {
  it('is the same with columns asked for, but for the columns', () => {
    fc.assert(
      fc.property(anyFrame, bytes => {
        const picked = decode(bytes, { columns: ['STCK_PRPR', 'MARKET_CLS_CODE', 'RSYM', 'PASK1'] })
        const bare = picked.map(event => {
          if (event.type !== 'trade' && event.type !== 'order-book') return event
          return Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'columns'))
        })
        expect(bare).toEqual(decode(bytes))
      }),
      tries(500),
    )
  })

  it('has the frame whole in it when nothing could be read', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, mutated), bytes => {
        const [event, ...others] = decode(bytes)
        fc.pre(event?.type === 'malformed' && others.length === 0 && !/^record \d+ of \d+/.test(event.reason))
        fc.pre(bytes[0] !== 0x7b)
        expect([bytes.toString('utf8'), bytes.toString('latin1')]).toContain((event as { raw: string }).raw)
      }),
      tries(500),
    )
  })
})
