// A server that sends what is far too long, or that makes us answer and never reads the answers: the
// connection is left, the memory stays, and the feed goes on with the next one.
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { eventually, feedRig } from '../../support/rigs/feed.ts'
import { startMirror } from '../../support/servers/mirror.ts'

const longestEcho = 1_024
const longestMessage = 1_024 * 1_024

async function subscribed() {
  const mirror = await startMirror()
  const rig = await feedRig({ restUrl: mirror.restUrl, socketUrl: mirror.wsUrl })
  await rig.feed.confirmed('KRX:005930')
  const [session] = mirror.sessions()
  if (session === undefined) throw new Error('no session')
  return { mirror, rig, session }
}

function pingPong(length: number): string {
  const head = '{"header":{"tr_id":"PINGPONG","datetime":"20260914100000","more":"'
  return `${head}${'x'.repeat(length - head.length - 3)}"}}`
}

it('a PINGPONG of 1 KB is sent back byte for byte, one that is longer is not, and becomes an event', async () => {
  const { mirror, rig } = await subscribed()
  mirror.send(pingPong(longestEcho + 1))
  mirror.send(pingPong(longestEcho))
  await eventually(() => mirror.echoes.length > 0)
  expect(mirror.echoes).toEqual([pingPong(longestEcho)])
  const { reason, raw } = await rig.until('malformed')
  expect(reason).toBe(`a PINGPONG of ${longestEcho + 1} bytes, where none is expected`)
  expect(raw).toBe(pingPong(longestEcho + 1))
})

it('a message of 1 MB is read, one that is longer ends the connection', async () => {
  const { mirror, rig } = await subscribed()
  mirror.send('x'.repeat(longestMessage))
  await rig.until('malformed')
  expect(rig.of('disconnect')).toEqual([])
  mirror.send('x'.repeat(longestMessage + 1))
  expect((await rig.until('disconnect')).reason).toContain('Max payload size exceeded')
  await eventually(() => mirror.sessions().length === 1)
})

it.each<[string, (session: WebSocket) => void, RegExp]>([
  [
    'PINGPONG',
    session => session.send(pingPong(longestEcho), { binary: false }),
    /^the peer does not read: 1\d{6} bytes wait to be sent, close code 1006$/,
  ],
  // Answered, counted and ended by ws itself.
  ['pings of WebSocket', session => session.ping(Buffer.alloc(125)), /^close code 1006$/],
])('answers to %s that the server does not read end the connection', async (_, provoke, reason) => {
  const { rig, session } = await subscribed()
  session.pause()
  // More than the kernel takes on both sides of a connection, in turns: what is not sent yet is our own
  // memory.
  while (rig.of('disconnect').length === 0) {
    for (let i = 0; i < 500 && session.bufferedAmount < 1_000_000; i++) provoke(session)
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(rig.of('disconnect')[0]?.reason).toMatch(reason)
})
