// Known bytes → the one object that was made from them. Symbols and transaction ids repeat millions of times
// a day; this finds their shared object without making a string.

/** Malformed input can name endlessly many symbols. Past this many, all are forgotten. */
const mostEntries = 65_536

/** Up to eight bytes, which is every Korean symbol and every transaction, are compared as two numbers. */
const wordBytes = 4

type Entry<T> = {
  /** The first four bytes, and the last four of the others. */
  readonly head: number
  readonly tail: number
  readonly bytes: Uint8Array
  readonly length: number
  readonly made: T
  readonly next: Entry<T> | undefined
}

/** Reads the bytes from `start` up to `terminator` or the frame's end. */
export type Interned<T> = (frame: Uint8Array, start: number) => T

/** `make` is given the bytes as Latin-1 text, once for each distinct run of bytes. */
export function createInterner<T>(terminator: number, make: (text: string) => T): Interned<T> {
  const entries = new Map<number, Entry<T>>()
  let size = 0
  let last: Entry<T> | undefined

  return (frame, start) => {
    const length = frame.length
    let head = 0
    let tail = 0
    let p = start
    const middle = start + wordBytes
    while (p < middle && p < length && frame[p] !== terminator) head = (head << 8) | (frame[p++] as number)
    if (p === middle) while (p < length && frame[p] !== terminator) tail = (tail << 8) | (frame[p++] as number)
    if (last !== undefined && isOf(last, head, tail, frame, start, p)) return last.made
    const hash = (Math.imul(head, 0x9e3779b1) + tail) | 0
    let entry = entries.get(hash)
    while (entry !== undefined && !isOf(entry, head, tail, frame, start, p)) entry = entry.next
    if (entry === undefined) {
      // A copy: a view would keep the socket's whole receive buffer alive.
      const bytes = new Uint8Array(frame.subarray(start, p))
      if (size >= mostEntries) {
        entries.clear()
        size = 0
      }
      size++
      const made = make(Buffer.from(bytes).toString('latin1'))
      entry = { head, tail, bytes, length: p - start, made, next: entries.get(hash) }
      entries.set(hash, entry)
    }
    last = entry
    return entry.made
  }
}

function isOf(
  entry: Entry<unknown>,
  head: number,
  tail: number,
  frame: Uint8Array,
  start: number,
  stop: number,
): boolean {
  if (entry.head !== head || entry.tail !== tail || entry.length !== stop - start) return false
  for (let i = wordBytes; i < entry.length - wordBytes; i++) if (entry.bytes[i] !== frame[start + i]) return false
  return true
}
