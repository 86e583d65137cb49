// A network that comes and goes: connections that end as soon as they stand, doors that are shut, and now and
// then data. KIS blocks an address that connects in a loop, so the budget decides, whatever the network does.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'

const instruments = ['KRX:005930', 'KRX:000660']

it('a line that is cut again and again is opened four times, and then when the budget allows', async () => {
  const clock = mondayAtTen()
  let isFlapping = true
  let cut = () => {}
  /** Sockets that had been opened whenever the budget said no. */
  const openedWhenDenied: number[] = []
  const rig = await feedRig({
    clock,
    instruments,
    timing: { ...shortTiming, mostConnects: 4, connectWindowMs: 3_000 },
    inspect: event => {
      if (event.type === '@xstate.event' && event.event.type === 'connect.denied') {
        isFlapping = false
        openedWhenDenied.push(rig.simulator.stats().socketsOpened)
      }
    },
    simulator: {
      clock,
      tape: generatedTape({ rate: 1_000, seed: 28 }),
      log: line => {
        if (isFlapping && line.endsWith(': opened')) setImmediate(() => cut())
      },
      ...wholeTruth,
    },
  })
  cut = () => rig.simulator.cut()
  await rig.until('resume')

  expect(new Set(openedWhenDenied)).toEqual(new Set([4]))
  await expectGoodAftermath(rig, { connections: 5 })
})

it('doors that are shut and cuts among data leave every subscription back, and every missing share reported', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments,
    channels: ['trade', 'order-book'],
    simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 29 }), ...wholeTruth },
  })
  await rig.until('trade')
  const rounds = 5
  for (let round = 1; round <= rounds; round++) {
    const door = rig.simulator.inject({ kind: 'refuse-handshake', count: round % 3 || 1 })
    rig.simulator.cut()
    await eventually(() => door.report().state === 'over')
    await eventually(() => rig.of('resume').length === round)
    const resumed = rig.of('trade').length
    await eventually(() => rig.of('trade').length > resumed + 20)
  }

  expect(rig.of('disconnect')).toHaveLength(rounds)
  expect(new Set(rig.of('gap').map(({ cause }) => cause))).toEqual(new Set(['outage']))
  await expectGoodAftermath(rig, { connections: 1 + rounds })
})
