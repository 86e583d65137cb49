// A file with a bounded number of places for pieces of one size, which are put aside and fetched again. It
// has no name: nothing in it survives the process, and no other process can open it.
import { close as closeOf, open as openOf, read as readOf, write as writeOf } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { privateFile } from '../../system/kept-file.ts'

// Descriptors, not file handles: Node 26 ends the process when a handle is collected as garbage, as with a
// feed that is never stopped.
const [open, close, read, write] = [promisify(openOf), promisify(closeOf), promisify(readOf), promisify(writeOf)]

export interface SpillFile {
  /** A free place, taken until it is given back; undefined when all are taken. */
  takePlace(): number | undefined
  giveBack(place: number): void
  write(place: number, piece: Uint8Array): Promise<void>
  read(place: number, piece: Uint8Array): Promise<void>
  /** After what is under way. */
  close(): void
}

export function openSpillFile(pieceBytes: number, places: number, folder = tmpdir()): SpillFile {
  const free: number[] = []
  const underWay = new Set<Promise<unknown>>()
  let used = 0
  let opened: Promise<number> | undefined

  async function create(): Promise<number> {
    const own = await mkdtemp(join(folder, 'kis-stream-spill-'))
    try {
      return await open(join(own, 'events'), 'wx+', privateFile.mode)
    } finally {
      // An open file without a name goes when its process does. Where that is not possible (Windows), it
      // stays in the folder for temporary files.
      await rm(own, { recursive: true }).catch(() => {})
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    const done = () => underWay.delete(work)
    work.then(done, done)
    return work
  }

  async function move(how: 'read' | 'write', place: number, piece: Uint8Array): Promise<void> {
    opened ??= create().catch(error => {
      opened = undefined // a disk may have room again
      throw error
    })
    const file = await opened
    for (let done = 0; done < piece.length; ) {
      const at = place * pieceBytes + done
      const count =
        how === 'write'
          ? (await write(file, piece, done, piece.length - done, at)).bytesWritten
          : (await read(file, piece, done, piece.length - done, at)).bytesRead
      if (count === 0) throw new Error(`the spill file ends ${piece.length - done} bytes early`)
      done += count
    }
  }

  return {
    takePlace: () => free.pop() ?? (used < places ? used++ : undefined),
    giveBack: place => void free.push(place),
    write: (place, piece) => track(move('write', place, piece)),
    read: (place, piece) => track(move('read', place, piece)),
    close() {
      void Promise.allSettled(underWay)
        .then(async () => opened === undefined || close(await opened))
        .catch(() => {}) // never opened, or gone already: there is nothing left to close
    },
  }
}
