// The two things KIS issues against an app key: the access token of the REST calls, and the approval key of
// the socket.
import { z } from 'zod'
import { hourMs } from '../market/basics/durations.ts'
import { KisError } from './errors.ts'
import type { RestClient } from './rest/client.ts'
import { Secret } from './secret.ts'
import { instantOf } from './kst-time.ts'

export type AppKeys = { readonly appKey: Secret; readonly appSecret: Secret }

export type AccessToken = {
  readonly token: Secret
  /** By KIS's clock, read as if it were ours. */
  readonly expiresAt: number
  /** How long KIS says a token lives. The same whether it is new or handed out again. */
  readonly grantedMs: number
}

/** Asked again within this time, KIS hands out the same token (since 2023-04-28, protocol notes 2.1). */
const sameTokenMs = 6 * hourMs

/**
 * How long a token just issued will still be taken. Two clocks meet here, and ours may be wrong; but what KIS
 * hands out is never older than six hours, so what lies outside of that is our clock's error.
 */
export function lifetimeOf({ expiresAt, grantedMs }: AccessToken, now: number): number {
  return Math.min(grantedMs, Math.max(expiresAt - now, grantedMs - sameTokenMs, 0))
}

/** How long KIS grants access (protocol notes 2.1), for an answer that says only until when. */
const documentedMs = 24 * hourMs

/**
 * A number in the documents, a numeric string in some clients' logs. Anything else, or more than a year, is
 * not taken for one.
 */
const seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d+(\.\d+)?\s*$/)
      .transform(Number),
  ])
  .pipe(
    z
      .number()
      .positive()
      .max(366 * 86_400),
  )
  .optional()
  .catch(undefined)

/** `access_token_token_expired` alone will do: some answers have no `expires_in` (reported). */
const tokenBody = z
  .object({
    access_token: z.string().min(1),
    expires_in: seconds,
    access_token_token_expired: z.string().optional().catch(undefined).transform(koreanInstant),
  })
  .refine(body => body.expires_in !== undefined || body.access_token_token_expired !== undefined, {
    path: ['expires_in and access_token_token_expired'],
  })

/** 24 hours of access. KIS issues once a minute at most, and gives the same token again within six hours. */
export async function issueToken(rest: RestClient, keys: AppKeys, now: number): Promise<AccessToken> {
  const body = await rest.post('/oauth2/tokenP', {
    grant_type: 'client_credentials',
    appkey: keys.appKey.reveal(),
    appsecret: keys.appSecret.reveal(),
  })
  const { access_token, expires_in, access_token_token_expired } = read(tokenBody, body, '/oauth2/tokenP')
  const grantedMs = expires_in === undefined ? documentedMs : expires_in * 1000
  return { token: new Secret(access_token), expiresAt: access_token_token_expired ?? now + grantedMs, grantedMs }
}

/** KIS looks at an approval key only when a session opens, and for 24 hours. */
export async function issueApprovalKey(rest: RestClient, keys: AppKeys): Promise<Secret> {
  const body = await rest.post('/oauth2/Approval', {
    grant_type: 'client_credentials',
    appkey: keys.appKey.reveal(),
    // The app secret under another name; `appsecret` here is refused (protocol notes 2.3).
    secretkey: keys.appSecret.reveal(),
  })
  return new Secret(read(z.object({ approval_key: z.string().min(1) }), body, '/oauth2/Approval').approval_key)
}

function read<T extends z.ZodType>(shape: T, body: unknown, path: string): z.output<T> {
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  // The body may hold a secret, so only the names of what is wrong are quoted.
  const wrong = parsed.error.issues.map(issue => issue.path.join('.')).join(', ')
  throw new KisError('server', `${path} answered without ${wrong}; KIS may have changed its answer`)
}

/** `2023-12-22 08:16:59`, Korean time without an offset. */
function koreanInstant(text: string | undefined): number | undefined {
  const digits = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/.test(text ?? '')
    ? text?.replaceAll(/\D/g, '')
    : undefined
  if (digits === undefined) return undefined
  return instantOf(Number(digits.slice(0, 8)), Number(digits.slice(8))) ?? undefined
}
