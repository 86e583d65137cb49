// Lines of text that KIS sent, data and answers alike, as market events: for files, where no machine listens to the answers.
import { fromWire } from '../kis/channel.ts'
import type { CodeEntry } from '../kis/codes.ts'
import { readControl } from '../kis/control.ts'
import { createDecoder } from '../kis/decoder.ts'
import { isControl } from '../kis/frame.ts'
import { createNoticeOpener, isEncrypted } from '../kis/notices.ts'
import type { MarketEvent, SubscriptionStatus } from '../market/events.ts'

/** Lines of one file are one session: the keys of its acknowledgements open its notices. */
export function createLineDecoder(
  columns: readonly string[],
): (line: Uint8Array, receivedTime: number) => MarketEvent[] {
  const decoder = createDecoder({ columns })
  const notices = createNoticeOpener()

  return (line, receivedTime) => {
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
        events.push({ type: 'subscription', instrument, channel, status, code: entry.code, receivedTime })
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
