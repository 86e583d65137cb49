import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRowRing, rowReader, rowWriter } from '../../recording/row-ring.ts'
import { eachRow, wordBytes } from '../../recording/rows.ts'
import { tries } from '../support/property.ts'

const lastKind = 200

describe('a ring of rows', () => {
  it('gives back what was put in, in order, wherever its end lies and however much is taken at once', () => {
    const rows = fc.array(
      fc.record({
        kind: fc.integer({ min: 1, max: lastKind - 1 }),
        after: fc.nat(2 ** 24 - 1),
        time: fc.double({ noNaN: true }),
        payload: fc.uint8Array({ maxLength: 120 }),
      }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 40 }), (given, most) => {
        const ring = createRowRing(512)
        const [writer, reader] = [rowWriter(ring), rowReader(ring)]
        const taken: unknown[] = []
        const drain = () => {
          for (let words = reader.available(most, lastKind); words > 0; words = reader.available(most, lastKind)) {
            const bytes = new Uint8Array(words * wordBytes)
            reader.take(words, bytes)
            eachRow(bytes, ({ kind, after, receivedTime, payload }) => {
              taken.push({ kind, after, time: receivedTime, payload: new Uint8Array(payload) })
            })
          }
        }
        for (const { kind, after, time, payload } of given) {
          if (writer.write(kind, after, time, payload)) continue
          drain()
          expect(writer.write(kind, after, time, payload)).toBe(true)
        }
        drain()
        expect(taken).toEqual(given)
      }),
      tries(300),
    )
  })

  it('leaves no trace of an earlier row behind a shorter one', () => {
    const ring = createRowRing(512)
    const [writer, reader] = [rowWriter(ring), rowReader(ring)]
    const words = new Uint8Array(512)
    for (let i = 0; i < 20; i++) {
      writer.write(1, 0, 0, new Uint8Array(37).fill(255))
      reader.take(reader.available(64, lastKind), words)
    }
    writer.write(1, 0, 0, new Uint8Array(33).fill(255))
    const count = reader.available(64, lastKind)
    reader.take(count, words)
    expect([...words.subarray(16 + 33, count * wordBytes)]).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  it('stops in front of a row of the kind that is asked for', () => {
    const ring = createRowRing(512)
    const [writer, reader] = [rowWriter(ring), rowReader(ring)]
    for (const kind of [1, 2, lastKind, 3]) writer.write(kind, 0, 7, new Uint8Array(0))
    expect(reader.available(100, lastKind)).toBe(4)
    reader.take(4, undefined)
    expect(reader.available(100, lastKind)).toBe(0)
    expect(reader.peek()).toEqual({ kind: lastKind, words: 2, receivedTime: 7 })
  })
})
