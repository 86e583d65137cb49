// What is made of a gap, with REST's answers written by hand: every verdict, every trap, and what is worth
// another try.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KisError } from '../../../kis/errors.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import type { GapQuestion } from '../../../market/gap-finding.ts'
import type { Instrument } from '../../../market/instrument.ts'
import type { Execution, ExecutionPage, MinuteBar, Quotations } from '../../../market/quotations.ts'
import { tries } from '../../support/property.ts'
import { validateGap } from '../../../workers/jobs/gap-validation.ts'
import { TryLater } from '../../../workers/try-later.ts'

/** 2026-09-14, a Monday, at a time of Korea's clock. */
const at = (time: string) => Date.parse(`2026-09-14T${time}+09:00`)

function execution(time: string, cumulativeVolume: number, volume: number): Execution {
  return { price: 274_000, volume, cumulativeVolume, bidPrice: 273_500, askPrice: 274_000, eventTime: at(time) }
}

function bar(time: string, volume: number, prices: Partial<MinuteBar> = {}): MinuteBar {
  return { startTime: at(time), open: 274_000, high: 275_000, low: 273_000, close: 274_500, volume, ...prices }
}

type Returned = {
  executions: readonly Execution[]
  bars?: readonly MinuteBar[]
  pageSize?: number
  latestOnly?: boolean
}

/** Answers as KIS does: newest first, a page at a time, at or before the time asked for. */
function restOf({ executions, bars = [], pageSize = 30, latestOnly = false }: Returned) {
  const asked: string[] = []
  const newestFirst = executions.toReversed()
  const total = newestFirst[0]?.cumulativeVolume
  const quotations: Quotations = {
    executions(_, until): Promise<ExecutionPage> {
      asked.push(`executions ${new Date(until + 9 * 3_600_000).toISOString().slice(11, 19)}`)
      if (latestOnly) {
        const latest = newestFirst.slice(0, pageSize)
        const page = latest.filter(({ eventTime }) => eventTime <= until)
        const later = latest.length - page.length
        return Promise.resolve({ executions: page, later, total, older: undefined, end: 'latest-only' })
      }
      const page = newestFirst.filter(({ eventTime }) => eventTime <= until).slice(0, pageSize)
      const oldest = page.at(-1)
      if (page.length < pageSize || oldest === undefined) {
        return Promise.resolve({ executions: page, total, older: undefined, end: 'day-begins' })
      }
      const older = page[0]?.eventTime === oldest.eventTime ? oldest.eventTime - 1_000 : oldest.eventTime
      return Promise.resolve({ executions: page, total, older })
    },
    minuteBars(_, from, to) {
      asked.push(`bars ${new Date(from + 9 * 3_600_000).toISOString().slice(11, 16)}`)
      return Promise.resolve(bars.filter(({ startTime }) => startTime >= from && startTime < to))
    },
  }
  return { quotations, asked }
}

/** The 100 shares after the first 1,000 of the day did not come. */
function gapOf(more: Partial<GapQuestion> = {}): GapQuestion {
  const instrument: Instrument = 'KRX:005930'
  const volumes = { fromVolume: 1_000, toVolume: 1_100 }
  return { instrument, businessDate: 20260914, ...volumes, from: at('10:00:01'), to: at('10:00:05'), ...more }
}

const depsOf = (quotations: Quotations, now: string) => ({
  quotations,
  clock: { now: () => at(now) },
  calendar: standardCalendar,
})

const before = execution('10:00:01', 1_000, 7)
const after = execution('10:00:05', 1_120, 20)
const missing = [execution('10:00:02', 1_040, 40), execution('10:00:04', 1_100, 60)]

