import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../../market/instrument.ts'
import { openRecording } from '../../../recording/read/reader.ts'
import { summariesOf } from '../../../recording/format/summary.ts'
import type { BlockPlace } from '../../../recording/format/segment.ts'
import { kst } from '../../support/wire/frames.ts'
import { entriesOf, frameOf, give, nine, recorderFor, subscriptionOf, temporaryFolder, textsOf } from '../support.ts'

const small = { limits: { blockBytes: 4_096, segmentBytes: 64 * 1024 * 1024, blockMs: 60_000 } }

/** 1,000 frames, one a second, of ten symbols that come one after another. */
async function record(folder: string, limits: object = small): Promise<void> {
  const recorder = recorderFor(folder, limits)
  for (let i = 0; i < 1_000; i++) give(recorder, frameOf(String(100_000 + Math.floor(i / 100))), nine + i * 1_000)
  await recorder.stop()
}

describe('reading a part of a recording', () => {
  it('reads the blocks that hold it and no others', async () => {
    // Arrange
    const folder = temporaryFolder()
    await record(folder)
    const read: BlockPlace[] = []
    const all: BlockPlace[] = []
    await entriesOf(folder, { onBlock: (_, block) => all.push(block) })
    const from = nine + 900_000

    // Act
    const entries = await entriesOf(folder, { from, to: from + 10_000, onBlock: (_, block) => read.push(block) })

    // Assert
    expect(entries.map(({ kind }) => kind)).toEqual(['begin', ...Array.from({ length: 10 }, () => 'frame')])
    expect(entries[1]?.receivedTime).toBe(from)
    expect(read).toEqual(all.filter(block => block.to >= from && block.from < from + 10_000))
    expect(read.length).toBeLessThan(all.length / 50)
  })

  it('leaves out blocks in which none of the instruments is', async () => {
    const folder = temporaryFolder()
    await record(folder)
    const read: BlockPlace[] = []
    const all: BlockPlace[] = []
    await entriesOf(folder, { onBlock: (_, block) => all.push(block) })
    const options = { instruments: ['KRX:100009'], onBlock: (_: string, block: BlockPlace) => read.push(block) }
    const texts = textsOf(await entriesOf(folder, options))
    expect(texts.filter(text => text.includes('100009^'))).toHaveLength(100)
    expect(read).toEqual(all.slice(-read.length))
    expect(read.length).toBeLessThan(all.length / 8)
  })

  it('has the state of the feed only when read from where that state was', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder, { describe: () => ({ columns: [], continuity: true, state: 'known' }) })
    for (let i = 0; i < 3; i++) give(recorder, frameOf('005930'), nine + i)
    await recorder.stop()
    const [whole] = await entriesOf(folder)
    const [part] = await entriesOf(folder, { from: nine + 1 })
    expect(whole).toMatchObject({ kind: 'begin', state: 'known' })
    expect(part).toMatchObject({ kind: 'begin', date: 20260914 })
    expect(part).not.toHaveProperty('state')
  })
})

describe('a recording', () => {
  it('is cut into segments when it is long, and read as one', async () => {
    const folder = temporaryFolder()
    await record(folder, { limits: { blockBytes: 4_096, segmentBytes: 10_000, blockMs: 60_000 } })
    const [day] = openRecording(folder).days()
    expect(day?.segments.length).toBeGreaterThan(3)
    const frames = (await entriesOf(folder)).filter(({ kind }) => kind === 'frame')
    expect(frames.map(({ receivedTime }) => receivedTime)).toEqual(frames.map((_, i) => nine + i * 1_000))
    expect(frames).toHaveLength(1_000)
  })

  it('keeps a night of US trading in one trading date, and begins the next one when New York has closed', async () => {
    // Arrange
    const folder = temporaryFolder()
    const recorder = recorderFor(folder, { turnAt: () => 'US' })
    const times = ['2026-09-14T23:30:00', '2026-09-15T05:00:00', '2026-09-15T08:59:59', '2026-09-15T09:00:00'].map(kst)

    // Act
    for (const time of times) give(recorder, frameOf('DNASAAPL', 'HDFSCNT0.txt'), time, 'US')
    recorder.marker(subscriptionOf('NAS:AAPL' as Instrument, kst('2026-09-15T08:59:00'))) // late, of the date before
    await recorder.stop()

    // Assert
    expect(
      openRecording(folder)
        .days()
        .map(({ date }) => date),
    ).toEqual([20260914, 20260915])
    const kinds = async (date: number) => (await entriesOf(folder, { date })).map(({ kind }) => kind)
    expect(await kinds(20260914)).toEqual(['begin', 'frame', 'frame', 'frame'])
    expect(await kinds(20260915)).toEqual(['begin', 'frame', 'marker'])
  })

  it('says what of it is damaged, and gives the rest', async () => {
    // Arrange
    const folder = temporaryFolder()
    await record(folder)
    const [segment = ''] = openRecording(folder).days()[0]?.segments ?? []
    const blocks: BlockPlace[] = []
    await entriesOf(folder, { onBlock: (_, block) => blocks.push(block) })
    const broken = blocks[10] as BlockPlace
    const bytes = readFileSync(segment)
    bytes[broken.offset + 100] = (bytes[broken.offset + 100] as number) ^ 1
    writeFileSync(segment, bytes)

    // Act
    const entries = await entriesOf(folder)

    // Assert
    expect(entries.filter(({ kind }) => kind === 'lost')).toMatchObject([{ count: broken.rows, isDamage: true }])
    expect(entries.filter(({ kind }) => kind === 'frame')).toHaveLength(1_000 - broken.rows)
  })

  it('is read as far as it goes, wherever its end was torn off', async () => {
    const folder = temporaryFolder()
    await record(folder)
    const [segment = ''] = openRecording(folder).days()[0]?.segments ?? []
    const whole = readFileSync(segment)
    const expected = textsOf(await entriesOf(folder))
    for (let length = whole.length; length > 0; length -= 1_237) {
      truncateSync(segment, length)
      const texts = textsOf(await entriesOf(folder))
      expect(texts).toEqual(expected.slice(0, texts.length))
      expect(texts.length).toBeGreaterThanOrEqual(Math.floor((expected.length * (length - 3_000)) / whole.length) - 20)
    }
  })

  it('of another format is refused in a sentence, and not called damaged', async () => {
    const folder = temporaryFolder()
    await record(folder)
    const [segment = ''] = openRecording(folder).days()[0]?.segments ?? []
    const bytes = readFileSync(segment)
    bytes.write('KISREC2')
    writeFileSync(segment, bytes)
    await expect(entriesOf(folder)).rejects.toThrow(
      `${segment} is in format 2 of recordings, and this kis-stream reads`,
    )
    await expect(summariesOf(openRecording(folder)).next()).rejects.toThrow('is in format 2')
  })

  it('of nothing is a sentence', () => {
    expect(() => openRecording('/nowhere/at/all')).toThrow('no recording at /nowhere/at/all')
  })
})
