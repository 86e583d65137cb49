// The server's heartbeat on one connection. KIS sends PINGPONG about every 110 s and closes a connection
// whose client does not send it back within about 100 s (protocol notes 3.6).
import type { Clock } from '../market/clock.ts'
import { heartbeat } from './answers.ts'

export type PingOptions = {
  readonly clock: Clock
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly send: (text: string) => void
  /** The client has not echoed in time. */
  readonly overdue: () => void
}

export type Ping = {
  /**
   * The meaning of a client's PINGPONG: the awaited echo, byte for byte or nearly so, or a heartbeat of its
   * own. A client's own has no datetime and does not replace an echo.
   */
  received(text: string, dated: boolean): 'identical' | 'echo' | 'unasked'
  stop(): void
}

export function startPing({ clock, intervalMs, timeoutMs, send, overdue }: PingOptions): Ping {
  let awaited: string | undefined
  let deadline: NodeJS.Timeout | undefined

  const interval = setInterval(() => {
    if (awaited !== undefined) return
    awaited = heartbeat(clock.now())
    send(awaited)
    deadline = setTimeout(overdue, timeoutMs)
  }, intervalMs)

  return {
    received(text, dated) {
      if (awaited === undefined || !dated) return 'unasked'
      const identical = text === awaited
      awaited = undefined
      clearTimeout(deadline)
      return identical ? 'identical' : 'echo'
    },
    stop() {
      clearInterval(interval)
      clearTimeout(deadline)
    },
  }
}
