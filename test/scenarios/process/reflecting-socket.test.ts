// A server that sends every secret of ours back, in every field that it has: none of them is in an event, a
// log line, a snapshot, a frame that is shown, or the recording, whose replay still gives the same events.
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { createReplay } from '../../../app/replay/replay.ts'
import { columnsFor, layoutOf } from '../../../kis/wire/layout.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { entriesOf, temporaryFolder, textsOf } from '../../recording/support.ts'
import { feedRig, planted } from '../../support/rigs/feed.ts'
import { linesOf } from '../../support/wire/frames.ts'
import { approvalKey, startMirror } from '../../support/servers/mirror.ts'

const htsId = 'planted-hts-id'

/**
 * A record whose every text column holds the secret, and whose other columns hold what they hold as a rule.
 */
function reflecting(tr: string, secret: string): string {
  const [captured = ''] = linesOf(`${tr}.txt`)
  const values = captured.split('|').slice(3).join('|').split('^')
  const layout = layoutOf(tr)
  if (layout === undefined) throw new Error(`no layout of ${tr}`)
  const width = layout.minWidth
  const columns = columnsFor(layout, width)
  const kept = values.slice(0, width).map((value, at) => (columns[at]?.[1] === 'string' && at > 0 ? secret : value))
  return `0|${tr}|001|${kept.join('^')}`
}

it('holds none of them anywhere', async () => {
  const folder = temporaryFolder()
  const seen: unknown[] = []
  const record = (...what: unknown[]) => void seen.push(...what)
  const mirror = await startMirror()
  const rig = await feedRig({
    restUrl: mirror.restUrl,
    socketUrl: mirror.wsUrl,
    htsId,
    recordFolder: folder,
    columns: ['MKSC_SHRN_ISCD', 'TRHT_YN', 'VI_STND_PRC'],
    log: { debug: record, info: record, warn: record, error: record },
    inspect: event => {
      if (event.type === '@xstate.event') record(event.event)
      if (event.type === '@xstate.snapshot' && 'context' in event.snapshot) record(event.snapshot.context)
    },
  })
  await rig.feed.confirmed('KRX:005930')
  const secrets = [...mirror.secrets(), htsId]
  expect(secrets).toEqual(expect.arrayContaining([planted.appKey, planted.appSecret, approvalKey]))

  for (const secret of secrets) {
    for (const tr of ['H0UPCNT0', 'H0STMKO0', 'H0STCNT0']) mirror.send(reflecting(tr, secret))
    mirror.send(`0|H0STCNT0|001|${secret}^1`)
    mirror.send(`0|H0XXXXX0|001|${secret}^1`)
    mirror.send(`neither ${secret} nor anything else`)
    for (const code of [secret, 'OPSP9999', '']) {
      const head = { tr_id: secret, tr_key: secret, encrypt: secret, approval_key: secret }
      const body = {
        rt_cd: secret,
        msg_cd: code,
        msg1: `${secret} ${encodeURIComponent(secret)}`,
        output: { iv: secret, key: secret },
      }
      mirror.send(JSON.stringify({ header: head, body }))
      mirror.send(JSON.stringify({ header: head, body }).slice(0, -1))
    }
  }
  mirror.send('0|H0STCNT0|001|the end')
  await rig.until('malformed', ({ raw }) => raw.includes('the end'))
  record(rig.feed.subscriptions(), rig.feed.status(), rig.internals.recentFrames())
  await rig.feed.stop()

  const text = [
    inspect(seen, { depth: 6, maxArrayLength: null, maxStringLength: null }),
    JSON.stringify(rig.events),
    ...textsOf(await entriesOf(folder)),
  ].join('\n')
  for (const secret of secrets) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(encodeURIComponent(secret))
  }
  expect(text).toContain('[redacted]')
  const codes = rig.of('subscription').flatMap(({ code }) => code ?? [])
  expect(new Set(codes)).toEqual(new Set(['malformed', 'OPSP9999', '']))
  expect(rig.of('record').length).toBeGreaterThanOrEqual(4)

  const replayed: MarketEvent[] = []
  const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
  replay.events$.subscribe(event => replayed.push(event))
  await replay.play()
  expect(replayed).toEqual(rig.events)
})
