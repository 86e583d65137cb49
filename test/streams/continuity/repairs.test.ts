// What of a finding is news: decided by the same count that found the gap.
import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Backfill, GapVerdict, MarketEvent, Trade } from '../../../market/events.ts'
import type { GapFinding, GapQuestion } from '../../../market/gap-finding.ts'
import type { Execution } from '../../../market/quotations.ts'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import { createContinuityMemory, restoreStates, savedStates } from '../../../streams/continuity/memory.ts'
import { mostRanges } from '../../../streams/continuity/missing-ranges.ts'
import { openGaps, settleFinding } from '../../../streams/continuity/repairs.ts'

const date = 20260914
const at = (second: number) => Date.parse('2026-09-14T10:00:00+09:00') + second * 1_000

/** A trade of `volume` shares up to `total`, in the second `total / 10`. */
function trade(total: number, volume: number): Trade {
  return {
    type: 'trade',
    instrument: 'KRX:005930',
    price: 274_000,
    volume,
    side: 'buy',
    cumulativeVolume: total,
    cumulativeValue: total * 274_000,
    open: null,
    high: null,
    low: null,
    previousClose: null,
    bidPrice: null,
    askPrice: null,
    bidVolume: null,
    askVolume: null,
    businessDate: date,
    eventTime: at(Math.floor(total / 10)),
    receivedTime: at(0),
  }
}

function execution(total: number, volume: number): Execution {
  const eventTime = at(Math.floor(total / 10))
  return { price: 274_000, volume, cumulativeVolume: total, bidPrice: null, askPrice: null, eventTime }
}

/** A line on which 100 shares were delivered, then those up to 150 were not, then 10 more were. */
function lineWithAGap() {
  const memory = createContinuityMemory()
  const input = new Subject<MarketEvent>()
  const emitted: MarketEvent[] = []
  const dropped: Trade[] = []
  input.pipe(checkContinuity({ memory, onDuplicate: one => dropped.push(one) })).subscribe(event => emitted.push(event))
  input.next(trade(100, 100))
  input.next(trade(160, 10))
  return { memory, input, emitted, dropped }
}

const question: GapQuestion = {
  instrument: 'KRX:005930',
  businessDate: date,
  fromVolume: 100,
  toVolume: 150,
  from: at(10),
  to: at(16),
}
const whole: GapFinding = {
  question,
  runs: [{ fromVolume: 100, toVolume: 150, trades: [execution(120, 20), execution(140, 20), execution(150, 10)] }],
  explained: [],
  unknown: [],
  evidence: ['asked'],
}

const backfills = (events: readonly (Backfill | GapVerdict)[]) => events.filter(event => event.type === 'backfill')
const verdict = (events: readonly (Backfill | GapVerdict)[]) => events.find(event => event.type === 'gap-verdict')
const totals = (events: readonly (Backfill | GapVerdict)[]) =>
  backfills(events).map(({ trades }) => trades.map(({ cumulativeVolume }) => cumulativeVolume))

