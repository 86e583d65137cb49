import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { watchClientSockets } from '../../../../tools/chaos/stories/client-sockets.ts'
import { startSimulator } from '../../../../simulator/server.ts'

async function watched() {
  const simulator = await startSimulator()
  let now = 0
  const sockets = watchClientSockets(new URL(simulator.wsUrl).host, { now: () => now++ })
  onTestFinished(async () => {
    sockets.stop()
    await simulator.stop()
  })
  return { simulator, sockets }
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  socket.on('error', () => {})
  await once(socket, 'open')
  return socket
}

it('sockets one after another are one at a time, however they end', async () => {
  const { simulator, sockets } = await watched()
  const ends = [(socket: WebSocket) => socket.close(), (socket: WebSocket) => socket.terminate(), () => simulator.cut()]
  for (const end of ends) {
    const socket = await open(simulator.wsUrl)
    const closed = once(socket, 'close')
    end(socket)
    await closed
  }
  expect(sockets).toMatchObject({ openedAt: [0, 1, 2], mostOpen: 1 })
})

it('two at once are two, and a call of REST to the same port is none', async () => {
  const { simulator, sockets } = await watched()
  const first = await open(simulator.wsUrl)
  await open(simulator.wsUrl)
  expect(sockets.mostOpen).toBe(2)
  first.terminate()
  await fetch(`${simulator.restUrl}/oauth2/Approval`, { method: 'POST', body: '{}' })
  await open(simulator.wsUrl)
  expect(sockets).toMatchObject({ openedAt: [0, 1, 2], mostOpen: 2 })
})

it('another server is none of its business, and after stop() nothing is', async () => {
  const { simulator, sockets } = await watched()
  const other = await watched()
  await open(other.simulator.wsUrl)
  expect(sockets.openedAt).toEqual([])
  sockets.stop()
  await open(simulator.wsUrl)
  expect(sockets.openedAt).toEqual([])
})
