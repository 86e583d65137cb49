// The REST client: one request at a time in the pace of its app key. It reads KIS's code at every status,
// because KIS answers many refusals with HTTP 500.
import { setTimeout as wait } from 'node:timers/promises'
import type { Agent, request } from 'undici'
import type { Clock } from '../../market/clock.ts'
import { asFinal, KisError, mostUnknown } from '../errors.ts'
import { addressOf, createRedaction, type Redaction } from '../redaction.ts'
import { acceptAnswer } from './answer.ts'
import { Secret } from '../secret.ts'

export type RestOptions = {
  readonly baseUrl: string
  readonly clock: Clock
  /** Shortest time between two calls of this app key. KIS recommends 100 to 150 ms (protocol notes 6.2). */
  readonly spacingMs: number
  /** The longest a call may take: connection, headers and body together. */
  readonly timeoutMs: number
  /** The paper host is reported to present a certificate of another name. False for paper only. */
  readonly checkCertificate: boolean
}

export type RestClient = {
  /** The body of a successful call. Rejects with a KisError that has KIS's refusal. */
  post(path: string, body: Readonly<Record<string, string>>): Promise<unknown>
  /**
   * The same for a quotation. The caller keeps the pace of its app key, which other processes share
   * (kis/rest/rate-limit.ts).
   */
  get(query: RestQuery): Promise<RestPage>
  /** Ends the running calls: they reject. */
  close(): Promise<void>
}

export type RestQuery = {
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

export type RestPage = {
  readonly body: unknown
  /** The next page can be asked for: `tr_cont` F or M; D, E or nothing is the last (protocol notes 6.1). */
  readonly hasMore: boolean
}

type Call = Pick<NonNullable<Parameters<typeof request>[1]>, 'method' | 'headers' | 'body' | 'query'>
type Transport = { readonly request: typeof request; readonly dispatcher: Agent }
type Sent = { readonly status: number; readonly text: string; readonly continues: string }

/** A page of a quotation has some hundred short rows: tens of kilobytes. */
const longestBody = 4 * 1024 * 1024
/** At the pace of 100 ms one second: the full second has to pass. */
const restSpacings = 10
/** Tokens have a limit of their own, which is independent of the pace of calls. */
const onceAMinute = 'EGW00133'

export function createRestClient(options: RestOptions): RestClient {
  let opened: Promise<Transport> | undefined
  const closing = new AbortController()
  /** By path; only the few that are posted to. */
  const unknownInARow = new Map<string, number>()
  let lastCall = 0
  let nextCall = 0

  /** Loaded at the first call: it is a quarter of what the package takes to import. */
  async function openTransport(): Promise<Transport> {
    const { Agent, request } = await import('undici')
    const dispatcher = new Agent({
      connect: { rejectUnauthorized: options.checkCertificate, timeout: options.timeoutMs },
      maxResponseSize: longestBody,
    })
    return { request, dispatcher }
  }

  /** Calls leave one after another, `spacingMs` apart, in the order they were made. */
  async function takeTurn(): Promise<void> {
    const now = options.clock.now()
    // A clock that was set back must not hold up a call until it has caught up.
    const turn = now < lastCall ? now : Math.max(now, nextCall)
    lastCall = now
    nextCall = turn + options.spacingMs
    if (turn > now) await wait(turn - now, undefined, { signal: closing.signal })
  }

  /** A rate limit delays the next call; a refusal of kind `unknown` is final when it repeats. */
  function acceptInTurn(path: string, { status, text }: Sent, redaction: Redaction): unknown {
    try {
      const body = acceptAnswer(path, status, text, redaction)
      unknownInARow.delete(path)
      return body
    } catch (error) {
      if (!(error instanceof KisError)) throw error
      if (error.kind === 'rate-limit' && error.code !== onceAMinute) {
        nextCall = Math.max(nextCall, options.clock.now() + options.spacingMs * restSpacings)
      }
      const times = error.kind === 'unknown' ? (unknownInARow.get(path) ?? 0) + 1 : 0
      unknownInARow.set(path, times)
      throw times > mostUnknown ? asFinal(error) : error
    }
  }

  return {
    async post(path, body) {
      const redaction = redactionOf(body)
      await takeTurn().catch(() => {
        throw noAnswer(path, closing.signal.reason, redaction)
      })
      const headers = { 'content-type': 'application/json; charset=utf-8' }
      const sent = await send(path, { method: 'POST', headers, body: JSON.stringify(body) }, redaction)
      return acceptInTurn(path, sent, redaction)
    },
    async get({ path, parameters, headers }) {
      const redaction = redactionOf(headers)
      const call = { method: 'GET', query: parameters, headers } as const
      const { status, text, continues } = await send(path, call, redaction)
      return { body: acceptAnswer(path, status, text, redaction), hasMore: continues === 'F' || continues === 'M' }
    },
    async close() {
      closing.abort(new Error('the client was closed'))
      const transport = await opened
      await transport?.dispatcher.destroy()
    },
  }

  function noAnswer(path: string, error: unknown, redaction: Redaction): KisError {
    const why = redaction.line(whyOf(error))
    const text = `no answer from ${addressOf(options.baseUrl)}${path}: ${why}. Check the network and the address.`
    // Not the error itself: some hold the unreadable bytes.
    return new KisError('network', text, { cause: new Error(why) })
  }

  async function send(path: string, call: Call, redaction: Redaction): Promise<Sent> {
    // The timeouts of undici restart with each byte, so a peer that sends one now and then could hold a call
    // forever.
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(new Error(lateText(options.timeoutMs))), options.timeoutMs)
    try {
      closing.signal.throwIfAborted()
      const { request, dispatcher } = await (opened ??= openTransport())
      const response = await request(`${options.baseUrl}${path}`, {
        ...call,
        dispatcher,
        signal: AbortSignal.any([deadline.signal, closing.signal]),
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      const continues = String(response.headers['tr_cont'] ?? '').trim()
      return { status: response.statusCode, text: await response.body.text(), continues }
    } catch (cause) {
      throw noAnswer(path, cause, redaction)
    } finally {
      clearTimeout(timer)
    }
  }
}

const secretFields = ['appkey', 'appsecret', 'secretkey', 'authorization']

/** A gateway may repeat in its answer what it received. */
function redactionOf(sent: Readonly<Record<string, string>>): Redaction {
  const values = secretFields.flatMap(name => sent[name]?.replace(/^Bearer\s+/i, '') ?? [])
  return createRedaction(values.map(value => new Secret(value)))
}

function lateText(timeoutMs: number): string {
  return `it did not end within ${timeoutMs / 1000} s, headers and body together`
}

function whyOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return `its body is longer than ${longestBody} bytes`
  return cause instanceof Error ? cause.message : String(cause)
}
