import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Execution } from '../../../market/quotations.ts'
import { chain } from '../../../workers/jobs/chain.ts'
import { volumeOf } from '../../../market/gap-finding.ts'

/** An execution of `volume` shares up to `cumulativeVolume`. */
function execution(cumulativeVolume: number, volume: number, eventTime = cumulativeVolume): Execution {
  return { price: 274_000, volume, cumulativeVolume, bidPrice: null, askPrice: null, eventTime }
}
const gap = { fromVolume: 1_000, toVolume: 1_030, from: 990, to: 1_040 }
const totals = (trades: readonly Execution[]) => trades.map(({ cumulativeVolume }) => cumulativeVolume)

describe('a chain of executions', () => {
  it('is whole when each begins where the one before it ends, in whatever order they come', () => {
    const { runs, missing } = chain(gap, [execution(1_030, 5), execution(1_010, 10), execution(1_025, 15)])
    expect(runs).toMatchObject([{ fromVolume: 1_000, toVolume: 1_030 }])
    expect(totals(runs[0]?.trades ?? [])).toEqual([1_010, 1_025, 1_030])
    expect(missing).toEqual([])
  })

  it('says what is missing in it, and between which of its trades', () => {
    const { runs, missing } = chain(gap, [execution(1_010, 10), execution(1_030, 5)])
    expect(runs.map(({ fromVolume, toVolume }) => [fromVolume, toVolume])).toEqual([
      [1_000, 1_010],
      [1_025, 1_030],
    ])
    expect(missing).toEqual([{ fromVolume: 1_010, toVolume: 1_025, from: 1_010, to: 1_030 }])
  })

  it('is all missing without executions, between the trades around the gap', () => {
    expect(chain(gap, [])).toEqual({ runs: [], missing: [gap], contradicting: 0 })
  })

  it('counts an execution of two pages once', () => {
    const { runs, missing, contradicting } = chain(gap, [execution(1_030, 30), execution(1_030, 30)])
    expect(runs.map(({ trades }) => trades.length)).toEqual([1])
    expect([missing, contradicting]).toEqual([[], 0])
  })

  it('leaves out what was traded before and after the gap', () => {
    const { runs, contradicting } = chain(gap, [execution(1_000, 5), execution(1_035, 5), execution(1_030, 30)])
    expect(totals(runs.flatMap(({ trades }) => trades))).toEqual([1_030])
    expect(contradicting).toBe(0)
  })

  it('does not believe one that reaches beyond the gap: the stream delivered a part of it', () => {
    const { runs, missing, contradicting } = chain(gap, [execution(1_005, 10), execution(1_030, 25)])
    expect(totals(runs.flatMap(({ trades }) => trades))).toEqual([1_030])
    expect(missing).toMatchObject([{ fromVolume: 1_000, toVolume: 1_005 }])
    expect(contradicting).toBe(1)
  })

  it('believes neither of two that claim the same shares', () => {
    const { runs, missing, contradicting } = chain(gap, [
      execution(1_010, 10),
      execution(1_020, 10),
      execution(1_020, 9),
      execution(1_030, 10),
    ])
    expect(totals(runs.flatMap(({ trades }) => trades))).toEqual([1_010, 1_030])
    expect(missing).toMatchObject([{ fromVolume: 1_010, toVolume: 1_020 }])
    expect(contradicting).toBe(2)
  })

  it('believes neither when one spans several others', () => {
    const all = [execution(1_010, 10), execution(1_020, 10), execution(1_030, 30)]
    expect(chain(gap, all)).toMatchObject({
      runs: [],
      contradicting: 3,
      missing: [{ fromVolume: 1_000, toVolume: 1_030 }],
    })
  })

  it('ignores an execution without volume', () => {
    expect(chain(gap, [execution(1_010, 0)])).toMatchObject({ runs: [], contradicting: 0 })
  })
})

describe('any executions at all', () => {
  const some = fc.array(
    fc
      .tuple(fc.integer({ min: 980, max: 1_060 }), fc.integer({ min: 0, max: 25 }))
      .map(([end, volume]) => execution(end, volume)),
    { maxLength: 30 },
  )

  it('cover the gap, each share once, by runs that chain and by what is missing', () => {
    fc.assert(
      fc.property(some, candidates => {
        const { runs, missing } = chain(gap, candidates)
        expect(volumeOf(runs) + volumeOf(missing)).toBe(30)
        const parts = [...runs, ...missing].sort((a, b) => a.fromVolume - b.fromVolume)
        let reached = gap.fromVolume
        for (const part of parts) {
          expect(part.fromVolume).toBe(reached)
          expect(part.toVolume).toBeGreaterThan(part.fromVolume)
          reached = part.toVolume
        }
        expect(reached).toBe(gap.toVolume)
        for (const { fromVolume, toVolume, trades } of runs) {
          let total = fromVolume
          for (const trade of trades) {
            expect(trade.cumulativeVolume - trade.volume).toBe(total)
            total = trade.cumulativeVolume
          }
          expect(total).toBe(toVolume)
        }
      }),
    )
  })

  it('give back a day that was cut into pages, except what the pages leave out', () => {
    const volumes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(volumes, fc.infiniteStream(fc.boolean()), (day, leaveOut) => {
        let total = 0
        const trades = day.map(volume => execution((total += volume), volume))
        const returned = trades.filter(() => !leaveOut.next().value)
        const { runs, contradicting } = chain(
          { fromVolume: 0, toVolume: total, from: null, to: null },
          returned.toReversed(),
        )
        expect(runs.flatMap(run => run.trades)).toEqual(returned)
        expect(contradicting).toBe(0)
      }),
    )
  })
})
