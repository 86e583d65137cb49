import { describe, expect, it } from 'vitest'
import {
  eachRow,
  encodeRow,
  entryOf,
  koreanFrame,
  lineNumber,
  markerRow,
  usFrame,
} from '../../../recording/format/rows.ts'
import { rowReader, rowWriter } from '../../../recording/write/row-ring.ts'
import { createRing } from '../../../system/ring.ts'

const bytes = Buffer.from('0|H0STCNT0|001|005930^090000')

function entriesOf(rows: Uint8Array) {
  const entries: unknown[] = []
  eachRow(rows, row => entries.push(entryOf(row)))
  return entries
}

function written(kind: number, line: string): Uint8Array {
  const ring = createRing(4_096)
  const writer = rowWriter(ring)
  writer.write(kind, lineNumber(line), 7, bytes)
  writer.publish()
  const target = new Uint8Array(512)
  const words = rowReader(ring).copy(target)
  return target.subarray(0, words * 8)
}

describe('the line of an entry', () => {
  it.each(['1', '2', '41'])('is in the row of a frame: %s', line => {
    expect(entriesOf(written(usFrame, line))).toMatchObject([{ kind: 'frame', line, market: 'US', receivedTime: 7 }])
  })

  it('is the market where the row has none', () => {
    expect(entriesOf(written(koreanFrame, 'KR'))).toMatchObject([{ line: 'KR', market: 'KR' }])
    expect(entriesOf(encodeRow(usFrame, 7, bytes))).toMatchObject([{ line: 'US', market: 'US' }])
  })

  it.each([
    [{ type: 'disconnect', market: 'US', reason: 'cut' }, 'US'],
    [{ type: 'resume', market: 'KR', outageMs: 1 }, 'KR'],
    [{ type: 'subscription', instrument: 'NAS:AAPL', channel: 'trade', status: 'active' }, 'US'],
    [{ type: 'subscription', instrument: null, channel: null, status: 'refused' }, null],
    [{ type: 'disconnect', line: '2', market: 'US', reason: 'cut' }, '2'],
    [{ type: 'subscription', line: '1', instrument: null, channel: null, status: 'refused' }, '1'],
  ])('is that of a marker, or its market: %j', (event, line) => {
    const row = encodeRow(markerRow, 7, Buffer.from(JSON.stringify(event)))
    expect(entriesOf(row)).toEqual([{ kind: 'marker', event: { ...event, line }, after: 0, receivedTime: 7 }])
  })
})
