// What comes from the line may hold secrets of ours, and may be as long as the line takes: neither is passed on.
import { from, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { type NormalizeOptions, normalizeFrames } from '../../streams/normalize.ts'
import { frame, lineOf, recordsOf, withValues } from '../support/wire/frames.ts'

const redact = (text: string) => text.replaceAll('planted-secret', '[redacted]')

async function eventsOf(text: string, options: NormalizeOptions = { redact }) {
  const frames = from([{ line: '1', market: 'KR' as const, bytes: Buffer.from(text), receivedTime: 0 }])
  return await lastValueFrom(frames.pipe(normalizeFrames(options), toArray()))
}

const [trade = []] = recordsOf(lineOf('H0STCNT0.txt', 1))

describe('a text from the line', () => {
  it('is without secrets in the columns of a record, known and unknown', async () => {
    const [, record] = await eventsOf('0|H0XXXXX0|001|1^a planted-secret^2')
    expect(record).toMatchObject({ type: 'record', extra: ['1', 'a [redacted]', '2'] })
    const market = recordsOf(lineOf('H0STMKO0.txt', 1))[0] ?? []
    const [known] = await eventsOf(
      frame('H0STMKO0', withValues('H0STMKO0', market, { TR_SUSP_REAS_CNTT: 'planted-secret' })),
    )
    expect(known).toMatchObject({ type: 'record', columns: { TR_SUSP_REAS_CNTT: '[redacted]' } })
  })

  it('is without secrets in the columns that were asked for of a trade', async () => {
    const text = frame('H0STCNT0', withValues('H0STCNT0', trade, { TRHT_YN: 'planted-secret' }))
    const [event] = await eventsOf(text, { redact, columns: ['TRHT_YN', 'VI_STND_PRC'] })
    expect(event).toMatchObject({ type: 'trade', columns: { TRHT_YN: '[redacted]' } })
    expect(event).toHaveProperty('columns.VI_STND_PRC', trade[45])
  })

  it('that cannot be read is passed on up to 16 KB, and never half a secret', async () => {
    const text = `${'x'.repeat(16_384 - 7)}planted-secret${'y'.repeat(100_000)}`
    const [event] = await eventsOf(text)
    expect(event).toMatchObject({ raw: `${'x'.repeat(16_384 - 7)}[redact… (116387 in all)` })
    expect(await eventsOf('x'.repeat(16_384))).toMatchObject([{ raw: 'x'.repeat(16_384) }])
  })
})
