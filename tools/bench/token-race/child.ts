// One of many processes that want a token at the same time. Says when it is ready, waits for the word, says
// what it got. With `hold` it takes the lock and keeps it instead, to be killed with it.
import { issueToken, lifetimeOf } from '../../../kis/credentials.ts'
import { createRestClient } from '../../../kis/rest/client.ts'
import { Secret } from '../../../kis/secret.ts'
import { systemClock } from '../../../market/clock.ts'
import { openRedis } from '../../../workers/redis/redis.ts'
import { refresh, tokenRules } from '../../../workers/jobs/token-refresh.ts'
import { createTokenStore } from '../../../workers/redis/token-store.ts'

const [redisUrl = '', restUrl = '', appKey = '', lockMs = '10000', task = 'race'] = process.argv.slice(2)

const source = await openRedis({ url: redisUrl, clock: systemClock })
// Patiently: the machine may be busy with the other racers.
const redis = source.connect('work')
await redis.ping()
const owner = { appKey: new Secret(appKey), appSecret: new Secret(`secret of ${appKey}`), restUrl }
const store = createTokenStore({ redis, owner, kind: 'token', lockMs: Number(lockMs) })
const rest = createRestClient({
  baseUrl: restUrl,
  clock: systemClock,
  spacingMs: 0,
  timeoutMs: 8_000,
  checkCertificate: true,
})

process.once('message', () => void act().then(said => process.send?.(said, () => process.exit())))
process.send?.('ready')

async function act(): Promise<unknown> {
  if (task === 'hold') {
    process.send?.(await store.lock())
    return await new Promise(() => {}) // until it is killed
  }
  const issue = async () => {
    const issued = await issueToken(rest, owner, systemClock.now())
    return { secret: issued.token, lifetimeMs: lifetimeOf(issued, systemClock.now()) }
  }
  const { outcome, held } = await refresh({ store, rules: tokenRules, issue })
  return { outcome, token: held.fingerprint }
}
