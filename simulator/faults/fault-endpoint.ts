// The control endpoint: faults and account notices while the simulator runs, for any language. On the port of
// the simulator, so on loopback only.
//
// curl -d '{"tr":"H0STCNI0","symbol":"005930","volume":10}' http://127.0.0.1:18800/simulator/notices curl -d
// '{"kind":"mute-symbol","key":"005930","forMs":30000}' http://127.0.0.1:18800/simulator/faults
import { readFault } from './form.ts'
import type { Injector } from './injector.ts'
import type { Truth } from '../truth.ts'
import type { NoticeOf } from '../notices.ts'
import type { RestAnswer, RestCall } from '../rest/call.ts'
import type { Rest } from '../rest/routes.ts'
import type { SimulatorStats } from '../stats.ts'
import { isNotice } from '../transactions.ts'

export type ControlOptions = {
  readonly injector: Injector
  readonly truth: Truth
  readonly stats: () => SimulatorStats
  /** Sends a plaintext, or an order that is accepted and filled; returns the number of sessions. */
  readonly notify: (tr: string, what: string | NoticeOf) => number
}

const root = '/simulator'
const routes = [
  'POST /simulator/faults',
  'GET /simulator/faults',
  'DELETE /simulator/faults/ID',
  'GET /simulator/withheld',
  'GET /simulator/stats',
  'POST /simulator/notices',
]

/** Answers under /simulator; other paths go to `rest`. */
export function controlBefore(rest: Rest, { injector, truth, notify, stats }: ControlOptions): Rest {
  function inject(body: string): RestAnswer {
    const value = parse(body)
    if (value === undefined) return { status: 400, body: { error: 'no JSON', expected: '{"kind":"cut"}' } }
    const read = readFault(value)
    if ('mistakes' in read) return { status: 400, body: { error: 'no fault', mistakes: read.mistakes } }
    try {
      return { status: 201, body: injector.inject(read.fault).report() }
    } catch (error) {
      return { status: 409, body: { error: (error as Error).message } }
    }
  }

  function sendNotice(body: string): RestAnswer {
    const value = parse(body)
    const read = readNotice(value)
    if ('mistakes' in read) return { status: 400, body: { error: 'no notice', mistakes: read.mistakes, example } }
    return { status: 201, body: { sessions: notify(read.tr, read.what) } }
  }

  function clear(id: string): RestAnswer {
    const injected = /^\d{1,15}$/.test(id) ? injector.find(Number(id)) : undefined
    if (injected === undefined)
      return { status: 404, body: { error: 'no fault has this number', faults: idsInForce() } }
    injected.clear()
    return { status: 200, body: injected.report() }
  }

  const idsInForce = () =>
    injector
      .reports()
      .filter(({ state }) => state === 'in-force')
      .map(({ id }) => id)

  function answer({ body, method, path }: RestCall): RestAnswer {
    const name = `${method} ${path}`
    if (name === 'POST /simulator/faults') return inject(body)
    if (name === 'POST /simulator/notices') return sendNotice(body)
    if (name === 'GET /simulator/faults') return { status: 200, body: { faults: injector.reports() } }
    if (name === 'GET /simulator/withheld') {
      return { status: 200, body: { forgotten: truth.stats().withheldForgotten, withheld: truth.withheld() } }
    }
    if (name === 'GET /simulator/stats') return { status: 200, body: stats() }
    const id = /^DELETE \/simulator\/faults\/([^/]+)$/.exec(name)?.[1]
    if (id !== undefined) return clear(id)
    return { status: 404, body: { error: 'the control endpoint has no such path', exists: routes } }
  }

  return {
    answer(call) {
      const { path } = call
      if (path !== root && !path.startsWith(`${root}/`)) return rest.answer(call)
      // A web page on this machine can reach loopback under any host name.
      if (!isLocal(call))
        return { status: 403, body: { error: 'for this machine only: call it by 127.0.0.1 or localhost' } }
      return answer(call)
    },
  }
}

const example = { tr: 'H0STCNI0', symbol: '005930', price: 271_500, volume: 10, side: 'buy' }

type ReadNotice = { readonly tr: string; readonly what: string | NoticeOf } | { readonly mistakes: readonly string[] }

/** `plaintext` is sent as it is; without it the other fields describe the order. */
function readNotice(value: unknown): ReadNotice {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { mistakes: [`expected a JSON object, as ${JSON.stringify(example)}`] }
  }
  const { tr = 'H0STCNI0', plaintext, ...of } = value as Readonly<Record<string, unknown>>
  const mistakes: string[] = []
  if (typeof tr !== 'string' || !isNotice(tr)) mistakes.push('tr: expected an account notice, as H0STCNI0 or H0GSCNI0')
  if (plaintext !== undefined && typeof plaintext !== 'string') mistakes.push('plaintext: expected the decrypted text')
  const fits: Readonly<Record<string, (given: unknown) => boolean>> = {
    symbol: given => typeof given === 'string' && /^[0-9A-Z./]{1,16}$/.test(given),
    price: given => typeof given === 'number' && given > 0 && given < 1e9,
    volume: given => Number.isSafeInteger(given) && (given as number) > 0 && (given as number) < 1e9,
    side: given => given === 'buy' || given === 'sell',
  }
  for (const [name, given] of Object.entries(of)) {
    if (fits[name] === undefined)
      mistakes.push(`${name.slice(0, 40)}: expected tr, plaintext, ${Object.keys(fits).join(', ')}`)
    else if (!fits[name](given)) mistakes.push(`${name}: not as in the example`)
  }
  if (plaintext !== undefined && Object.keys(of).length > 0)
    mistakes.push('plaintext and the fields of an order: one of them')
  if (mistakes.length > 0) return { mistakes }
  return { tr: tr as string, what: plaintext === undefined ? (of as NoticeOf) : (plaintext as string) } // looked at above
}

const localHost = /^(127\.0\.0\.1|localhost)(:\d+)?$/
const localOrigin = /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/

function isLocal({ host, origin }: RestCall): boolean {
  return localHost.test(host) && (origin === undefined || localOrigin.test(origin))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
