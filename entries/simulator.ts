// `kis-stream/simulator`: KIS on loopback, for tests. A feed connects to it as it connects to KIS.
import { fileURLToPath } from 'node:url'
import type { Timing } from '../machines/timing.ts'
import type { Simulator } from '../simulator/server.ts'

export type { RefusingCode } from '../simulator/answers.ts'
export type { Volumes } from '../simulator/columns/records.ts'
export type { Widths } from '../simulator/columns/rows.ts'
export type { CredentialCounts } from '../simulator/credentials.ts'
export type {
  Amount,
  AnswerPart,
  Chosen,
  CodePlace,
  Counted,
  Fault,
  FaultKind,
  FaultReport,
  Injected,
  Lasting,
  OfKey,
  OfSession,
  Place,
  ScheduledFault,
  TokenField,
  WithheldSum,
} from '../simulator/faults/faults.ts'
export type { AppKeyStats } from '../simulator/keys/app-keys.ts'
export type { PastDay, PastMarket, PastMinute } from '../simulator/market/past-market.ts'
export type { PastTrade } from '../simulator/market/past-trade.ts'
export type { NoticeOf } from '../simulator/notices.ts'
export type { QuotationOptions, Simulator, SimulatorOptions } from '../simulator/options.ts'
export type { Verb } from '../simulator/request.ts'
export type { GateStats } from '../simulator/rest/gate.ts'
export type { ReceivedRequest, SimulatorStats } from '../simulator/stats.ts'
export {
  type CapturedTapeOptions,
  capturedTape,
  type GeneratedTapeOptions,
  generatedTape,
  type History,
  type Listener,
  type StandingRecord,
  type Tape,
  type TapeContext,
  type TapeStats,
} from '../simulator/tape/tape.ts'
export type { Registration } from '../simulator/transactions.ts'
export type { TruthRecord, TruthSizes, TruthStats, Withheld } from '../simulator/truth.ts'
export { startSimulator } from '../simulator/server.ts'

/**
 * Waits for tests: a feed starts, is subscribed and stops within a tenth of a second. Never for KIS, which
 * blocks a client that connects or asks so often.
 */
export const testTiming: Partial<Timing> = {
  graceMs: 5,
  heartbeatMs: 0,
  stableMs: 50,
  longestBackoffMs: 200,
  occupiedMs: 80,
  longestOccupiedMs: 300,
  refusedMs: 60,
  longestRefusedMs: 600,
  pacingMs: 1,
  closeTimeoutMs: 200,
  mostConnects: 1_000,
  mostRequests: 10_000,
}

/** The options of a feed for this simulator: `createFeed({ ...feedOptionsFor(simulator), instruments })`. */
export function feedOptionsFor({ restUrl, wsUrl }: Pick<Simulator, 'restUrl' | 'wsUrl'>) {
  const keys = { appKey: 'simulated', appSecret: 'simulated' }
  return { ...keys, restUrl, socketUrl: wsUrl, market: 'KR' as const, timing: testTiming }
}

/**
 * A recorded minute and a half of a generated market, with an outage and two lost trades, for
 * `createReplay(sampleRecording)`. Its instruments are KRX:005930, KRX:000660 and NXT:005930.
 */
export const sampleRecording: { readonly folder: string; readonly date: number } = {
  folder: fileURLToPath(new URL('../simulator/sample', import.meta.url)),
  date: 20261120,
}
