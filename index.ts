// Public names only.
export { createFeed } from './app/feed.ts'
export type { Feed, FeedOptions, SubscriptionState } from './app/feed-contract.ts'
export { SubscriptionError } from './app/confirmations.ts'
export { FolderInUseError } from './app/folder-lock.ts'
export type { Logger } from './app/log.ts'
export {
  type JobEnd,
  type Jobs,
  type JobsOptions,
  openJobs,
  type Payloads,
  type QueueName,
  type Results,
} from './app/open-jobs.ts'
export { createReplay, type Replay, type ReplayOptions } from './app/replay.ts'
export { type FeedInput, SettingsError } from './app/settings.ts'
export { type Exported, type ExportOptions, exportRecording } from './app/export.ts'
export { type Imported, type ImportOptions, importCapture } from './app/import.ts'
export { type Calendar, createCalendar, standardCalendar } from './market/calendar.ts'
export { type Clock, clockStartingAt, systemClock } from './market/clock.ts'
export type {
  Backfill,
  BackfilledTrade,
  Bar,
  Disconnect,
  Dropped,
  Gap,
  GapCause,
  GapFilled,
  GapPart,
  GapVerdict,
  Heartbeat,
  Level,
  Lifecycle,
  Malformed,
  MarketData,
  MarketEvent,
  OrderBook,
  OtherRecord,
  Quote,
  InstrumentsForgotten,
  RecordingTrouble,
  Resume,
  Resync,
  ResyncReason,
  SchemaDrift,
  SubscriptionChange,
  SubscriptionStatus,
  Trade,
} from './market/events.ts'
export type { CalendarChanges } from './market/holidays.ts'
export { type Instrument, type Market, marketOf, parseInstrument, type Venue, venues } from './market/instrument.ts'
export type { ScheduleName } from './market/schedules.ts'
export type { Channel, Subscription } from './market/subscription.ts'
export { type ConsumeOptions, consume } from './sinks/consume.ts'
export type { Backpressure } from './sinks/backpressure.ts'
export { type JsonLinesOptions, jsonLines } from './sinks/json-lines.ts'
export type { FileTurns } from './sinks/line-file.ts'
export { type RedisStreamOptions, redisStream } from './sinks/redis-stream.ts'
export {
  type RedisStreamReader,
  type RedisStreamReaderOptions,
  redisStreamReader,
} from './sinks/redis-stream-reader.ts'
export type { Sink, SinkNews } from './sinks/sink.ts'
export { type BarOptions, type ForgottenBar, type SkipReason, toBars } from './streams/bars.ts'
export type { ForgetReason } from './streams/bar-state.ts'
export type { BarInterval } from './streams/bar-intervals.ts'
export { toQuotes } from './streams/quotes.ts'
