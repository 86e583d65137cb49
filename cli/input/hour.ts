// `--at`: a simulated hour, to watch a hand-over, an opening or a night. Only where no real server is
// connected.
import { isLoopbackUrl } from '../../kis/endpoints.ts'
import { type Clock, clockStartingAt, systemClock } from '../../market/clock.ts'
import { readInstant } from './parse-time.ts'

/** Without the flag, the system's clock. `addresses`: the feed's servers; none without a connection. */
export function clockOf(flag: unknown, addresses: readonly string[], mistakes: string[]): Clock {
  if (flag === undefined) return systemClock
  const time = readInstant(typeof flag === 'string' ? flag : '')
  if ('problem' in time) {
    mistakes.push(`--at ${time.problem}`)
    return systemClock
  }
  const real = addresses.find(address => !isLoopbackUrl(address))
  if (real !== undefined) {
    mistakes.push(`--at is for a simulator or another stand-in on this machine, and ${new URL(real).host} is none`)
  }
  return clockStartingAt(time.value)
}
