// What comes from the line may hold secrets of ours, and may be as long as the line takes: neither is passed
// on.
import { describe, expect, it } from 'vitest'
import type { DecodedEvent } from '../../kis/wire/decoder.ts'
import { frameReader, type NormalizeOptions } from '../../streams/normalize.ts'
import { frame, lineOf, recordsOf, withValues } from '../support/wire/frames.ts'

const redact = (text: string) => text.replaceAll('planted-secret', '[redacted]')

function eventsOf(text: string, options: NormalizeOptions = { redact }): DecodedEvent[] {
  const events: DecodedEvent[] = []
  frameReader(options, event => events.push(event))({
    line: '1',
    market: 'KR',
    bytes: Buffer.from(text),
    receivedTime: 0,
  })
  return events
}

const [trade = []] = recordsOf(lineOf('H0STCNT0.txt', 1))

describe('a text from the line', () => {
  it('is without secrets in the columns of a record, known and unknown', () => {
    const [, record] = eventsOf('0|H0XXXXX0|001|1^a planted-secret^2')
    expect(record).toMatchObject({ type: 'record', extra: ['1', 'a [redacted]', '2'] })
    const market = recordsOf(lineOf('H0STMKO0.txt', 1))[0] ?? []
    const [known] = eventsOf(frame('H0STMKO0', withValues('H0STMKO0', market, { TR_SUSP_REAS_CNTT: 'planted-secret' })))
    expect(known).toMatchObject({ type: 'record', columns: { TR_SUSP_REAS_CNTT: '[redacted]' } })
  })

  it('is without secrets in the columns that were asked for of a trade', () => {
    const text = frame('H0STCNT0', withValues('H0STCNT0', trade, { TRHT_YN: 'planted-secret' }))
    const [event] = eventsOf(text, { redact, columns: ['TRHT_YN', 'VI_STND_PRC'] })
    expect(event).toMatchObject({ type: 'trade', columns: { TRHT_YN: '[redacted]' } })
    expect(event).toHaveProperty('columns.VI_STND_PRC', trade[45])
  })

  it('that cannot be read is passed on up to 16 KB, and never half a secret', () => {
    const text = `${'x'.repeat(16_384 - 7)}planted-secret${'y'.repeat(100_000)}`
    const [event] = eventsOf(text)
    expect(event).toMatchObject({ raw: `${'x'.repeat(16_384 - 7)}[redact… (116387 in all)` })
    expect(eventsOf('x'.repeat(16_384))).toMatchObject([{ raw: 'x'.repeat(16_384) }])
  })
})
