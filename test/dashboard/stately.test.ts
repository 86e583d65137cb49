// What --inspect sends, held against the package whose protocol it is: its own inspector looks at the same
// machines, and its own receiver reads what we send. The hosted visualiser itself is not to be had without
// the internet; a page in its place stands for it.
import { createBrowserReceiver, createInspector, type StatelyInspectionEvent } from '@statelyai/inspect'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { chromiumPath, connectToBrowser } from '../support/processes/browser.ts'
import { dashboardRig, type DashboardRig } from '../support/rigs/dashboard.ts'
import { eventually, planted } from '../support/rigs/feed.ts'

type Sent = StatelyInspectionEvent & Readonly<Record<string, unknown>>

function listen(rig: DashboardRig): Sent[] {
  const sent: Sent[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${rig.dashboard.port}/stately/live`)
  onTestFinished(() => socket.terminate())
  // By default ws hands over every message as one Buffer.
  socket.on('message', data => void sent.push(JSON.parse((data as Buffer).toString()) as Sent))
  return sent
}

/** A cut and what comes of it. */
async function trouble(rig: DashboardRig, sent: readonly Sent[]): Promise<void> {
  await eventually(() => sent.some(({ type }) => type === '@xstate.actor'))
  rig.simulator.cut()
  await rig.until('resume')
  await eventually(() => sent.some(event => stateOf(event)?.includes('reconnecting')))
}

/** Of an actor as it was found, or of one that went on. */
function stateOf({ snapshot }: Sent): string | undefined {
  return JSON.stringify((Object(snapshot) as { readonly value?: unknown }).value)
}

const keysByType = (events: readonly object[]) =>
  Object.fromEntries(
    events.map(event => [
      (event as Sent).type,
      Object.entries(event)
        .filter(([, value]) => value !== undefined)
        .map(([key]) => key)
        .sort(),
    ]),
  )

describe('what --inspect sends', () => {
  it('has the shape that the package itself gives the same actors, events and states, and the same names', async () => {
    const rig = await dashboardRig({ dashboard: { inspect: true }, htsId: 'planted-hts-id' })
    await rig.feed.confirmed('KRX:005930')
    const theirs: Sent[] = []
    const inspector = createInspector({ send: event => void theirs.push(event as Sent) })
    const { subscription } = rig.internals.inspect(event => inspector.inspect.next?.(event))
    onTestFinished(() => subscription.unsubscribe())
    const ours = listen(rig)
    await trouble(rig, ours)
    await eventually(() => theirs.some(event => stateOf(event)?.includes('reconnecting')))

    const [shapes, packageShapes] = [keysByType(ours), keysByType(theirs)]
    for (const type of ['@xstate.actor', '@xstate.event', '@xstate.snapshot']) {
      // Who sent an event is not always known, and an actor that was there before us comes without its
      // parent's.
      const optional = new Set(['sourceId', 'parentId'])
      const needed = (keys: readonly string[] = []) => keys.filter(key => !optional.has(key))
      expect(needed(shapes[type]), type).toEqual(needed(packageShapes[type]))
    }
    for (const event of ours) {
      const { _version: version, createdAt, sessionId, rootId } = event
      expect(version).toBe(theirs[0]?._version)
      expect(Number(createdAt)).toBeGreaterThan(1e12)
      expect([typeof sessionId, rootId]).toEqual(['string', ours[0]?.sessionId])
    }
    // Every state that they saw was sent as well, under the same session, in the same words; only repeats are
    // left out.
    const states = (events: readonly Sent[]) => new Set(events.map(event => `${event.sessionId} ${stateOf(event)}`))
    const sentStates = states(ours)
    const known = new Set(ours.filter(({ definition }) => definition !== undefined).map(({ sessionId }) => sessionId))
    const machines = theirs.filter(event => known.has(event.sessionId) && stateOf(event) !== undefined)
    expect(machines.length).toBeGreaterThan(3)
    expect([...states(machines)].filter(state => !sentStates.has(state))).toEqual([])
  })

  it('carries less than the package would: no context, no payload, no key, no address', async () => {
    const rig = await dashboardRig({ dashboard: { inspect: true }, htsId: 'planted-hts-id' })
    await rig.feed.confirmed('KRX:005930')
    const theirs: Sent[] = []
    const inspector = createInspector({ send: event => void theirs.push(event as Sent) })
    const { subscription } = rig.internals.inspect(event => inspector.inspect.next?.(event))
    onTestFinished(() => subscription.unsubscribe())
    const ours = listen(rig)
    await trouble(rig, ours)
    await eventually(() => theirs.some(event => stateOf(event)?.includes('reconnecting')))
    // The check can fail: what the package sends has contexts, addresses and instruments in it.
    expect(JSON.stringify(theirs)).toMatch(/"context":.*005930/)
    expect(JSON.stringify(theirs)).toContain('127.0.0.1')
    const text = JSON.stringify(ours)
    for (const absent of ['context', '005930', '127.0.0.1', planted.appKey, planted.appSecret, 'planted-hts-id'])
      expect(text).not.toContain(absent)
    const events = ours.filter(({ type }) => type === '@xstate.event')
    expect(events.length).toBeGreaterThan(3)
    for (const { event } of events) expect(Object.keys(event as object)).toEqual(['type'])
    const definitions = ours.flatMap(({ definition }) => (typeof definition === 'string' ? [definition] : []))
    expect(definitions.some(definition => definition.includes('unsubscribing-grace'))).toBe(true)
  })

  it("is taken, every message of it, by the package's own receiver", async () => {
    const rig = await dashboardRig({ dashboard: { inspect: true } })
    await rig.feed.confirmed('KRX:005930')
    const sent = listen(rig)
    await trouble(rig, sent)
    // As much of a window as a receiver looks at: one inside of another.
    const listeners = new Set<(event: { readonly data: unknown }) => void>()
    const asked: unknown[] = []
    const window = {
      self: 'inner',
      top: 'outer',
      parent: { postMessage: (message: unknown) => asked.push(message) },
      addEventListener: (_type: string, listener: (event: { readonly data: unknown }) => void) =>
        void listeners.add(listener),
    }
    const taken: unknown[] = []
    createBrowserReceiver({ window } as unknown as Parameters<typeof createBrowserReceiver>[0]).subscribe(
      event => void taken.push(event),
    )
    expect(asked).toEqual([{ type: '@statelyai.connected' }])
    for (const event of sent) for (const listener of listeners) listener({ data: event })
    expect(taken).toEqual(sent)
  })
})

describe.skipIf(chromiumPath === undefined)('the page around the visualiser (needs chromium on PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await connectToBrowser()
  })
  afterAll(() => browser.close())

  it('hands everything to the hosted one in its frame, in order, once that says that it listens', async () => {
    const rig = await dashboardRig({ dashboard: { inspect: true } })
    await rig.feed.confirmed('KRX:005930')
    const page = await browser.newPage()
    page.setDefaultTimeout(60_000)
    onTestFinished(() => page.close())
    // What the package's receiver does in the hosted page, when its button is pressed.
    const visualiser = `<button onclick="parent.postMessage({ type: '@statelyai.connected' }, '*')">listen</button><ol></ol><script>
      addEventListener('message', ({ data, origin }) => {
        const row = document.createElement('li')
        row.textContent = [origin, data.type, data.sessionId, data._version].join(' ')
        document.querySelector('ol').append(row)
      })</script>`
    await page.route('https://stately.ai/inspect', route =>
      route.fulfill({ contentType: 'text/html', body: visualiser }),
    )
    const sent = listen(rig)
    await page.goto(`${rig.dashboard.url}stately`)
    const frame = page.frameLocator('#inspector')
    await frame.locator('button').waitFor()
    await trouble(rig, sent)
    expect(await frame.locator('li').count()).toBe(0)
    expect(await page.locator('#waiting').isVisible()).toBe(true)
    await frame.locator('button').click()
    await page.locator('#waiting').waitFor({ state: 'hidden' })
    const rowOf = ({ type, sessionId, _version: version }: Sent) =>
      `${rig.dashboard.url.slice(0, -1)} ${type} ${sessionId} ${version}`
    await frame
      .locator('li')
      .nth(sent.length - 1)
      .waitFor()
    const rows = await frame.locator('li').allInnerTexts()
    expect(rows.slice(0, sent.length)).toEqual(sent.map(rowOf))
  })

  it('says what to do where there is no internet', async () => {
    const rig = await dashboardRig({ dashboard: { inspect: true } })
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.route('https://stately.ai/inspect', route => route.abort('internetdisconnected'))
    await page.goto(`${rig.dashboard.url}stately`)
    const text = page.locator('#waiting')
    expect(await text.innerText()).toContain('stately.ai cannot be reached from here')
    await text.locator('a').click()
    await page.waitForURL(rig.dashboard.url)
  })
})
