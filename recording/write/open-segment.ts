// The files of a segment that is being written, and what of them has reached the disk. Writing waits for the
// operating system alone; `sync` waits for the disk, in between, and holds nothing up.
import {
  closeSync,
  fdatasync,
  fsync as fsyncOf,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { privateFile, privateFolder } from '../../system/kept-file.ts'
import { type BeginFacts, fileMagic, folderOf, numberOf, segmentName, tailNameOf } from '../format/segment.ts'

const syncData = promisify(fdatasync)
const syncAll = promisify(fsyncOf)

/**
 * A tail is cut once the block that has its rows is on the disk. Where the disk is so slow that meanwhile
 * this much comes, the tail is cut without: it must not become as long as the segment.
 */
const longestTail = 8 * 1024 * 1024

export type OpenSegment = {
  readonly path: string
  readonly begin: BeginFacts
  /** Stored bytes. */
  readonly size: number
  /** A block; whatever the tail holds is in it. */
  append(block: Uint8Array): void
  appendToTail(piece: Uint8Array): void
  /** Everything written before this was called is on the disk when it resolves. */
  sync(): Promise<void>
  /** Ends the segment. The tail is gone when everything is on the disk, which is when it resolves. */
  close(index: Uint8Array): Promise<void>
  /** Leaves the files as they are. */
  abandon(): void
}

/** A file with the next number among those of its trading date. */
export function openSegmentOf(folder: string, begin: BeginFacts): OpenSegment {
  const day = join(folder, folderOf(begin.date))
  mkdirSync(day, privateFolder)
  const numbers = readdirSync(day).map(name => numberOf(name) ?? 0)
  const path = join(day, segmentName(Math.max(0, ...numbers) + 1))
  const file = openSync(path, 'wx', privateFile.mode)
  let tail = openBeside(path, file)
  let size = fileMagic.length
  let tailSize = 0
  /**
   * Where in the tail the rows begin that are in no block. Those before are nowhere else for sure until a
   * block is on the disk.
   */
  let liveFrom = 0
  /** Writes so far, and how many of them are on the disk. */
  let writes = 1
  let synced = 0
  let isNamed = false
  let isOpen = true
  let syncing: Promise<void> = Promise.resolve()

  function cutTail(): void {
    if (tailSize > 0) ftruncateSync(tail, 0)
    tailSize = 0
    liveFrom = 0
  }

  /** Leaves in the tail what is in no block. A reader finds the old tail whole, or the new one. */
  function shortenTail(): void {
    if (liveFrom === tailSize) return cutTail()
    const live = Buffer.allocUnsafe(tailSize - liveFrom)
    readSync(tail, live, 0, live.length, liveFrom)
    const draft = `${tailNameOf(path)}.new`
    const shorter = openSync(draft, 'wx+', privateFile.mode)
    try {
      writeAll(shorter, live, 0)
      renameSync(draft, tailNameOf(path))
    } catch {
      // As on Windows, or on a disk that is full: then the tail stays as it is for now.
      closeSync(shorter)
      tryTo(() => unlinkSync(draft))
      return
    }
    closeSync(tail)
    tail = shorter
    tailSize = live.length
    liveFrom = 0
    // It has to reach the disk anew.
    writes++
  }

  async function syncOnce(): Promise<void> {
    if (!isOpen || synced === writes) return
    const [upTo, block] = [writes, size]
    await waitForDisk(() => syncData(file))
    if (isOpen && tailSize > 0) await waitForDisk(() => syncData(tail))
    if (!isNamed) await syncFolders([day, folder, dirname(folder)])
    isNamed = true
    synced = upTo
    // A block that came since is nowhere for sure but in the tail.
    if (isOpen && liveFrom > 0 && size === block) shortenTail()
  }

  function release(): void {
    if (!isOpen) return
    isOpen = false
    tryTo(() => closeSync(file))
    tryTo(() => closeSync(tail))
  }

  return {
    path,
    begin,
    get size() {
      return size
    },
    append(block) {
      writeAll(file, block, size)
      size += block.length
      writes++
      liveFrom = tailSize
      if (tailSize > longestTail) cutTail()
    },
    appendToTail(piece) {
      writeAll(tail, piece, tailSize)
      tailSize += piece.length
      writes++
    },
    sync() {
      // One behind the other: the second finds nothing to do when the first one took everything.
      syncing = syncing.then(syncOnce)
      return syncing
    },
    async close(index) {
      try {
        writeAll(file, index, size)
        size += index.length
        writes++
        await syncing.catch(() => {})
        await waitForDisk(() => syncAll(file))
        unlinkSync(tailNameOf(path))
        await syncFolders([day])
      } finally {
        release()
      }
    },
    abandon() {
      void syncing.catch(() => {}).then(release)
    },
  }
}

/** Removes a segment that cannot be written: otherwise every attempt would leave one more. */
function openBeside(path: string, file: number): number {
  try {
    writeAll(file, fileMagic, 0)
    return openSync(tailNameOf(path), 'wx+', privateFile.mode)
  } catch (error) {
    closeSync(file)
    tryTo(() => unlinkSync(path))
    throw error
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written)
  }
}

/** Some file systems have no disk to wait for. */
const withoutDisk = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EROFS'])

async function waitForDisk(sync: () => Promise<void>): Promise<void> {
  try {
    await sync()
  } catch (error) {
    if (!withoutDisk.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** A new file is not safe before its name is. Where folders cannot be opened, there is no more to be done. */
async function syncFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    let opened: number | undefined
    try {
      opened = openSync(folder, 'r')
      await syncAll(opened)
    } catch {
      // As on Windows.
    } finally {
      if (opened !== undefined) closeSync(opened)
    }
  }
}

function tryTo(act: () => void): void {
  try {
    act()
  } catch {
    // The error before this one is the one to report.
  }
}
