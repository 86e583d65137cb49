// A session that KIS keeps, answers and pings, and sends no data. Nothing on the wire says that anything is
// wrong.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, learnedRhythm, mondayAtTen, shortTiming, steadyClock } from '../../support/rigs/feed.ts'

it('is noticed on a Saturday that the user knows to be a trading day', async () => {
  const clock = steadyClock('2026-09-19T10:00:00+09:00')
  const rig = await feedRig({
    clock,
    calendarChanges: { openDays: { KR: [20260919] } },
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 5 }), ...wholeTruth },
  })
  await learnedRhythm(rig)
  rig.simulator.inject({ kind: 'mute-session' })
  await rig.until('resume')
  expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'silence' }])
  await expectGoodAftermath(rig, { connections: 2 })
})

it('a mute session is released, rested and left for a new one, while its PINGPONG goes on', async () => {
  const clock = mondayAtTen()
  const instruments = ['KRX:005930', 'KRX:000660', 'KRX:035420']
  const rig = await feedRig({
    clock,
    instruments,
    // A grace in which a loaded machine can send every release.
    timing: { ...shortTiming, graceMs: 1_000 },
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 5 }), pingIntervalMs: 50, ...wholeTruth },
  })
  await learnedRhythm(rig)

  rig.simulator.inject({ kind: 'mute-session' })
  const resume = await rig.until('resume')

  expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'silence' }])
  const { requests, echoes } = rig.simulator.stats()
  expect(requests.filter(({ session }) => session === 1).map(({ verb }) => verb)).toEqual([
    ...Array(3).fill('subscribe'),
    ...Array(3).fill('unsubscribe'),
  ])
  expect(echoes.total).toBeGreaterThan(5)
  expect(rig.events.slice(rig.events.indexOf(resume)).length).toBeGreaterThan(0)
  const [muted] = rig.simulator.faults()
  await expectGoodAftermath(rig, { connections: 2 })

  expect(muted?.withheld.reduce((sum, { records }) => sum + records, 0)).toBeGreaterThan(0)
  const gaps = rig.of('gap')
  expect(new Set(gaps.map(({ instrument }) => instrument))).toEqual(new Set(instruments))
  expect(new Set(gaps.map(({ cause }) => cause))).toEqual(new Set(['outage']))
})
