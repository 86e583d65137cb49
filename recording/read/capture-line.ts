// A line of a text capture: a frame as KIS sent it, if need be behind the time it came. Captures
// differ; docs/export.md lists the forms that are read. Any other line stays a frame that cannot be read.

export type CaptureLine = {
  /** What remains behind the time. */
  readonly frame: Uint8Array
  /**
   * Epoch milliseconds, or a time of day in milliseconds that still needs its date; undefined when the line
   * has none.
   */
  readonly time: { readonly at: number } | { readonly timeOfDay: number } | undefined
}

/** What a frame begins with: a flag, a bar and a transaction id, or a message of KIS's in JSON. */
const frameStart = /(?:[01]\|[A-Z0-9]{8}\||\{\s*"(?:header|body)")/

/** Times are in front, and nothing but these stands between them and the frame. */
const separators = /^[[\]()"'<>,;|\t :=-]*$/

/** Longer than any time: the search for a frame ends here. */
const mostTimeBytes = 64

/**
 * Without the byte order mark that some editors write; captures that were put together have it in the middle
 * too.
 */
export function withoutMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line
}

export function readCaptureLine(given: Uint8Array): CaptureLine {
  const line = withoutMark(given)
  const start = frameStart.exec(Buffer.from(line.subarray(0, mostTimeBytes + 16)).toString('latin1'))?.index ?? 0
  if (start === 0) return { frame: line, time: undefined }
  const before = Buffer.from(line.subarray(0, start)).toString('latin1')
  const time = readTime(before)
  // Words in front of a frame that are no time: whatever this is, it is not the line of a capture, and
  // nothing is cut off it.
  return time === undefined ? { frame: line, time } : { frame: line.subarray(start), time }
}

/**
 * - `2026-06-08T11:48:27.123+09:00`, `…Z`, `2026-06-08 11:48:27,123`: without an offset, Korean time
 * - `1780886907.123`, `1780886907123`, `1780886907123456`, `…789`: seconds, milliseconds, microseconds or
 *   nanoseconds since 1970
 * - `11:48:27.123`, `114827`: Korean time of a date that must be given
 */
function readTime(text: string): CaptureLine['time'] {
  const dated = /(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?/.exec(
    text,
  )
  if (dated !== null && isBare(text, dated[0])) {
    const [, year, month, day, hour, minute, second, fraction = '0', offset = '+09:00'] = dated
    const zone = offset === 'Z' || offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`
    const at = Date.parse(
      `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`,
    )
    return Number.isNaN(at) ? undefined : { at }
  }
  const epoch = /(\d{10})(\d{3}|\d{6}|\d{9})?(?:\.(\d+))?(?!\d)/.exec(text)
  if (epoch !== null && isBare(text, epoch[0])) {
    const [, seconds = '', rest = '', fraction = ''] = epoch
    return { at: Number(seconds) * 1_000 + Number(`${rest}${rest === '' ? fraction : ''}000`.slice(0, 3)) }
  }
  const daily = /(\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?/.exec(text)
  if (daily === null || !isBare(text, daily[0])) return undefined
  const [, hour, minute, second, fraction = ''] = daily
  const timeOfDay =
    ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + Number(`${fraction}000`.slice(0, 3))
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 61 ? { timeOfDay } : undefined
}

/** Nothing but separators around it. */
function isBare(text: string, found: string): boolean {
  return separators.test(text.replace(found, ''))
}
