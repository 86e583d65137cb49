// `kis-stream/recording`: what was recorded, without a feed. The events that a replay makes of it, tables,
// and captures of others as a recording.
export { type Exported, type ExportOptions, exportRecording } from '../app/replay/export.ts'
export { type Imported, type ImportOptions, importCapture } from '../app/replay/import.ts'
export { createReplay, type Replay, type ReplayOptions } from '../app/replay/replay.ts'
