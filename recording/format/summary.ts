// The contents of a recording, day by day: from the indexes alone, or, on request, from every block.
import { addContents, type Contents, contentsReader, emptyContents } from './contents.ts'
import { openToRead } from '../read/read-file.ts'
import type { RecordingReader } from '../read/reader.ts'
import { openSegment, readRows, type SegmentView } from '../read/segment-view.ts'

export type DaySummary = {
  /** Written 20260914. */
  readonly date: number
  /** Instruments, and KIS's transaction ids where records name no instrument, by name. */
  readonly instruments: readonly string[]
  readonly frames: number
  readonly records: number
  /** Gaps that the feed emitted while it recorded. */
  readonly gaps: number
  /** Frames and lifecycle events that could not be kept. */
  readonly lost: number
  /** Runs of a feed. */
  readonly runs: number
  readonly segments: number
  readonly bytes: number
  /** Epoch milliseconds of the first entry and the last; null when there is none. */
  readonly from: number | null
  readonly to: number | null
  /**
   * Segments without an index: the one being written, and those whose writer was killed. They are whole as
   * far as they go.
   */
  readonly unclosed: number
  /** Bytes of writes that were not finished, at the end of such a segment. */
  readonly tornBytes: number
  /**
   * Blocks whose checksum does not fit, and segments that are none. Only of what was read: of unclosed
   * segments, or of all.
   */
  readonly damaged: number
  /** Whether every block was read. */
  readonly isVerified: boolean
}

/** `isVerified`: reads every block, not only those without an index. */
export async function* summariesOf(
  recording: RecordingReader,
  isVerified = false,
): AsyncGenerator<DaySummary, void, void> {
  for (const { date, segments } of recording.days()) {
    const sum = emptyContents()
    const runs = new Set<string>()
    let [bytes, unclosed, tornBytes, damaged] = [0, 0, 0, 0]
    for (const path of segments) {
      const view = await openSegment(path)
      if (view === undefined) {
        damaged++
        continue
      }
      runs.add(view.begin.run)
      bytes += view.bytes
      tornBytes += view.tornBytes
      if (view.contents === undefined) unclosed++
      const read = view.contents === undefined || isVerified ? await readAll(view) : undefined
      damaged += read?.damaged ?? 0
      addContents(sum, view.contents ?? read?.contents ?? emptyContents())
    }
    const { frames, records, gaps, lost, from, to, names } = sum
    yield {
      date,
      instruments: [...names.keys()].sort(),
      frames,
      records,
      gaps,
      lost,
      runs: runs.size,
      segments: segments.length,
      bytes,
      from: Number.isFinite(from) ? from : null,
      to: Number.isFinite(to) ? to : null,
      unclosed,
      tornBytes,
      damaged,
      isVerified,
    }
  }
}

async function readAll(view: SegmentView): Promise<{ contents: Contents; damaged: number }> {
  const read = contentsReader()
  const contents = emptyContents()
  let damaged = 0
  const file = await openToRead(view.path)
  try {
    for (const block of view.blocks) {
      const rows = await readRows(file, block)
      if (rows === undefined) damaged++
      else read.add(contents, rows)
    }
  } finally {
    await file.close()
  }
  for (const piece of view.tail) read.add(contents, piece)
  return { contents, damaged }
}
