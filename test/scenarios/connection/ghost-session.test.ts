// KIS goes on to hold what a session that was cut had subscribed, and answers ALREADY IN SUBSCRIBE to the
// next one. Whether data comes with it is the question: only data proves that KIS was right.
import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { expectGoodAftermath, wholeTruth } from '../../support/aftermath.ts'
import { feedRig, mondayAtTen } from '../../support/rigs/feed.ts'

const instruments = ['KRX:005930', 'KRX:000660', 'KRX:035420']

async function haunted(fault: { readonly delivering: boolean }) {
  const clock = mondayAtTen()
  const rig = await feedRig({
    clock,
    instruments,
    simulator: {
      clock,
      tape: generatedTape({ rate: 1_000, seed: 21 }),
      faults: [{ atMs: 0, fault: { kind: 'ghosts', ...fault } }],
      ...wholeTruth,
    },
  })
  await Promise.all(instruments.map(name => rig.until('trade', ({ instrument }) => instrument === name)))
  rig.simulator.cut()
  const cutAt = rig.events.length
  /** What became of a key since the cut. */
  const storyOf = (name: string) =>
    rig.events
      .slice(cutAt)
      .flatMap(event =>
        event.type === 'subscription' && event.instrument === name && event.flow === undefined ? [event.status] : [],
      )
  await Promise.all(
    instruments.map(name =>
      rig.until('subscription', event => event.instrument === name && event.status === 'adopted'),
    ),
  )
  return { rig, storyOf }
}

it('a ghost that brings its data is adopted, and called active once data came', async () => {
  const { rig, storyOf } = await haunted({ delivering: true })
  await rig.until('resume')

  await expectGoodAftermath(rig, { connections: 2 })

  for (const name of instruments) {
    expect(storyOf(name).slice(0, 4)).toEqual(['wanted', 'requested', 'adopted', 'active'])
  }
  const second = rig.simulator.stats().requests.filter(({ session }) => session === 2)
  expect(second.slice(0, 3).map(({ verb, code }) => `${verb} ${code}`)).toEqual(Array(3).fill('subscribe OPSP0002'))
})

it('a ghost without data is let go of, rested and asked for again by itself, in the same session', async () => {
  const { rig, storyOf } = await haunted({ delivering: false })

  await expectGoodAftermath(rig, { connections: 2 })

  for (const name of instruments) {
    const story = storyOf(name)
    expect(story.slice(0, 3)).toEqual(['wanted', 'requested', 'adopted'])
    // Between the release and the next request it rests, unless its rest was over by the time KIS answered.
    const recovery = story.slice(story.indexOf('releasing')).filter(status => status !== 'wanted')
    expect(recovery.slice(0, 4)).toEqual(['releasing', 'released', 'requested', 'active'])
  }
  expect(rig.of('disconnect').map(({ reason }) => reason)).toEqual(['close code 1006', 'stop'])
  expect(rig.of('gap').filter(({ cause }) => cause === 'outage')).toHaveLength(instruments.length)
})
