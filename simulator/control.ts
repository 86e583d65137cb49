// The control endpoint: faults while the simulator runs, for any language. On the port of the simulator, so on loopback only.
//
// curl -d '{"kind":"mute-symbol","key":"005930","forMs":30000}' http://127.0.0.1:18800/simulator/faults
import { readFault } from './fault-form.ts'
import type { Injector } from './injector.ts'
import type { Ledger } from './ledger.ts'
import type { Rest, RestAnswer, RestCall } from './rest.ts'
import type { SimulatorStats } from './stats.ts'

export type ControlOptions = {
  readonly injector: Injector
  readonly ledger: Ledger
  readonly stats: () => SimulatorStats
}

const root = '/simulator'
const routes = [
  'POST /simulator/faults',
  'GET /simulator/faults',
  'DELETE /simulator/faults/ID',
  'GET /simulator/withheld',
  'GET /simulator/stats',
]

/** Answers under /simulator, and leaves every other path to `rest`. */
export function controlBefore(rest: Rest, { injector, ledger, stats }: ControlOptions): Rest {
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
    if (name === 'GET /simulator/faults') return { status: 200, body: { faults: injector.reports() } }
    if (name === 'GET /simulator/withheld') {
      return { status: 200, body: { forgotten: ledger.stats().withheldForgotten, withheld: ledger.withheld() } }
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
      // A page in a browser on this machine can reach loopback, under any name somebody gave it.
      if (!isLocal(call))
        return { status: 403, body: { error: 'for this machine only: call it by 127.0.0.1 or localhost' } }
      return answer(call)
    },
  }
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
