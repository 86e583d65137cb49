// The last data frames, for whoever has to find out what happened. Kept by reference, so that keeping one costs next to nothing; they
// hold on to a few megabytes of receive buffers at most.
import { withoutKeys } from '../kis/control.ts'
import { shownText } from '../kis/decoder.ts'
import { frameText, isControl, type RawFrame } from '../kis/frame.ts'
import type { Market } from '../market/instrument.ts'

/** A power of two. Some seconds of a quiet market, the last moment of a busy one. */
const mostKept = 64

export type ShownFrame = {
  readonly market: Market
  readonly receivedTime: number
  /** Without secrets: account notices are left out, sealed or opened. */
  readonly text: string
}

export type RecentFrames = {
  note(frame: RawFrame): void
  /** The one that is being delivered. */
  latest(): RawFrame | undefined
  /** Oldest first. */
  shown(): readonly ShownFrame[]
}

export function createRecentFrames(redact: (text: string) => string): RecentFrames {
  const slots: (RawFrame | undefined)[] = Array.from({ length: mostKept })
  let next = 0

  return {
    note(frame) {
      slots[next] = frame
      next = (next + 1) & (mostKept - 1)
    },
    latest: () => slots[(next - 1) & (mostKept - 1)],
    shown: () =>
      [...slots.slice(next), ...slots.slice(0, next)].flatMap(frame =>
        frame === undefined
          ? []
          : [{ market: frame.market, receivedTime: frame.receivedTime, text: redact(textOf(frame.bytes)) }],
      ),
  }
}

const one = 49

function textOf(bytes: Uint8Array): string {
  // A control message that cannot be read comes this way too, and may be a broken one that carries a notice's key.
  if (isControl(bytes)) return withoutKeys(frameText(bytes))
  return bytes[0] === one ? `an encrypted notice of ${bytes.length} bytes, [redacted]` : shownText(bytes)
}
