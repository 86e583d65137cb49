import { expect, it } from 'vitest'
import { storyOf } from '../../../../tools/chaos/stories/story.ts'
import { faultKinds, readFault } from '../../../../simulator/faults/form.ts'

const stories = Array.from({ length: 300 }, (_, seed) => storyOf(seed))

it('a seed tells the same story every time, and no two seeds the same one', () => {
  expect(storyOf(7)).toEqual(storyOf(7))
  expect(new Set(stories.map(story => JSON.stringify({ ...story, seed: 0 }))).size).toBe(stories.length)
})

it('every fault there is comes up, with values the simulator takes', () => {
  const faults = stories.flatMap(({ steps }) => steps.flatMap(step => (step.does === 'fault' ? [step.fault] : [])))
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds))
  expect(faults.map(readFault)).toEqual(faults.map(fault => ({ fault })))
})

it('what goes wrong goes wrong in order and before the quiet end, and what is let go of is asked for again', () => {
  for (const { steps, quietFromMs } of stories) {
    expect(steps.map(({ atMs }) => atMs)).toEqual(steps.map(({ atMs }) => atMs).toSorted((one, other) => one - other))
    expect(Math.max(0, ...steps.map(({ atMs }) => atMs))).toBeLessThanOrEqual(quietFromMs)
    const changes = steps.filter(({ does }) => does === 'unsubscribe' || does === 'subscribe').map(({ does }) => does)
    expect([[], ['unsubscribe', 'subscribe']]).toContainEqual(changes)
  }
})
