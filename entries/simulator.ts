// `kis-stream/simulator`: KIS on loopback, for tests. A feed connects to it as it connects to KIS.
import { fileURLToPath } from 'node:url'
import type { Timing } from '../machines/timing.ts'
import type { Simulator } from '../simulator/server.ts'

export { type NoticeOf } from '../simulator/notices.ts'
export {
  type Fault,
  type FaultKind,
  type FaultReport,
  type Injected,
  type ReceivedRequest,
  type ScheduledFault,
  type Simulator,
  type SimulatorOptions,
  type SimulatorStats,
  startSimulator,
  type TruthRecord,
  type TruthSizes,
  type Withheld,
} from '../simulator/server.ts'

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
