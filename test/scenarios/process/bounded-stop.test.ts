// A stop, whatever hangs: it ends, says what did not, and the line is let go of.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { SharedLine } from '../../../app/feed/line.ts'
import { Secret } from '../../../kis/secret.ts'
import { eventually, feedRig, shortTiming } from '../../support/rigs/feed.ts'

/** Longer than any test: what waits for one of these never ends by itself. */
const patient = { ...shortTiming, openTimeoutMs: 3_600_000, ackTimeoutMs: 3_600_000, stopTimeoutMs: 1_500 }

function keptErrors() {
  const errors: object[] = []
  const nothing = () => {}
  return {
    errors,
    log: { debug: nothing, info: nothing, warn: nothing, error: (facts: object) => void errors.push(facts) },
  }
}

const never = <T>() => new Promise<T>(() => {})

it('ends a REST call that is never answered', async () => {
  const calls = new Set<Socket>()
  const mute = createServer(socket => {
    calls.add(socket.resume())
    socket.on('error', () => {})
    socket.on('close', () => calls.delete(socket))
  })
  await new Promise<void>(resolve => void mute.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void mute.close())
  const { port } = mute.address() as AddressInfo
  const { errors, log } = keptErrors()
  const rig = await feedRig({ restUrl: `http://127.0.0.1:${port}`, timing: patient, log })
  await eventually(() => calls.size > 0)
  await rig.feed.stop()
  await eventually(() => calls.size === 0)
  expect(errors).toEqual([])
  expect(rig.simulator.stats().socketsOpened).toBe(0)
})

it('does not wait for a Redis that never answers, and names what it left', async () => {
  const key = new Secret('an-approval-key')
  let asked = 0
  const hanging = {
    // A budget that is counted in Redis, and a Redis that hangs.
    connects: { take: () => (asked++, never<number>()), left: () => 4 },
    approvalKey: () => Promise.resolve(key),
    approvalKeyIssuedAt: () => undefined,
  } as unknown as SharedLine
  const { errors, log } = keptErrors()
  const rig = await feedRig({ shared: { of: () => hanging }, timing: patient, log })
  await eventually(() => asked > 0)
  await rig.feed.stop()
  expect(errors).toEqual([{ overdue: ['the close of the connection'] }])
})

it('names a sink that never ends, and a handler that never comes back', async () => {
  const { errors, log } = keptErrors()
  const rig = await feedRig({ timing: patient, log })
  rig.feed.consume(() => never<void>(), { name: 'stuck' })
  rig.feed.attach(
    Object.assign(() => rig.feed.events$.subscribe(), { isSettled: () => false }),
    'archive',
  )
  await rig.feed.confirmed('KRX:005930')
  await rig.feed.stop()
  expect(errors).toEqual([{ overdue: ["the sink 'stuck'", "the sink 'archive'"] }])
  await eventually(() => rig.simulator.sessions().length === 0)
  expect(rig.simulator.stats().requests.map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
})
