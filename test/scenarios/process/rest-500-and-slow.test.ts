// The approval route is down, or slow: no line without it, and no hammering for it either.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import type { Fault } from '../../../simulator/server.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'

const path = '/oauth2/Approval'

function marketWith(fault: Fault, timing: Partial<typeof shortTiming> = {}) {
  const clock = mondayAtTen()
  return feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    timing: { ...shortTiming, ...timing },
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 31 }), faults: [{ atMs: 0, fault }], ...wholeTruth },
  })
}

it('HTTP 500 is waited out with longer and longer pauses, and one line comes of it', async () => {
  const rig = await marketWith({ kind: 'rest-500', path, count: 4 })
  const down = await rig.until('disconnect')
  await rig.until('trade')

  expect(down.reason).toContain('EGW00002')
  expect(rig.of('disconnect')).toHaveLength(1)
  expect(rig.simulator.stats().approvalsIssued).toBe(1)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('an answer that is slow but comes is waited for', async () => {
  const rig = await marketWith({ kind: 'rest-slow', path, byMs: 300, count: 1 })
  await rig.until('trade')
  expect(rig.of('disconnect')).toEqual([])
  await expectGoodAftermath(rig, { connections: 1 })
})

it('an answer that comes after its time serves the next attempt: the key is not asked for again, and one line is opened', async () => {
  const rig = await marketWith({ kind: 'rest-slow', path, byMs: 400, count: 1 }, { openTimeoutMs: 250 })
  const down = await rig.until('disconnect')
  await rig.until('resume')
  expect(down.reason).toContain('in time')
  expect(rig.simulator.stats().approvalsIssued).toBe(1)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('a line that stands needs no approval route', async () => {
  const rig = await marketWith({ kind: 'rest-500', path: '/oauth2/tokenP' })
  await rig.until('trade')
  const broken = rig.simulator.inject({ kind: 'rest-500' })
  rig.simulator.cut()
  await rig.until('resume')
  // The key of before is good for a day.
  expect(broken.report().acted).toBe(0)
  await expectGoodAftermath(rig, { connections: 2 })
})