describe('a finding', () => {
  it('becomes one backfill of all that was missing, and the verdict behind it', () => {
    const { memory } = lineWithAGap()
    const events = settleFinding(memory, whole, 77)
    expect(events).toEqual([
      {
        type: 'backfill',
        instrument: 'KRX:005930',
        businessDate: date,
        fromVolume: 100,
        toVolume: 150,
        trades: whole.runs[0]?.trades,
        receivedTime: 77,
      },
      {
        type: 'gap-verdict',
        instrument: 'KRX:005930',
        verdict: 'repaired',
        businessDate: date,
        fromVolume: 100,
        toVolume: 150,
        repairedVolume: 50,
        settledVolume: 0,
        explainedVolume: 0,
        unknownVolume: 0,
        unknown: [],
        evidence: ['asked'],
        receivedTime: 77,
      },
    ])
    expect(openGaps(memory)).toEqual([])
  })

  it('delivers nothing a second time', () => {
    const { memory } = lineWithAGap()
    settleFinding(memory, whole, 1)
    const again = settleFinding(memory, whole, 2)
    expect(backfills(again)).toEqual([])
    expect(verdict(again)).toMatchObject({ verdict: 'repaired', repairedVolume: 0, settledVolume: 50 })
  })

  it('delivers nothing a second time after a restart either, which remembers what is missing', () => {
    const { memory } = lineWithAGap()
    const question = openGaps(memory)
    settleFinding(memory, whole, 1)
    const restarted = createContinuityMemory()
    restoreStates(restarted, JSON.parse(JSON.stringify(savedStates(memory))))
    expect(question).toHaveLength(1)
    expect(openGaps(restarted)).toEqual([])
    expect(backfills(settleFinding(restarted, whole, 2))).toEqual([])
  })

  it('leaves out what came late meanwhile, and says so', () => {
    const { memory, input } = lineWithAGap()
    input.next(trade(140, 20))
    const events = settleFinding(memory, whole, 1)
    expect(totals(events)).toEqual([[120], [150]])
    expect(verdict(events)).toMatchObject({ verdict: 'repaired', repairedVolume: 30, settledVolume: 20 })
  })

  it('makes a repeat of a trade that comes late after it was repaired', () => {
    const { memory, input, emitted, dropped } = lineWithAGap()
    settleFinding(memory, whole, 1)
    const before = emitted.length
    input.next(trade(140, 20))
    expect(emitted).toHaveLength(before)
    expect(dropped).toMatchObject([{ cumulativeVolume: 140 }])
    input.next(trade(165, 5))
    expect(emitted.slice(before).map(({ type }) => type)).toEqual(['trade'])
  })

  it('does not take a late trade for a repeat where something is still missing', () => {
    const { memory, input, emitted } = lineWithAGap()
    const runs = [{ fromVolume: 140, toVolume: 150, trades: [execution(150, 10)] }]
    settleFinding(
      memory,
      { ...whole, runs, unknown: [{ fromVolume: 100, toVolume: 140, from: at(10), to: at(15) }] },
      1,
    )
    input.next(trade(120, 20))
    expect(emitted.slice(-2)).toMatchObject([
      { type: 'gap-filled', filledVolume: 20 },
      { type: 'trade', cumulativeVolume: 120 },
    ])
  })

  it('says what remains unknown, as far as it is unknown still', () => {
    const { memory, input } = lineWithAGap()
    const runs = [{ fromVolume: 100, toVolume: 120, trades: [execution(120, 20)] }]
    const unknown = [{ fromVolume: 120, toVolume: 150, from: at(12), to: at(16) }]
    input.next(trade(140, 20))
    const events = settleFinding(memory, { ...whole, runs, unknown }, 1)
    expect(verdict(events)).toMatchObject({
      verdict: 'unfillable',
      repairedVolume: 20,
      settledVolume: 20,
      unknownVolume: 10,
      unknown: [{ fromVolume: 140, toVolume: 150, from: at(12), to: at(16) }],
    })
    expect(openGaps(memory)).toEqual([{ ...question, fromVolume: 140 }])
  })

  it('is explained when nothing remains unknown, and volume that was never a trade is not delivered', () => {
    const { memory } = lineWithAGap()
    const explained = [{ fromVolume: 100, toVolume: 150, from: at(10), to: at(16), reason: 'off-book' as const }]
    const events = settleFinding(memory, { ...whole, runs: [], explained }, 1)
    expect(events).toMatchObject([{ type: 'gap-verdict', verdict: 'explained', explainedVolume: 50, unknownVolume: 0 }])
  })

  it('remains unknown, all of it, when the volume of its date is not followed any more', () => {
    const { memory } = lineWithAGap()
    for (const other of [{ instrument: 'KRX:000660' }, { businessDate: 20260915 }] as const) {
      const events = settleFinding(memory, { ...whole, question: { ...question, ...other } }, 1)
      expect(events).toMatchObject([
        {
          type: 'gap-verdict',
          verdict: 'unfillable',
          repairedVolume: 0,
          settledVolume: 0,
          unknownVolume: 50,
          ...other,
        },
      ])
      expect(verdict(events)?.unknown).toEqual([{ fromVolume: 100, toVolume: 150, from: at(10), to: at(16) }])
      expect(verdict(events)?.evidence.at(-1)).toContain('not followed any more')
    }
    expect(openGaps(memory)).toHaveLength(1)
  })

  it('does not deliver a trade of another time than that of the gap: it belongs to another total, and nothing is repaired', () => {
    const { memory } = lineWithAGap()
    const stray = { ...execution(150, 50), eventTime: at(3_600) }
    const events = settleFinding(memory, { ...whole, runs: [{ fromVolume: 100, toVolume: 150, trades: [stray] }] }, 1)
    expect(backfills(events)).toEqual([])
    expect(verdict(events)).toMatchObject({
      verdict: 'unfillable',
      settledVolume: 0,
      unknownVolume: 50,
      unknown: [{ fromVolume: 100, toVolume: 150, from: at(10), to: at(16) }],
      evidence: ['asked', 'REST has trades for 50 shares that did not happen between the trades around the gap'],
    })
    expect(openGaps(memory)).toHaveLength(1)
  })
})

