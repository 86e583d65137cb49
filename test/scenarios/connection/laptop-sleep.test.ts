// The lid is closed at 16:10 and opened at 16:50: nothing ran meanwhile, the connection died without a word,
// and by now it is the other market's turn.
import { expect, it } from 'vitest'
import { silentLogger } from '../../../app/observe/log.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, learnedRhythm, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'
import { steppedClock } from '../../support/stepped-clock.ts'

const minutes = 60_000

it('over the change of markets wakes up in the new one, by the ordinary road and on one line', async () => {
  const clock = steppedClock(clockStartingAt(Date.parse('2026-11-20T16:10:00+09:00')))
  const rig = await feedRig({
    clock,
    market: 'auto',
    instruments: ['KRX:005930', 'NAS:AAPL'],
    // The market slept as little as its server: both go by the same clock.
    simulator: { clock, tape: generatedTape({ rate: 500, seed: 25 }), ...wholeTruth },
  })
  await rig.until('trade', ({ instrument }) => instrument === 'KRX:005930')

  rig.simulator.inject({ kind: 'half-open' })
  clock.step(40 * minutes)
  await rig.until('trade', ({ instrument }) => instrument === 'NAS:AAPL')

  expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'market-close' }])
  await expectGoodAftermath(rig, { connections: 2, markets: ['US'] })
})

it('within the hours of a market finds its dead line by its silence, and tells what it slept through', async () => {
  const clock = steppedClock(mondayAtTen())
  const instruments = ['KRX:005930', 'KRX:000660']
  let quietMs = 0
  const rig = await feedRig({
    clock,
    instruments,
    log: {
      ...silentLogger,
      warn: facts => {
        if ('quietMs' in facts) quietMs = Number(facts.quietMs)
      },
    },
    timing: { ...shortTiming, mostConnects: 4 },
    simulator: { clock, tape: generatedTape({ rate: 500, seed: 26 }), ...wholeTruth },
  })
  await learnedRhythm(rig)

  rig.simulator.inject({ kind: 'half-open' })
  clock.step(40 * minutes)
  await rig.until('resume')

  expect(rig.of('disconnect')).toMatchObject([{ reason: 'silence' }])
  expect(rig.feed.status().counts.silences).toBe(1)
  // Counted from waking: the sleep is not counted as silence.
  expect(quietMs).toBeGreaterThanOrEqual(shortTiming.silenceMs)
  expect(quietMs).toBeLessThan(40 * minutes)
  await expectGoodAftermath(rig, { connections: 2 })
  const gaps = rig.of('gap')
  expect(new Set(gaps.map(({ instrument }) => instrument))).toEqual(new Set(instruments))
  expect(Math.max(...gaps.map(({ from, to }) => Number(to) - Number(from)))).toBeGreaterThanOrEqual(40 * minutes)
})
