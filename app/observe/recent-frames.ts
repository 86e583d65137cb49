// The last data frames, to find out what happened. Kept by reference, so that keeping one costs next to
// nothing; of one that is far longer than KIS's own only what is shown is kept.
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { Redaction } from '../../kis/redaction.ts'
import type { Market } from '../../market/instrument.ts'

/** A power of two. Some seconds of a quiet market, the last moment of a busy one. */
const mostKept = 64

/** Twenty records are about 8 KB. */
const longestKept = 16 * 1_024

export type ShownFrame = {
  readonly market: Market
  readonly receivedTime: number
  /** Without secrets, and at most 4 KB: account notices are left out, sealed or opened. */
  readonly text: string
}

export type RecentFrames = {
  note(frame: RawFrame): void
  /** Oldest first. */
  shown(): readonly ShownFrame[]
}

export function createRecentFrames({ shown }: Pick<Redaction, 'shown'>): RecentFrames {
  const slots: (RawFrame | ShownFrame | undefined)[] = Array.from({ length: mostKept })
  let next = 0

  function shownOf(frame: RawFrame): ShownFrame {
    return { market: frame.market, receivedTime: frame.receivedTime, text: shown(frame.bytes) }
  }

  return {
    note(frame) {
      slots[next] = frame.bytes.length > longestKept ? shownOf(frame) : frame
      next = (next + 1) & (mostKept - 1)
    },
    shown: () =>
      [...slots.slice(next), ...slots.slice(0, next)].flatMap(frame =>
        frame === undefined ? [] : [isShown(frame) ? frame : shownOf(frame)],
      ),
  }
}

function isShown(frame: RawFrame | ShownFrame): frame is ShownFrame {
  return 'text' in frame
}
