// Pipes and terminals that never make a writer wait. A blocked write cannot be taken back: its thread is
// stuck, and a process that ends waits for its threads.
import { constants, fstatSync, openSync } from 'node:fs'

/**
 * Opens the same pipe or terminal again, so that a write fails with EAGAIN when it is full; other descriptors
 * keep their mode. Returns the descriptor itself for a file, which is never full for long, and on a system
 * without /proc.
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
