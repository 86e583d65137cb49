// Our clock is set while the line is up: forward by an hour, back by ten minutes. KIS's clock and our timers
// go on as before.
import { expect, it } from 'vitest'
import { clockStartingAt } from '../../../market/clock.ts'
import type { Bar } from '../../../market/events.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'
import { steppedClock } from '../../support/stepped-clock.ts'

const instruments = ['KRX:005930', 'KRX:000660', 'KRX:035420']
const minutes = 60_000

it.each([
  ['forward by an hour', 60],
  ['back by ten minutes', -10],
])('that goes %s disturbs no line, raises no alarm and makes no wrong bar', async (_, step) => {
  const right = mondayAtTen()
  const clock = steppedClock(right)
  const rig = await feedRig({
    clock,
    instruments,
    simulator: { clock: right, tape: generatedTape({ rate: 1_000, seed: 23 }), ...wholeTruth },
  })
  const bars: Bar[] = []
  rig.feed.events$.pipe(toBars('1s', { clock })).subscribe(bar => bars.push(bar))
  await eventually(() => bars.length >= instruments.length)

  clock.step(step * minutes)
  const stepped = rig.feed.status().counts.events
  const soFar = bars.length
  // Freshness looks once a second, and so do bars: three of them were published since.
  await eventually(() => bars.length >= soFar + 3 * instruments.length)

  const { mute, silences, events } = rig.feed.status().counts
  const { disconnect, gap } = events
  expect({ mute, silences, disconnect, gap }).toEqual({ mute: 0, silences: 0 })
  expect(Number(rig.feed.status().counts.events.trade)).toBeGreaterThan(Number(stepped.trade))
  expect(rig.of('subscription').filter(({ flow }) => flow === 'stale')).toEqual([])
  for (const bar of bars) expect(bar.volume).toBe(volumeOf(rig.of('trade'), bar))
  await expectGoodAftermath(rig, { connections: 1 })
})

it('that passes 16:30 hands the line over, and hands it back when it is set right', async () => {
  const right = clockStartingAt(Date.parse('2026-11-20T16:05:00+09:00'))
  const clock = steppedClock(right)
  const rig = await feedRig({
    clock,
    market: 'auto',
    instruments: ['KRX:005930', 'NAS:AAPL'],
    simulator: { clock: right, tape: generatedTape({ rate: 500, seed: 24 }), ...wholeTruth },
  })
  await rig.until('trade', ({ instrument }) => instrument === 'KRX:005930')

  clock.step(30 * minutes)
  await rig.until('trade', ({ instrument }) => instrument === 'NAS:AAPL')
  clock.step(-30 * minutes)
  await rig.until('resume', ({ market }) => market === 'KR')

  expect(rig.of('disconnect').map(({ market, reason }) => `${market} ${reason}`)).toEqual([
    'KR market-close',
    'US market-close',
  ])
  expect(rig.of('resume').every(({ outageMs }) => outageMs >= 0)).toBe(true)
  await expectGoodAftermath(rig, { connections: 3 })
})

function volumeOf(
  trades: readonly { instrument: string; eventTime: number | null; volume: number | null }[],
  bar: Bar,
) {
  return trades
    .filter(({ instrument, eventTime }) => instrument === bar.instrument && isWithin(Number(eventTime), bar))
    .reduce((sum, { volume }) => sum + Number(volume), 0)
}

function isWithin(time: number, { startTime, endTime }: Bar): boolean {
  return time >= startTime && time < endTime
}
