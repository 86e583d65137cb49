// The WebSockets this process really has open, as Node sees them when each is asked for. A server knows of
// them only when its turn on the event loop comes, which on a busy machine is late by as much as the whole
// matter takes.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../../market/clock.ts'

export type ClientSockets = {
  /** When each connection was asked for, by the clock given. */
  readonly openedAt: readonly number[]
  /** The most that were open, or opening, at once. */
  readonly mostOpen: number
  stop(): void
}

/** Published by Node for each request as it leaves. */
const requestStarts = 'http.client.request.start'

/** Watches upgrades to `host`, as 127.0.0.1:34567; REST calls to the same port are none. */
export function watchClientSockets(host: string, clock: Clock): ClientSockets {
  const openedAt: number[] = []
  let open: Socket[] = []
  let mostOpen = 0

  function started(message: unknown): void {
    const { request } = message as { request: ClientRequest } // what Node documents of this channel
    if (request.getHeader('host') !== host || request.getHeader('upgrade') !== 'websocket') return
    // Node tells of a request once it has its socket, so a request of an upgrade and the WebSocket it becomes
    // are one.
    const { socket } = request
    if (socket === null) throw new Error('a request left without a socket: this Node tells of requests at another time')
    open = [...open.filter(({ destroyed }) => !destroyed), socket]
    openedAt.push(clock.now())
    mostOpen = Math.max(mostOpen, open.length)
  }

  subscribe(requestStarts, started)
  return {
    openedAt,
    get mostOpen() {
      return mostOpen
    },
    stop: () => void unsubscribe(requestStarts, started),
  }
}
