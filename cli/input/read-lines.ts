// A byte stream, line by line, as bytes: frames are not always UTF-8. A line that is longer than any frame is
// cut off, so that a file without line breaks needs neither its own size in memory nor time by the square of
// it.
import { longestLine } from '../../app/replay/text-decoder.ts'

const newline = 10
const carriageReturn = 13

/**
 * This much of a line that is too long comes out, which is still too long for every reader; the rest is left
 * out.
 */
const most = longestLine + 1

export async function* linesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = []
  let length = 0

  function add(part: Buffer): void {
    if (length >= most || part.length === 0) return
    const kept = part.subarray(0, most - length)
    parts.push(kept)
    length += kept.length
  }

  function take(): Uint8Array {
    const [first] = parts
    const line = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts)
    parts = []
    length = 0
    return withoutReturn(line)
  }

  for await (const chunk of input) {
    // A copy: what reads the input may use its buffer again.
    const bytes = Buffer.from(chunk as Uint8Array)
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      add(bytes.subarray(start, end))
      yield take()
      start = end + 1
    }
    add(bytes.subarray(start))
  }
  if (length > 0) yield take()
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line
}
