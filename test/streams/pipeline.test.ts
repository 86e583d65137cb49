// The whole chain: continuity finds what it keeps by the numbers that the decoder tells. Nobody may see that it does.
import fc from 'fast-check'
import { from, NEVER, of, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { MarketEvent } from '../../market/events.ts'
import { checkContinuity } from '../../streams/continuity/continuity.ts'
import { normalizeFrames } from '../../streams/normalize.ts'
import { marketEvents } from '../../streams/pipeline.ts'
import { frame, lineOf, receivedTime, recordsOf, withValues } from '../support/wire/frames.ts'
import { tries } from '../support/property.ts'
import { trade } from './samples.ts'

const tr = 'H0STCNT0'
const [captured = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
const book = lineOf('H0STASP0.txt', 1)

type Told = { readonly symbol: string; readonly volume: number; readonly total: number; readonly date?: string }

function record({ symbol, volume, total, date = '20260608' }: Told): string[] {
  const figures = { CNTG_VOL: String(volume), ACML_VOL: String(total), ACML_TR_PBMN: String(total * 100) }
  return withValues(tr, captured, { MKSC_SHRN_ISCD: symbol, BSOP_DATE: date, ...figures })
}

function raw(text: string): RawFrame {
  return { line: '1', market: 'KR', bytes: Buffer.from(text), receivedTime }
}

/** `H0NXCNT0` has the same columns, and tells of the same symbols at another venue. */
const frames = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(book, 'rubbish', frame(tr, record({ symbol: '', volume: 1, total: 1 }))) },
    {
      weight: 9,
      arbitrary: fc
        .record({
          venue: fc.constantFrom('H0STCNT0', 'H0NXCNT0'),
          records: fc.array(
            fc.record({
              symbol: fc.constantFrom('005930', '000660', 'LONGERTHAN8'),
              volume: fc.integer({ min: 1, max: 3 }),
              total: fc.integer({ min: 1, max: 12 }),
              date: fc.constantFrom('20260608', '20260608', '20260608', '20260609'),
            }),
            { minLength: 1, maxLength: 3 },
          ),
        })
        .map(({ venue, records }) => frame(venue, ...records.map(record))),
    },
  ),
  { maxLength: 60 },
)

describe('decode and continuity in one chain', () => {
  it('say what the two say one after the other, without numbers', () => {
    fc.assert(
      fc.property(frames, texts => {
        const source = from(texts.map(raw))
        expect(heardOf(marketEvents(source, NEVER, {}))).toEqual(
          heardOf(source.pipe(normalizeFrames(), checkContinuity())),
        )
      }),
      tries(500),
    )
  })

  it('keep the totals of more instruments apart than there were places for', () => {
    const symbols = Array.from({ length: 300 }, (_, i) => String(100_000 + i))
    const rounds = [1, 2, 3].flatMap(round =>
      symbols.map((symbol, i) => frame(tr, record({ symbol, volume: 1, total: 100 * i + round }))),
    )
    const heard = heardOf(marketEvents(from(rounds.map(raw)), NEVER, {}))
    expect(new Set(heard.map(({ type }) => type))).toEqual(new Set(['trade']))
    expect(heard).toHaveLength(900)
  })

  it('give no trade the number of an event before it, whoever sends it', () => {
    const input = new Subject<RawFrame>()
    const others = new Subject<MarketEvent>()
    const heard: MarketEvent[] = []
    marketEvents(input, others, {}).subscribe(event => heard.push(event))
    for (const total of [10, 11]) input.next(raw(frame(tr, record({ symbol: '005930', volume: 1, total }))))
    input.next(raw(book))
    const other = trade({ instrument: 'KRX:000660', volume: 1, cumulativeVolume: 12, businessDate: 20260608 })
    others.next(other)
    input.next(raw(frame(tr, record({ symbol: '005930', volume: 1, total: 12 }))))
    expect(heard.map(event => (event.type === 'trade' ? event.cumulativeVolume : event.type))).toEqual([
      10,
      11,
      'order-book',
      12,
      12,
    ])
  })

  it('begin anew for each subscriber that brings no memory', () => {
    const events = marketEvents(of(raw(frame(tr, record({ symbol: '005930', volume: 1, total: 10 })))), NEVER, {})
    for (const heard of [heardOf(events), heardOf(events)]) expect(heard).toMatchObject([{ cumulativeVolume: 10 }])
  })
})

function heardOf(events: ReturnType<typeof marketEvents>): MarketEvent[] {
  const heard: MarketEvent[] = []
  events.subscribe(event => heard.push(event))
  return heard
}
