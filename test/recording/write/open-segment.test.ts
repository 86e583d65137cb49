// What of a segment is where while it is written: a loss of power must find every row in a place that has
// reached the disk.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type OpenSegment, openSegmentOf } from '../../../recording/write/open-segment.ts'
import { rowReader, rowWriter } from '../../../recording/write/row-ring.ts'
import { createRing } from '../../../system/ring.ts'
import { beginRow, koreanFrame, markerRow } from '../../../recording/format/rows.ts'
import { createSegmentWriter, defaultLimits, type WriterLimits } from '../../../recording/write/segment-writer.ts'
import { tailNameOf } from '../../../recording/format/segment.ts'
import { entriesOf, frameOf, nine, subscriptionOf, temporaryFolder } from '../support.ts'

const facts = { run: 'a run', date: 20260914, columns: [], continuity: true, receivedTime: nine }
const piece = new Uint8Array(1_000)
const tailBytes = ({ path }: OpenSegment) => statSync(tailNameOf(path)).size

describe('a segment that is written', () => {
  it('keeps its tail until the block that has its rows is on the disk', async () => {
    const files = openSegmentOf(temporaryFolder(), facts)
    files.appendToTail(piece)
    files.append(piece)
    expect(tailBytes(files)).toBe(1_000)
    await files.sync()
    expect(tailBytes(files)).toBe(0)
    await files.close(piece)
  })

  it('keeps of its tail what came since, which is in no block', async () => {
    const files = openSegmentOf(temporaryFolder(), facts)
    files.appendToTail(piece)
    files.append(piece)
    const later = new Uint8Array(500).fill(7)
    files.appendToTail(later)
    expect(tailBytes(files)).toBe(1_500)
    await files.sync()
    expect(readFileSync(tailNameOf(files.path)).equals(later)).toBe(true)
    files.appendToTail(piece)
    expect(tailBytes(files)).toBe(1_500)
    files.append(piece)
    await files.sync()
    expect(tailBytes(files)).toBe(0)
    await files.close(piece)
    expect(readdirSync(dirname(files.path))).toEqual(['000001.kisrec'])
  })

  it('keeps all of its tail while a block is under way that only the tail has for sure', async () => {
    const files = openSegmentOf(temporaryFolder(), facts)
    files.appendToTail(piece)
    files.append(piece)
    const syncing = files.sync()
    await Promise.resolve() // it has begun
    files.appendToTail(piece)
    files.append(piece)
    await syncing
    expect(tailBytes(files)).toBe(2_000)
    await files.sync()
    expect(tailBytes(files)).toBe(0)
    await files.close(piece)
  })

  it('does not let a tail grow as long as the segment where the disk is never done', async () => {
    const files = openSegmentOf(temporaryFolder(), facts)
    const long = new Uint8Array(5 * 1024 * 1024)
    for (let i = 0; i < 6; i++) {
      files.appendToTail(long)
      files.append(piece)
      expect(tailBytes(files)).toBeLessThan(10 * 1024 * 1024)
    }
    await files.close(piece)
  })

  it('has no tail once it is closed', async () => {
    const files = openSegmentOf(temporaryFolder(), facts)
    files.appendToTail(piece)
    files.append(piece)
    await files.close(piece)
    expect(() => tailBytes(files)).toThrow('ENOENT')
    expect(statSync(files.path).size).toBe(8 + 2_000)
  })

  it('is read once, whatever of it is in the tail as well as in a block', async () => {
    // Arrange: every flush but the first makes a block of what the flush before it left in the tail.
    const folder = temporaryFolder()
    const ring = createRing(65_536)
    const [rows, reader] = [rowWriter(ring), rowReader(ring)]
    const writer = createSegmentWriter(folder, { ...defaultLimits, blockMs: 1 })
    const { receivedTime, ...rest } = facts
    rows.write(beginRow, 0, receivedTime, Buffer.from(JSON.stringify(rest)))

    // Act
    for (let i = 0; i < 6; i++) {
      rows.write(koreanFrame, 0, nine + i, frameOf('005930'))
      rows.publish()
      writer.take(reader, i)
      writer.flush(i)
    }
    const meanwhile = await entriesOf(folder)
    await writer.close()

    // Assert
    const times = ['begin', ...Array.from({ length: 6 }, (_, i) => nine + i)]
    const shown = (entries: typeof meanwhile) =>
      entries.map(({ kind, receivedTime }) => (kind === 'frame' ? receivedTime : kind))
    expect(shown(meanwhile)).toEqual(times)
    expect(shown(await entriesOf(folder))).toEqual(times)
  })

  it('is readable by its owner only, folders and files', async () => {
    const folder = join(temporaryFolder(), 'kept', 'recording')
    const { rows, reader, writer } = writerOf(folder)
    writer.prepare()
    rows.write(koreanFrame, 0, nine, frameOf('005930'))
    rows.publish()
    writer.take(reader, 0)
    writer.flush(0)
    const day = join(folder, '2026-09-14')
    const modes = [folder, day, ...readdirSync(day).map(name => join(day, name))].map(path => statSync(path).mode)
    await writer.close()
    expect(modes.map(mode => (mode & 0o777).toString(8))).toEqual(['700', '700', '600', '600'])
  })

  it('reports how much of what it took is not written: frames and markers, and when they came', () => {
    const { rows, reader, writer } = writerOf(temporaryFolder())
    rows.publish()
    writer.take(reader, 0)
    writer.flush(0)
    for (let i = 0; i < 3; i++) rows.write(koreanFrame, 0, nine + i, frameOf('005930'))
    const marker = Buffer.from(JSON.stringify(subscriptionOf('KRX:005930', nine + 3)))
    rows.write(markerRow, 0, nine + 3, marker)
    rows.write(markerRow, 0, nine + 4, marker)
    rows.publish()
    writer.take(reader, 0)
    expect(writer.abandon()).toEqual({ count: 5, from: nine, to: nine + 4 })
  })

  it('is on the disk when a sync resolves: the tail of a block that was only in it is empty by then', async () => {
    const { rows, reader, writer, tail } = writerOf(temporaryFolder(), { blockMs: 1 })
    for (let i = 0; i < 2; i++) {
      rows.write(koreanFrame, 0, nine + i, frameOf('005930'))
      rows.publish()
      writer.take(reader, i)
      writer.flush(i)
    }
    expect(statSync(tail()).size).toBeGreaterThan(0)
    await writer.sync()
    expect(statSync(tail()).size).toBe(0)
    await writer.close()
  })
})

/** A writer whose run has begun, and the ring it takes from. */
function writerOf(folder: string, limits: Partial<WriterLimits> = {}) {
  const ring = createRing(65_536)
  const rows = rowWriter(ring)
  const { receivedTime, ...begin } = facts
  rows.write(beginRow, 0, receivedTime, Buffer.from(JSON.stringify(begin)))
  const writer = createSegmentWriter(folder, { ...defaultLimits, ...limits })
  const tail = () => join(folder, '2026-09-14', '000001.tail')
  return { rows, reader: rowReader(ring), writer, tail }
}