describe('a gap that REST can fill', () => {
  it('is filled, with one call where one will do', async () => {
    const { quotations, asked } = restOf({ executions: [before, ...missing, after] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:00:06'))
    expect(finding.runs).toEqual([{ fromVolume: 1_000, toVolume: 1_100, trades: missing }])
    expect(finding).toMatchObject({ explained: [], unknown: [], question: gapOf() })
    expect(finding.evidence).toEqual(['4 executions in 1 call', 'they fill 100 of 100 shares'])
    expect(asked).toEqual(['executions 10:00:05'])
  })

  it('is paged back to its beginning and no further', async () => {
    const { quotations, asked } = restOf({
      executions: [execution('09:59:00', 993, 993), before, ...missing, after],
      pageSize: 2,
    })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:00:06'))
    expect(finding.runs).toMatchObject([{ fromVolume: 1_000, toVolume: 1_100 }])
    expect(asked).toEqual(['executions 10:00:05', 'executions 10:00:04'])
  })

  it('is never asked for a later time than now', async () => {
    const { quotations, asked } = restOf({ executions: [before, ...missing, after] })
    await validateGap(gapOf({ to: null }), depsOf(quotations, '10:00:07'))
    expect(asked).toEqual(['executions 10:00:07'])
  })

  it('is filled at once where our clock is behind that of KIS', async () => {
    const { quotations, asked } = restOf({ executions: [before, ...missing, after] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:00:02'))
    expect(finding.runs).toEqual([{ fromVolume: 1_000, toVolume: 1_100, trades: missing }])
    expect(asked).toEqual(['executions 10:00:05'])
  })

  it('is found again, the same, when asked again', async () => {
    const { quotations } = restOf({ executions: [before, ...missing, after] })
    const deps = depsOf(quotations, '10:00:06')
    expect(await validateGap(gapOf(), deps)).toEqual(await validateGap(gapOf(), deps))
  })
})

describe('a gap that REST cannot fill yet', () => {
  it('is asked about again in a moment while REST is behind the stream', async () => {
    const { quotations } = restOf({ executions: [before, missing[0] as Execution] })
    const error = await validateGap(gapOf(), depsOf(quotations, '10:00:06')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TryLater)
    expect(error).toMatchObject({ waitMs: 1_000 })
  })

  it('is not asked about again where REST is ahead, and does not tell it any more', async () => {
    const later = Array.from({ length: 3 }, (_, i) => execution('10:00:06', 1_140 + 10 * i, 10))
    const { quotations } = restOf({ executions: [before, ...missing, after, ...later], latestOnly: true, pageSize: 3 })
    const finding = await validateGap(gapOf({ instrument: 'NAS:AAPL' }), depsOf(quotations, '10:00:07'))
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_000, toVolume: 1_100 }])
  })

  it('waits for its minute to be over where the executions leave a part open', async () => {
    const { quotations, asked } = restOf({ executions: [before, missing[0] as Execution, after] })
    const error = await validateGap(gapOf(), depsOf(quotations, '10:00:30')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TryLater)
    expect(error).toMatchObject({ waitMs: 33_000 })
    expect(asked).not.toContain('bars 10:00')
  })
})

describe('what the executions leave open', () => {
  const firstHalf = [before, missing[0] as Execution, after]
  const total = (last: number) => execution('10:00:59', last, last - 1_120)

  it('remains unknown where the minute bars have it: it was traded, and the executions skip it', async () => {
    const executions = [execution('09:59:59', 993, 993), ...firstHalf, total(1_500)]
    const { quotations } = restOf({ executions, bars: [bar('10:00', 507)] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding.runs).toMatchObject([{ fromVolume: 1_000, toVolume: 1_040 }])
    expect(finding.unknown).toEqual([{ fromVolume: 1_040, toVolume: 1_100, from: at('10:00:02'), to: at('10:00:05') }])
    expect(finding.explained).toEqual([])
    expect(finding.evidence.at(-1)).toMatch(/10:00–10:01 KST have all 507 shares.*the executions skip it/)
  })

  it('is explained where the total moved by more than the minute bars have, by exactly what is missing', async () => {
    const executions = [execution('09:59:59', 993, 993), ...firstHalf, total(1_500)]
    const { quotations } = restOf({ executions, bars: [bar('10:00', 447)] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding.unknown).toEqual([])
    expect(finding.explained).toMatchObject([{ fromVolume: 1_040, toVolume: 1_100, reason: 'off-book' }])
    expect(finding.evidence.at(-1)).toMatch(/moved by 507 shares.*have 447/)
  })

  it('remains unknown where total and minute bars agree in no way', async () => {
    const executions = [execution('09:59:59', 993, 993), ...firstHalf, total(1_500)]
    const { quotations } = restOf({ executions, bars: [bar('10:00', 480)] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding.explained).toEqual([])
    expect(finding.unknown).toHaveLength(1)
    expect(finding.evidence.at(-1)).toMatch(/they do not agree/)
  })

  it('is explained as an auction where one ended in that minute, at one price, with exactly this volume', async () => {
    const question = gapOf({ from: at('15:19:58'), to: at('15:40:03') })
    const executions = [execution('15:19:58', 1_000, 7), execution('15:40:03', 1_120, 20)]
    const prices = { open: 274_000, high: 274_000, low: 274_000, close: 274_000 }
    const { quotations } = restOf({ executions, bars: [bar('15:19', 7), bar('15:30', 100, prices)] })
    const finding = await validateGap(question, depsOf(quotations, '15:42:00'))
    expect(finding.explained).toMatchObject([{ fromVolume: 1_000, toVolume: 1_100, reason: 'auction' }])
    expect(finding.evidence.at(-1)).toMatch(/15:30 KST is an auction's: 100 shares at 274000/)
  })

  it('is no auction of another volume than what is missing', async () => {
    const question = gapOf({ from: at('15:19:58'), to: at('15:40:03') })
    const executions = [execution('15:19:58', 1_000, 7), execution('15:40:03', 1_120, 20)]
    const prices = { open: 274_000, high: 274_000, low: 274_000, close: 274_000 }
    for (const volume of [99, 101, 5_000]) {
      const { quotations } = restOf({ executions, bars: [bar('15:19', 7), bar('15:30', volume, prices)] })
      const finding = await validateGap(question, depsOf(quotations, '15:42:00'))
      expect(finding.explained.filter(({ reason }) => reason === 'auction')).toEqual([])
    }
  })

  it('is no auction in a minute in which none ended, whatever its prices', async () => {
    const executions = [execution('09:59:59', 993, 993), before, after]
    const prices = { open: 274_000, high: 274_000, low: 274_000, close: 274_000 }
    const { quotations } = restOf({ executions, bars: [bar('10:00', 100, prices)] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding.explained.filter(({ reason }) => reason === 'auction')).toEqual([])
  })

  it('is judged for each stretch of minutes by itself', async () => {
    const question = gapOf({ toVolume: 1_300, to: at('10:05:30') })
    const executions = [
      execution('09:59:59', 993, 993),
      before,
      // 40 shares are skipped here…
      execution('10:00:20', 1_060, 20),
      execution('10:03:00', 1_100, 40),
      // …and 100 moved the total off the book here.
      execution('10:05:20', 1_250, 50),
      execution('10:05:25', 1_300, 50),
      execution('10:05:30', 1_310, 10),
    ]
    const bars = [bar('10:00', 67), bar('10:03', 40), bar('10:05', 110)]
    const { quotations } = restOf({ executions, bars })
    const finding = await validateGap(question, depsOf(quotations, '10:07:00'))
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_000, toVolume: 1_040 }])
    expect(finding.explained).toMatchObject([{ fromVolume: 1_100, toVolume: 1_200, reason: 'off-book' }])
    expect(finding.runs.map(({ fromVolume, toVolume }) => [fromVolume, toVolume])).toEqual([
      [1_040, 1_100],
      [1_200, 1_300],
    ])
  })

  it('is not called skipped where the executions were returned and contradict each other', async () => {
    const twice = [execution('10:00:03', 1_090, 50), execution('10:00:04', 1_100, 60)]
    const executions = [execution('09:59:59', 993, 993), before, missing[0] as Execution, ...twice, after, total(1_500)]
    const { quotations } = restOf({ executions, bars: [bar('10:00', 507)] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_040, toVolume: 1_100 }])
    expect(finding.evidence.at(-2)).toBe('2 of them contradict each other or the stream, and were left out')
    expect(finding.evidence.at(-1)).toMatch(/it was traded, and no accepted execution has it/)
  })

  it('is all of it when the second holds more trades than a page, as far as they cannot be paged', async () => {
    const crowd = Array.from({ length: 50 }, (_, i) => execution('10:00:03', 1_002 + 2 * i, 2))
    const { quotations } = restOf({ executions: [before, ...crowd, after], bars: [bar('10:00', 127)] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    // 29 beside the one after the gap, then a page of the second itself, which has the same 30 newest.
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_000, toVolume: 1_040, to: at('10:00:03') }])
    expect(finding.runs).toMatchObject([{ fromVolume: 1_040, toVolume: 1_100 }])
  })
})

describe('an overseas gap', () => {
  const apple = { instrument: 'NAS:AAPL' } as const

  it('is judged at once, because only the latest executions are returned', async () => {
    const { quotations, asked } = restOf({ executions: [missing[1] as Execution, after], latestOnly: true })
    const finding = await validateGap(gapOf(apple), depsOf(quotations, '10:00:06'))
    expect(finding.runs).toMatchObject([{ fromVolume: 1_040, toVolume: 1_100 }])
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_000, toVolume: 1_040 }])
    expect(finding.evidence[0]).toMatch(/no older ones \(latest-only\)/)
    expect(asked).toEqual(['executions 10:00:05'])
  })

  it('does not claim that nothing was returned where what was returned is later', async () => {
    const latest = [execution('11:00:00', 5_000, 10), execution('11:00:01', 5_010, 10)]
    const { quotations } = restOf({ executions: latest, bars: [bar('10:00', 127)], latestOnly: true })
    const finding = await validateGap(gapOf(apple), depsOf(quotations, '12:00:00'))
    expect(finding.evidence[0]).toBe('2 executions in 1 call, 2 of them after the gap, and no older ones (latest-only)')
  })

  it('cannot be measured where the latest do not reach its beginning, and says how many were returned', async () => {
    const byHand = { ...apple, fromVolume: 0, toVolume: 0, from: at('09:50:00'), to: at('10:00:06') }
    const within = restOf({ executions: missing, latestOnly: true })
    await expect(validateGap(gapOf(byHand), depsOf(within.quotations, '10:00:07'))).rejects.toThrow(
      /: 2 executions of .* and none before them, so the volume between the two times is not known; REST returns only the latest/,
    )
    const later = restOf({ executions: [execution('11:00:00', 5_000, 10)], latestOnly: true })
    await expect(validateGap(gapOf(byHand), depsOf(later.quotations, '11:00:07'))).rejects.toThrow(
      /: no executions of .*; the 1 that REST returned are of other times; REST returns only the latest of an overseas instrument/,
    )
  })

  it('has the minute bars say how much was traded, long after', async () => {
    const { quotations } = restOf({ executions: [], bars: [bar('10:00', 127)], latestOnly: true })
    const finding = await validateGap(gapOf(apple), depsOf(quotations, '12:00:00'))
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_000, toVolume: 1_100 }])
    expect(finding.evidence.at(-1)).toMatch(
      /10:00–10:01 KST have 127 shares; the day's total there is not returned any more/,
    )
  })
})

