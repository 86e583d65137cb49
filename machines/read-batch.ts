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

/** `settled` is called after the last frame of a batch, for work that is done once for all of them. */
export function createReadBatch<T>(deliver: (frame: T) => void, settled: () => void = () => {}): ReadBatch<T> {
  let frames: T[] = []
  let isDue = false

  function flush(): void {
    // A consumer may cause another flush.
    const ready = frames
    frames = []
    if (ready.length === 0) return
    for (const frame of ready) deliver(frame)
    settled()
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
