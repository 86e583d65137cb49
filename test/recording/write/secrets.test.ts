// What must not be shown must not be kept either: the recording of a feed with planted secrets, and of an
// account's notices.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createReplay } from '../../../app/replay/replay.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { eventually, feedRig, planted } from '../../support/rigs/feed.ts'
import { entriesOf, temporaryFolder, textsOf } from '../support.ts'

const notice = readFileSync(new URL('../../fixtures/frames/H0STCNI0.decrypted.txt', import.meta.url), 'utf8').trim()

it('a recording holds no secret and no account, and still replays the same events', async () => {
  // Arrange
  const folder = temporaryFolder()
  const rig = await feedRig({ htsId: 'planted-hts-id', recordFolder: folder })
  rig.feed.subscribe('KRX:NOTICES', 'H0STCNI0')
  await rig.feed.confirmed('KRX:NOTICES', 'H0STCNI0')

  // Act
  rig.simulator.sendNotice('H0STCNI0', notice)
  rig.simulator.sendNotice('H0STCNI0', `${notice}${'^'.repeat(10)}surplus of 1234567801`)
  rig.simulator.sendNotice('H0STCNI0', '1234567801^cut off')
  rig.simulator.sendNotice('H0STCNI0', '')
  rig.simulator.send(`0|H0STCNT0|001|${planted.appKey}^${planted.appSecret}`)
  rig.simulator.send(`{"header":{"approval_key":"${planted.appKey}","key":"${'k'.repeat(32)}"`)
  rig.simulator.send(`neither ${planted.appSecret} nor 한글`)
  await eventually(() => rig.of('malformed').length === 5)
  await rig.feed.stop()

  // Assert
  const text = textsOf(await entriesOf(folder)).join('\n')
  for (const secret of [planted.appKey, planted.appSecret, 'planted-hts-id', 'k'.repeat(32), '1234567801']) {
    expect(text).not.toContain(secret)
  }
  expect(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi)).toBeNull()
  expect(text).toContain('136480')
  const replayed: MarketEvent[] = []
  const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
  replay.events$.subscribe(event => replayed.push(event))
  await replay.play()
  expect(replayed).toEqual(rig.events)
})
