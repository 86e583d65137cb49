// Answers as no document has them: refusals whose code stands elsewhere or nowhere, and acknowledgements that
// lack a part.
import { describe, expect, it } from 'vitest'
import { createLineDecoder } from '../../../app/replay/text-decoder.ts'
import type { Fault } from '../../../simulator/server.ts'
import { feedRig } from '../../support/rigs/feed.ts'

type Refusal = Extract<Fault, { kind: 'rest-refuse' }>

describe('an approval key that is not issued yet', () => {
  it.each<Omit<Refusal, 'kind' | 'path' | 'count'>>([
    { codeIn: 'message' },
    { codeIn: 'nowhere' },
    { codeIn: 'empty', status: 200 },
    { status: 429 },
    { codeIn: 'nowhere', code: 'EGW99999' },
  ])('is asked for again, and the app key is not called refused: %j', async how => {
    const fault: Fault = { kind: 'rest-refuse', path: '/oauth2/Approval', count: 2, ...how }
    const rig = await feedRig({ simulator: { faults: [{ atMs: 0, fault }] } })
    await rig.until('subscription', ({ status }) => status === 'active')
    expect(rig.simulator.faults()).toMatchObject([{ acted: 2, state: 'over' }])
    const [disconnect] = rig.of('disconnect')
    expect(disconnect?.reason).toMatch(/^\/oauth2\/Approval (refused|answered)/)
  })
})

describe('an acknowledgement that lacks a part', () => {
  it.each(['msg_cd', 'header'] as const)('is one to `run` and to `decode` alike, without %s', async without => {
    const fault: Fault = { kind: 'bare-acks', without }
    const rig = await feedRig({ simulator: { faults: [{ atMs: 0, fault }] } })
    await rig.feed.confirmed('KRX:005930')
    expect(rig.feed.subscriptions()).toMatchObject([{ status: 'active' }])

    const header = { tr_id: 'H0STCNT0', tr_key: '005930', encrypt: 'N' }
    const body = { rt_cd: '0', msg_cd: 'OPSP0000', msg1: 'SUBSCRIBE SUCCESS', output: { iv: 'i', key: 'k' } }
    const line = without === 'header' ? { body } : { header, body: { ...body, msg_cd: undefined } }
    const events = createLineDecoder([])(Buffer.from(JSON.stringify(line)), 0)
    expect(events).toMatchObject([{ type: 'subscription', status: 'active', code: 'OPSP0000' }])
  })
})
