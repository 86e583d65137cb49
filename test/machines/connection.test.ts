// A connection to the simulator's real socket: what was delivered, and behind what the work that is done once
// for many frames was called.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { createActor } from 'xstate'
import { frameText } from '../../kis/wire/frame.ts'
import { Secret } from '../../kis/secret.ts'
import { createConnection } from '../../machines/connection.ts'
import { createConnectionLock } from '../../machines/connection-lock.ts'
import { defaultTiming } from '../../machines/timing.ts'
import { systemClock } from '../../market/clock.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import { approvalKey, simulator as startSimulator, until } from '../simulator/support.ts'
import { tradeFrame } from '../support/wire/frames.ts'
import { encryptedFrame } from '../support/wire/notices.ts'

const notice = readFileSync(new URL('../fixtures/frames/H0STCNI0.decrypted.txt', import.meta.url), 'utf8').trim()
const notices: SubscriptionKey = 'KRX:NOTICES H0STCNI0'

const trade = (volume: number) => tradeFrame('100000', '70000', volume, 1_000 + volume).toString()
const unreadable = '{"header":'

type Options = {
  readonly url?: string
  /** May do what a consumer does: `leave` closes the connection. */
  readonly deliver?: (text: string, leave: () => void) => unknown
}

async function openConnection({ url, deliver }: Options = {}) {
  const simulator = await startSimulator()
  const approval = await approvalKey(simulator)
  const unlimited = { take: () => 0, spend() {}, left: () => 1 }
  const order: string[] = []
  const receivedTimes: number[] = []
  const answered: SubscriptionKey[] = []
  const connection = createConnection({
    accessOf: () => ({
      approvalKeys: {
        current: () => Promise.resolve(new Secret(approval)),
        forget() {},
        accepted() {},
        issuedAt: () => undefined,
      },
      lock: createConnectionLock(),
      connects: unlimited,
      requests: unlimited,
      owner: { accepted() {}, isGone: () => false, release: () => Promise.resolve() },
    }),
    customerType: 'P',
    wireOf: () => ({ tr: 'H0STCNI0', key: 'planted-hts-id' }),
    deliver({ bytes, receivedTime }) {
      const text = frameText(bytes)
      order.push(text)
      receivedTimes.push(receivedTime)
      deliver?.(text, () => actor.stop())
    },
    settled: () => order.push('settled'),
    onAnswer: ({ key }) => key !== undefined && answered.push(key),
    clock: systemClock,
    timing: { ...defaultTiming, pacingMs: 0, pulseMs: 0 },
  })
  const endpoint = { url: url ?? `${simulator.wsUrl}/tryitout` }
  const actor = createActor(connection, { input: { line: '1', market: 'KR', endpoint } })
  actor.start()
  onTestFinished(() => void actor.stop())
  if (url === undefined) {
    await until(() => simulator.stats().socketsOpened === 1)
    // The server is open before the client is, which a first frame shows.
    simulator.send(trade(0))
    await until(() => order.at(-1) === 'settled')
    order.length = 0
  }
  return {
    simulator,
    actor,
    order,
    receivedTimes,
    answered,
    /** In one turn of the event loop: they arrive in one read. */
    sends(...texts: readonly string[]) {
      for (const text of texts) simulator.send(text)
    },
    /** What was delivered, and settled, until this one was. */
    async until(text: string): Promise<readonly string[]> {
      await until(() => order.includes(text) && order.at(-1) === 'settled')
      return order
    },
  }
}

/** The address of a server whose first frame comes in one piece with its answer to the upgrade. */
async function hastyServer(first: string): Promise<string> {
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer().on('upgrade', (request, link, head) => {
    link.cork()
    sockets.handleUpgrade(request, link, head, socket => {
      socket.send(first)
      link.uncork()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('a frame that comes with the answer to the upgrade is not lost', async () => {
  const began = systemClock.now()
  const rig = await openConnection({ url: await hastyServer(trade(1)) })
  expect(await rig.until(trade(1))).toEqual([trade(1), 'settled'])
  expect(rig.receivedTimes[0]).toBeGreaterThanOrEqual(began)
})

describe('what is done once for many frames', () => {
  it('is done once for a read, behind the last of its frames', async () => {
    const { sends, until: arrived } = await openConnection()
    sends(trade(1), trade(2), trade(3))
    expect(await arrived(trade(3))).toEqual([trade(1), trade(2), trade(3), 'settled'])
  })

  it('is done behind the last of many frames, which are delivered in parts', async () => {
    const { sends, until: arrived } = await openConnection()
    const many = Array.from({ length: 100 }, (_, index) => trade(index))
    sends(...many)
    const order = await arrived(trade(99))
    expect(order.filter(one => one !== 'settled')).toEqual(many)
    expect(order.at(-1)).toBe('settled')
    expect(order.filter(one => one === 'settled').length).toBeLessThan(10)
  })

  it('is done when a consumer closes the connection in the middle of a read, of which no more is delivered', async () => {
    const { sends, order, simulator } = await openConnection({
      deliver: (text, leave) => text === trade(2) && leave(),
    })
    sends(trade(1), trade(2), trade(3), unreadable)
    await until(() => simulator.stats().socketsClosed === 1)
    expect(order).toEqual([trade(1), trade(2), 'settled'])
  })

  it('is done behind a control message that cannot be read, and behind the frames before it', async () => {
    const { sends, until: arrived } = await openConnection()
    sends(trade(1), trade(2), unreadable, trade(3))
    expect(await arrived(trade(3))).toEqual([trade(1), trade(2), 'settled', unreadable, 'settled', trade(3), 'settled'])
  })

  it('is done behind a notice, and behind the frames before it', async () => {
    const { simulator, actor, sends, answered, until: arrived } = await openConnection()
    actor.send({ type: 'request.subscribe', keys: [notices] })
    await until(() => answered.includes(notices))
    sends(trade(1))
    simulator.sendNotice('H0STCNI0', notice)
    sends(trade(2))
    const opened = `0|H0STCNI0|001|${notice}`
    expect(await arrived(trade(2))).toEqual([trade(1), 'settled', opened, 'settled', trade(2), 'settled'])
  })

  it('is done behind a notice whose key never came, which is delivered when the connection closes', async () => {
    const { simulator, sends, order, until: arrived } = await openConnection()
    const sealed = encryptedFrame('H0STCNI0', notice)
    sends(sealed, trade(1))
    expect(await arrived(trade(1))).toEqual([trade(1), 'settled'])
    simulator.inject({ kind: 'cut' })
    await until(() => order.includes(sealed) && order.at(-1) === 'settled')
    expect(order.slice(-2)).toEqual([sealed, 'settled'])
  })
})
