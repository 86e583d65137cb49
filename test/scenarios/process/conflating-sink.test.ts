import { expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { eventually, feedRig } from '../../support/rigs/feed.ts'

it('a slow consumer that conflates sees the latest of each instrument, and the feed counts what it did not want', async () => {
  const rig = await feedRig({
    instruments: ['KRX:005930', 'KRX:000660'],
    simulator: { tape: generatedTape({ rate: 20_000 }) },
  })
  const received: { type: string; count?: number; instrument?: unknown }[] = []
  let release = () => {}
  const busy = new Promise<void>(resolve => {
    release = resolve
  })
  let offered = 0
  rig.feed.events$.subscribe(() => void offered++)
  rig.feed.consume(
    async event => {
      received.push(event)
      if (event.type === 'trade') await busy
    },
    { name: 'present', policy: 'conflate' },
  )
  await eventually(() => rig.of('trade').length >= 500)
  release()
  await rig.feed.stop()
  await eventually(() => received.reduce((sum, { count = 1 }) => sum + count, 0) >= offered)
  const conflated = received.reduce((sum, { count = 0 }) => sum + count, 0)
  expect(conflated).toBeGreaterThan(300)
  expect(rig.feed.status().counts.sinks).toEqual({ present: { dropped: 0, conflated, errors: 0 } })
})
