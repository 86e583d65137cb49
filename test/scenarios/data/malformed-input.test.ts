import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

const goodFrame = readFileSync(new URL('../../fixtures/frames/H0STCNT0.txt', import.meta.url), 'utf8').split(
  '\n',
)[9] as string
const malformed = [
  '',
  'hello',
  '{"header":',
  '[]',
  'null',
  '{}',
  '{"header":{"tr_id":"H0STCNT0"},"body":null}',
  '0|',
  '0|H0STCNT0|',
  '0|H0STCNT0|000|',
  '0|H0STCNT0|002|005930^1',
  '0|H0STCNT0|999999|005930',
  '1|H0STCNI0|001|AAAA',
  '\u0000\u0001\u0002',
  '0|h0stcnt0|001|a',
]

it('malformed input on the socket becomes one malformed event each, whole, and the line stays up', async () => {
  // The frame behind it is of 2026-07-13.
  const rig = await feedRig({ clock: clockStartingAt(Date.parse('2026-07-13T10:40:00+09:00')) })
  await rig.feed.confirmed('KRX:005930')
  for (const text of malformed) rig.simulator.send(text)
  rig.simulator.send(goodFrame)
  const trade = await rig.until('trade')
  // An encrypted frame waits for its key until the session ends, so it is not among them yet.
  const shown = rig.of('malformed').map(({ raw }) => raw)
  expect(shown).toEqual(malformed.filter(text => !text.startsWith('1|')))
  expect(trade.instrument).toBe('KRX:000660')
  expect(rig.of('disconnect')).toEqual([])
  expect(rig.feed.status().counts.events).toMatchObject({ malformed: shown.length, trade: 1 })

  await rig.feed.stop()
  expect(rig.of('malformed').at(-1)?.raw).toBe('1|H0STCNI0|001|AAAA')
})

it('everything that was ever seen to trip a client, in the midst of data, costs no record of it', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    simulator: { clock, tape: generatedTape({ rate: 2_000, seed: 32 }), ...wholeTruth },
  })
  await eventually(() => rig.of('trade').length > 100)
  for (let times = 0; times < 3; times++) rig.simulator.inject({ kind: 'rubbish' })
  const cutOff = rig.simulator.inject({ kind: 'rubbish', texts: ['0|H0STCNT0|020|005930^0900', '0|H0STCNT0|003|^^^^'] })
  await eventually(() => rig.of('malformed').some(({ raw }) => raw === '0|H0STCNT0|003|^^^^'))

  expect(cutOff.report().state).toBe('over')
  expect(rig.of('disconnect')).toEqual([])
  expect(rig.of('trade').every(({ price, volume }) => price !== null && volume !== null)).toBe(true)
  await expectGoodAftermath(rig, { connections: 1 })
})
