// `kis-stream/recording`: what was recorded, without a feed. Its frames as they came, the events that a
// replay makes of them, tables, and captures of others as a recording.
export { type Exported, type ExportOptions, exportRecording } from '../app/replay/export.ts'
export { type Imported, type ImportOptions, importCapture } from '../app/replay/import.ts'
export { createReplay, type Replay, type ReplayOptions } from '../app/replay/replay.ts'
export type { Entry, Range } from '../recording/format/entry.ts'
export { openRecording, type ReadOptions, type RecordedDay, type RecordingReader } from '../recording/read/reader.ts'
