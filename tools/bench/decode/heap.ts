// A child of `decode`, started with a collector it can call and a young generation large enough to hold
// everything that one measurement allocates: what the heap grew by is then what was allocated.
import { getHeapStatistics } from 'node:v8'
import { serve } from '../children.ts'
import { books, type Load, trades } from '../frames.ts'
import { type Effort, median, timePasses } from '../measure.ts'
import { bookReaders, type ReaderName, type Readers, reading, tradeReaders } from './readers.ts'

/** Bytes a record. */
export type HeapAnswer = Readonly<Record<string, Partial<Record<ReaderName, number>>>>

const measurements = 9

/** The greediest reader takes more than 6 KB a record, and 64 MB must hold them all. */
const recordsAtOnce = 4_000

serve<Effort, HeapAnswer>(async effort => ({
  'trades, 1 to 5 a frame as captured': await bytesOf(tradeReaders(), trades(), effort),
  'order books, ten levels': await bytesOf(bookReaders(), books(), effort),
}))

async function bytesOf(readers: Readers, load: Load, effort: Effort) {
  const bytes: Partial<Record<ReaderName, number>> = {}
  for (const [name, read] of Object.entries(readers)) {
    const pass = reading(read, load)
    await timePasses({ pass }, { ...effort, rounds: 0 })
    bytes[name as ReaderName] = median(Array.from({ length: measurements }, () => growth(pass)))
  }
  return bytes
}

function growth(pass: () => number): number {
  globalThis.gc?.()
  const before = getHeapStatistics().used_heap_size
  let records = 0
  while (records < recordsAtOnce) records += pass()
  return (getHeapStatistics().used_heap_size - before) / records
}
