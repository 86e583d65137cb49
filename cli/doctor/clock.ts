// Whether our clock is right. The first witness is the Date header of KIS's REST host; the second is KIS's
// PINGPONG, as the last feed received it. No session is opened for a PINGPONG: that would take the session of
// a running feed, and spend a connection.
import { formatKst } from '../../market/calendar/korea-time.ts'
import { askHttp, type HttpAnswer, reasonOf } from './answer.ts'
import type { Finding, Context } from './finding.ts'

const check = 'clock'
/** Beyond these, skew is larger than any lag, and a hand-over or a bar comes at the wrong second. */
const noticeableMs = 2_000
const wrongMs = 30_000

const remedy = 'Let the machine keep time by NTP (timedatectl set-ntp true; on Windows w32tm /resync).'

export async function examineClock(context: Context): Promise<readonly Finding[]> {
  return [...(await byHttp(context)), ...byHeartbeat(context)]
}

async function byHttp({ settings, clock }: Context): Promise<Finding[]> {
  if (settings === undefined) return []
  const host = new URL(settings.restUrl).host
  try {
    const answer = await askHttp(settings.restUrl, clock, settings.checkCertificate)
    if (answer.serverTime === undefined) {
      return [{ check, severity: 'info', found: `${host} does not say what time it is` }]
    }
    return [skewFinding(aheadOf(answer, answer.serverTime), `by the Date header of ${host}`)]
  } catch (error) {
    return [{ check, severity: 'info', found: `${host} could not be asked for the time: ${reasonOf(error)}` }]
  }
}

/** The header has whole seconds, cut off; the answer was made somewhere between request and answer. */
function aheadOf({ sentTime, receivedTime }: HttpAnswer, serverTime: number): number {
  return (sentTime + receivedTime) / 2 - (serverTime + 500)
}

function byHeartbeat({ record }: Context): Finding[] {
  if (typeof record !== 'object' || record.status.clockSkew === undefined) return []
  const { aheadMs, at } = record.status.clockSkew
  return [skewFinding(aheadMs, `by KIS's PINGPONG at ${formatKst(at).slice(0, 19)} KST`)]
}

export function skewFinding(aheadMs: number, witness: string): Finding {
  const offMs = Math.abs(aheadMs)
  // Both witnesses speak in whole seconds.
  if (offMs < noticeableMs) return { check, severity: 'ok', found: `right to about a second, ${witness}` }
  const found = `${(offMs / 1_000).toFixed(1)} s ${aheadMs > 0 ? 'ahead' : 'behind'}, ${witness}`
  return { check, severity: offMs < wrongMs ? 'warning' : 'error', found, remedy }
}
