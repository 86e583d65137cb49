// Quotations of a simulator, asked over real HTTP, without a pace or a Redis.
import { onTestFinished } from 'vitest'
import {
  createAuthorizedClient,
  type AuthorizedClient,
  type AuthorizedOptions,
} from '../../../kis/rest/authorized-client.ts'
import { issueToken } from '../../../kis/credentials.ts'
import { createRestClient } from '../../../kis/rest/client.ts'
import { Secret } from '../../../kis/secret.ts'
import { type Clock, systemClock } from '../../../market/clock.ts'
import { planted } from './feed.ts'

export const keys = { appKey: new Secret(planted.appKey), appSecret: new Secret(planted.appSecret) }

/** With one token, which is never renewed unless `options` say how. */
export async function authorizedClient(
  restUrl: string,
  { clock = systemClock, ...options }: Partial<AuthorizedOptions> & { clock?: Clock } = {},
): Promise<AuthorizedClient> {
  const rest = createRestClient({ baseUrl: restUrl, clock, spacingMs: 0, timeoutMs: 30_000, checkCertificate: true })
  onTestFinished(() => rest.close())
  const tokens = options.tokens ?? (await oneToken())
  const limit = { take: () => Promise.resolve(), slowDown: () => {} }
  return createAuthorizedClient({ rest, keys, customerType: 'P', limit, ...options, tokens })

  async function oneToken() {
    const { token } = await issueToken(rest, keys, clock.now())
    return { current: () => Promise.resolve(token), renew: () => Promise.resolve(token) }
  }
}
