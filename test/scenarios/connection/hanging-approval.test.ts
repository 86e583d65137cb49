// An approval route that begins to answer and never ends: the call is given up, the next attempt asks anew,
// and a feed that is stopped does not wait for it.
import { expect, it, onTestFinished } from 'vitest'
import { eventually, feedRig, shortTiming } from '../../support/rigs/feed.ts'
import { startOddServer } from '../../support/servers/odd-server.ts'

async function oddRest(reply: Parameters<typeof startOddServer>[0]) {
  const rest = await startOddServer(reply)
  onTestFinished(() => rest.stop())
  return rest
}

it.each(['trickle', 'trickle-headers', 'early-hints'] as const)(
  '%s: every reconnection asks again, and the first honest answer opens the line',
  async reply => {
    const rest = await oddRest(reply)
    const timing = { ...shortTiming, openTimeoutMs: 30 }
    const rig = await feedRig({ restUrl: rest.url, timing })
    await eventually(() => rest.calls.length >= 2)
    expect(rig.simulator.stats().socketsOpened).toBe(0)
    rest.replies({ body: '{"approval_key":"00000000-0000-0000-0000-000000000000"}' })
    await eventually(() => rig.simulator.stats().socketsOpened === 1)
  },
)

it('a feed that is stopped meanwhile gives the call up at once', async () => {
  const rest = await oddRest('trickle')
  // Nothing here is given up by time within the test.
  const rig = await feedRig({ restUrl: rest.url, timing: { ...shortTiming, openTimeoutMs: 600_000 } })
  await eventually(() => rest.calls.length === 1)
  await rig.feed.stop()
  expect(rest.calls).toHaveLength(1)
})
