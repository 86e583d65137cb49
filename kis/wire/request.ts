// The texts that we send. One symbol a message: KIS has no bulk form.
import type { WireKey } from '../channel.ts'

export type CustomerType = 'P' | 'B'

export function subscribeText(wire: WireKey, approvalKey: string, customerType: CustomerType): string {
  return requestText('1', wire, approvalKey, customerType)
}

/** `tr_type` is "2": the official docstrings that say "0" are wrong (protocol notes 3.1). */
export function unsubscribeText(wire: WireKey, approvalKey: string, customerType: CustomerType): string {
  return requestText('2', wire, approvalKey, customerType)
}

/** Our own heartbeat, word for word as the operating guide has it (4.2). */
export const heartbeatText = '{"header":{"tr_id":"PINGPONG"}}'

function requestText(verb: '1' | '2', wire: WireKey, approvalKey: string, customerType: CustomerType): string {
  return JSON.stringify({
    header: { approval_key: approvalKey, custtype: customerType, tr_type: verb, 'content-type': 'utf-8' },
    body: { input: { tr_id: wire.tr, tr_key: wire.key } },
  })
}
