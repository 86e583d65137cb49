// Day certificates, as the worker writes them.
import type { InstrumentCertificate } from '../../workers/jobs/certificate.ts'

/** Nothing is missing. */
export const wholeCertificate: InstrumentCertificate = {
  instrument: 'KRX:005930',
  verdict: 'whole',
  problem: null,
  countedFrom: '2026-11-20T08:30:00.000+09:00',
  volumeBefore: 0,
  trades: 120_000,
  volume: 9_000_000,
  gaps: 0,
  gapVolume: 0,
  lateVolume: 0,
  repairedTrades: 0,
  repairedVolume: 0,
  explainedVolume: 0,
  unknownVolume: 0,
  unknown: [],
  resyncs: 0,
  minutesCompared: 390,
  minutesAgreeing: 390,
  differences: [],
  missingByRest: 0,
}
