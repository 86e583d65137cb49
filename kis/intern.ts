// Bytes seen before → the object made from them the first time. Symbols and transaction ids repeat millions of times a day; this
// finds their one shared object without making a string.

/** Rubbish can name endlessly many symbols. Past this many, forget them all and start over. */
const mostEntries = 65_536

type Entry<T> = { readonly bytes: Uint8Array; readonly made: T; readonly next: Entry<T> | undefined }

/** Reads the bytes from `start` up to `terminator` or the frame's end. */
export type Interned<T> = (frame: Uint8Array, start: number) => T

/** `make` is given the bytes as Latin-1 text, once for each distinct run of bytes. */
export function createInterner<T>(terminator: number, make: (text: string) => T): Interned<T> {
  const entries = new Map<number, Entry<T>>()
  let lastHash = -1
  let last: Entry<T> | undefined

  return (frame, start) => {
    const length = frame.length
    let hash = 0
    let stop = start
    while (stop < length && frame[stop] !== terminator) {
      hash = (Math.imul(hash, 31) + (frame[stop] as number)) | 0
      stop++
    }
    if (hash === lastHash && last !== undefined && holds(last.bytes, frame, start, stop)) return last.made
    let entry = entries.get(hash)
    while (entry !== undefined && !holds(entry.bytes, frame, start, stop)) entry = entry.next
    if (entry === undefined) {
      // A copy: a view would keep the socket's whole receive buffer alive.
      const bytes = new Uint8Array(frame.subarray(start, stop))
      if (entries.size >= mostEntries) entries.clear()
      entry = { bytes, made: make(Buffer.from(bytes).toString('latin1')), next: entries.get(hash) }
      entries.set(hash, entry)
    }
    lastHash = hash
    last = entry
    return entry.made
  }
}

function holds(bytes: Uint8Array, frame: Uint8Array, start: number, stop: number): boolean {
  if (bytes.length !== stop - start) return false
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== frame[start + i]) return false
  return true
}
