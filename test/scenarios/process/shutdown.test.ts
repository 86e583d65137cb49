import { expect, it } from 'vitest'
import { eventually, feedRig, shortTiming } from '../../support/rigs/feed.ts'

/** A grace in which a loaded machine can hear every answer. */
const unhurried = { ...shortTiming, graceMs: 2_000 }

it('stop releases everything, waits the grace, closes, and completes the streams', async () => {
  const rig = await feedRig({ instruments: ['KRX:005930', 'KRX:000660'], timing: unhurried })
  await rig.feed.confirmed('KRX:000660')
  let isComplete = false
  rig.feed.events$.subscribe({
    complete: () => {
      isComplete = true
    },
  })

  await Promise.all([rig.feed.stop(), rig.feed.stop()])

  const { requests } = rig.simulator.stats()
  expect(requests.map(({ verb, code }) => `${verb} ${code}`)).toEqual([
    'subscribe OPSP0000',
    'subscribe OPSP0000',
    'unsubscribe OPSP0001',
    'unsubscribe OPSP0001',
  ])
  await eventually(() => rig.simulator.sessions().length === 0)
  expect(isComplete).toBe(true)
  expect(rig.of('subscription').filter(({ status }) => status === 'released')).toHaveLength(2)
})

it('a feed that was never started stops as well, and one that was stopped stays so', async () => {
  const rig = await feedRig()
  await rig.feed.stop()
  expect(() => rig.feed.start()).toThrow('this feed was stopped')
  rig.feed.subscribe('KRX:000660')
  expect(rig.simulator.stats().socketsOpened).toBeLessThanOrEqual(1)
})