describe('a gap that so many newer ones lie above that it was given up', () => {
  /** As many gaps of ten shares as there are; nothing fills any of them. */
  function lineWithGaps(count: number) {
    const memory = createContinuityMemory()
    const input = new Subject<MarketEvent>()
    input.pipe(checkContinuity({ memory })).subscribe()
    for (let i = 0; i <= count; i++) input.next(trade(10 + i * 20, 10))
    return memory
  }
  const first: GapQuestion = { ...question, fromVolume: 10, toVolume: 20, from: at(1), to: at(3) }
  const nothing: GapFinding = {
    question: first,
    runs: [],
    explained: [],
    unknown: [{ fromVolume: 10, toVolume: 20, from: at(1), to: at(3) }],
    evidence: ['REST has nothing'],
  }
  const isUnknown = { verdict: 'unfillable', repairedVolume: 0, settledVolume: 0, unknownVolume: 10 }

  it.each([mostRanges, mostRanges + 1, mostRanges + 88])(
    'remains unknown, and is not called repaired: %i gaps',
    gaps => {
      expect(verdict(settleFinding(lineWithGaps(gaps), nothing, 1))).toMatchObject(isUnknown)
    },
  )

  it('remains unknown after a restart, too, and says why', () => {
    const memory = createContinuityMemory()
    restoreStates(memory, savedStates(lineWithGaps(mostRanges + 1)))
    const found = verdict(settleFinding(memory, nothing, 1))
    expect(found).toMatchObject({ ...isUnknown, unknown: [{ fromVolume: 10, toVolume: 20, from: at(1), to: at(3) }] })
    expect(found?.evidence.at(-1)).toContain('not kept any more')
  })

  it('delivers nothing of it, because it is not known any more whether it came late', () => {
    const run = { fromVolume: 10, toVolume: 20, trades: [execution(20, 10)] }
    const events = settleFinding(lineWithGaps(mostRanges + 1), { ...nothing, runs: [run], unknown: [] }, 1)
    expect(backfills(events)).toEqual([])
    expect(verdict(events)).toMatchObject(isUnknown)
  })

  it('takes nothing from the gaps above it', () => {
    const kept = { ...first, fromVolume: 30, toVolume: 40, from: at(3), to: at(5) }
    const run = { fromVolume: 30, toVolume: 40, trades: [execution(40, 10)] }
    const events = settleFinding(
      lineWithGaps(mostRanges + 1),
      { ...nothing, question: kept, runs: [run], unknown: [] },
      1,
    )
    expect(verdict(events)).toMatchObject({ verdict: 'repaired', repairedVolume: 10, unknownVolume: 0 })
  })
})
