// The server behind the page: its files, its live connection, and what is mounted beside it. Nothing here
// changes the feed; with the token jobs can be added, retried and promoted.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { WebSocketServer } from 'ws'
import type { SharedLimits } from '../app/jobs/shared-access.ts'
import type { Feed, FeedInternals } from '../app/feed/contract.ts'
import { createInspector, type Inspector } from '../app/machine-docs/inspector.ts'
import { machineOutlines } from '../app/machine-docs/machines.ts'
import { type Clock, systemClock } from '../market/clock.ts'
import { createAuth, isLoopback } from './auth.ts'
import { createAssets } from './assets.ts'
import { createLiveClients } from './live-clients.ts'
import { createBarHistory } from './bar-history.ts'
import { createLatestPrices } from './latest-prices.ts'
import { isJobChange, type Jobs, mountJobs, watchQueues } from './jobs.ts'
import { createChartMarks } from './chart-marks.ts'
import { type Stately, mountStately } from './stately.ts'
import { createTroubles } from './troubles.ts'
import { viewOf } from './view.ts'

export type DashboardOptions = {
  readonly feed: Pick<Feed, 'events$' | 'status' | 'subscriptions'>
  readonly internals: Pick<FeedInternals, 'inspect'>
  readonly clock?: Clock
  /** Default 127.0.0.1. Anywhere else needs a token. */
  readonly host?: string
  /** If it is taken, one of the next twenty. 0 takes any. */
  readonly port?: number
  readonly token?: string
  /** The data is generated, which the page shows. */
  readonly isDemonstration?: boolean
  /** Records the machines from the start, and feeds the hosted visualiser. */
  readonly inspect?: boolean
  readonly jobs?: Jobs
  /** When the access token was issued; never the token. */
  readonly tokenIssuedAt?: () => Promise<number | undefined>
  /** What is left to all processes of the app key together; rejects while that is unknown. */
  readonly sharedLimits?: () => Promise<SharedLimits>
  /** The newest day certificate, as it was written; undefined when there is none yet. */
  readonly certificate?: () => Promise<unknown>
  /** For /metrics. */
  readonly metrics?: () => Promise<{ readonly text: string; readonly contentType: string }>
}

export type Dashboard = {
  readonly url: string
  readonly port: number
  /**
   * The page with the hosted visualiser; undefined without `inspect`, or where other machines could reach it.
   */
  readonly statelyUrl: string | undefined
  /** What to install for it, where its package is missing. */
  readonly statelyNeeds: string | undefined
  readonly inspector: Inspector
  stop(): Promise<void>
}

/** How many ports are tried. */
const mostPorts = 20

