// Events as lines of JSON: to a pipe, to a file, or to a file for each day and so many bytes. The text is
// made and the disk waited for in a thread of its own, and its lines say what was dropped when that thread
// fell behind.
import { type OptionNames, refuseUnknown } from '../../market/basics/did-you-mean.ts'
import { jsonLinesThread } from './json-lines-place.ts'
import { type EventThread, type EventThreadOptions, eventThread, eventThreadOptions } from '../ring/event-thread.ts'
import { type FileTurns, problemWithTurns } from './line-file.ts'

export type JsonLinesOptions = EventThreadOptions & {
  /**
   * A file descriptor (1: standard output), the path of a file to append to, or a folder and when to begin
   * another file in it.
   */
  readonly to: number | string | FileTurns
  /** Another file was begun, and this one will not be written again. Only in a folder. */
  readonly onFinished?: (file: string) => void
}

const optionNames = Object.keys({
  to: true,
  onFinished: true,
  ...eventThreadOptions,
} satisfies OptionNames<JsonLinesOptions>)

export function jsonLines(given: JsonLinesOptions): EventThread {
  refuseUnknown(given, optionNames)
  const { to, onFinished, ...options } = given
  const problem = typeof to === 'object' ? problemWithTurns(to) : undefined
  if (problem !== undefined) throw new RangeError(problem)
  return eventThread(jsonLinesThread, { to }, options, finished => onFinished?.(finished as string)) // all it ever says
}
