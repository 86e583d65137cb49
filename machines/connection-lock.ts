// One app key, one connection: a new connection waits until the previous socket is closed.

/**
 * Resolves when no socket of the app key is open, with the function that releases the lock. First come, first
 * served.
 */
export type ConnectionLock = { take(): Promise<() => void> }

export function createConnectionLock(): ConnectionLock {
  let free: Promise<void> = Promise.resolve()
  return {
    async take() {
      const before = free
      let release = () => {}
      free = new Promise(resolve => {
        release = resolve
      })
      await before
      return release
    },
  }
}
