// Days of which trades are lost, come late or cannot be read, and which REST repairs, in part or whole: what
// is published is the truth as far as it is known by then, and what is found in the end is published.
import fc from 'fast-check'
import { Subject } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Bar, Gap, MarketEvent, Trade } from '../../../market/events.ts'
import type { GapFinding, UnknownSpan } from '../../../market/gap-finding.ts'
import type { Execution } from '../../../market/quotations.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import { createContinuityMemory } from '../../../streams/continuity/memory.ts'
import { settleFinding } from '../../../streams/continuity/repairs.ts'
import { at, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const start = at('10:00:00')
const lengthMs = 5_000
const bucketOf = (time: number) => Math.floor(time / lengthMs) * lengthMs

/** What becomes of a trade on its way. `late`: it comes behind that many others. */
type Fate = 'comes' | 'lost' | 'no-price' | 'no-time' | 'no-volume' | { readonly late: number }

type Step = { readonly afterMs: number; readonly price: number; readonly volume: number; readonly fate: Fate }

/** What REST says of a trade of a gap. */
type Answer = 'found' | 'explained' | 'unknown'

const step = (fates: fc.Arbitrary<Fate>): fc.Arbitrary<Step> =>
  fc.record({
    afterMs: fc.constantFrom(0, 0, 1_000, 2_000, 7_000, 16_000),
    price: fc.integer({ min: 1, max: 9 }),
    volume: fc.integer({ min: 1, max: 9 }),
    fate: fates,
  })

const mostly = (fates: fc.Arbitrary<Fate>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<Fate>('comes') }, { weight: 2, arbitrary: fates })
const late = fc.record({ late: fc.integer({ min: 1, max: 5 }) })

type Story = {
  readonly steps: readonly Step[]
  /** In how many steps REST answers each gap, again and again. */
  readonly answerAfter: readonly number[]
  readonly answers: readonly Answer[]
  /** Steps before which the line is down for a moment. */
  readonly cuts: readonly number[]
}

/** Plays a day; returns its trades, all bars, and those trades that were known when each bar came. */
function play({ steps, answerAfter, answers, cuts }: Story) {
  vi.setSystemTime(start - 10_000)
  const memory = createContinuityMemory()
  const source = new Subject<MarketEvent>()
  const emitted = new Subject<MarketEvent>()
  const bars: Bar[] = []
  const known = new Set<Execution>()
  const knownThen: Execution[][] = []
  const questions: { gap: Gap; due: number }[] = []
  let gaps = 0
  let time = start
  let total = 0
  let at = 0

  const tape = steps.map(({ afterMs, price, volume }): Execution => {
    time += afterMs
    total += volume
    return { price, volume, cumulativeVolume: total, bidPrice: null, askPrice: null, eventTime: time }
  })
  emitted.pipe(toBars('5s')).subscribe(bar => {
    bars.push(bar)
    knownThen.push([...known])
  })
  emitted.subscribe(event => {
    if (event.type === 'gap') questions.push({ gap: event, due: at + (answerAfter[gaps++ % answerAfter.length] ?? 0) })
  })
  source.pipe(checkContinuity({ memory })).subscribe(event => {
    if (event.type === 'trade') noteKnown(event)
    emitted.next(event)
  })

  function noteKnown({ cumulativeVolume, price, eventTime, volume }: Trade): void {
    const own = tape.find(one => one.cumulativeVolume === cumulativeVolume)
    if (own !== undefined && price !== null && eventTime !== null && volume !== null) known.add(own)
  }

  function send(one: Execution, fate: Fate): void {
    const changes =
      fate === 'no-price'
        ? { price: null }
        : fate === 'no-time'
          ? { eventTime: null }
          : fate === 'no-volume'
            ? { volume: null }
            : {}
    const receivedTime = Date.now()
    source.next(trade({ ...one, cumulativeValue: null, bidPrice: null, askPrice: null, receivedTime, ...changes }))
  }

  function answer({ fromVolume, toVolume, from, to }: Gap): GapFinding {
    const runs: { fromVolume: number; toVolume: number; trades: Execution[] }[] = []
    const explained: (UnknownSpan & { reason: 'off-book' })[] = []
    const unknown: UnknownSpan[] = []
    for (const [place, one] of tape.entries()) {
      const span = { fromVolume: one.cumulativeVolume - one.volume, toVolume: one.cumulativeVolume }
      if (span.fromVolume < fromVolume || span.toVolume > toVolume) continue
      const answer = answers[place % answers.length] ?? 'found'
      // What came as a trade, unreadable or not, is none that REST explains away.
      const said = answer === 'explained' && steps[place]?.fate !== 'lost' ? 'unknown' : answer
      if (said === 'found') runs.push({ ...span, trades: [one] })
      else if (said === 'explained') explained.push({ ...span, from, to, reason: 'off-book' })
      else unknown.push({ ...span, from, to })
    }
    const question = { instrument: samsung, businessDate: 20260914, fromVolume, toVolume, from, to }
    return { question, runs, explained, unknown, evidence: [] }
  }

  function answerDue(until: number): void {
    for (const { gap } of questions
      .splice(0, questions.length, ...questions.filter(({ due }) => due > until))
      .filter(({ due }) => due <= until)) {
      for (const event of settleFinding(memory, answer(gap), Date.now())) {
        if (event.type === 'backfill') {
          for (const { cumulativeVolume } of event.trades) {
            known.add(tape.find(one => one.cumulativeVolume === cumulativeVolume) as Execution)
          }
        }
        emitted.next(event)
      }
    }
  }

  source.next({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: Date.now() })
  const behind = new Map<number, Execution[]>()
  for (const [place, one] of tape.entries()) {
    at = place
    if (one.eventTime + 100 > Date.now()) vi.advanceTimersByTime(one.eventTime + 100 - Date.now())
    if (cuts.includes(place)) {
      source.next({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: Date.now() })
      vi.advanceTimersByTime(10)
      source.next({ type: 'resume', line: '1', market: 'KR', outageMs: 10, receivedTime: Date.now() })
    }
    const { fate } = steps[place] as Step
    if (typeof fate === 'object') behind.set(place + fate.late, [...(behind.get(place + fate.late) ?? []), one])
    else if (fate !== 'lost') send(one, fate)
    for (const straggler of behind.get(place) ?? []) send(straggler, 'comes')
    behind.delete(place)
    answerDue(place)
  }
  at = tape.length
  for (const stragglers of behind.values()) for (const straggler of stragglers) send(straggler, 'comes')
  vi.advanceTimersByTime(20_000)
  answerDue(Number.POSITIVE_INFINITY)
  emitted.complete()
  expect(vi.getTimerCount()).toBe(0)
  return { tape, bars, knownThen, known }
}

