// Every frame that was ever captured comes out whole.
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import {
  decode,
  linesOf,
  lineOf,
  manifest,
  receivedTime,
  recordsOf,
  transactionOf,
  typesOf,
} from '../../support/wire/frames.ts'

const rows = manifest()
const wholeFrames = rows.filter(
  ({ file }) => !/\.(bodies|damaged|decrypted)\.txt$/.test(file) && file !== 'control.txt',
)
/** Of the bodies that hold more than one record. */
const widthOf: Readonly<Record<string, number>> = { H0STCNT0: 46 }
const bodies = rows.filter(({ file }) => file.endsWith('.bodies.txt'))

const typeOf: Readonly<Record<string, string>> = {
  H0STCNT0: 'trade',
  HDFSCNT0: 'trade',
  H0STASP0: 'order-book',
  HDFSASP0: 'order-book',
}

describe('the manifest of captured frames', () => {
  it('names every line of every file', () => {
    const counted = new Map<string, number>()
    for (const { file } of rows) counted.set(file, (counted.get(file) ?? 0) + 1)
    const files = readdirSync(new URL('../../fixtures/frames', import.meta.url)).filter(name => name.endsWith('.txt'))
    expect(counted).toEqual(new Map(files.map(file => [file, linesOf(file).length])))
  })
})

describe('decoding a captured frame', () => {
  it.each(wholeFrames)(
    '$file $line gives all of its $headerCount records and nothing else',
    ({ file, line, headerCount }) => {
      const tr = transactionOf(file)
      const events = decode(lineOf(file, line))
      expect(typesOf(events)).toEqual(Array.from({ length: Number(headerCount) }, () => typeOf[tr] ?? 'record'))
      for (const event of events) expect(event.receivedTime).toBe(receivedTime)
    },
  )

  it.each(bodies)('$file $line is read once an envelope is put around it', ({ file, line, fields }) => {
    const tr = transactionOf(file)
    const count = fields / (widthOf[tr] ?? fields)
    const events = decode(`0|${tr}|00${count}|${lineOf(file, line)}`)
    expect(typesOf(events)).toEqual(Array.from({ length: count }, () => typeOf[tr] ?? 'record'))
  })

  it('does not depend on what was decoded before', () => {
    const decoder = createDecoder()
    const together: DecodedEvent[] = []
    const apart: DecodedEvent[] = []
    for (const { file, line } of [...wholeFrames, ...wholeFrames.toReversed()]) {
      decoder.decode(Buffer.from(lineOf(file, line)), receivedTime, event => void together.push(event))
      apart.push(...decode(lineOf(file, line)))
    }
    expect(together).toEqual(apart)
  })

  it('does not depend on what stands around it in memory', () => {
    for (const { file, line } of wholeFrames) {
      const text = Buffer.from(lineOf(file, line))
      const crowded = Buffer.concat([Buffer.from('^^^^5|^'), text, Buffer.from('^^77^^^^')])
      const inside = crowded.subarray(7, 7 + text.length)
      expect(decode(inside)).toEqual(decode(text))
    }
  })

  it('reads bytes that are no Buffer, as they come out of a worker', () => {
    for (const { file, line } of wholeFrames) {
      const text = Buffer.from(lineOf(file, line))
      expect(decode(new Uint8Array(text))).toEqual(decode(text))
    }
  })

  it('neither keeps nor changes the bytes it was given', () => {
    const line = lineOf('H0STMBC0.txt', 1)
    const bytes = Buffer.from(line)
    const events = decode(bytes)
    expect(bytes.toString()).toBe(line)
    bytes.fill(0)
    expect(events).toEqual(decode(line))
  })
})

describe('the trades of 2026-06-08 11:48:27 to 11:48:29', () => {
  it('add up: each cumulative volume is the one before plus the trade', () => {
    const trades = decode(linesOf('H0STCNT0.txt').slice(0, 9)).flatMap(event => (event.type === 'trade' ? [event] : []))
    expect(trades).toHaveLength(32)
    for (const [i, { cumulativeVolume, volume }] of trades.entries()) {
      const before = trades[i - 1]?.cumulativeVolume ?? 21357216 - 489
      expect(cumulativeVolume).toBe(before! + volume!)
    }
  })

  it('come out in the order of the wire', () => {
    const events = decode(lineOf('H0STCNT0.txt', 1))
    const wire = recordsOf(lineOf('H0STCNT0.txt', 1)).map(values => Number(values[13]))
    expect(events.map(event => (event.type === 'trade' ? event.cumulativeVolume : undefined))).toEqual(wire)
  })
})

describe('frames whose real values have a damaged envelope', () => {
  it('are reported whole when they were cut off in the middle', () => {
    const line = lineOf('H0STCNT0.damaged.txt', 1)
    expect(decode(line)).toEqual([
      {
        type: 'malformed',
        reason: '70 values do not divide into the 4 records the frame announces',
        raw: line,
        receivedTime,
      },
    ])
  })

  it('are reported whole when they have no header', () => {
    const line = lineOf('H0STCNT0.damaged.txt', 2)
    expect(decode(line)).toEqual([
      { type: 'malformed', reason: 'no envelope: expected a frame to start with 0| or 1|', raw: line, receivedTime },
    ])
  })

  it('are read when only the padding of the count is missing', () => {
    expect(decode(lineOf('H0STCNT0.damaged.txt', 3))).toMatchObject([
      { type: 'trade', instrument: 'KRX:000660', price: 840000, volume: 1, cumulativeVolume: 5331286, side: 'buy' },
    ])
  })
})

describe('a decoder whose listener decodes another frame', () => {
  it('goes on with its own frame', () => {
    const outer = linesOf('H0STCNT0.txt')[0] as string
    const inner = linesOf('H0STASP0.txt')[0] as string
    const decoder = createDecoder()
    const other = createDecoder()
    const emitted: DecodedEvent[] = []
    decoder.decode(Buffer.from(outer), receivedTime, event => {
      emitted.push(event)
      other.decode(Buffer.from(inner), receivedTime, () => {})
    })
    expect(emitted).toHaveLength(5)
    expect(emitted).toEqual(decode(outer))
  })
})
