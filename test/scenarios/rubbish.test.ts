import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { eventually, feedRig } from '../support/feed-rig.ts'
import { frame, recordsOf, withValues } from '../support/frames.ts'

const goodFrame = readFileSync(new URL('../fixtures/frames/H0STCNT0.txt', import.meta.url), 'utf8').split(
  '\n',
)[9] as string
const rubbish = [
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

it('rubbish on the socket becomes one malformed event each, whole, and the line stays up', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  for (const text of rubbish) rig.simulator.send(text)
  rig.simulator.send(goodFrame)
  const trade = await rig.until('trade')
  // An encrypted frame waits for its key until the session ends, so it is not among them yet.
  const shown = rig.of('malformed').map(({ raw }) => raw)
  expect(shown).toEqual(rubbish.filter(text => !text.startsWith('1|')))
  expect(trade.instrument).toBe('KRX:000660')
  expect(rig.of('disconnect')).toEqual([])
  expect(rig.feed.counters()).toMatchObject({ malformed: shown.length, trade: 1 })

  await rig.feed.stop()
  expect(rig.of('malformed').at(-1)?.raw).toBe('1|H0STCNI0|001|AAAA')
})

it('a column that KIS appends in mid-stream costs no trade and is said once', async () => {
  const rig = await feedRig()
  await rig.feed.confirmed('KRX:005930')
  const [record = []] = recordsOf(goodFrame)
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
