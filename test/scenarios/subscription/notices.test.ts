import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { eventually, feedRig, whenCaptured } from '../../support/rigs/feed.ts'
import { lineOf } from '../../support/wire/frames.ts'
import { encryptedFrame } from '../../support/wire/notices.ts'

const notice = readFileSync(new URL('../../fixtures/frames/H0STCNI0.decrypted.txt', import.meta.url), 'utf8').trim()

it('an encrypted account notice comes out as a record, without whom it belongs to', async () => {
  const rig = await feedRig({ instruments: [], htsId: 'planted-hts-id' })
  rig.feed.subscribe('KRX:NOTICES', 'H0STCNI0')
  await rig.feed.confirmed('KRX:NOTICES', 'H0STCNI0')
  expect(rig.simulator.sendNotice('H0STCNI0', notice)).toBe(1)

  const record = await rig.until('record')

  expect(record.columns).toMatchObject({
    STCK_SHRN_ISCD: '136480',
    CNTG_QTY: 1,
    ACNT_NO: '[redacted]',
    CUST_ID: '[redacted]',
  })
  const everything = JSON.stringify(rig.events)
  expect(everything).not.toContain('1234567801')
  expect(everything).not.toContain('planted-hts-id')
})

it('account notices are refused up front without the login id they are keyed by', async () => {
  const rig = await feedRig()
  expect(() => rig.feed.subscribe('KRX:NOTICES', 'H0STCNI0')).toThrow(/KIS_HTS_ID/)
})

it('an encrypted notice whose key never came is reported when its connection closes', async () => {
  const rig = await feedRig({ clock: whenCaptured() })
  await rig.feed.confirmed('KRX:005930')
  rig.simulator.send(encryptedFrame('H0STCNI0', notice))
  // Behind the notice, so it has arrived as well.
  rig.simulator.send(lineOf('H0STCNT0.txt', 1))
  await rig.until('trade')
  expect(rig.of('malformed')).toEqual([])
  rig.simulator.inject({ kind: 'cut' })
  const { reason } = await rig.until('malformed')
  expect(reason).toMatch(/^encrypted, and no key/)
})

it('account notices asked for under 41 names are one subscription of KIS, and have their slot', async () => {
  const names = Array.from({ length: 41 }, (_, index) => `KRX:${100_000 + index}`)
  const rig = await feedRig({ instruments: names, channels: ['trade', 'H0STCNI0'], htsId: 'planted-hts-id' })
  await rig.feed.confirmed('KRX:100000', 'H0STCNI0')
  await rig.feed.confirmed('KRX:100040', 'H0STCNI0')
  await eventually(() => rig.feed.subscriptions().filter(({ status }) => status === 'active').length === 41)

  const notices = () => rig.simulator.stats().requests.filter(({ tr }) => tr === 'H0STCNI0')
  expect(notices()).toHaveLength(1)
  expect(rig.simulator.sendNotice('H0STCNI0', notice)).toBe(1)
  await rig.until('record')
  expect(rig.of('record')).toHaveLength(1)
  const refused = rig.feed.subscriptions().filter(({ status }) => status === 'refused')
  expect(refused).toMatchObject([{ instrument: 'KRX:100040', channel: 'trade', code: 'OPSP0008' }])

  // Let go of under all names but one it stays, and goes with the last.
  for (const name of names.slice(1)) rig.feed.unsubscribe(name, 'H0STCNI0')
  await rig.feed.confirmed('KRX:100000', 'H0STCNI0')
  rig.feed.unsubscribe('KRX:100000', 'H0STCNI0')
  await rig.until('subscription', ({ channel, status }) => channel === 'H0STCNI0' && status === 'released')
  expect(notices().map(({ verb }) => verb)).toEqual(['subscribe', 'unsubscribe'])
})

it('account notices that are asked for when every slot is taken have theirs all the same', async () => {
  const names = Array.from({ length: 41 }, (_, index) => `KRX:${100_000 + index}`)
  const rig = await feedRig({ instruments: names, htsId: 'planted-hts-id' })
  await eventually(() => rig.feed.subscriptions().filter(({ status }) => status === 'active').length === 40)
  rig.feed.subscribe('KRX:NOTICES', 'H0STCNI0')
  await rig.feed.confirmed('KRX:NOTICES', 'H0STCNI0')
  expect(rig.feed.subscriptions().filter(({ status }) => status === 'active')).toHaveLength(41)
})
