// KIS appends columns without a version and without a word, in mid-session (H0STCNT0 went from 46 to 47 on
// 2026-05-28).
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { eventually, feedRig, mondayAtTen } from '../../support/rigs/feed.ts'
import { frame, lineOf, recordsOf, withValues } from '../../support/wire/frames.ts'

it('a column that KIS appends in mid-stream costs no trade and is said once', async () => {
  const rig = await feedRig({ clock: clockStartingAt(Date.parse('2026-07-13T10:40:00+09:00')) })
  await rig.feed.confirmed('KRX:005930')
  const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 10))
  for (let i = 0; i < 6; i++) {
    // The same trade six times over, as far as the day's total allows.
    const another = frame('H0STCNT0', withValues('H0STCNT0', record, { ACML_VOL: String(2_388_396 + 20 * i) }))
    rig.simulator.send(i < 3 ? another : `${another}^2^NEW^NEWER`)
  }
  await eventually(() => rig.of('trade').length === 6)
  expect(rig.of('schema-drift')).toMatchObject([{ tr: 'H0STCNT0', width: 49, knownWidth: 47 }])
  const [first, last] = [rig.of('trade')[0], rig.of('trade')[5]]
  const alike = { receivedTime: 0, cumulativeVolume: 2_388_396 }
  expect({ ...last, ...alike }).toEqual({ ...first, ...alike })
})

it('trades and books of two markets widen under load and narrow again, and every share is read', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments: ['KRX:005930', 'KRX:000660'],
    channels: ['trade', 'order-book'],
    columns: ['VI_STND_PRC'],
    simulator: { clock, tape: generatedTape({ rate: 2_000, seed: 27 }), ...wholeTruth },
  })
  await eventually(() => rig.of('trade').length > 100 && rig.of('order-book').length > 100)

  const wider = rig.simulator.inject({ kind: 'new-column', extra: 2 })
  await eventually(() => rig.of('schema-drift').length === 2)
  const drifted = rig.of('trade').length
  await eventually(() => rig.of('trade').length > drifted + 200)
  wider.clear()
  const narrow = rig.of('trade').length
  await eventually(() => rig.of('trade').length > narrow + 200)

  expect(
    rig
      .of('schema-drift')
      .map(({ tr, width, knownWidth }) => `${tr} ${width - knownWidth}`)
      .toSorted(),
  ).toEqual(['H0STASP0 2', 'H0STCNT0 2'])
  expect(rig.of('malformed')).toEqual([])
  expect(rig.of('gap')).toEqual([])
  // Columns in front of the new ones are where they were.
  const standard = new Set(rig.of('trade').map(({ columns }) => /^\d+$/.test(columns?.['VI_STND_PRC'] ?? '')))
  expect(standard).toEqual(new Set([true]))
  await expectGoodAftermath(rig, { connections: 1 })
})
