// Subscriptions that work before KIS says so, and answers that come when they are not awaited any more.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'

const instruments = ['KRX:005930', 'KRX:000660']

it('data that comes before its acknowledgement is passed on, and nothing is called active before KIS said so', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments,
    simulator: {
      clock,
      tape: generatedTape({ rate: 1_000, seed: 17 }),
      faults: [{ atMs: 0, fault: { kind: 'late-acks', byMs: 300, count: 2 } }],
      ...wholeTruth,
    },
  })
  await rig.until('trade')
  expect(rig.of('subscription').filter(({ status }) => status === 'active')).toEqual([])

  await eventually(() => rig.feed.subscriptions().every(({ status }) => status === 'active'))
  await expectGoodAftermath(rig, { connections: 1 })
})

it('an answer that comes after its time is believed, and the second one changes nothing', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments,
    timing: { ...shortTiming, ackTimeoutMs: 100, graceMs: 300 },
    simulator: {
      clock,
      tape: generatedTape({ rate: 1_000, seed: 18 }),
      faults: [{ atMs: 0, fault: { kind: 'late-acks', byMs: 250, key: '000660', count: 1 } }],
      ...wholeTruth,
    },
  })
  await rig.until('subscription', ({ instrument, code }) => instrument === 'KRX:000660' && code === 'UNANSWERED')
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:000660' && status === 'active')
  await expectGoodAftermath(rig, { connections: 1 })
})

it('releases without an answer hold up neither a switch nor the end', async () => {
  const clock = mondayAtTen()
  const tape = generatedTape({ rate: 1_000, seed: 19 })
  const rig = await feedRig({ clock, instruments, simulator: { clock, tape, ...wholeTruth } })
  const isUp = () => rig.feed.subscriptions().every(({ status }) => status === 'active')
  await eventually(isUp)

  const lost = rig.simulator.inject({ kind: 'lost-acks', count: 2 })
  rig.feed.switchUrl('KR', rig.simulator.wsUrl)
  await rig.until('resume')
  // With the first of them the line is back; the answer to the second must not be lost as well.
  await eventually(isUp)

  expect(lost.report()).toMatchObject({ state: 'over', acted: 2 })
  rig.simulator.inject({ kind: 'lost-acks' })
  await expectGoodAftermath(rig, { connections: 2 })
})
