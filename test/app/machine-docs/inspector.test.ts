import { assign, createActor, createMachine } from 'xstate'
import { describe, expect, it } from 'vitest'
import { createInspector, type InspectionRecord, type InspectorOptions } from '../../../app/machine-docs/inspector.ts'
import { feedRig, planted } from '../../support/rigs/feed.ts'

const clock = { now: () => 1 }

describe('the inspector', () => {
  it('tells the actors there are, and then each event by its type and each state by its name', async () => {
    const rig = await feedRig()
    await rig.feed.confirmed('KRX:005930')
    const seen: InspectionRecord[] = []
    const stop = createInspector({ inspect: rig.internals.inspect, clock }).look(record => void seen.push(record))
    const actors = seen.flatMap(record => (record.kind === 'actor' ? [record] : []))
    expect(actors.map(({ name, machine }) => [name, machine])).toEqual([
      ['feed', 'feed'],
      ['line 1', 'line'],
      ['KR', 'socket'],
      ['connection', undefined],
      ['heartbeat', undefined],
      ['US', 'socket'],
    ])
    expect(actors[2]).toMatchObject({ parent: actors[1]?.id, value: { session: { subscribed: 'settled' } } })
    rig.simulator.cut()
    await rig.until('resume')
    stop()
    const korean = seen.filter(
      record =>
        record.kind !== 'actor' &&
        [('id' in record && record.id) || ('to' in record && record.to)].includes(actors[2]?.id ?? ''),
    )
    expect(korean).toContainEqual(expect.objectContaining({ kind: 'event', type: 'socket.closed' }))
    expect(korean).toContainEqual(
      expect.objectContaining({ kind: 'state', value: 'reconnecting', cause: 'socket.closed', status: 'active' }),
    )
  })

  it('is attached only while somebody looks', async () => {
    const rig = await feedRig()
    await rig.feed.confirmed('KRX:005930')
    let attached = 0
    const inspect: InspectorOptions['inspect'] = look => {
      attached++
      const { actors, subscription } = rig.internals.inspect(look)
      return { actors, subscription: { unsubscribe: () => (attached--, subscription.unsubscribe()) } }
    }
    const inspector = createInspector({ inspect, clock })
    expect(attached).toBe(0)
    const first = inspector.look(() => {})
    const second = inspector.look(() => {})
    expect(attached).toBe(1)
    first()
    expect(attached).toBe(1)
    second()
    expect(attached).toBe(0)
    const before = inspector.records().length
    rig.simulator.cut()
    await rig.until('resume')
    expect(inspector.records()).toHaveLength(before)
  })

  it('gives a second onlooker what was recorded, and keeps the newest only', async () => {
    const rig = await feedRig()
    await rig.feed.confirmed('KRX:005930')
    const inspector = createInspector({ inspect: rig.internals.inspect, clock, mostRecords: 8 })
    const stop = inspector.look(() => {})
    rig.simulator.cut()
    await rig.until('resume')
    expect(inspector.records()).toHaveLength(8)
    const late: InspectionRecord[] = []
    inspector.look(record => void late.push(record))()
    expect(late).toEqual(inspector.records())
    stop()
  })

  it('lets no context, payload, input or strange name out', () => {
    const secret = planted.appSecret
    const machine = createMachine({
      id: 'leaky',
      context: { secret },
      initial: 'one',
      states: {
        one: { on: { '*': { target: 'two', actions: assign({ secret: ({ event }) => String(event.type) }) } } },
        two: {},
      },
    })
    const actor = createActor(machine, { input: { secret } }).start()
    const seen: InspectionRecord[] = []
    const inspect: InspectorOptions['inspect'] = look => ({
      actors: [actor],
      subscription: actor.system.inspect(look),
    })
    createInspector({ inspect, clock }).look(record => void seen.push(record))
    actor.send({ type: `{"key":"${secret}"}`, secret })
    expect(seen.map(({ kind }) => kind)).toEqual(['actor', 'event', 'state'])
    expect(seen[1]).toMatchObject({ type: '[other]' })
    expect(JSON.stringify(seen)).not.toContain(secret)
  })
})
