// The REST client: one request at a time in the pace of its app key, and KIS's own word read on every status, because KIS answers
// many refusals with HTTP 500.
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { z } from 'zod'
import type { Clock } from '../market/clock.ts'
import { type CodeEntry, explain, type Reaction } from './codes.ts'
import { KisError, type KisErrorKind } from './errors.ts'

export type RestOptions = {
  readonly baseUrl: string
  readonly clock: Clock
  /** Shortest time between two calls of this app key. KIS recommends 100 to 150 ms (protocol notes 6.2). */
  readonly spacingMs: number
  readonly timeoutMs: number
  /** The paper host is reported to present a certificate of another name. Only ever false for paper. */
  readonly checkCertificate: boolean
}

export type RestClient = {
  /** The body of a successful call. Rejects with a KisError that says what KIS said. */
  post(path: string, body: Readonly<Record<string, string>>): Promise<unknown>
  close(): Promise<void>
}

export function createRestClient(options: RestOptions): RestClient {
  const dispatcher = new Agent({
    connect: { rejectUnauthorized: options.checkCertificate, timeout: options.timeoutMs },
  })
  let lastCall = 0
  let nextCall = 0

  /** Calls leave one after another, `spacingMs` apart, in the order they were made. */
  async function takeTurn(): Promise<void> {
    const now = options.clock.now()
    // A clock that was set back must not hold up a call until it has caught up.
    const turn = now < lastCall ? now : Math.max(now, nextCall)
    lastCall = now
    nextCall = turn + options.spacingMs
    if (turn > now) await wait(turn - now)
  }

  return {
    async post(path, body) {
      await takeTurn()
      const answer = await send(`${options.baseUrl}${path}`, body)
      return accept(path, answer.status, answer.text)
    },
    close: () => dispatcher.close(),
  }

  async function send(url: string, body: Readonly<Record<string, string>>) {
    try {
      const response = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        headersTimeout: options.timeoutMs,
        bodyTimeout: options.timeoutMs,
      })
      return { status: response.statusCode, text: await response.body.text() }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new KisError('network', `no answer from ${url}: ${why}. Check the network and the address.`, { cause })
    }
  }
}

/** The two envelopes of a refusal: that of ordinary calls, and that of /oauth2, which has no rt_cd. */
const refusal = z.union([
  z.object({ error_code: z.string(), error_description: z.string().default('') }).transform(body => ({
    code: body.error_code,
    text: body.error_description,
    failed: true,
  })),
  z.object({ rt_cd: z.string(), msg_cd: z.string().default(''), msg1: z.string().default('') }).transform(body => ({
    code: body.msg_cd,
    text: body.msg1,
    failed: body.rt_cd !== '0',
  })),
])

function accept(path: string, status: number, text: string): unknown {
  const body = parseJson(text)
  const said = refusal.safeParse(body)
  if (said.success && said.data.failed) throw refused(path, explain(said.data.code, said.data.text))
  if (status >= 200 && status < 300 && body !== undefined) return body
  const kind = status >= 500 || body === undefined ? 'server' : 'invalid-request'
  throw new KisError(
    kind,
    `${path} answered HTTP ${status} without a code; expected a JSON body with rt_cd or error_code`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const kindOf: Partial<Record<Reaction, KisErrorKind>> = {
  'renew-token': 'authentication',
  'renew-approval': 'authentication',
  'wait-for-token': 'rate-limit',
  'slow-down': 'rate-limit',
  retry: 'server',
}

function refused(path: string, entry: CodeEntry): KisError {
  const kind = kindOf[entry.reaction] ?? 'invalid-request'
  return new KisError(
    kind,
    `${path} refused, ${entry.code} ${entry.message ?? ''}: ${entry.meaning.en}. ${entry.remedy.en}`,
    {
      code: entry.code,
      retryable: kind !== 'invalid-request',
    },
  )
}
