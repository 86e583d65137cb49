// Who may ask: on loopback every request by a loopback name, elsewhere only one with the token. Another page
// in the same browser may not, whatever name it has for this address.
import { createHash, timingSafeEqual } from 'node:crypto'

export type Call = {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

export type Auth = {
  /** Undefined when the call may go on, else the answer. */
  refusal(call: Call): { readonly status: 401 | 403; readonly text: string } | undefined
  /** The cookie that stands for the token, when `given` is the token. */
  cookieFor(given: string): string | undefined
}

const cookieName = 'kis_stream_dashboard'

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

export function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost' || host === '::1'
}

export function createAuth(token: string | undefined): Auth {
  const fits = (given: string | undefined) =>
    token !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(token))

  function isAllowed({ authorization, cookie }: Call): boolean {
    if (token === undefined) return true
    return fits(/^Bearer (.+)$/.exec(authorization ?? '')?.[1]) || fits(cookieIn(cookie))
  }

  return {
    refusal(call) {
      const { host = '', origin } = call
      // Without a token, only the name separates our page from one that DNS bound to this address.
      if (token === undefined && !loopbackHost.test(host)) {
        return { status: 403, text: 'for this machine only: call it by 127.0.0.1 or localhost' }
      }
      if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
        return { status: 403, text: 'no page but its own may ask' }
      }
      if (!isAllowed(call))
        return { status: 401, text: 'needs the token: open /?token=…, or send Authorization: Bearer …' }
      return undefined
    },
    cookieFor: given =>
      fits(given) ? `${cookieName}=${encodeURIComponent(given)}; Path=/; HttpOnly; SameSite=Strict` : undefined,
  }
}

/** Digests have one length, so a comparison reveals nothing about the length of the token. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function cookieIn(header: string | undefined): string | undefined {
  const found = (header ?? '').split(/;\s*/).find(pair => pair.startsWith(`${cookieName}=`))
  if (found === undefined) return undefined
  try {
    return decodeURIComponent(found.slice(cookieName.length + 1))
  } catch {
    return undefined
  }
}
