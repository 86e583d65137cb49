// A file that is read at any position. By its descriptor and not by a file handle: a replay that is never
// ended would have its handle collected as garbage, and Node 26 ends the process over that.
import { close as closeOf, fstat, open as openOf, read as readOf } from 'node:fs'
import { promisify } from 'node:util'

const [open, close, stat, read] = [promisify(openOf), promisify(closeOf), promisify(fstat), promisify(readOf)]

export type ReadFile = {
  size(): Promise<number>
  /** Shorter at the end of the file. */
  readAt(position: number, length: number): Promise<Buffer>
  /** After what is under way. */
  close(): Promise<void>
}

export async function openToRead(path: string): Promise<ReadFile> {
  const file = await open(path, 'r')
  const underWay = new Set<Promise<unknown>>()

  async function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    try {
      return await work
    } finally {
      underWay.delete(work)
    }
  }

  return {
    size: async () => (await stat(file)).size,
    async readAt(position, length) {
      if (position < 0) return Buffer.alloc(0)
      const bytes = Buffer.allocUnsafeSlow(length)
      const { bytesRead } = await track(read(file, bytes, 0, length, position))
      return bytes.subarray(0, bytesRead)
    },
    async close() {
      await Promise.allSettled(underWay)
      await close(file)
    },
  }
}
