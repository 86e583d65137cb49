// Records are lost on the way; each gap becomes a job, the job asks REST, and what REST has comes back into
// the stream: compared with what the simulator knows to be true, record by record. `npm run repair` does the
// same with a thousand.
import { describe, expect, it } from 'vitest'
import { accountsOf, type RepairReport } from '../../../tools/bench/repair/accounts.ts'
import { type RepairOptions, repairSession } from '../../../tools/bench/repair/session.ts'

const korea: RepairOptions = {
  market: 'KR',
  instruments: ['KRX:005930', 'NXT:005930', 'UN:005930'],
  losses: 20,
  lossProbability: 0.3,
  rate: 30,
  seed: 7,
  skippedOneOf: 0,
  // An open gap is judged when its minute is over: soon, but after a slow machine has lost them all.
  startsAt: '2026-09-14T10:00:53+09:00',
}

/** However the losses fall: every record is found, and none is wrong, delivered twice, or forgotten. */
function expectAllAccountedFor(report: RepairReport): void {
  expect(report.detected).toBe(report.lost)
  expect(report.repaired + report.unfillable).toBe(report.lost)
  expect(report).toMatchObject({ unaccounted: 0, wrong: 0, twice: 0, callsTooSoon: 0 })
}

// Each waits more than it works, and has a world of its own.
describe.concurrent('records that were lost', () => {
  it('all come back from REST, the same to the share, price and second, each once', async () => {
    const report = accountsOf(await repairSession(korea), korea.skippedOneOf)

    expectAllAccountedFor(report)
    expect(report.lost).toBeGreaterThanOrEqual(korea.losses)
    // On a machine that pauses, a second may hold more than can be asked for.
    expect(report.unfillable).toBe(report.crowded)
    expect(report.repaired).toBe(report.lost - report.crowded)
    expect(report.verdicts.explained).toBe(0)
  })

  it('remain unknown where REST leaves them out, once the minute is over, and nothing else does', async () => {
    const options = { ...korea, skippedOneOf: 3 }
    const report = accountsOf(await repairSession(options), options.skippedOneOf)

    expectAllAccountedFor(report)
    expect(report.skipped).toBeGreaterThan(0)
    expect(report.others).toBe(0)
  })

  it('come back in the US as far as the latest executions reach', async () => {
    const options: RepairOptions = {
      ...korea,
      market: 'US',
      instruments: ['NAS:AAPL', 'NYS:IBM'],
      // REST has the latest thirty executions of a name: six seconds.
      losses: 10,
      rate: 10,
      skippedOneOf: 3,
      startsAt: '2026-09-14T23:00:00+09:00',
    }
    const report = accountsOf(await repairSession(options), options.skippedOneOf)

    expectAllAccountedFor(report)
    expect(report.repaired).toBeGreaterThan(0)
    expect(report.unfillable).toBeGreaterThanOrEqual(report.skipped)
  })
})
