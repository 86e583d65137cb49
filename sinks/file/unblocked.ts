// Pipes and terminals that never make a writer wait. A blocked write cannot be taken back: its thread is gone, and a process that ends
// waits for its threads.
import { constants, fstatSync, openSync } from 'node:fs'

/**
 * The same pipe or terminal, opened once more so that a write says EAGAIN when it is full; nobody else's view of it changes. The
 * descriptor itself where that cannot be had: a file, which is never full for long, or a system without /proc.
 */
export function unblocked(fd: number): number {
  const stats = fstatSync(fd)
  if (!stats.isFIFO() && !stats.isCharacterDevice()) return fd
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return fd
  }
}
