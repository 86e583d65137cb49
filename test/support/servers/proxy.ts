// What stands between a feed and KIS: another address of the same server, which may cut a connection whose
// client says nothing.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type Proxy = {
  readonly url: string
  /** Accepted so far. */
  connections(): number
  /** Connections it cut because their client was silent. */
  idleCuts(): number
}

const lookEveryMs = 20

/**
 * `patience`: how many looks in a row a client may be silent. Looks and not milliseconds, because a machine
 * under load holds up the client's timers and these alike.
 */
export async function startProxy(port: number, patience = Number.POSITIVE_INFINITY): Promise<Proxy> {
  const open = new Map<Socket, number>()
  let connections = 0
  let idleCuts = 0
  const server = createServer(near => {
    connections++
    open.set(near, 0)
    const far = connect(port, '127.0.0.1')
    near.pipe(far).pipe(near)
    near.on('data', () => open.set(near, 0))
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.on('close', () => {
      open.delete(near)
      far.destroy()
    })
    far.on('close', () => near.destroy())
  })
  const timer = setInterval(() => {
    for (const [socket, silent] of open) {
      open.set(socket, silent + 1)
      if (silent < patience) continue
      idleCuts++
      socket.destroy()
    }
  }, lookEveryMs)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    clearInterval(timer)
    for (const socket of open.keys()) socket.destroy()
    server.close()
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    idleCuts: () => idleCuts,
  }
}
