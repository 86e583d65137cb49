// Public names only.
export { createFeed } from './app/feed/feed.ts'
export type { Feed, FeedOptions } from './app/feed/contract.ts'
export type { SubscriptionState } from './app/feed/subscription-states.ts'
export type { EventChoice, EventStream, StreamOptions } from './app/replay/event-stream.ts'
export { SubscriptionError } from './app/feed/confirmations.ts'
export { FolderInUseError } from './app/persistence/folder-lock.ts'
export type { Logger } from './app/observe/log.ts'
export {
  type JobEnd,
  type Jobs,
  type JobsOptions,
  openJobs,
  type Payloads,
  type QueueName,
  type Results,
} from './app/jobs/open-jobs.ts'
export type { ReplayStream } from './app/replay/loops.ts'
export { createReplay, type Replay, type ReplayOptions } from './app/replay/replay.ts'
export type { FeedInput, Timing } from './app/settings/feed-input.ts'
export { SettingsError } from './app/settings/settings.ts'
export { type Exported, type ExportOptions, exportRecording } from './app/replay/export.ts'
export { type Imported, type ImportOptions, importCapture } from './app/replay/import.ts'
export { type Calendar, createCalendar, standardCalendar } from './market/calendar/calendar.ts'
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
export type { CalendarChanges } from './market/calendar/holidays.ts'
export { type Instrument, type Market, marketOf, parseInstrument, type Venue, venues } from './market/instrument.ts'
export type { ScheduleName } from './market/calendar/schedules.ts'
export type { Channel, Subscription } from './market/subscription.ts'
export { type ConsumeOptions, consume } from './sinks/consume.ts'
export type { Backpressure } from './sinks/queue/backpressure.ts'
export { type JsonLinesOptions, jsonLines } from './sinks/file/json-lines.ts'
export type { FileTurns } from './sinks/file/line-file.ts'
export { type RedisStreamOptions, redisStream } from './sinks/redis/stream.ts'
export {
  type RedisStreamReader,
  type RedisStreamReaderOptions,
  redisStreamReader,
} from './sinks/redis/stream-reader.ts'
export type { Sink, SinkNews } from './sinks/sink.ts'
export { type BarOptions, toBars } from './streams/bars/bars.ts'
export type { ForgottenBar } from './streams/bars/publishing.ts'
export type { SkipReason } from './streams/bars/trades.ts'
export type { ForgetReason } from './streams/bars/state.ts'
export type { BarInterval } from './streams/bars/intervals.ts'
export { toQuotes } from './streams/quotes.ts'
