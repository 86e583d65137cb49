// The whole step: what it emits is what decoding and continuity, one after the other, emit.
import fc from 'fast-check'
import { from } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { MarketEvent } from '../../market/events.ts'
import { checkContinuity } from '../../streams/continuity/continuity.ts'
import { frameReader } from '../../streams/normalize.ts'
import { openPipeline } from '../../streams/pipeline.ts'
import { frame, lineOf, receivedTime, recordsOf, withValues } from '../support/wire/frames.ts'
import { tries } from '../support/property.ts'
import { trade } from './samples.ts'

const tr = 'H0STCNT0'
const [captured = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
const book = lineOf('H0STASP0.txt', 1)

type Given = { readonly symbol: string; readonly volume: number; readonly total: number; readonly date?: string }

function record({ symbol, volume, total, date = '20260608' }: Given): string[] {
  const figures = { CNTG_VOL: String(volume), ACML_VOL: String(total), ACML_TR_PBMN: String(total * 100) }
  return withValues(tr, captured, { MKSC_SHRN_ISCD: symbol, BSOP_DATE: date, ...figures })
}

function raw(text: string): RawFrame {
  return { line: '1', market: 'KR', bytes: Buffer.from(text), receivedTime }
}

/** `H0NXCNT0` has the same columns, for the same symbols at another venue. */
const frames = fc.array(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.constantFrom(book, 'malformed', frame(tr, record({ symbol: '', volume: 1, total: 1 }))),
    },
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

describe('decode and continuity in one step', () => {
  it('emit what the two emit one after the other', () => {
    fc.assert(
      fc.property(frames, texts => {
        const decoded: MarketEvent[] = []
        texts.map(raw).forEach(frameReader({}, event => decoded.push(event)))
        const expected: MarketEvent[] = []
        from(decoded)
          .pipe(checkContinuity())
          .subscribe(event => expected.push(event))
        expect(eventsOf(texts)).toEqual(expected)
      }),
      tries(500),
    )
  })

  it('keep the totals of many instruments apart', () => {
    const symbols = Array.from({ length: 300 }, (_, i) => String(100_000 + i))
    const rounds = [1, 2, 3].flatMap(round =>
      symbols.map((symbol, i) => frame(tr, record({ symbol, volume: 1, total: 100 * i + round }))),
    )
    const events = eventsOf(rounds)
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['trade']))
    expect(events).toHaveLength(900)
  })

  it('place a trade from outside of the frames by its own instrument', () => {
    const events: MarketEvent[] = []
    const pipeline = openPipeline({}, event => events.push(event))
    for (const total of [10, 11]) pipeline.frame(raw(frame(tr, record({ symbol: '005930', volume: 1, total }))))
    pipeline.frame(raw(book))
    pipeline.lifecycle(trade({ instrument: 'KRX:000660', volume: 1, cumulativeVolume: 12, businessDate: 20260608 }))
    pipeline.frame(raw(frame(tr, record({ symbol: '005930', volume: 1, total: 12 }))))
    expect(events.map(event => (event.type === 'trade' ? event.cumulativeVolume : event.type))).toEqual([
      10,
      11,
      'order-book',
      12,
      12,
    ])
  })

  it('may be called again by a subscriber, between a gap and the trade that revealed it', () => {
    const frameOf = (total: number) => raw(frame(tr, record({ symbol: '005930', volume: 1, total })))
    const events: MarketEvent[] = []
    const pipeline = openPipeline({}, event => {
      events.push(event)
      if (event.type === 'gap') pipeline.frame(frameOf(21))
    })
    for (const total of [10, 20, 22]) pipeline.frame(frameOf(total))
    const seen = events.map(event => (event.type === 'trade' ? event.cumulativeVolume : event.type))
    expect(seen).toEqual([10, 'gap', 21, 20, 22])
  })

  it('emit nothing once they are complete', () => {
    const events: MarketEvent[] = []
    const pipeline = openPipeline({}, event => events.push(event))
    pipeline.complete()
    pipeline.frame(raw(frame(tr, record({ symbol: '005930', volume: 1, total: 10 }))))
    pipeline.lifecycle(trade())
    expect(events).toEqual([])
  })
})

function eventsOf(texts: readonly string[]): MarketEvent[] {
  const events: MarketEvent[] = []
  const pipeline = openPipeline({}, event => events.push(event))
  for (const text of texts) pipeline.frame(raw(text))
  return events
}
