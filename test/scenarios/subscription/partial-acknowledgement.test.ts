// Forty requests and thirty-eight answers. What was not answered is not called active, and is not forgotten
// either.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import type { Fault } from '../../../simulator/server.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'

const instruments = ['KRX:005930', 'KRX:000660', 'KRX:035420', 'KRX:005380']

async function market(fault: Fault, ackTimeoutMs: number) {
  const clock = mondayAtTen()
  return feedRig({
    clock,
    instruments,
    timing: { ...shortTiming, ackTimeoutMs },
    simulator: {
      clock,
      tape: generatedTape({ rate: 1_000, seed: 16 }),
      faults: [{ atMs: 0, fault }],
      ...wholeTruth,
    },
  })
}

it('a key whose answer is lost is called unanswered, asked for again, and active once KIS has said that it has it', async () => {
  const rig = await market({ kind: 'lost-acks', key: '000660', count: 1 }, 3_000)
  await rig.until('subscription', ({ instrument, code }) => instrument === 'KRX:000660' && code === 'UNANSWERED')
  const others = rig.feed.subscriptions().filter(({ instrument }) => instrument !== 'KRX:000660')
  expect(others.map(({ status }) => status)).toEqual(['active', 'active', 'active'])

  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:000660' && status === 'active')

  const asked = rig.simulator.stats().requests.filter(({ key }) => key === '000660')
  expect(asked.map(({ verb, code }) => `${verb} ${code}`)).toEqual(['subscribe OPSP0000', 'subscribe OPSP0002'])
  await expectGoodAftermath(rig, { connections: 1 })
})

it('a key that KIS could not serve at that moment is asked for again by itself until KIS can, and the others flow', async () => {
  const rig = await market({ kind: 'refuse', code: 'OPSP0007', key: '000660', count: 3 }, shortTiming.ackTimeoutMs)
  await rig.until('subscription', ({ instrument, code }) => instrument === 'KRX:000660' && code === 'OPSP0007')
  await rig.until('subscription', ({ instrument, status }) => instrument === 'KRX:000660' && status === 'active')

  const asked = rig.simulator.stats().requests.filter(({ key }) => key === '000660')
  expect(asked.map(({ code }) => code)).toEqual(['OPSP0007', 'OPSP0007', 'OPSP0007', 'OPSP0000'])
  await expectGoodAftermath(rig, { connections: 1 })
})
