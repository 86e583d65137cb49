// What of a segment is where while it is written: a loss of power must find every row in a place that has reached the disk.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type OpenSegment, openSegmentOf } from '../../recording/open-segment.ts'
import { createRowRing, rowReader, rowWriter } from '../../recording/row-ring.ts'
import { beginRow, koreanFrame } from '../../recording/rows.ts'
import { createSegmentWriter, defaultLimits } from '../../recording/segment-writer.ts'
import { tailNameOf } from '../../recording/segment.ts'
import { entriesOf, frameOf, nine, temporaryFolder } from './support.ts'

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
    const ring = createRowRing(65_536)
    const [rows, reader] = [rowWriter(ring), rowReader(ring)]
    const writer = createSegmentWriter(folder, { ...defaultLimits, blockMs: 1 })
    const { receivedTime, ...told } = facts
    rows.write(beginRow, 0, receivedTime, Buffer.from(JSON.stringify(told)))

    // Act
    for (let i = 0; i < 6; i++) {
      rows.write(koreanFrame, 0, nine + i, frameOf('005930'))
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
})
