// Frames that are to be kept, without what must not be: who holds an account, and keys of ours that came back in some rubbish. What
// is left decodes to the same events.
import { withoutKeys } from './control.ts'
import { frameText, isControl, readEnvelope, transactionAt, transactionLength } from './frame.ts'
import { columnsFor, type Layout, layoutOf } from './layout.ts'

const redacted = '[redacted]'
const payloadAt = transactionAt + transactionLength + 1

/** Whether a transaction's records tell who holds an account. */
export function isPersonal(tr: string): boolean {
  return layoutOf(tr)?.encrypted === true
}

/** The frame, or another one in its place. `redact`: takes secrets out of a text. */
export function scrubbed(frame: Uint8Array, redact: (text: string) => string): Uint8Array {
  const layout = layoutOf(frameText(frame.subarray(transactionAt, transactionAt + transactionLength)))
  // An open notice; one that is still encrypted is nothing to anybody.
  if (layout?.encrypted && frame[0] === 48) return scrubbedNotice(frame, layout)
  const text = frameText(frame)
  const shown = redact(isControl(frame) ? withoutKeys(text) : text)
  if (shown === text) return frame
  const buffer = Buffer.from(text)
  return Buffer.from(shown, buffer.equals(frame) ? 'utf8' : 'latin1')
}

function scrubbedNotice(frame: Uint8Array, layout: Layout): Uint8Array {
  const envelope = readEnvelope(frame)
  if (typeof envelope === 'string') return blackened(frame, countAt(frame))
  const { count, payload } = envelope
  const values = Buffer.from(frame.subarray(payload)).toString('latin1').split('^')
  const width = values.length / count
  // Of these the decoder says nothing but how long they are and how many values they have.
  if (!Number.isInteger(width) || width < layout.minWidth) return blackened(frame, payload)
  const columns = columnsFor(layout, width)
  const kept = values.map((value, at) => {
    const type = columns[at % width]?.[1] ?? 'secret'
    return type === 'secret' && value !== '' ? redacted : value
  })
  return Buffer.concat([frame.subarray(0, payload), Buffer.from(kept.join('^'), 'latin1')])
}

/** The same length, the same number of values, and nothing in them. */
function blackened(frame: Uint8Array, from: number): Uint8Array {
  return frame.map((byte, at) => (at < from || byte === 94 ? byte : 120))
}

/** Behind the count, if there is one. */
function countAt(frame: Uint8Array): number {
  const head = Buffer.from(frame.subarray(payloadAt, payloadAt + 7)).toString('latin1')
  return payloadAt + (/^\d{1,6}\|/.exec(head)?.[0].length ?? 0)
}
