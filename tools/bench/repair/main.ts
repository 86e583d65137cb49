// `npm run repair -- --losses 1000`: how many of so many lost records are found, repaired, or reported as
// beyond repair, and how long it takes. Ends with code 1 when a record is unaccounted for, wrong, delivered
// twice, or when a call came too soon.
import { parseArgs } from 'node:util'
import type { Instrument, Market } from '../../../market/instrument.ts'
import { accountsOf, percentile, type RepairReport } from './accounts.ts'
import { repairSession } from './session.ts'
import { print, printTable } from '../report.ts'

const instruments: Readonly<Record<Market, readonly Instrument[]>> = {
  KR: ['KRX:005930', 'NXT:005930', 'KRX:000660', 'UN:035420'],
  US: ['NAS:AAPL', 'NAS:NVDA', 'NAS:TSLA', 'NYS:IBM'],
}
/** In trading hours, so that the story is one that could be. */
const startsAt: Readonly<Record<Market, string>> = {
  KR: '2026-09-14T10:00:00+09:00',
  US: '2026-09-14T23:00:00+09:00',
}

const { values } = parseArgs({
  options: {
    losses: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    'skipped-one-of': { type: 'string', default: '100' },
    market: { type: 'string', default: 'KR' },
  },
})
const market: Market = values.market === 'US' ? 'US' : 'KR'
const skippedOneOf = Number(values['skipped-one-of'])
const session = await repairSession({
  market,
  instruments: instruments[market],
  losses: Number(values.losses),
  lossProbability: 0.1,
  rate: Number(values.rate),
  seed: Number(values.seed),
  skippedOneOf,
  startsAt: startsAt[market],
  onProgress: text => void process.stderr.write(`${text}\n`),
})
const report = accountsOf(session, skippedOneOf)
show(report)
if (report.unaccounted + report.wrong + report.twice + report.callsTooSoon > 0) process.exitCode = 1

function show({ verdicts, repairMs, ...counts }: RepairReport): void {
  const share = (count: number) => `${((100 * count) / counts.lost).toFixed(1)} %`
  print(`Repair of ${counts.lost} lost records, ${instruments[market].join(', ')}, jobs in Redis (${session.redis})`)
  printTable(
    'records',
    ['', 'records', 'of the lost'],
    [
      ['lost', `${counts.lost}`, share(counts.lost)],
      ['detected', `${counts.detected}`, share(counts.detected)],
      ['repaired, each the same as the truth', `${counts.repaired}`, share(counts.repaired)],
      ['unfillable, and reported', `${counts.unfillable}`, share(counts.unfillable)],
      ['  left out by REST', `${counts.skipped}`, share(counts.skipped)],
      ['  behind thirty others in their second', `${counts.crowded}`, share(counts.crowded)],
      ['  others', `${counts.others}`, share(counts.others)],
      ['unaccounted for', `${counts.unaccounted}`, share(counts.unaccounted)],
      ['repaired wrongly', `${counts.wrong}`, ''],
      ['delivered twice', `${counts.twice}`, ''],
    ],
  )
  printTable(
    'gaps',
    ['', ''],
    [
      ['reported', `${counts.gaps}`],
      ['repaired', `${verdicts.repaired}`],
      ['explained', `${verdicts.explained}`],
      ['unfillable, wholly or in part', `${verdicts.unfillable}`],
      ['REST calls', `${counts.calls}`],
      ['REST calls beyond the limit', `${counts.callsTooSoon}`],
      ['gap to repair, p50', `${percentile(repairMs, 0.5)} ms`],
      ['gap to repair, p99', `${percentile(repairMs, 0.99)} ms`],
      ['gap to repair, longest', `${repairMs.at(-1) ?? Number.NaN} ms`],
    ],
  )
}
