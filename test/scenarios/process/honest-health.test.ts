// A KIS that answers and sends nothing, and a line that never holds: whatever the states do meanwhile, the
// feed is not called healthy.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { eventually, feedRig, learnedRhythm, mondayAtTen, shortTiming } from '../../support/rigs/feed.ts'

/** Longer than a loaded machine keeps its own data waiting, and short enough to be waited for. */
const silenceMs = 1_000
const timing = { ...shortTiming, silenceMs }

it('a KIS that acknowledges every session and stays mute is never called healthy again before data comes', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({ clock, timing, simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 31 }) } })
  await learnedRhythm(rig)
  expect(rig.feed.status().health).toMatchObject({ ready: true, verdicts: [{ level: 'good' }] })

  rig.simulator.inject({ kind: 'mute-symbol', key: '005930' })
  const last = () => Number(rig.of('trade').at(-1)?.receivedTime)
  await eventually(() => clock.now() - last() > silenceMs)
  const samples = new Map<string, number>()
  const sessions = () => rig.of('resume').length
  // Two more sessions come and go, each of them acknowledged.
  await eventually(() => {
    const { ready, verdicts } = rig.feed.status().health
    const sample = `${ready} ${verdicts[0].level} ${verdicts[0].reason}`
    samples.set(sample, (samples.get(sample) ?? 0) + 1)
    return sessions() >= 2
  })

  expect([...samples.keys()]).toEqual(['false trouble no-data'])
})

it('a line that is cut again and again is not called healthy for its states', async () => {
  const clock = mondayAtTen()
  const rig = await feedRig({ clock, timing, simulator: { clock, tape: generatedTape({ rate: 1_000, seed: 32 }) } })
  await rig.until('trade')
  rig.simulator.inject({ kind: 'mute-symbol', key: '005930' })
  const last = () => Number(rig.of('trade').at(-1)?.receivedTime)
  const verdicts = new Set<string>()
  let cuts = 0

  await eventually(() => {
    if (rig.of('resume').length === cuts && rig.of('disconnect').length === cuts) {
      cuts++
      rig.simulator.cut()
    }
    if (clock.now() - last() > silenceMs) verdicts.add(`${rig.feed.status().health.ready}`)
    return clock.now() - last() > 2 * silenceMs
  })

  expect(cuts).toBeGreaterThan(3)
  expect([...verdicts]).toEqual(['false'])
})