describe('what was traded between two times', () => {
  const byHand = gapOf({ fromVolume: 0, toVolume: 0, from: at('10:00:00'), to: at('10:00:05') })

  it('is measured by the executions before and at its end', async () => {
    const day = [execution('09:59:00', 993, 993), before, ...missing, after]
    const { quotations } = restOf({ executions: day })
    const finding = await validateGap(byHand, depsOf(quotations, '10:00:06'))
    expect(finding.question).toMatchObject({ fromVolume: 993, toVolume: 1_100 })
    expect(finding.runs).toMatchObject([{ fromVolume: 993, toVolume: 1_100, trades: [before, ...missing] }])
  })

  it('cannot be measured on another day, and that is not worth another try', async () => {
    const quotations: Quotations = {
      executions: () => Promise.resolve({ executions: [], total: undefined, older: undefined, end: 'today-only' }),
      minuteBars: () => Promise.resolve([]),
    }
    const error = await validateGap(byHand, depsOf(quotations, '10:00:06')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(KisError)
    expect(error).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/only those of today are returned/),
    })
  })
})

describe('REST in trouble', () => {
  it('is passed on as it is, for the queue to judge', async () => {
    const trouble = new KisError('server', 'KIS has trouble')
    const quotations: Quotations = {
      executions: () => Promise.reject(trouble),
      minuteBars: () => Promise.reject(trouble),
    }
    await expect(validateGap(gapOf(), depsOf(quotations, '10:00:06'))).rejects.toBe(trouble)
  })

  it('that will not pass leaves all of the gap unknown, with what REST said as the evidence', async () => {
    const refusal = new KisError('invalid-request', 'no such market')
    const quotations: Quotations = {
      executions: () => Promise.reject(refusal),
      minuteBars: () => Promise.reject(refusal),
    }
    expect(await validateGap(gapOf({ instrument: 'BAQ:AAPL' }), depsOf(quotations, '10:00:06'))).toEqual({
      question: gapOf({ instrument: 'BAQ:AAPL' }),
      runs: [],
      explained: [],
      unknown: [{ fromVolume: 1_000, toVolume: 1_100, from: at('10:00:01'), to: at('10:00:05') }],
      evidence: ['no such market'],
    })
  })

  const refusal = new KisError('invalid-request', 'not on paper')
  const trouble = new KisError('server', 'KIS has trouble')
  const firstHalf = [execution('09:59:59', 993, 993), before, missing[0] as Execution, after]
  const refusing = (returned: Returned, more: Partial<Quotations>) => ({ ...restOf(returned).quotations, ...more })
  const ofFirstHalf = [{ fromVolume: 1_000, toVolume: 1_040, trades: [missing[0]] }]
  const secondHalf = [{ fromVolume: 1_040, toVolume: 1_100, from: at('10:00:02'), to: at('10:00:05') }]

  it('that will not pass takes nothing from what the executions prove, where it is about the minute bars', async () => {
    const quotations = refusing({ executions: firstHalf }, { minuteBars: () => Promise.reject(refusal) })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding).toMatchObject({ runs: ofFirstHalf, explained: [], unknown: secondHalf })
    expect(finding.evidence).toEqual(['4 executions in 1 call', 'they fill 40 of 100 shares', 'not on paper'])
  })

  it('that will not pass takes nothing from the pages that came before it', async () => {
    const day = [...Array(40)].map((_, i) => execution('10:00:01', 900 + 2 * i, 2))
    const rest = restOf({ executions: [...day, before, ...missing, after], pageSize: 3 })
    let calls = 0
    const quotations: Quotations = {
      executions: (instrument, until) =>
        ++calls > 1 ? Promise.reject(refusal) : rest.quotations.executions(instrument, until),
      minuteBars: () => Promise.resolve([bar('10:00', 507)]),
    }
    const finding = await validateGap(gapOf({ fromVolume: 950 }), depsOf(quotations, '10:02:00'))
    expect(finding.runs).toMatchObject([{ fromVolume: 1_000, toVolume: 1_100 }])
    expect(finding.unknown).toMatchObject([{ fromVolume: 950, toVolume: 1_000 }])
    expect(finding.evidence.slice(0, 3)).toEqual([
      '3 executions in 1 call, and no older ones (refused)',
      'not on paper',
      'they fill 100 of 150 shares',
    ])
  })

  it('that will not pass takes nothing from what the minute bars prove, where it is about the executions', async () => {
    const prices = { open: 274_000, high: 274_000, low: 274_000, close: 274_000 }
    const quotations: Quotations = {
      executions: () => Promise.reject(refusal),
      minuteBars: () => Promise.resolve([bar('15:30', 100, prices)]),
    }
    const question = gapOf({ from: at('15:19:58'), to: at('15:40:03') })
    const finding = await validateGap(question, depsOf(quotations, '15:42:00'))
    expect(finding).toMatchObject({
      unknown: [],
      explained: [{ fromVolume: 1_000, toVolume: 1_100, reason: 'auction' }],
    })
    expect(finding.evidence[0]).toBe('not on paper')
  })

  it('that will not pass with one stretch of minutes takes nothing from the next', async () => {
    const question = gapOf({ toVolume: 1_300, to: at('10:05:30') })
    const executions = [
      execution('09:59:59', 993, 993),
      before,
      execution('10:00:20', 1_060, 20),
      execution('10:03:00', 1_100, 40),
      execution('10:05:20', 1_250, 50),
      execution('10:05:25', 1_300, 50),
      execution('10:05:30', 1_310, 10),
    ]
    const rest = restOf({ executions, bars: [bar('10:03', 40), bar('10:05', 110)] }).quotations
    const quotations: Quotations = {
      ...rest,
      minuteBars: (instrument, from, to) =>
        from === at('10:00:00') ? Promise.reject(refusal) : rest.minuteBars(instrument, from, to),
    }
    const finding = await validateGap(question, depsOf(quotations, '10:07:00'))
    expect(finding.unknown).toMatchObject([{ fromVolume: 1_000, toVolume: 1_040 }])
    expect(finding.explained).toMatchObject([{ fromVolume: 1_100, toVolume: 1_200, reason: 'off-book' }])
    expect(finding.evidence).toContain('not on paper')
  })

  it('that passes is waited for, and on the last attempt takes nothing from what is proven', async () => {
    const quotations = refusing({ executions: firstHalf }, { minuteBars: () => Promise.reject(trouble) })
    const deps = depsOf(quotations, '10:02:00')
    await expect(validateGap(gapOf(), deps)).rejects.toBe(trouble)
    const finding = await validateGap(gapOf(), deps, { isLastAttempt: true })
    expect(finding).toMatchObject({ runs: ofFirstHalf, unknown: secondHalf })
    expect(finding.evidence).toContain('KIS has trouble')
  })

  it('that passes is the answer on the last attempt too, where nothing is proven', async () => {
    const quotations: Quotations = {
      executions: () => Promise.reject(trouble),
      minuteBars: () => Promise.resolve([]),
    }
    await expect(validateGap(gapOf(), depsOf(quotations, '10:02:00'), { isLastAttempt: true })).rejects.toBe(trouble)
  })

  it('does not wait any longer on the last attempt', async () => {
    const { quotations } = restOf({ executions: [before, missing[0] as Execution] })
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:00:06'), { isLastAttempt: true })
    expect(finding).toMatchObject({ runs: ofFirstHalf, unknown: secondHalf })
  })

  it('leaves every share of the question in one of the three, whatever is refused', async () => {
    const volumes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(volumes, fc.infiniteStream(fc.boolean()), fc.boolean(), async (sizes, fate, isLastAttempt) => {
        let total = 1_000
        const trades = sizes.map((size, i) => {
          total += size
          return execution(`10:0${Math.floor(i / 4)}:0${i % 4}`, total, size)
        })
        const known = trades.filter(() => fate.next().value)
        const rest = restOf({ executions: known, pageSize: 3, bars: [bar('10:00', 5)] }).quotations
        const perhaps = <T>(answer: () => Promise<T>) => (fate.next().value ? answer() : Promise.reject(refusal))
        const quotations: Quotations = {
          executions: (...asked) => perhaps(() => rest.executions(...asked)),
          minuteBars: (...asked) => perhaps(() => rest.minuteBars(...asked)),
        }
        const question = gapOf({ toVolume: total, to: at('10:05:00') })
        const finding = await validateGap(question, depsOf(quotations, '11:00:00'), { isLastAttempt })
        const parts = [...finding.runs, ...finding.explained, ...finding.unknown]
        parts.sort((a, b) => a.fromVolume - b.fromVolume)
        let reached = question.fromVolume
        for (const { fromVolume, toVolume } of parts) {
          expect(fromVolume).toBe(reached)
          reached = toVolume
        }
        expect(reached).toBe(question.toVolume)
      }),
      tries(200),
    )
  })

  it('of a day that the minute bars do not have yet is asked about again when its minute is over', async () => {
    const quotations = refusing(
      { executions: [] },
      { executions: () => Promise.resolve({ executions: [], total: undefined, older: undefined, end: 'other-day' }) },
    )
    await expect(validateGap(gapOf(), depsOf(quotations, '10:00:30'))).rejects.toBeInstanceOf(TryLater)
    const finding = await validateGap(gapOf(), depsOf(quotations, '10:02:00'))
    expect(finding.runs).toEqual([])
    expect(finding.evidence[0]).toMatch(/no older ones \(other-day\)/)
  })

  it('is not asked any more once the worker stops', async () => {
    const { quotations, asked } = restOf({ executions: [before, ...missing, after] })
    const signal = AbortSignal.abort(new Error('the worker stops'))
    await expect(validateGap(gapOf(), depsOf(quotations, '10:00:06'), { signal })).rejects.toThrow('the worker stops')
    expect(asked).toEqual([])
  })
})
