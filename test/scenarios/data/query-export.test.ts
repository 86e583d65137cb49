// The notebook of examples/query-export.ts, over what a feed in trouble recorded.
import { expect, it } from 'vitest'
import { exportRecording } from '../../../app/replay/export.ts'
import { createReplay } from '../../../app/replay/replay.ts'
import { queryExport } from '../../../examples/query-export.ts'
import type { Gap, OrderBook, Trade } from '../../../market/events.ts'
import { give, recorderFor, temporaryFolder } from '../../recording/support.ts'
import { kst, linesOf } from '../../support/wire/frames.ts'

it('a notebook over an exported day finds what its replay tells', async () => {
  const [folder, output] = [temporaryFolder(), temporaryFolder()]
  const recorder = recorderFor(folder)
  const frames = [
    ...linesOf('H0STCNT0.txt').filter((_, place) => place < 9 && place !== 1),
    ...linesOf('H0STASP0.txt').slice(0, 4),
  ]
  frames.forEach((frame, place) => give(recorder, Buffer.from(frame), kst('2026-06-08T11:48:27') + 100 * place))
  await recorder.stop()
  await exportRecording({ folder, output })

  const trades: Trade[] = []
  const books: OrderBook[] = []
  const gaps: Gap[] = []
  const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
  replay.events$.subscribe(event => {
    if (event.type === 'trade') trades.push(event)
    else if (event.type === 'order-book') books.push(event)
    else if (event.type === 'gap') gaps.push(event)
  })
  await replay.play()
  const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0)
  const volume = sum(trades.map(trade => trade.volume ?? 0))
  const value = sum(trades.map(trade => (trade.price ?? 0) * (trade.volume ?? 0)))
  const spreads = books.map(({ bids, asks }) => {
    const [bid, ask] = [bids[0]?.price ?? Number.NaN, asks[0]?.price ?? Number.NaN]
    return (20_000 * (ask - bid)) / (ask + bid)
  })
  expect([trades.length > 20, books.length > 3, gaps.length]).toEqual([true, true, 1])

  const [vwap, spread, bars, missing] = [...(await queryExport(output, '2026-06-08')).values()]
  const instrument = 'KRX-005930'
  expect(vwap).toEqual([
    { instrument, trades: String(trades.length), volume, vwap: expect.closeTo(value / volume, 2) as number },
  ])
  expect(spread).toEqual([
    expect.objectContaining({
      instrument,
      books: String(books.length),
      average_spread: expect.closeTo(sum(spreads) / spreads.length, 2) as number,
    }),
  ])
  expect(bars).toEqual([
    {
      instrument,
      minute: '2026-06-08 11:48:00+09',
      open: trades[0]?.price,
      high: Math.max(...trades.map(({ price }) => price ?? 0)),
      low: Math.min(...trades.map(({ price }) => price ?? Number.POSITIVE_INFINITY)),
      close: trades.at(-1)?.price,
      volume,
    },
  ])
  expect(missing).toEqual([{ instrument, gaps: '1', missing_volume: gaps[0]?.missingVolume, causes: gaps[0]?.cause }])
})

it('a notebook over nothing has no answers', async () => {
  const answers = [...(await queryExport(temporaryFolder(), '2026-06-08')).values()]
  expect(answers).toEqual([[], [], [], []])
})
