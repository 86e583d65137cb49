// A symbol that does not exist, well written: KIS says SUBSCRIBE SUCCESS and then nothing, for ever (protocol
// notes 1).
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'

const existing = ['KRX:005930', 'KRX:000660', 'KRX:035420']
const wrong = 'KRX:999999'

it('a wrong symbol is subscribed and never flowing; it alone is asked for again, and the others notice nothing', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments: [...existing, wrong],
    // A name without any data is given 120 times this: six seconds here, an hour in earnest.
    timing: { ...shortTiming, quietMs: 50 },
    simulator: {
      clock,
      // Slowly, so that a machine under load does not take its own pauses for silences of the others.
      tape: generatedTape({ rate: 60, seed: 15 }),
      faults: [{ atMs: 0, fault: { kind: 'mute-symbol', key: '999999' } }],
      ...wholeTruth,
    },
  })
  await rig.feed.confirmed(wrong)
  await eventually(() => existing.every(name => rig.of('trade').some(({ instrument }) => instrument === name)))

  const state = rig.feed.subscriptions().find(({ instrument }) => instrument === wrong)
  const wantedSince = expect.any(Number) as number
  expect(state).toEqual({ instrument: wrong, channel: 'trade', status: 'active', wantedSince })
  const asks = () => rig.simulator.stats().requests.filter(({ key, verb }) => key === '999999' && verb === 'subscribe')
  await eventually(() => asks().length === 2)

  expect(rig.feed.status().counts.mute).toBeGreaterThanOrEqual(1)
  expect(rig.of('disconnect')).toEqual([])
  expect(rig.of('subscription').filter(({ instrument, flow }) => instrument === wrong && flow !== undefined)).toEqual(
    [],
  )
  rig.feed.unsubscribe(wrong)
  await expectGoodAftermath(rig, { connections: 1 })
})

it('a symbol that cannot be is refused before KIS is asked, with the likely one', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  for (const [name, meant] of [
    ['KRX:5930', 'KRX:005930'],
    ['NYS:BRK.B', 'NYS:BRK/B'],
  ] as const) {
    expect(() => rig.feed.subscribe(name)).toThrow(`did you mean ${meant}?`)
    await expect(rig.feed.confirmed(name, 'order-book')).rejects.toThrow(`did you mean ${meant}?`)
  }
  expect(rig.feed.subscriptions().map(({ instrument }) => instrument)).toEqual(['KRX:005930'])
  expect(rig.simulator.stats().requests.map(({ key }) => key)).toEqual(['005930'])
  expect(() => rig.feed.subscribe('KRX:삼성전자')).toThrow(/KRX:삼성전자/)
  expect(() => rig.feed.subscribe('005930')).toThrow(/has no venue/)
})
