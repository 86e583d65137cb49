// Lines of text that KIS sent, data and answers alike, as market events: for files, where no machine reads
// the answers.
import { fromWire } from '../../kis/channel.ts'
import type { CodeEntry } from '../../kis/codes/codes.ts'
import { readControl } from '../../kis/wire/control.ts'
import { createDecoder } from '../../kis/wire/decoder.ts'
import { frameText, isControl } from '../../kis/wire/frame.ts'
import { createNoticeOpener, isEncrypted } from '../../kis/wire/notices.ts'
import { withoutNamed } from '../../kis/redaction.ts'
import type { Malformed, MarketEvent, SubscriptionStatus } from '../../market/events.ts'
import { marketOf } from '../../market/instrument.ts'

/** As long as what is taken from a socket; twenty records are about 8 KB. */
export const longestLine = 1024 * 1024
const mostShown = 16 * 1024

/** The event for a line that is longer, which shows only its beginning; undefined for any other line. */
export function tooLong(line: Uint8Array, receivedTime: number): Malformed | undefined {
  if (line.length <= longestLine) return undefined
  const reason = `a line of more than ${longestLine} bytes; KIS sends a few thousand`
  const raw = `${withoutNamed(frameText(line.subarray(0, mostShown)))}…`
  return { type: 'malformed', reason, raw, receivedTime }
}

/** Lines of one file are one session: the keys of its acknowledgements open its notices. */
export function createLineDecoder(
  columns: readonly string[],
): (line: Uint8Array, receivedTime: number) => MarketEvent[] {
  const decoder = createDecoder({ columns })
  const notices = createNoticeOpener()

  return (line, receivedTime) => {
    const long = tooLong(line, receivedTime)
    if (long !== undefined) return [long]
    const events: MarketEvent[] = []
    const opened = isEncrypted(line) ? notices.open(line) : line
    const message = isControl(line) ? readControl(line) : undefined
    if (message === undefined || message.kind === 'unreadable') {
      decoder.decode(opened === 'unknown-key' ? line : opened, receivedTime, event => void events.push(event))
    } else if (message.kind === 'heartbeat') {
      events.push({ type: 'heartbeat', serverTime: message.serverTime, receivedTime })
    } else {
      const { entry, tr, key, noticeKey } = message
      if (noticeKey !== undefined && tr !== undefined) notices.learn(tr, noticeKey)
      const whom = tr === undefined || key === undefined ? undefined : fromWire({ tr, key })
      const { instrument, channel } = whom ?? { instrument: null, channel: tr ?? null }
      const status = statusOf(entry)
      if (status !== undefined) {
        events.push({
          type: 'subscription',
          line: instrument && marketOf(instrument),
          instrument,
          channel,
          status,
          code: entry.code,
          receivedTime,
        })
      }
    }
    return events
  }
}

/** Undefined for an answer that is neither yes nor no to a subscription. */
function statusOf(entry: CodeEntry): SubscriptionStatus | undefined {
  switch (entry.reaction) {
    case 'acknowledged':
      return 'active'
    case 'released':
      return 'released'
    case 'duplicate':
      return 'adopted'
    case 'none':
      return undefined
    default:
      return 'refused'
  }
}
