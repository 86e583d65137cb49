// Quotations of one app key: the headers, a turn in the pace of the app key before every call, and a new
// token when KIS refuses the old one. Independent of single quotations.
import { setTimeout as sleep } from 'node:timers/promises'
import { asFinal, KisError, mostUnknown } from '../errors.ts'
import type { RateLimit } from './rate-limit.ts'
import type { CustomerType } from '../wire/request.ts'
import type { RestClient, RestPage } from './client.ts'
import type { AppKeys } from '../credentials.ts'
import type { Secret } from '../secret.ts'

export interface AccessTokens {
  /** The token in force; requests one if there is none. */
  current(): Promise<Secret>
  /** KIS refused `refused`: the token in force after it. */
  renew(refused: Secret): Promise<Secret>
}

export type AuthorizedOptions = {
  readonly rest: RestClient
  readonly keys: AppKeys
  readonly customerType: CustomerType
  readonly tokens: AccessTokens
  readonly limit: RateLimit
  /** Between a refusal of kind `unknown` and the next attempt. */
  readonly wait?: (ms: number) => Promise<unknown>
}

/** A quotation in KIS's words. */
export type Quotation = {
  readonly path: string
  readonly tr: string
  readonly parameters: Readonly<Record<string, string>>
  /** The next page of an answer that had more. */
  readonly isNextPage?: boolean
}

export type AuthorizedClient = {
  /**
   * Rejects with a KisError. A refused token is renewed once; a call that came too soon is repeated later; a
   * call with an undocumented refusal is repeated three times.
   */
  get(quotation: Quotation): Promise<RestPage>
}

/** The limiter slows down with each refusal, so after so many the call has another problem. */
const mostAttempts = 6
/** Doubling: seven seconds in all, for temporary problems. */
const firstWaitMs = 1_000

export function createAuthorizedClient(options: AuthorizedOptions): AuthorizedClient {
  const { rest, keys, customerType, tokens, limit, wait = sleep } = options

  function headersOf({ tr, isNextPage }: Quotation, token: Secret): Record<string, string> {
    return {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${token.reveal()}`,
      appkey: keys.appKey.reveal(),
      appsecret: keys.appSecret.reveal(),
      tr_id: tr,
      tr_cont: isNextPage === true ? 'N' : '',
      custtype: customerType,
    }
  }

  return {
    async get(quotation) {
      const { path, parameters } = quotation
      let token = await tokens.current()
      let wasRenewed = false
      let unknown = 0
      for (let attempt = 1; ; attempt++) {
        await limit.take()
        try {
          return await rest.get({ path, parameters, headers: headersOf(quotation, token) })
        } catch (error) {
          if (!(error instanceof KisError)) throw error
          if (error.kind === 'authentication' && !wasRenewed) {
            token = await tokens.renew(token)
            wasRenewed = true
          } else if (error.kind === 'rate-limit' && attempt < mostAttempts) {
            limit.slowDown()
          } else if (error.kind === 'unknown') {
            if (++unknown > mostUnknown) throw asFinal(error)
            await wait(firstWaitMs * 2 ** (unknown - 1))
          } else {
            throw error
          }
        }
      }
    },
  }
}
