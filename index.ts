// Public names only.
export { createFeed } from './app/feed/feed.ts'
export type { Feed, FeedOptions, FeedParts, MachineEvent, MachineRef } from './app/feed/contract.ts'
export type { SubscriptionState } from './app/feed/subscription-states.ts'
export type { EventChoice, EventStream, StreamOptions } from './app/replay/event-stream.ts'
export { SubscriptionError } from './app/feed/confirmations.ts'
export { FolderInUseError } from './app/persistence/folder-lock.ts'
export type { ClockSkew } from './app/feed/clock-skew.ts'
export type { Buckets, Counts, SinkCounts } from './app/observe/counts.ts'
export type { SinkTrouble } from './app/observe/journal.ts'
export type { Latency } from './app/observe/latency.ts'
export type { Logger } from './app/observe/log.ts'
export type {
  BudgetStatus,
  ConnectionStatus,
  LineStatus,
  SocketStatus,
} from './app/observe/status/connection.ts'
export type { HealthReport } from './app/observe/status/health.ts'
export type { MarketHealth, Verdict } from './app/observe/status/market-health.ts'
export type { FeedStatus } from './app/observe/status/status.ts'
export type { Cause, Phase, Transition } from './app/observe/transitions.ts'
export {
  type CertificateVerdict,
  type DayCertificate,
  type GapJobCounters,
  type InstrumentCertificate,
  type JobEnd,
  type Jobs,
  type JobsCounters,
  type JobsOptions,
  type MinuteDifference,
  openJobs,
  type Payloads,
  type QueueName,
  type RestLimits,
  type Results,
  type SharedLimits,
} from './app/jobs/open-jobs.ts'
export type { ReplayStream } from './app/replay/loops.ts'
export { createReplay, type Replay, type ReplayOptions } from './app/replay/replay.ts'
export type { FeedInput, Timing } from './app/settings/feed-input.ts'
export { SettingsError } from './app/settings/settings.ts'
export {
  type Exported,
  type ExportFormat,
  type ExportOptions,
  exportRecording,
  type TableName,
} from './app/replay/export.ts'
export { type Imported, type ImportOptions, importCapture } from './app/replay/import.ts'
export type { Result } from './market/basics/result.ts'
export { type Calendar, createCalendar, standardCalendar } from './market/calendar/calendar.ts'
export { type Clock, clockStartingAt, systemClock } from './market/clock.ts'
export type {
  Backfill,
  BackfilledTrade,
  Bar,
  Columns,
  Disconnect,
  Dropped,
  Gap,
  GapCause,
  GapFilled,
  GapPart,
  GapVerdict,
  Heartbeat,
  Level,
  LineId,
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
  Trouble,
} from './market/events.ts'
export type {
  ExplainedReason,
  ExplainedSpan,
  GapFinding,
  GapQuestion,
  Run as ExecutionRun,
  UnknownSpan,
  VolumeSpan,
} from './market/gap-finding.ts'
export type { Execution } from './market/quotations.ts'
export type { CalendarChanges, DaysByCountry } from './market/calendar/holidays.ts'
export type { Country, SessionName, TradingSession } from './market/calendar/timetable.ts'
export { type Instrument, type Market, marketOf, parseInstrument, type Venue, venues } from './market/instrument.ts'
export type { ScheduleName } from './market/calendar/schedules.ts'
export type { Channel, Subscription, SubscriptionKey } from './market/subscription.ts'
export { type ConsumeOptions, consume, type Handler } from './sinks/consume.ts'
export type { Backpressure } from './sinks/queue/backpressure.ts'
export { type JsonLinesOptions, jsonLines } from './sinks/file/json-lines.ts'
export type { FileTurns } from './sinks/file/line-file.ts'
export type { Beginning as RedisStreamBeginning } from './sinks/redis/follower.ts'
export type { Group as RedisStreamGroup } from './sinks/redis/group.ts'
export { type RedisStreamOptions, redisStream } from './sinks/redis/stream.ts'
export {
  type RedisStreamReader,
  type RedisStreamReaderOptions,
  redisStreamReader,
} from './sinks/redis/stream-reader.ts'
export type { EventThread, EventThreadOptions } from './sinks/ring/event-thread.ts'
export type { Sink, SinkNews } from './sinks/sink.ts'
export { type BarOptions, toBars } from './streams/bars/bars.ts'
export type { ForgottenBar } from './streams/bars/publishing.ts'
export type { SkipReason } from './streams/bars/trades.ts'
export type { ForgetReason } from './streams/bars/state.ts'
export type { BarInterval } from './streams/bars/intervals.ts'
export { toQuotes } from './streams/quotes.ts'
