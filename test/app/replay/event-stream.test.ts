import { expect, it } from 'vitest'
import { feedRig, planted } from '../../support/rigs/feed.ts'
import { createFeed } from '../../../app/feed/feed.ts'

it('a feed is read by a loop, which ends with the feed and may end it', async () => {
  const { feed } = await feedRig({ instruments: ['KRX:005930'], market: 'KR' })
  const types: string[] = []
  for await (const { type } of feed.stream({ types: ['subscription', 'disconnect'] })) {
    types.push(type)
    if (types.length === 1) void feed.stop()
  }
  expect(new Set(types)).toEqual(new Set(['subscription', 'disconnect']))
})

it('a misspelt choice is a mistake, and signals end what waits', async () => {
  const feed = createFeed({ appKey: planted.appKey, appSecret: planted.appSecret })
  expect(() => feed.stream({ types: ['trades' as 'trade'] })).toThrow('did you mean trade?')
  expect(() => feed.stream({ instruments: ['KRW:005930'] })).toThrow('did you mean KRX?')
  expect(() => feed.stream({ instrument: [] } as object)).toThrow('did you mean instruments?')
  const signal = AbortSignal.abort(new Error('enough'))
  expect(() => feed.start({ signal })).toThrow('enough')
  await feed.stop()
})
