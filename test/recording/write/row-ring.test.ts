import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RowWriter, rowReader, rowWriter } from '../../../recording/write/row-ring.ts'
import { createRing } from '../../../system/ring.ts'
import { eachRow, wordBytes, wordsOf } from '../../../recording/format/rows.ts'
import { tries } from '../../support/property.ts'

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
        const ring = createRing(512)
        const [writer, reader] = [rowWriter(ring), rowReader(ring)]
        const taken: unknown[] = []
        const drain = () => {
          writer.publish()
          for (let next = reader.peek(); next !== undefined; next = reader.peek()) {
            const bytes = new Uint8Array(Math.max(most, next.words) * wordBytes)
            const whole = wholeRows(bytes.subarray(0, reader.copy(bytes) * wordBytes))
            eachRow(whole, ({ kind, after, receivedTime, payload }) => {
              taken.push({ kind, after, time: receivedTime, payload: new Uint8Array(payload) })
            })
            reader.release(whole.length / wordBytes)
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

  it('leaves no trace of an earlier row behind a shorter one, wherever in the ring it lies', () => {
    const ring = createRing(512)
    const [writer, reader] = [rowWriter(ring), rowReader(ring)]
    const bytes = new Uint8Array(512)
    for (let i = 0; i < 64; i++) {
      writer.write(1, 0, 0, new Uint8Array(37).fill(255))
      writer.publish()
      reader.release(reader.copy(bytes))
      writer.write(1, 0, 0, new Uint8Array(33).fill(255))
      writer.publish()
      const count = reader.copy(bytes)
      reader.release(count)
      expect([...bytes.subarray(16 + 33, count * wordBytes)]).toEqual([0, 0, 0, 0, 0, 0, 0])
    }
  })

  it('carries what is longer than usual, and every bit of it, even those that are no number as a double', () => {
    const ring = createRing(65_536)
    const [writer, reader] = [rowWriter(ring), rowReader(ring)]
    for (const length of [4_095, 4_096, 4_097, 20_000]) {
      const payload = Uint8Array.from({ length }, (_, i) => (i % 8 < 2 ? 255 - (i % 7) : 255))
      const bytes = new Uint8Array(65_536)
      expect(writer.write(1, 0, 7, payload)).toBe(true)
      writer.publish()
      const count = reader.copy(bytes)
      reader.release(count)
      expect(Buffer.from(bytes.subarray(16, 16 + length)).equals(payload)).toBe(true)
    }
  })

  it.each([
    ['when it is published', (writer: RowWriter) => writer.publish()],
    ['when there is no room for the next one', (writer: RowWriter) => writer.write(2, 0, 7, new Uint8Array(512))],
    ['when the ring is closed', (writer: RowWriter) => writer.close()],
  ])('shows a row %s', (_, then) => {
    const ring = createRing(512)
    const [writer, reader] = [rowWriter(ring), rowReader(ring)]
    writer.write(1, 0, 7, new Uint8Array(0))
    expect(reader.peek()).toBeUndefined()
    then(writer)
    expect(reader.peek()).toEqual({ kind: 1, words: 2, receivedTime: 7 })
  })

  it('shows the kind of the next row, and gives back only what is released', () => {
    const ring = createRing(512)
    const [writer, reader] = [rowWriter(ring), rowReader(ring)]
    for (const kind of [1, 2, lastKind, 3]) writer.write(kind, 0, 7, new Uint8Array(0))
    writer.publish()
    expect(reader.copy(new Uint8Array(512))).toBe(8)
    reader.release(4)
    expect(reader.peek()).toEqual({ kind: lastKind, words: 2, receivedTime: 7 })
    expect(reader.copy(new Uint8Array(24))).toBe(3)
  })
})

/** Rows up to the one that is not whole. */
function wholeRows(bytes: Uint8Array): Uint8Array {
  const lengths = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  let words = 0
  while ((words + 2) * wordBytes <= bytes.length) {
    const next = words + wordsOf(lengths[words * 2 + 3] as number)
    if (next * wordBytes > bytes.length) break
    words = next
  }
  return bytes.subarray(0, words * wordBytes)
}
