import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gapJobName, jobIdOf, type Payloads } from '../../workers/queues.ts'
import { tries } from '../support/property.ts'

const gap: Payloads['gap-validation'] = {
  instrument: 'KRX:005930',
  businessDate: 20260914,
  fromVolume: 1_000,
  toVolume: 1_500,
  from: 1,
  to: 2,
  missingVolume: 500,
  cause: 'lost',
}

describe('the id of a job', () => {
  it('names the work: the same gap is the same job, however it was found', () => {
    expect(jobIdOf(gapJobName(gap))).toBe('gap-KRX-005930-20260914-1000-1500')
    expect(gapJobName({ ...gap, cause: 'restart', from: null })).toBe(gapJobName(gap))
    const others = [
      { toVolume: 1_501 },
      { fromVolume: 999 },
      { businessDate: 20260915 },
      { instrument: 'NXT:005930' },
    ] as const
    for (const other of others) expect(gapJobName({ ...gap, ...other })).not.toBe(gapJobName(gap))
  })

  it('is one that BullMQ takes, whatever the name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String), fc.constant('1:2:3')), name => {
        const id = jobIdOf(name)
        expect(id).not.toContain(':')
        expect(id).not.toMatch(/^\d+$/)
      }),
      tries(200),
    )
  })
})
