// Recordings in folders that vanish with their test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { MarketEvent } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import type { Entry } from '../../recording/format/entry.ts'
import { createRecorder, type Recorder, type RecorderOptions } from '../../recording/write/recorder.ts'
import { openRecording, type ReadOptions } from '../../recording/read/reader.ts'

export { frameOf, nine, tradeAt } from './frames.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function recorderFor(folder: string, options: Partial<RecorderOptions> = {}): Recorder {
  const recorder = createRecorder({
    folder,
    describe: () => ({ columns: [], continuity: true }),
    turnAt: () => 'KR',
    ...options,
  })
  onTestFinished(() => recorder.stop())
  return recorder
}

export function give(recorder: Recorder, bytes: Uint8Array, receivedTime: number, market: 'KR' | 'US' = 'KR'): void {
  recorder.expect(market, receivedTime)
  recorder.frame({ line: '1', market, bytes, receivedTime })
  recorder.settled()
}

export function subscriptionOf(instrument: Instrument, receivedTime: number): MarketEvent {
  return { type: 'subscription', line: '1', instrument, channel: 'trade', status: 'active', receivedTime }
}

export async function entriesOf(folder: string, options: ReadOptions = {}): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const batch of openRecording(folder).read(options)) entries.push(...batch)
  return entries
}

export function textsOf(entries: readonly Entry[]): string[] {
  return entries.map(entry => {
    if (entry.kind === 'frame') return `${entry.receivedTime} ${Buffer.from(entry.bytes).toString()}`
    if (entry.kind === 'marker') return `${entry.receivedTime} +${entry.after} ${JSON.stringify(entry.event)}`
    return entry.kind
  })
}
