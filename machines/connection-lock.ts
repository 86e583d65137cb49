// One app key, one connection: whoever wants to connect waits until the previous socket is really closed.

/** Resolves when the line is free, with the function that frees it again. First come, first served. */
export type Line = { take(): Promise<() => void> }

export function createLine(): Line {
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