const insideOf = (startTime: number, trades: Iterable<Execution>) =>
  [...trades]
    .filter(({ eventTime }) => bucketOf(eventTime) === startTime)
    .sort((a, b) => a.cumulativeVolume - b.cumulativeVolume)

function figuresOf(trades: readonly Execution[]) {
  const prices = trades.map(({ price }) => price)
  return {
    open: prices[0],
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1),
    volume: trades.reduce((sum, { volume }) => sum + volume, 0),
    tradeCount: trades.length,
  }
}

const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 })
const answerAfter = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 })

describe('bars of a day that came in pieces', () => {
  const anyFate = mostly(fc.oneof(fc.constantFrom<Fate>('lost', 'no-price', 'no-time', 'no-volume'), late))
  const story = fc.record({
    steps: fc.array(step(anyFate), { minLength: 1, maxLength: 40 }),
    answerAfter,
    answers: fc.array(fc.constantFrom<Answer>('found', 'found', 'found', 'explained', 'unknown'), {
      minLength: 1,
      maxLength: 7,
    }),
    cuts,
  })

  it('hold all that is known by then; those that are not repaired come once, and the repaired ones in order', () => {
    fc.assert(
      fc.property(story, day => {
        const { bars, knownThen, tape } = play(day)
        for (const [place, bar] of bars.entries()) {
          const { startTime } = bar
          expect(bar).toMatchObject(figuresOf(insideOf(startTime, knownThen[place] as Execution[])))
          // Of its time nothing came that could not be read, unless REST had it.
          const then = knownThen[place] as Execution[]
          const last = tape.findLastIndex(one => then.includes(one))
          const spoiled = tape.filter((one, index) => {
            const { fate } = day.steps[index] as Step
            return index <= last && !then.includes(one) && typeof fate === 'string' && fate.startsWith('no-')
          })
          expect(insideOf(startTime, spoiled)).toEqual([])
        }
        const unmarked = bars.filter(({ isRepaired }) => !isRepaired).map(({ startTime }) => startTime)
        expect(unmarked).toEqual([...new Set(unmarked)].sort((a, b) => a - b))
      }),
      { numRuns: 150 },
    )
  })
})

describe('bars of a day of which everything was found in the end', () => {
  const story = fc.record({
    steps: fc.array(step(mostly(fc.oneof(fc.constant<Fate>('lost'), late))), { minLength: 1, maxLength: 40 }),
    answerAfter,
    answers: fc.constant(['found'] as const),
    cuts: fc.constant([]),
  })

  it('are all there, each with the truth as its last word', () => {
    fc.assert(
      fc.property(story, day => {
        const { tape, bars, known } = play(day)
        const [first] = known
        if (first === undefined) return
        // What was lost behind the last trade was missed by none, and what happened before the first that
        // came was not counted.
        const last = tape.findLastIndex(one => known.has(one))
        const counted = tape.filter(
          (one, place) =>
            place <= last &&
            bucketOf(one.eventTime) >= bucketOf(first.eventTime) &&
            (one.cumulativeVolume >= first.cumulativeVolume || known.has(one)),
        )
        const expected = new Map(
          [...new Set(counted.map(({ eventTime }) => bucketOf(eventTime)))].map(startTime => [
            startTime,
            figuresOf(insideOf(startTime, counted)),
          ]),
        )
        const lastWords = new Map(bars.map(bar => [bar.startTime, bar]))
        expect(new Set(lastWords.keys())).toEqual(new Set(expected.keys()))
        for (const [startTime, figures] of expected) expect(lastWords.get(startTime)).toMatchObject(figures)
      }),
      { numRuns: 150 },
    )
  })
})
