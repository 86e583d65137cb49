// The machines in Stately's hosted visualiser: a page of ours frames it and passes the records of the
// inspector on, in the protocol of @statelyai/inspect. The package's server listens on all interfaces without
// authentication, so only its adapter interface is used. Definitions come from app/machine-docs/json.ts,
// because the package would send machines with their contexts.
import type { HttpBindings } from '@hono/node-server'
import type { StatelyInspectionEvent } from '@statelyai/inspect'
import type { Hono } from 'hono'
import type { WebSocket } from 'ws'
import type { InspectionRecord, Inspector } from '../app/machine-docs/inspector.ts'
import { machineJson } from '../app/machine-docs/json.ts'
import { machineNames, machines } from '../app/machine-docs/machines.ts'
import { missingPackage } from '../system/optional-package.ts'
import { mostUnread } from './live-clients.ts'

export type Stately = { join(socket: WebSocket): void; stop(): void }

const hosted = 'https://stately.ai'

const framePolicy = `default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; frame-src ${hosted}; base-uri 'none'; frame-ancestors 'none'`

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>kis-stream in the Stately inspector</title>
<style>
html,body{margin:0;height:100%}
body{display:flex;flex-direction:column;font:14px/1.5 system-ui,sans-serif}
p{margin:0;padding:8px 12px;background:#fff7d6;color:#333}
iframe{flex:1;width:100%;border:0}
[hidden]{display:none}
</style>
<p id="waiting">The inspector below is a page of stately.ai, which needs the internet. If it stays empty, stately.ai cannot be reached from here:
the same machines are on <a href="/">the dashboard</a>, without it.</p>
<iframe id="inspector" title="Stately inspector" src="${hosted}/inspect"></iframe>
<script type="module" src="/stately.js"></script>
`

const definitions: Readonly<Record<string, unknown>> = Object.fromEntries(
  machineNames.map(name => [name, machineJson(machines[name])]),
)

/** The sentence that says what to install, where the package is missing. */
export async function mountStately(
  app: Hono<{ Bindings: HttpBindings }>,
  path: string,
  inspector: Inspector,
): Promise<Stately | string> {
  const loaded = await loadInspect()
  if (typeof loaded === 'string') {
    app.get(path, context => context.text(`${loaded}\n`, 501))
    return loaded
  }
  const { createInspector } = loaded
  const leaving = new Set<() => void>()
  app.get(path, context =>
    context.html(page, 200, { 'Content-Security-Policy': framePolicy, 'Cache-Control': 'no-cache' }),
  )

  function join(socket: WebSocket): void {
    const actors = new Map<string, Actor>()
    const send = (event: StatelyInspectionEvent) => {
      socket.send(JSON.stringify({ ...event, rootId: rootOf(actors) }))
      if (socket.bufferedAmount > mostUnread) socket.terminate()
    }
    const stately = createInspector({ send })
    const leave = inspector.look(record => tell(record))
    leaving.add(leave)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      leave()
      leaving.delete(leave)
    })

    function tell(record: InspectionRecord): void {
      if (record.kind === 'actor') {
        const actor = actorOf(record, actors)
        actors.set(record.id, actor)
        stately.actor(actor as never, { status: 'active', value: record.value })
      } else if (record.kind === 'event') {
        stately.event(record.to, record.type, record.from === undefined ? {} : { source: record.from })
      } else {
        const status = record.status === 'done' || record.status === 'error' ? record.status : 'active'
        stately.snapshot(record.id, { status, value: record.value }, { event: { type: record.cause } })
      }
    }
  }

  return {
    join,
    stop: () => leaving.forEach(leave => leave()),
  }
}

/** What the package reads of an actor: its id, its parent, and the definition of its machine. */
type Actor = {
  readonly sessionId: string
  readonly id: string
  readonly logic: { readonly config: unknown }
  readonly _parent: Actor | undefined
}

function actorOf(record: InspectionRecord & { readonly kind: 'actor' }, actors: ReadonlyMap<string, Actor>): Actor {
  const { id, name, machine, parent } = record
  const config = { ...Object(machine === undefined ? {} : definitions[machine]), id: machine ?? name }
  return { sessionId: id, id: name, logic: { config }, _parent: parent === undefined ? undefined : actors.get(parent) }
}

function rootOf(actors: ReadonlyMap<string, Actor>): string | undefined {
  return actors.keys().next().value
}

/** Or the sentence that says what to install. */
async function loadInspect() {
  try {
    return await import('@statelyai/inspect')
  } catch (error) {
    const missing = missingPackage(error, 'the Stately inspector', ['@statelyai/inspect'])
    if (missing === undefined) throw error
    return missing
  }
}
