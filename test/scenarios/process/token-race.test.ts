// Processes that want a token at the same moment: real ones, on a real Redis, against the simulator, which
// issues one token a minute to an app key and counts. `npm run token-race` does it a hundred times with 32.
import { describe, expect, it, onTestFinished } from 'vitest'
import { race } from '../../../tools/bench/token-race/race.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { silentMarket } from '../../support/rigs/feed.ts'
import { serverProgram, startTestServer } from '../../support/servers/redis.ts'

async function rig() {
  const [{ url: redisUrl }, simulator] = await Promise.all([
    startTestServer(),
    startSimulator({ tape: silentMarket() }),
  ])
  onTestFinished(() => simulator.stop())
  return { redisUrl, simulator }
}

describe.skipIf(serverProgram === undefined)('eight processes that want a token at the same moment', () => {
  it('make KIS issue one, twice in a row', { timeout: 300_000 }, async () => {
    const common = { ...(await rig()), processes: 8 }
    for (const appKey of ['race-one', 'race-two']) {
      const { issued, tooMany, tokens, outcomes } = await race({ ...common, appKey })
      expect({ issued, tooMany, tokens, outcomes }).toEqual({
        issued: 1,
        tooMany: 0,
        tokens: 1,
        outcomes: { issued: 1, kept: 7 },
      })
    }
  })

  it('have one when the process that held the lock was killed, once the lock is over, and KIS issued one', {
    timeout: 300_000,
  }, async () => {
    // The real lock stands for ten seconds; `npm run token-race` waits them out.
    const common = { ...(await rig()), processes: 4, appKey: 'killed', lockMs: 1_500 }
    const { issued, tooMany, tokens } = await race({ ...common, killHolder: true })
    expect({ issued, tooMany, tokens }).toEqual({ issued: 1, tooMany: 0, tokens: 1 })
  })
})
