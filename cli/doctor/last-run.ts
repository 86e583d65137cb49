// How the last feed ended, by the record it left.
import { formatKst } from '../../market/calendar/korea-time.ts'
import type { Finding, Context } from './finding.ts'

const check = 'last run'

/** A feed that runs writes every minute. */
const staleMs = 150_000

export function examineLastRun({ record, clock }: Context): readonly Finding[] {
  if (record === undefined) return []
  if (typeof record === 'string') {
    const remedy = 'Nothing needs it; the next feed writes a new one.'
    return [{ check, severity: 'warning', found: `its record cannot be read: ${record}`, remedy }]
  }
  const when = `${formatKst(record.status.time).slice(0, 19)} KST, kis-stream ${record.version}`
  switch (record.moment) {
    case 'stopped':
      return [{ check, severity: 'ok', found: `stopped in order at ${when}` }]
    case 'crashed': {
      const [what = 'without a word'] = (record.crash ?? '').split('\n')
      const remedy = 'kis-stream support-bundle gathers what is known, without secrets. Please report it.'
      return [{ check, severity: 'warning', found: `crashed at ${when}: ${what}`, remedy }]
    }
    case 'running': {
      if (clock.now() - record.status.time < staleMs) {
        return [{ check, severity: 'ok', found: `a feed is running; its last record is of ${when}` }]
      }
      const remedy = 'It was killed, or its machine was. See the logs of the system (out of memory, power).'
      return [{ check, severity: 'warning', found: `ended without a word after ${when}`, remedy }]
    }
  }
}
