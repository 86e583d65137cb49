// The source of a reader's entries. Each way of reading a stream is one of these.
import type { Dropped } from '../../market/events.ts'
import type { Entry } from './entry.ts'

/**
 * As Redis gives it: id, and names and values in turns; no values when the entry was trimmed away before it
 * was read.
 */
export type StreamItem = readonly [id: string, fields: string[] | null]

export type Delivery = {
  readonly id: string
  /** For what went missing before it. */
  readonly receipts: readonly Dropped[]
  /** Undefined when there is nothing in it for this reader. */
  readonly entry: Entry | undefined
  /** What is in the stream and no entry of ours. */
  readonly foreign?: readonly string[]
  /** Where to begin again after it; undefined in a group, whose position Redis remembers. */
  readonly position?: string
}

export interface EntrySource {
  /** Finds where to begin; called again after every trouble. What it gives was not finished before. */
  begin(): Promise<void>
  /** The next entries, if need be after a while; none when none come within it. */
  read(blockMs: number): Promise<readonly Delivery[]>
  /** Everything in the entry was dealt with. */
  handled(id: string): Promise<void>
}
