// Whether KIS can be reached: its REST host by one request without keys, its WebSocket hosts by a TCP
// connection without a word. No session is opened and nothing counts against the app key.
import { addressOf } from '../../kis/redaction.ts'
import { markets } from '../../market/instrument.ts'
import { askHttp, knockTcp, reasonOf } from './answer.ts'
import type { Finding, Context } from './finding.ts'

const check = 'endpoints'

export async function examineEndpoints(context: Context): Promise<readonly Finding[]> {
  const { settings } = context
  if (settings === undefined) return []
  const sockets = [...new Set(markets.map(market => settings.endpoints[market].url))]
  return await Promise.all([restFinding(context, settings.restUrl), ...sockets.map(socketFinding)])
}

async function restFinding({ clock, settings }: Context, url: string): Promise<Finding> {
  try {
    const { status, sentTime, receivedTime } = await askHttp(url, clock, settings?.checkCertificate ?? true)
    return { check, severity: 'ok', found: `${url} answers (HTTP ${status}, ${receivedTime - sentTime} ms)` }
  } catch (error) {
    return unreachable(url, reasonOf(error))
  }
}

async function socketFinding(address: string): Promise<Finding> {
  const { hostname, port, protocol } = new URL(address)
  const url = addressOf(address)
  try {
    await knockTcp(hostname.replaceAll(/^\[|\]$/g, ''), Number(port || (protocol === 'wss:' ? 443 : 80)))
    return { check, severity: 'ok', found: `${url} takes connections` }
  } catch (error) {
    return unreachable(url, reasonOf(error))
  }
}

function unreachable(url: string, reason: string): Finding {
  const isCertificate = /certificate|altname|self.signed/i.test(reason)
  const remedy = isCertificate
    ? 'A proxy may be reading along. On paper, whose certificate is reported not to match: KIS_CHECK_CERTIFICATE=false.'
    : 'Check the network, the firewall (ports 9443, 21000; paper 29443, 31000) and the address. KIS rests on some weekends.'
  return { check, severity: 'error', found: `${url} cannot be reached: ${reason}`, remedy }
}
