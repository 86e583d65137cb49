// The table of the day certificate, from what the worker writes.
import { describe, expect, it } from 'vitest'
import { certificateView } from '../../dashboard/certificate.ts'
import type { DayCertificate, InstrumentCertificate } from '../../workers/jobs/certificate.ts'
import { wholeCertificate } from '../support/certificates.ts'

const incomplete: InstrumentCertificate = {
  ...wholeCertificate,
  instrument: 'KRX:068270',
  verdict: 'incomplete',
  trades: 5_000,
  volume: 40_000,
  gaps: 2,
  gapVolume: 700,
  lateVolume: 100,
  repairedVolume: 450,
  unknownVolume: 150,
  minutesAgreeing: 388,
}
const certificate: DayCertificate = {
  date: 20261120,
  madeAt: '2026-11-20T20:30:02.000+09:00',
  unreadableLines: 1,
  instruments: [wholeCertificate, incomplete],
}

describe('the table of a day certificate', () => {
  it('has a row for each instrument, those that lack something first, and adds them up', () => {
    const view = certificateView(JSON.parse(JSON.stringify(certificate)))
    expect(view).toMatchObject({
      date: 20261120,
      unreadableLines: 1,
      rows: [
        { instrument: 'KRX:068270', verdict: 'incomplete', gapVolume: 700, repairedVolume: 450, unknownVolume: 150 },
        { instrument: 'KRX:005930', verdict: 'whole', trades: 120_000 },
      ],
      total: { trades: 125_000, volume: 9_040_000, gaps: 2, lateVolume: 100, unknownVolume: 150, minutesAgreeing: 778 },
    })
  })

  it('is null while there is none, and unreadable when it is no certificate that we know', () => {
    expect(certificateView(undefined)).toBeNull()
    for (const strange of ['text', 5, [], {}, { date: 1 }, { date: 1, instruments: [{}] }]) {
      expect(certificateView(strange)).toBe('unreadable')
    }
    const { volume: _missing, ...older } = wholeCertificate
    expect(certificateView({ ...certificate, instruments: [older] })).toBe('unreadable')
  })

  it('has a total of nothing for a day without instruments', () => {
    expect(certificateView({ ...certificate, instruments: [] })).toMatchObject({ rows: [], total: { trades: 0 } })
  })
})