const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Rejects with a sentence when it cannot be bound. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { feed, clock = systemClock, host = '127.0.0.1', port = 8710, token } = options
  if (!isLoopback(host) && token === undefined) {
    throw new Error(`a dashboard on ${host} needs a token: anybody who can reach it could read it`)
  }
  const auth = createAuth(token)
  /** Without a token anything on this machine may look, and nothing may change. */
  const mayChange = token !== undefined
  const prices = createLatestPrices()
  const bars = createBarHistory(clock)
  const marks = createChartMarks()
  const troubles = createTroubles()
  // One subscriber for all: each costs something on the data path.
  const watching = feed.events$.subscribe(event => {
    prices.note(event)
    bars.note(event)
    if (event.type === 'trade' || event.type === 'order-book' || event.type === 'record') return
    marks.note(event)
    troubles.note(event)
  })
  const inspector = createInspector({ inspect: options.internals.inspect, clock })
  const stopRecording = options.inspect ? inspector.look(() => {}) : undefined
  const slow = watchQueues(options)
  const assets = createAssets()
  const startedAt = clock.now()

  function status() {
    const { rss, heapUsed } = process.memoryUsage()
    return viewOf({
      status: feed.status(),
      subscriptions: feed.subscriptions(),
      lastTroubles: troubles.last(),
      ...slow.look(),
      hasCertificates: options.certificate !== undefined,
      process: { memoryBytes: rss, heapBytes: heapUsed, uptimeSeconds: Math.round((clock.now() - startedAt) / 1000) },
    })
  }

  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (context, next) => {
    const given = context.req.query('token')
    const cookie = given === undefined ? undefined : auth.cookieFor(given)
    if (cookie !== undefined) {
      // Out of the address bar, the history and the Referer.
      return context.body(null, 302, { Location: context.req.path, 'Set-Cookie': cookie, 'Cache-Control': 'no-store' })
    }
    const refusal = auth.refusal({
      host: context.req.header('host'),
      origin: context.req.header('origin'),
      authorization: context.req.header('authorization'),
      cookie: context.req.header('cookie'),
    })
    if (refusal !== undefined) return context.text(`${refusal.text}\n`, refusal.status)
    const { method, path } = context.req
    if (method !== 'GET' && method !== 'HEAD' && !(mayChange && isJobChange(method, path))) {
      const text = 'only shows: GET. Jobs can be put in, retried and promoted where KIS_DASHBOARD_TOKEN is set\n'
      return context.text(text, 405, { Allow: 'GET, HEAD' })
    }
    await next()
    context.header('X-Content-Type-Options', 'nosniff')
    context.header('Referrer-Policy', 'no-referrer')
    if (!context.res.headers.has('Content-Security-Policy')) context.header('Content-Security-Policy', pagePolicy)
    return undefined
  })
  const { metrics } = options
  if (metrics !== undefined) {
    app.get('/metrics', async context => {
      const { text, contentType } = await metrics()
      return context.body(text, 200, { 'Content-Type': contentType })
    })
  }
  app.get('/health', context => {
    const report = feed.status().health
    return context.json(report, report.ready ? 200 : 503)
  })
  app.get('/status', context => context.json(status()))
  const hasJobs = options.jobs !== undefined && (await mountJobs(app, '/jobs', options.jobs, mayChange))
  const mounted = options.inspect && isLoopback(host) ? await mountStately(app, '/stately', inspector) : undefined
  const stately: Stately | undefined = typeof mounted === 'string' ? undefined : mounted
  app.get('*', context => {
    const asset = assets(context.req.path)
    if (asset === undefined) return context.text('no such page\n', 404)
    return context.body(asset.body, 200, { 'Content-Type': asset.contentType, 'Cache-Control': 'no-cache' })
  })

  const clients = createLiveClients({
    prices,
    bars,
    marks,
    inspector,
    status,
    hello: {
      type: 'hello',
      isDemonstration: options.isDemonstration ?? false,
      outlines: machineOutlines(),
      hasJobs,
      hasStately: stately !== undefined,
    },
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 64 * 1024 })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const { host: asked, origin, authorization, cookie } = request.headers
    const refusal = auth.refusal({ host: asked, origin, authorization, cookie })
    const path = request.url?.split('?')[0]
    const accept = path === '/live' ? clients.join : path === '/stately/live' ? stately?.join : undefined
    // A browser always sends the origin of a page; a request without one comes from a program.
    if (refusal !== undefined || accept === undefined) {
      socket.end(
        `HTTP/1.1 ${refusal?.status ?? 404} ${refusal === undefined ? 'Not Found' : 'Forbidden'}\r\nConnection: close\r\n\r\n`,
      )
      return
    }
    sockets.handleUpgrade(request, socket, head, accept)
  })

  const actualPort = await listen(server, host, port)
  let stopped: Promise<void> | undefined

  async function stop(): Promise<void> {
    watching.unsubscribe()
    bars.stop()
    slow.subscription.unsubscribe()
    stopRecording?.()
    clients.stop()
    stately?.stop()
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeAllConnections()
    for (const socket of sockets.clients) socket.terminate()
    await closed
  }

  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}/`
  return {
    url,
    port: actualPort,
    statelyUrl: stately === undefined ? undefined : `${url}stately`,
    statelyNeeds: typeof mounted === 'string' ? mounted : undefined,
    inspector,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

/** On the port, or if it is taken, on one of the next. */
async function listen(server: Server, host: string, port: number): Promise<number> {
  const candidates = port === 0 ? [0] : Array.from({ length: mostPorts }, (_, i) => port + i).filter(p => p < 65_536)
  for (const candidate of candidates) {
    if (await bind(server, host, candidate)) return (server.address() as AddressInfo).port
  }
  throw new Error(
    `no dashboard: ports ${port} to ${port + mostPorts - 1} on ${host} are all taken. Choose another with --dashboard-port`,
  )
}

/** False when the port is taken. */
function bind(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', bound)
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(new Error(`no dashboard on ${host}:${port}: ${error.message}`))
    }
    const bound = () => {
      server.off('error', failed)
      resolve(true)
    }
    server.once('error', failed)
    server.once('listening', bound)
    server.listen(port, host)
  })
}
