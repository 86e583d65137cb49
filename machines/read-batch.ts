// Frames of one read of a socket, delivered together. A read holds hundreds of frames in a busy moment.
// Collecting some of them and then decoding those keeps the code and data of both steps in the processor's
// caches, which saves a sixth of a frame's cost. No frame waits for the next read.

/** More gains almost nothing, and would delay the first frame. */
const most = 32

export type ReadBatch<T> = {
  add(frame: T): void
  /** Delivers now what was added so far, before something that must come after it. */
  flush(): void
}

/**
 * `moreFollow`: another frame of the batch comes at once, so what can be done for several may wait for the
 * last one.
 */
export function createReadBatch<T>(deliver: (frame: T, moreFollow: boolean) => void): ReadBatch<T> {
  let frames: T[] = []
  let isDue = false

  function flush(): void {
    // A consumer may cause another flush.
    const ready = frames
    frames = []
    for (let i = 0; i < ready.length; i++) deliver(ready[i] as T, i < ready.length - 1)
  }

  function flushDue(): void {
    isDue = false
    flush()
  }

  return {
    add(frame) {
      if (frames.push(frame) >= most) return flush()
      if (isDue) return
      isDue = true
      // After the socket's own work for this read, and before anything else.
      process.nextTick(flushDue)
    },
    flush,
  }
}
